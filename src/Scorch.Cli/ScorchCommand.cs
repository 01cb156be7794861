using System.CommandLine;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary>The command line <c>scorch</c>.</summary>
public static class ScorchCommand
{
    /// <summary>Runs the command line.</summary>
    /// <param name="arguments">The arguments, without the program's name.</param>
    /// <param name="catalog">The papers and what runs of them.</param>
    /// <param name="output">Results: standard output.</param>
    /// <param name="error">Progress and errors: standard error.</param>
    /// <param name="data">Where data sets are found; null for the usual places.</param>
    /// <param name="dataRoot">Where <c>data get</c> puts them; null for the user's cache folder.</param>
    /// <param name="cancellationToken">Stops the command; the answer is then 130.</param>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> InvokeAsync(
        IReadOnlyList<string> arguments,
        Catalog catalog,
        TextWriter output,
        TextWriter error,
        DataLocator? data = null,
        string? dataRoot = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.UserAgent.ParseAdd($"scorch/{EvidenceRecord.BuildVersion().Version}");
        var surroundings = new Surroundings(catalog, output, error, data ?? DataLocator.Default, dataRoot ?? DataLocator.CacheRoot, http);
        try
        {
            var root = Root(surroundings);
            var parsed = root.Parse(arguments.Count == 0 ? ["--help"] : [.. arguments]);
            if (parsed.Errors.Count > 0)
            {
                var message = string.Join(" ", parsed.Errors.Select(problem => problem.Message));
                var at = parsed.CommandResult.Command;
                var stray = parsed.UnmatchedTokens.Count > 0 && at.Subcommands.Count > 0
                    ? " " + NearestName.Suggestion(parsed.UnmatchedTokens[0], at.Subcommands.Select(command => command.Name), "")
                    : "";
                throw new UsageException($"{message}{stray} Run 'scorch{Path(parsed.CommandResult)} --help' for the usage.");
            }

            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem)
        {
            return Explain(problem, error, cancellationToken);
        }
    }

    private static RootCommand Root(Surroundings surroundings)
    {
        var root = new RootCommand("Hot papers, running, in C#.")
        {
            ListCommand.Create(surroundings),
            ShowCommand.Create(surroundings),
            RunCommand.Create(surroundings),
            EvidenceCommand.Create(surroundings),
            DataCommand.Create(surroundings),
            ServeCommand.Create(surroundings),
            PublishCommand.Create(surroundings),
            DigestCommand.Create(surroundings),
            VersionCommand.Create(surroundings),
        };
        foreach (var command in PaperCommands.Create(surroundings))
        {
            root.Add(command);
        }

        return root;
    }

    // Every failure becomes one line for people and a code for programs; SCORCH_TRACE=1 adds the stack for those who debug.
    private static int Explain(Exception problem, TextWriter error, CancellationToken cancellationToken)
    {
        var (code, message) = problem switch
        {
            OperationCanceledException when cancellationToken.IsCancellationRequested => (ExitCode.Cancelled, "stopped; nothing half-written is left"),
            UsageException => (ExitCode.Usage, problem.Message),
            MissingDataException => (ExitCode.MissingData, problem.Message),
            _ => (ExitCode.Failure, $"{problem.Message} ({problem.GetType().Name})"),
        };
        error.WriteLine($"scorch: {message}");
        if (code == ExitCode.Failure && Environment.GetEnvironmentVariable("SCORCH_TRACE") == "1")
        {
            error.WriteLine(problem);
        }

        return code;
    }

    private static string Path(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{Path(parent)} {result.Command.Name}" : "";
}
