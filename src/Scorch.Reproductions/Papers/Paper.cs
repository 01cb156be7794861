namespace Scorch.Reproductions;

/// <summary>The facts of a paper of the digests.</summary>
public sealed record Paper
{
    /// <summary>Short name used in commands and folders, e.g. <c>pinn-poisson</c>.</summary>
    public required string Slug { get; init; }

    /// <summary>Title as in the digest.</summary>
    public required string Title { get; init; }

    /// <summary>Authors in order.</summary>
    public required IReadOnlyList<string> Authors { get; init; }

    /// <summary>arXiv identifier, e.g. <c>2103.09655</c>.</summary>
    public required string ArxivId { get; init; }

    /// <summary>arXiv categories, primary first.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>Day of the digest.</summary>
    public required DateOnly DigestDay { get; init; }

    /// <summary>Rank in the digest, from 1.</summary>
    public required int Rank { get; init; }

    /// <summary>Retweets counted by the digest.</summary>
    public required int Retweets { get; init; }

    /// <summary>Favourites counted by the digest.</summary>
    public required int Favorites { get; init; }

    /// <summary>When the digest counted both, in UTC.</summary>
    public required DateTime CountedAt { get; init; }

    /// <summary>The room that the paper belongs to; one of <see cref="PaperList.Rooms"/>.</summary>
    public required string Room { get; init; }

    /// <summary>What the paper does, in one sentence of our own.</summary>
    public required string Summary { get; init; }

    /// <summary>What it asks, does and finds, in a paragraph of our own.</summary>
    public required string Overview { get; init; }
}
