namespace Scorch.Digest;

/// <summary>A paper's mentions, each post once.</summary>
internal sealed record PaperVoices(string ArxivId, IReadOnlyList<Mention> Mentions)
{
    public long Reposts => Mentions.Sum(mention => mention.Reposts ?? 0);

    public long Likes => Mentions.Sum(mention => mention.Likes ?? 0);

    public long Points => Reposts + Likes;

    /// <summary>Groups mentions by paper. Reposts count once: as the post they repeat, or else as the earliest of them.</summary>
    public static IReadOnlyList<PaperVoices> Of(IEnumerable<PaperMention> mentions)
    {
        ArgumentNullException.ThrowIfNull(mentions);
        return [.. mentions
            .GroupBy(mention => mention.ArxivId, mention => mention.Mention, StringComparer.Ordinal)
            .OrderBy(paper => paper.Key, StringComparer.Ordinal)
            .Select(paper => new PaperVoices(paper.Key, Distinct(paper)))];
    }

    /// <summary>The mentions to show: by points, then the earlier, then by source and address.</summary>
    public IReadOnlyList<Mention> Shown(RankingOptions options) =>
    [
        .. Mentions
            .OrderByDescending(mention => mention.Points)
            .ThenBy(mention => mention.PostedAt)
            .ThenBy(mention => mention.Source, StringComparer.Ordinal)
            .ThenBy(mention => mention.Address, StringComparer.Ordinal)
            .Where((mention, index) => index == 0 || mention.Points >= options.LeastMentionPoints)
            .Take(options.MostMentions),
    ];

    // Which of several is kept depends on no count of another account's, so that no account's reach decides who is heard.
    private static List<Mention> Distinct(IEnumerable<Mention> mentions)
    {
        var posts = new Dictionary<(string Source, string Address), Mention>();
        foreach (var mention in mentions)
        {
            Check(mention);
            var key = (mention.Source, mention.Address);
            posts[key] = posts.TryGetValue(key, out var known) ? Better(known, mention) : mention;
        }

        var roots = new Dictionary<(string Source, string Address), (string Source, string Address)>();
        return [.. posts.Values
            .GroupBy(mention => Root(mention, posts, roots))
            .Select(same => same.OrderBy(mention => mention.Address == same.Key.Address ? 0 : 1)
                .ThenBy(mention => mention.PostedAt)
                .ThenBy(mention => mention.Address, StringComparer.Ordinal)
                .First())
            .OrderBy(mention => mention.Source, StringComparer.Ordinal)
            .ThenBy(mention => mention.Address, StringComparer.Ordinal)];
    }

    // The same post seen twice, e.g. with newer counts.
    private static Mention Better(Mention first, Mention second)
    {
        var order = first.PostedAt.CompareTo(second.PostedAt);
        order = order != 0 ? order : string.CompareOrdinal(first.AuthorHandle, second.AuthorHandle);
        order = order != 0 ? order : second.Points.CompareTo(first.Points);
        order = order != 0 ? order : (second.Reposts ?? 0).CompareTo(first.Reposts ?? 0);
        order = order != 0 ? order : string.CompareOrdinal(first.RepostOf, second.RepostOf);
        return order <= 0 ? first : second;
    }

    // The post at the end of a chain of reposts. A cycle, which only a broken or hostile source has, ends at its smallest address.
    private static (string Source, string Address) Root(
        Mention mention,
        Dictionary<(string Source, string Address), Mention> posts,
        Dictionary<(string Source, string Address), (string Source, string Address)> roots)
    {
        var chain = new List<(string Source, string Address)>();
        var positions = new Dictionary<(string Source, string Address), int>();
        var at = (mention.Source, mention.Address);
        (string Source, string Address) root;
        while (true)
        {
            if (roots.TryGetValue(at, out root))
            {
                break;
            }

            if (positions.TryGetValue(at, out var start))
            {
                root = chain.Skip(start).MinBy(post => post.Address, StringComparer.Ordinal);
                break;
            }

            positions[at] = chain.Count;
            chain.Add(at);
            if (!posts.TryGetValue(at, out var post) || post.RepostOf is not { } original)
            {
                root = at;
                break;
            }

            at = (at.Source, original);
        }

        foreach (var post in chain)
        {
            roots[post] = root;
        }

        return root;
    }

    private static void Check(Mention mention)
    {
        if (mention.Reposts is < 0 or > PointsRanking.LargestCount || mention.Likes is < 0 or > PointsRanking.LargestCount)
        {
            throw new ArgumentException(
                $"The mention {mention.Address} has {mention.Reposts} reposts and {mention.Likes} likes; counts run from 0 to {PointsRanking.LargestCount}.", nameof(mention));
        }
    }
}
