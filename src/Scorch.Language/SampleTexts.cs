using Scorch.Reproductions;

namespace Scorch.Language;

/// <summary>The project's own documentation, on which smoke runs train: it ships with the library.</summary>
internal static class SampleTexts
{
    /// <summary>The lines of a page, which the run notes as used.</summary>
    public static IReadOnlyList<string> Lines(RunContext context, string page)
    {
        Stream Open() => typeof(SampleTexts).Assembly.GetManifestResourceStream("sample/" + page)
            ?? throw new InvalidOperationException($"The library lacks its sample text {page}.");
        context.UseData("scorch-documentation", page, Open);
        using var reader = new StreamReader(Open());
        var lines = new List<string>();
        while (reader.ReadLine() is { } line) lines.Add(line);
        return lines;
    }
}
