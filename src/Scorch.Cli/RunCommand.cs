using System.CommandLine;
using System.Globalization;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary><c>scorch run</c>: runs a paper's reproduction and keeps the evidence.</summary>
internal static class RunCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var paper = new Argument<string>("paper") { Description = "The paper's name, as in 'scorch list'." };
        var scale = new Option<string>("--scale") { Description = "smoke (seconds), laptop (minutes) or paper (the paper's own size).", DefaultValueFactory = _ => "laptop", HelpName = "smoke|laptop|paper" };
        var seeds = new Option<string?>("--seeds") { Description = "How many paired seeds; a verdict needs three.", HelpName = "N" };
        var seed = new Option<string>("--seed") { Description = "The first seed.", DefaultValueFactory = _ => "1", HelpName = "S" };
        var set = new Option<string[]>("--set") { Description = "Change a setting; may be given several times.", HelpName = "key=value", Arity = ArgumentArity.OneOrMore };
        var directory = new Option<string?>("--out") { Description = "Folder for evidence and report; the default is a new folder under scorch-runs.", HelpName = "DIR" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Build everything in full size, take one step, and stop." };
        var json = new Option<bool>("--json") { Description = "Print exactly one JSON document on standard output." };
        var command = new Command("run", "Run a paper: method and baseline over paired seeds; writes evidence and a report.") { paper, scale, seeds, seed, set, directory, dryRun, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var found = surroundings.Catalog.FindPaper(parsed.GetRequiredValue(paper));
            var reproduction = surroundings.Catalog.TryFindReproduction(found.Slug) ?? throw new UsageException(
                $"'{found.Slug}' does not run yet. {Running(surroundings.Catalog)}");
            var request = new RunRequest
            {
                Scale = ScaleNames.Parse(parsed.GetRequiredValue(scale)),
                SeedCount = parsed.GetValue(seeds) is { } count ? Integer("--seeds", count) : null,
                FirstSeed = Integer("--seed", parsed.GetRequiredValue(seed)),
                Overrides = [.. (parsed.GetValue(set) ?? []).Select(KeyAndValue)],
                OutputDirectory = "",
                Data = surroundings.Data,
            };
            return parsed.GetValue(dryRun)
                ? DryRunAsync(surroundings, reproduction, request, parsed.GetValue(json), cancellationToken)
                : RunAsync(surroundings, found, reproduction, request, parsed.GetValue(directory), parsed.GetValue(json), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(Surroundings surroundings, Paper paper, Reproduction reproduction, RunRequest request, string? directory, bool json, CancellationToken cancellationToken)
    {
        using var output = new OutputFolder(directory ?? Path.Combine("scorch-runs", string.Create(CultureInfo.InvariantCulture, $"{paper.Slug}-{request.Scale.Name()}-{DateTime.UtcNow:yyyyMMdd-HHmmss}")));
        var result = await ProgressView.ShowAsync(surroundings, progress => Patience.AwaitAsync(
            ReproductionRunner.RunAsync(reproduction, request with { OutputDirectory = output.Path, Progress = progress }, cancellationToken),
            cancellationToken)).ConfigureAwait(false);
        var files = RunFiles.Write(output.Path, paper, result);
        if (json)
        {
            surroundings.Output.WriteLine(result.Evidence.ToOutput().ToJson());
        }
        else
        {
            EvidenceTables.Print(surroundings.OutputConsole(), surroundings.Output, result.Evidence);
        }

        (json ? surroundings.Error : surroundings.Output).WriteLine($"Written: {string.Join(", ", files)}");
        return ExitCode.Success;
    }

    private static async Task<int> DryRunAsync(Surroundings surroundings, Reproduction reproduction, RunRequest request, bool json, CancellationToken cancellationToken)
    {
        using var output = new OutputFolder(Path.Combine(Path.GetTempPath(), $"scorch-{Guid.NewGuid():N}"), isTemporary: true);
        var result = await ProgressView.ShowAsync(surroundings, progress => Patience.AwaitAsync(
            ReproductionRunner.DryRunAsync(reproduction, request with { OutputDirectory = output.Path, Progress = progress }, cancellationToken),
            cancellationToken)).ConfigureAwait(false);
        surroundings.Output.WriteLine(json ? result.ToJson() : result.DryRun);
        return ExitCode.Success;
    }

    private static int Integer(string option, string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw new UsageException($"{option} '{text}': expected an integer.");

    private static KeyValuePair<string, string> KeyAndValue(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new(text[..equals], text[(equals + 1)..])
            : throw new UsageException($"--set {text}: expected key=value.");
    }

    private static string Running(Catalog catalog) => catalog.Reproductions.Count == 0
        ? "No paper runs in this build."
        : $"These do: {string.Join(", ", catalog.Reproductions.Select(reproduction => reproduction.PaperSlug))}.";
}
