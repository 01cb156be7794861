using System.CommandLine;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary>Builds <c>scorch &lt;paper&gt; &lt;command&gt;</c> from the papers' plain descriptors.</summary>
internal static class PaperCommands
{
    public static IEnumerable<Command> Create(Surroundings surroundings)
    {
        foreach (var paper in surroundings.Catalog.Commands.GroupBy(pair => pair.PaperSlug))
        {
            var group = new Command(paper.Key, surroundings.Catalog.FindPaper(paper.Key).Title);
            foreach (var (_, descriptor) in paper)
            {
                group.Add(Create(surroundings, descriptor));
            }

            yield return group;
        }
    }

    private static Command Create(Surroundings surroundings, PaperCommand descriptor)
    {
        var command = new Command(descriptor.Name, descriptor.Description);
        var arguments = descriptor.Arguments.Select(argument => (argument.Name, Symbol: new Argument<string?>(argument.Name)
        {
            Description = argument.Description,
            Arity = argument.IsRequired ? ArgumentArity.ExactlyOne : ArgumentArity.ZeroOrOne,
        })).ToList();
        arguments.ForEach(argument => command.Add(argument.Symbol));

        var flags = new List<(string Name, Option<bool> Symbol)>();
        var options = new List<(string Name, Option<string?> Symbol)>();
        foreach (var option in descriptor.Options)
        {
            var choices = option.Choices is { Count: > 0 } list ? $" One of: {string.Join(", ", list)}." : "";
            var standard = option.DefaultValue is null ? "" : $" [default: {option.DefaultValue}]";
            var description = option.Description + choices + standard;
            if (option.Kind == ValueKind.Flag)
            {
                flags.Add((option.Name, new Option<bool>("--" + option.Name) { Description = description }));
                command.Add(flags[^1].Symbol);
            }
            else
            {
                options.Add((option.Name, new Option<string?>("--" + option.Name) { Description = description, Required = option.IsRequired, HelpName = option.Kind.ToString().ToLowerInvariant() }));
                command.Add(options[^1].Symbol);
            }
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            arguments.ForEach(argument => Take(argument.Name, parsed.GetValue(argument.Symbol)));
            options.ForEach(option => Take(option.Name, parsed.GetValue(option.Symbol)));
            flags.ForEach(flag => Take(flag.Name, parsed.GetValue(flag.Symbol) ? "true" : null));
            try
            {
                await ProgressView.ShowWhenReportedAsync(surroundings, (progress, output, error) =>
                {
                    var context = new CommandContext(descriptor, values, output, error, surroundings.Data, cancellationToken, progress);
                    return Patience.AwaitAsync(Task.Run(async () =>
                    {
                        await descriptor.Handler(context).ConfigureAwait(false);
                        return true;
                    }, cancellationToken), cancellationToken);
                }).ConfigureAwait(false);
                return ExitCode.Success;
            }
            catch (Exception problem) when (problem is ArgumentException or FileNotFoundException or DirectoryNotFoundException)
            {
                throw new UsageException(problem.Message, problem);
            }

            void Take(string name, string? value)
            {
                if (value is not null)
                {
                    values[name] = value;
                }
            }
        });
        return command;
    }
}
