namespace Scorch.Digest;

/// <summary>Makes a day's post of a ranking and the papers' metadata.</summary>
public static class DigestComposer
{
    /// <summary>The post of ranked papers.</summary>
    /// <remarks>Line breaks within titles and names become spaces, since a post has one line for each.</remarks>
    /// <param name="header">What stands above the papers.</param>
    /// <param name="ranking">The papers to list, hottest first.</param>
    /// <param name="papers">What is known of them, by arXiv identifier.</param>
    /// <param name="countedAt">When reposts and likes were counted, in UTC; cut to whole seconds.</param>
    /// <exception cref="ArgumentException">A ranked paper is not among <paramref name="papers"/>.</exception>
    public static DigestPost Compose(PostHeader header, IReadOnlyList<RankedPaper> ranking, IReadOnlyDictionary<string, PaperMetadata> papers, DateTime countedAt)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(ranking);
        ArgumentNullException.ThrowIfNull(papers);
        var counted = countedAt.AddTicks(-(countedAt.Ticks % TimeSpan.TicksPerSecond));
        return new DigestPost { Header = header, Entries = [.. ranking.Select((paper, index) => Entry(index + 1, paper))] };

        DigestEntry Entry(int rank, RankedPaper paper) => papers.TryGetValue(paper.ArxivId, out var metadata)
            ? new DigestEntry
            {
                Rank = rank,
                ArxivId = paper.ArxivId,
                Title = OneLine(metadata.Title),
                Authors = [.. metadata.Authors.Select(OneLine)],
                Categories = metadata.Categories,
                Reposts = paper.Reposts,
                Likes = paper.Likes,
                CountedAt = counted,
                Abstract = metadata.Abstract,
                Mentions = paper.Mentions,
            }
            : throw new ArgumentException($"The paper {paper.ArxivId} is ranked, but nothing is known of it; look it up first.", nameof(papers));
    }

    private static string OneLine(string text) => text.Contains('\n') ? string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) : text;
}
