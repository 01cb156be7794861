namespace Scorch.Digest;

/// <summary>Puts papers in order by what is said of them.</summary>
public interface IPaperRanking
{
    /// <summary>The papers that are listed, hottest first; the same for the same mentions in any order.</summary>
    /// <exception cref="ArgumentException">A mention's count is negative or above <see cref="PointsRanking.LargestCount"/>.</exception>
    IReadOnlyList<RankedPaper> Rank(IEnumerable<PaperMention> mentions);
}

/// <summary>A paper with what is said of it.</summary>
/// <param name="ArxivId">The paper.</param>
/// <param name="Reposts">Reposts of all its mentions together, also of those not shown.</param>
/// <param name="Likes">Likes of all its mentions together, also of those not shown.</param>
/// <param name="Score">What it was ranked by; its unit is the ranking's own.</param>
/// <param name="Mentions">The mentions to show, the most shared first.</param>
public sealed record RankedPaper(string ArxivId, long Reposts, long Likes, double Score, IReadOnlyList<Mention> Mentions)
{
    /// <summary>Reposts and likes together.</summary>
    public long Points => Reposts + Likes;
}
