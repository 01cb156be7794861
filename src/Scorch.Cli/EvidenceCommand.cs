using System.CommandLine;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary><c>scorch evidence</c>: the recorded runs, or checked files.</summary>
internal static class EvidenceCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var files = new Argument<string[]>("files") { Description = "Evidence files to check and show in place of the recorded runs.", Arity = ArgumentArity.ZeroOrMore };
        var markdown = new Option<bool>("--markdown") { Description = "Print Markdown tables." };
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command = new Command("evidence", "Show the recorded runs that the project stands behind; reading one recomputes its verdicts.") { files, markdown, json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(markdown) && result.GetValue(json))
            {
                result.AddError("Give --markdown or --json, not both.");
            }
        });
        command.SetAction(parsed =>
        {
            var paths = parsed.GetValue(files) ?? [];
            if (paths.FirstOrDefault(path => !File.Exists(path)) is { } missing)
            {
                throw new UsageException($"evidence: there is no file {missing}.");
            }

            IReadOnlyList<EvidenceRecord> runs = paths.Length > 0 ? [.. paths.Select(EvidenceFile.Read)] : surroundings.Catalog.Evidence;
            if (parsed.GetValue(json))
            {
                surroundings.Output.WriteLine(EvidenceFile.ToJson(runs));
            }
            else if (parsed.GetValue(markdown))
            {
                surroundings.Output.Write(EvidenceTables.Markdown(runs));
            }
            else
            {
                foreach (var run in runs)
                {
                    EvidenceTables.Print(surroundings.OutputConsole(), surroundings.Output, run);
                    surroundings.Output.WriteLine();
                }

                if (runs.Count == 0)
                {
                    surroundings.Output.WriteLine("No run is recorded yet.");
                }
            }

            return ExitCode.Success;
        });
        return command;
    }
}
