namespace Scorch.Digest;

/// <summary>What arXiv says of a paper.</summary>
public sealed record PaperMetadata
{
    /// <summary>Identifier without version, e.g. <c>2101.08833</c> or <c>math/0309136</c>.</summary>
    public required string ArxivId { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>Authors in order.</summary>
    public required IReadOnlyList<string> Authors { get; init; }

    /// <summary>Categories, primary first.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>The abstract; null where it is not known.</summary>
    public string? Abstract { get; init; }

    /// <summary>The day of the first version; null where it is not known.</summary>
    public DateOnly? SubmittedOn { get; init; }

    /// <summary>The day of the newest version or of a change of the record; null where it is not known.</summary>
    public DateOnly? UpdatedOn { get; init; }
}
