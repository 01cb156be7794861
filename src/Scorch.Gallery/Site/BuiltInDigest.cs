using Scorch.Digest;
using Scorch.Reproductions;

namespace Scorch.Gallery.Site;

/// <summary>The days' posts that the papers' own facts make: what the gallery shows before any post was imported.</summary>
internal static class BuiltInDigest
{
    /// <summary>One post a day, oldest first; without abstracts and mentions, which do not ship.</summary>
    public static IReadOnlyList<DigestPost> Posts(IReadOnlyList<Paper> papers) =>
    [
        .. papers.GroupBy(paper => paper.DigestDay).OrderBy(day => day.Key).Select(day => new DigestPost
        {
            Header = PostHeader.For(day.Key, day.Min(paper => paper.CountedAt)),
            Entries = [.. day.OrderBy(paper => paper.Rank).Select(Entry)],
        }),
    ];

    private static DigestEntry Entry(Paper paper) => new()
    {
        Rank = paper.Rank,
        ArxivId = paper.ArxivId,
        Title = paper.Title,
        Authors = paper.Authors,
        Categories = paper.Categories,
        Reposts = paper.Retweets,
        Likes = paper.Favorites,
        CountedAt = paper.CountedAt,
        Abstract = null,
        Mentions = [],
    };
}
