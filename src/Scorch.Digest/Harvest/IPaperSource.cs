namespace Scorch.Digest;

/// <summary>A place where papers' metadata come from.</summary>
public interface IPaperSource
{
    /// <summary>Papers of some categories that were added or changed on some days; each paper once, whatever its categories.</summary>
    /// <exception cref="SourceException">The source does not answer, refuses, or answers what cannot be read; the message says what to do.</exception>
    IAsyncEnumerable<PaperMetadata> HarvestAsync(HarvestRequest request, CancellationToken cancellationToken = default);

    /// <summary>Papers by their identifiers; those that do not exist are left out.</summary>
    /// <exception cref="SourceException">The source does not answer, refuses, or answers what cannot be read; the message says what to do.</exception>
    Task<IReadOnlyList<PaperMetadata>> FindAsync(IReadOnlyList<string> arxivIds, CancellationToken cancellationToken = default);
}

/// <summary>Which papers to harvest.</summary>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="Categories">Categories, <c>cs.*</c> for all of an archive.</param>
public sealed record HarvestRequest(DateOnly From, DateOnly To, IReadOnlyList<string> Categories)
{
    /// <summary>Computer science and statistical machine learning.</summary>
    public static IReadOnlyList<string> DefaultCategories { get; } = ["cs.*", "stat.ML"];
}
