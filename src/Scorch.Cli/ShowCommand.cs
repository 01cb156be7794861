using System.CommandLine;
using System.Globalization;
using Scorch.Reproductions;
using Spectre.Console;

namespace Scorch.Cli;

/// <summary><c>scorch show</c>: what a paper claims, and how to run it.</summary>
internal static class ShowCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var paper = new Argument<string>("paper") { Description = "The paper's name, as in 'scorch list'." };
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        var command = new Command("show", "Show a paper: its facts, claims, settings, commands and evidence.") { paper, json };
        command.SetAction(parsed =>
        {
            var found = surroundings.Catalog.FindPaper(parsed.GetRequiredValue(paper));
            if (parsed.GetValue(json))
            {
                surroundings.Output.WriteLine(CliJson.Serialize(PaperOutput.Of(found, surroundings.Catalog)));
            }
            else
            {
                Print(surroundings, found);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(Surroundings surroundings, Paper paper)
    {
        var output = surroundings.Output;
        var readiness = surroundings.Catalog.ReadinessOf(paper.Slug);
        output.WriteLine($"{paper.Title}");
        output.WriteLine($"{string.Join(", ", paper.Authors)}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"arXiv {paper.ArxivId} · {string.Join(", ", paper.Categories)} · digest {paper.DigestDay:yyyy-MM-dd} #{paper.Rank} · {paper.Retweets} retweets, {paper.Favorites} favourites · room {paper.Room}"));
        output.WriteLine();
        output.WriteLine(paper.Overview);
        output.WriteLine();
        output.WriteLine($"Readiness level {readiness.Level}: {readiness.Because}. The next level needs {readiness.Missing}.");
        var reproduction = surroundings.Catalog.TryFindReproduction(paper.Slug);
        if (reproduction is null)
        {
            output.WriteLine("This paper does not run yet.");
            return;
        }

        Claims(surroundings, reproduction);
        foreach (var scale in Enum.GetValues<Scale>())
        {
            var sets = reproduction.DataSets(scale);
            output.WriteLine($"scorch run {paper.Slug} --scale {scale.Name()}: {reproduction.DefaultSeedCount(scale)} seeds, {(sets.Count == 0 ? "no data set needed" : "reads " + string.Join(", ", sets))}");
            foreach (var setting in reproduction.Settings(scale))
            {
                var choices = setting.Choices.Count == 0 ? "" : $" ({string.Join(" | ", setting.Choices)})";
                output.WriteLine($"    --set {setting.Name}={setting.DefaultValue}{choices}  {setting.Description}");
            }
        }

        foreach (var command in reproduction.Commands)
        {
            output.WriteLine($"scorch {paper.Slug} {command.Name}: {command.Description}");
        }

        foreach (var run in surroundings.Catalog.EvidenceOf(paper.Slug))
        {
            output.WriteLine();
            EvidenceTables.Print(surroundings.OutputConsole(), output, run);
        }
    }

    private static void Claims(Surroundings surroundings, Reproduction reproduction)
    {
        var table = new Table().Border(TableBorder.Minimal).AddColumns("Claim", "Statement", "Metric", "Paper", "Confirmed when");
        foreach (var claim in reproduction.Claims)
        {
            var quantity = claim.Comparison switch
            {
                Comparison.Difference => "method - baseline",
                Comparison.Ratio => "method / baseline",
                _ => "value",
            };
            table.AddPlainRow(claim.Id, claim.Statement, claim.Metric, EvidenceTables.Number(claim.PaperFigure), $"{quantity} {claim.Threshold}");
        }

        surroundings.OutputConsole().Write(table);
    }
}
