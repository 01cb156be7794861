namespace Scorch.Digest;

/// <summary>One paper of a day's digest with what was said of it.</summary>
public sealed record DigestEntry
{
    /// <summary>Its place in the post, from 1.</summary>
    public required int Rank { get; init; }

    /// <summary>arXiv identifier without version, e.g. <c>2101.08833</c> or <c>math/0309136</c>.</summary>
    public required string ArxivId { get; init; }

    /// <summary>Title, exactly as published: doubled spaces and mis-decoded characters included.</summary>
    public required string Title { get; init; }

    /// <summary>Authors in order.</summary>
    public required IReadOnlyList<string> Authors { get; init; }

    /// <summary>arXiv categories, primary first.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Reposts of all mentions together.</summary>
    public required long Reposts { get; init; }

    /// <summary>Likes of all mentions together.</summary>
    public required long Likes { get; init; }

    /// <summary>When both were counted, in UTC.</summary>
    public required DateTime CountedAt { get; init; }

    /// <summary>The abstract; null where the post has none at all, empty where it has an empty one.</summary>
    public required string? Abstract { get; init; }

    /// <summary>What was said, the most shared first.</summary>
    public required IReadOnlyList<Mention> Mentions { get; init; }
}
