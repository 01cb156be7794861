namespace Scorch.Benchmarks.Comparison;

/// <summary>The README's table of speeds, made from the newest results.</summary>
internal static class ReadmeTable
{
    private const string Begin = "<!-- benchmarks: made by benchmarks/compare --readme -->";
    private const string End = "<!-- end of benchmarks -->";

    public static int Update(string folder)
    {
        var newest = Results.Newest(Path.Combine(folder, "results"))
            ?? throw new FileNotFoundException("benchmarks/results has no results; run benchmarks/compare first.");
        var path = Path.Combine(folder, "..", "README.md");
        var text = File.ReadAllText(path);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (from < 0 || to < from) throw new InvalidDataException($"README.md lacks the marks {Begin} and {End}.");
        File.WriteAllText(path, text[..(from + Begin.Length)] + "\n" + Markdown(Results.Load(newest)) + text[to..]);
        return 0;
    }

    public static string Markdown(Results results)
    {
        var lines = new List<string> { "| Family | Ratio | Rows | Slower than PyTorch | Below their goal |", "|---|---|---|---|---|" };
        foreach (var (family, ratio) in results.Families())
        {
            var rows = results.Rows.Where(row => row.Family == family).ToArray();
            lines.Add($"| {family} | {ratio:F2} | {rows.Length} | {rows.Count(row => row.IsSlower)} | {rows.Count(row => row.IsBelowGoal)} |");
        }
        lines.Add($"| **geometric mean of the families** | **{results.GeometricMean:F2}** | {results.Rows.Count} | {results.Rows.Count(row => row.IsSlower)} | {results.Rows.Count(row => row.IsBelowGoal)} |");
        return string.Join('\n', lines) + "\n\n"
            + $"PyTorch's time over Scorch's on one and two threads ({results.Machine.Peer}; {results.Machine.Processor}, {results.Machine.Cores} cores; {results.Date}, commit {results.Commit}).\n";
    }
}
