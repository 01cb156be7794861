using System.Text.Json;

namespace Scorch.Reproductions;

/// <summary>The papers of the digests, from the one data file that holds their facts.</summary>
public static class PaperList
{
    private static readonly Lazy<IReadOnlyList<Paper>> Papers = new(Read);

    /// <summary>The rooms, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> Rooms { get; } =
        ["Vision", "Language", "Generative", "Motion", "Decisions", "Search", "Science", "Quantum", "Statistics", "Learning"];

    /// <summary>All papers, by digest day and rank.</summary>
    public static IReadOnlyList<Paper> All => Papers.Value;

    /// <summary>The paper with a slug.</summary>
    /// <exception cref="UsageException">There is none; the nearest slugs are named.</exception>
    public static Paper Find(string slug)
    {
        ArgumentNullException.ThrowIfNull(slug);
        return All.FirstOrDefault(paper => paper.Slug == slug) ?? throw new UsageException(
            $"There is no paper '{slug}'. {NearestName.Suggestion(slug, All.Select(paper => paper.Slug), "Run 'scorch list' for the names.")}");
    }

    private static Paper[] Read()
    {
        using var stream = typeof(PaperList).Assembly.GetManifestResourceStream("papers.json")
            ?? throw new InvalidOperationException("The resource papers.json is missing from the assembly; rebuild it.");
        return JsonSerializer.Deserialize(stream, PaperJson.Default.PaperArray)
            ?? throw new InvalidDataException("papers.json is empty.");
    }
}
