using System.CommandLine;
using System.Globalization;
using Scorch.Reproductions;
using Spectre.Console;

namespace Scorch.Cli;

/// <summary><c>scorch data</c>: the data sets, where they are and how they come.</summary>
internal static class DataCommand
{
    public static Command Create(Surroundings surroundings) => new("data", "List, download and find data sets.")
    {
        List(surroundings),
        Get(surroundings),
        Where(surroundings),
    };

    private static Command List(Surroundings surroundings)
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command = new Command("list", "List the data sets, their licences, sizes and whether they are here.") { json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
            {
                surroundings.Output.WriteLine(CliJson.Serialize([.. DataSets.All.Select(set => new DataSetOutput(
                    set.Name, set.Description, set.Licence, set.Source.ToString(), set.Bytes, IsHere(surroundings, set), set.Files))]));
                return ExitCode.Success;
            }

            var table = new Table().Border(TableBorder.Minimal).AddColumns("Name", "Here", "Size", "Licence", "Source", "What it holds");
            foreach (var set in DataSets.All)
            {
                table.AddPlainRow(
                    set.Name,
                    IsHere(surroundings, set) ? "yes" : "no",
                    set.Files.Count == 0 ? "not listed" : string.Create(CultureInfo.InvariantCulture, $"{set.Bytes / 1e6:0.0} MB"),
                    set.Licence,
                    set.Source.ToString(),
                    set.Description);
            }

            surroundings.OutputConsole().Write(table);
            surroundings.Output.WriteLine($"Looked for in {string.Join(", ", surroundings.Data.Roots)}.");
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Get(Surroundings surroundings)
    {
        var name = Name();
        var command = new Command("get", "Download a data set: resumes, checks the checksums, renames only what is whole.") { name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var set = DataSets.Find(parsed.GetRequiredValue(name));
            if (IsHere(surroundings, set))
            {
                surroundings.Output.WriteLine(Folder(surroundings, set));
                return ExitCode.Success;
            }

            var folder = await ProgressView.ShowAsync(
                surroundings,
                progress => new DataDownloader(surroundings.Http).GetAsync(set, surroundings.DataRoot, progress, cancellationToken)).ConfigureAwait(false);
            surroundings.Output.WriteLine(folder);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Where(Surroundings surroundings)
    {
        var name = Name();
        var command = new Command("path", "Print the folder of a data set.") { name };
        command.SetAction(parsed =>
        {
            surroundings.Output.WriteLine(Folder(surroundings, DataSets.Find(parsed.GetRequiredValue(name))));
            return ExitCode.Success;
        });
        return command;
    }

    private static Argument<string> Name() => new("name") { Description = $"The data set: {string.Join(", ", DataSets.All.Select(set => set.Name))}." };

    private static bool IsHere(Surroundings surroundings, DataSet set) => set.Files.Count == 0
        ? surroundings.Data.TryFindFolder(set.Name) is not null
        : set.Files.All(file => surroundings.Data.TryFind(set.Name, file.Path) is not null);

    private static string Folder(Surroundings surroundings, DataSet set)
    {
        if (set.Files.Count == 0)
        {
            return surroundings.Data.FindFolder(set.Name);
        }

        foreach (var file in set.Files)
        {
            surroundings.Data.Find(set.Name, file.Path);
        }

        var first = set.Files[0].Path;
        return surroundings.Data.Find(set.Name, first)[..^(first.Length + 1)];
    }
}
