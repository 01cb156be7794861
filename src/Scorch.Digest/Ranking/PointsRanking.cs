namespace Scorch.Digest;

/// <summary>The digest's ranking: a paper's points are the reposts and likes of all its mentions together.</summary>
/// <remarks>Papers of equal points stand in order of their arXiv identifiers, the older first, as in the digest's own posts.</remarks>
/// <param name="options">Which papers and mentions are shown; null for the digest's defaults.</param>
public sealed class PointsRanking(RankingOptions? options = null) : IPaperRanking
{
    /// <summary>The largest count of a mention that is believed.</summary>
    public const long LargestCount = 1_000_000_000_000;

    private readonly RankingOptions _options = options ?? new RankingOptions();

    /// <inheritdoc/>
    public IReadOnlyList<RankedPaper> Rank(IEnumerable<PaperMention> mentions)
    {
        _options.Check();
        return [.. PaperVoices.Of(mentions)
            .Select(paper => (Paper: paper, paper.Reposts, paper.Likes, paper.Points))
            .Where(paper => paper.Points >= _options.LeastPoints)
            .OrderByDescending(paper => paper.Points)
            .ThenBy(paper => paper.Paper.ArxivId, StringComparer.Ordinal)
            .Take(_options.MostPapers)
            .Select(paper => new RankedPaper(paper.Paper.ArxivId, paper.Reposts, paper.Likes, paper.Points, paper.Paper.Shown(_options)))];
    }

    /// <summary>Puts the papers of a post in order by the counts that they carry, which tell all their mentions, and numbers them.</summary>
    /// <remarks>Their mentions stay as they are: a post tells no counts of those.</remarks>
    public IReadOnlyList<DigestEntry> Rank(IEnumerable<DigestEntry> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        _options.Check();
        return [.. entries
            .Where(entry => Points(entry) >= _options.LeastPoints)
            .OrderByDescending(Points)
            .ThenBy(entry => entry.ArxivId, StringComparer.Ordinal)
            .Take(_options.MostPapers)
            .Select((entry, index) => entry with { Rank = index + 1 })];

        static Int128 Points(DigestEntry entry) => (Int128)entry.Reposts + entry.Likes;
    }
}
