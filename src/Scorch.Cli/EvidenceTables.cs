using System.Globalization;
using System.Text;
using Scorch.Reproductions;
using Spectre.Console;

namespace Scorch.Cli;

/// <summary>Recorded runs as tables.</summary>
internal static class EvidenceTables
{
    private static readonly string[] Headings = ["Claim", "Metric", "Paper", "Method", "Baseline", "95% interval", "Threshold", "Verdict"];

    public static void Print(IAnsiConsole console, TextWriter output, EvidenceRecord run)
    {
        var table = new Table().Border(TableBorder.Minimal);
        foreach (var heading in Headings)
        {
            var column = new TableColumn(heading);
            table.AddColumn(heading is "Claim" or "Paper" or "Verdict" ? column.NoWrap() : column);
        }

        foreach (var claim in run.Claims)
        {
            table.AddPlainRow(Cells(claim));
        }

        output.WriteLine(Title(run));
        console.Write(table);
        foreach (var claim in run.Claims.Where(claim => claim.Verdict == Verdict.NotMeasurable))
        {
            output.WriteLine($"{claim.Id} not measurable: {claim.Reason}");
        }
    }

    public static string Markdown(IEnumerable<EvidenceRecord> runs)
    {
        var text = new StringBuilder();
        foreach (var run in runs)
        {
            text.Append(CultureInfo.InvariantCulture, $"### {Cell(Title(run))}\n\n| {string.Join(" | ", Headings)} |\n|{string.Concat(Enumerable.Repeat(" --- |", Headings.Length))}\n");
            foreach (var claim in run.Claims)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Cells(claim).Select(Cell))} |\n");
            }

            text.Append('\n');
            foreach (var claim in run.Claims.Where(claim => claim.Verdict == Verdict.NotMeasurable))
            {
                text.Append(CultureInfo.InvariantCulture, $"- {Cell(claim.Id)} not measurable: {Cell(claim.Reason)}\n");
            }
        }

        return text.ToString();
    }

    public static string Number(double? value) => value is { } number ? number.ToString("G5", CultureInfo.InvariantCulture) : "-";

    private static string Title(EvidenceRecord run) => string.Create(
        CultureInfo.InvariantCulture,
        $"{run.Paper}, {run.Scale.Name()}, seeds {string.Join(" ", run.Seeds)}, {run.DurationSeconds:0.0} s, {run.StartedAt.UtcDateTime:yyyy-MM-dd}, {run.Machine.Processor} ({run.Machine.Cores} cores)");

    private static IEnumerable<string> Cells(ClaimRecord claim) =>
    [
        claim.Id,
        claim.Unit.Length == 0 ? claim.Metric : $"{claim.Metric} ({claim.Unit})",
        Number(claim.PaperFigure),
        Summary(claim.Method),
        Summary(claim.Baseline),
        claim.Interval is null ? "-" : $"[{Number(claim.Interval[0])}, {Number(claim.Interval[1])}]",
        claim.ToClaim().Threshold.ToString(),
        claim.Verdict.Name(),
    ];

    private static string Summary(SummaryRecord summary) => summary.N == 0
        ? "-"
        : summary.Std is null ? Number(summary.Mean) : $"{Number(summary.Mean)} ± {Number(summary.Std)}";

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
