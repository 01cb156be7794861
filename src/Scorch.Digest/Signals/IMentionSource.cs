namespace Scorch.Digest;

/// <summary>A place where people write about papers.</summary>
public interface IMentionSource
{
    /// <summary>Its name, as in <see cref="Mention.Source"/>.</summary>
    string Name { get; }

    /// <summary>Posts within <c>[from, to)</c> (UTC) that link to papers of arXiv; a post about two papers comes twice.</summary>
    /// <exception cref="SourceException">The source does not answer, refuses, or answers what cannot be read; the message says what to do.</exception>
    IAsyncEnumerable<PaperMention> ReadAsync(DateTime from, DateTime to, CancellationToken cancellationToken = default);
}
