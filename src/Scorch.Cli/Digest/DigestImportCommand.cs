using System.CommandLine;
using System.Globalization;
using Scorch.Digest;

namespace Scorch.Cli;

/// <summary><c>scorch digest import</c>: existing posts and archives into the store.</summary>
internal static class DigestImportCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var paths = new Argument<string[]>("paths") { Description = "Posts (*.md), archives of papers and mentions (*.jsonl), and folders of them.", Arity = ArgumentArity.OneOrMore };
        var connection = DigestStoreOption.Create();
        var command = new Command("import", "Read posts and archives into the store. What cannot be read is named, and the rest goes on.") { paths, connection };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var store = await DigestStoreOption.OpenAsync(parsed.GetValue(connection), cancellationToken).ConfigureAwait(false);
            await using (store.ConfigureAwait(false))
            {
                var importer = new DigestImporter(store, problem => surroundings.Error.WriteLine(problem), new View(surroundings));
                var summary = await importer.ImportAsync(parsed.GetRequiredValue(paths), cancellationToken).ConfigureAwait(false);
                surroundings.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{summary.Files} files: {summary.PostsSaved} posts saved, {summary.PostsUnchanged} unchanged; of JSON Lines {summary.Papers} papers and {summary.Mentions} mentions; {summary.Problems} problems"));
                return summary.Problems == 0 ? ExitCode.Success : ExitCode.Failure;
            }
        });
        return command;
    }

    /// <summary>A line for every file and for every so many records.</summary>
    private sealed class View(Surroundings surroundings) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => surroundings.Error.WriteLine(
            value.Records == 0 ? $"reading {value.File}" : string.Create(CultureInfo.InvariantCulture, $"reading {value.File}, {value.Records} records so far"));
    }
}
