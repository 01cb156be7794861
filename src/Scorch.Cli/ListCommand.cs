using System.CommandLine;
using System.Globalization;
using Scorch.Reproductions;
using Spectre.Console;

namespace Scorch.Cli;

/// <summary><c>scorch list</c>: all papers, what runs and what does not yet.</summary>
internal static class ListCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var room = new Option<string?>("--room") { Description = $"Only this room: {string.Join(", ", PaperList.Rooms)}.", HelpName = "room" };
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command = new Command("list", "List all papers of the digests, what runs and what does not yet.") { room, json };
        command.SetAction(parsed =>
        {
            var papers = Select(surroundings.Catalog, parsed.GetValue(room));
            if (parsed.GetValue(json))
            {
                surroundings.Output.WriteLine(CliJson.Serialize([.. papers.Select(paper => PaperOutput.Of(paper, surroundings.Catalog))]));
            }
            else
            {
                Print(surroundings, papers);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static List<Paper> Select(Catalog catalog, string? room)
    {
        if (room is null)
        {
            return [.. catalog.Papers];
        }

        var name = PaperList.Rooms.FirstOrDefault(known => known.Equals(room, StringComparison.OrdinalIgnoreCase))
            ?? throw new UsageException($"There is no room '{room}'. The rooms are {string.Join(", ", PaperList.Rooms)}.");
        return [.. catalog.Papers.Where(paper => paper.Room == name)];
    }

    private static void Print(Surroundings surroundings, List<Paper> papers)
    {
        var catalog = surroundings.Catalog;
        var anyEvidence = papers.Any(paper => catalog.EvidenceOf(paper.Slug).Count > 0);
        var table = new Table().Border(TableBorder.Minimal);
        foreach (var heading in (string[])["Paper", "Room", "Digest", "Runs", "Level", .. anyEvidence ? (string[])["Evidence"] : []])
        {
            table.AddColumn(heading, column => column.NoWrap());
        }

        table.AddColumn("Title");
        foreach (var paper in papers)
        {
            List<string> cells =
            [
                paper.Slug,
                paper.Room,
                string.Create(CultureInfo.InvariantCulture, $"{paper.DigestDay:yyyy-MM-dd} #{paper.Rank}"),
                catalog.TryFindReproduction(paper.Slug) is null ? "not yet" : "yes",
                catalog.ReadinessOf(paper.Slug).Level.ToString(CultureInfo.InvariantCulture),
            ];
            if (anyEvidence)
            {
                cells.Add(string.Join("; ", catalog.EvidenceOf(paper.Slug).Select(Counts)));
            }

            table.AddPlainRow(cells.Append(paper.Title));
        }

        surroundings.OutputConsole().Write(table);
        var running = papers.Count(paper => catalog.TryFindReproduction(paper.Slug) is not null);
        surroundings.Output.WriteLine($"{papers.Count} papers, {running} run. 'scorch show <paper>' tells more, 'scorch run <paper>' runs one.");
    }

    private static string Counts(EvidenceRecord run) =>
        $"{run.Scale.Name()} {run.Claims.Count(claim => claim.Verdict == Verdict.Confirmed)}/{run.Claims.Count} confirmed";
}
