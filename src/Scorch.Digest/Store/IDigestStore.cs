namespace Scorch.Digest;

/// <summary>Keeps papers, mentions and the days' posts, and searches the papers. The same behaviour on every database.</summary>
/// <remarks>
/// Each method is one transaction: it happens as a whole or not at all, also when the process is killed. Only
/// <see cref="SavePapersAsync"/>, which may be given millions, saves in batches. Every string comes back exactly as it was saved, NUL
/// characters and halves of surrogate pairs included; times come back in UTC.
/// </remarks>
public interface IDigestStore : IAsyncDisposable
{
    /// <summary>Brings the schema to this version's; does nothing where it is already.</summary>
    /// <exception cref="InvalidDataException">The database was written by a newer version.</exception>
    Task MigrateAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds papers, or replaces what is known of them; the last of several records of one paper counts, but what it does not know (null) erases nothing.</summary>
    /// <remarks>
    /// Streams: memory does not grow with the number. Each batch of about a thousand is one transaction; where it stops half way,
    /// saving the same papers again goes on quickly, as papers that are there already are not written again.
    /// </remarks>
    /// <returns>How many records were read.</returns>
    Task<long> SavePapersAsync(IAsyncEnumerable<PaperMetadata> papers, CancellationToken cancellationToken = default);

    /// <summary>A paper by its identifier, or null.</summary>
    Task<PaperMetadata?> FindPaperAsync(string arxivId, CancellationToken cancellationToken = default);

    /// <summary>How many papers there are.</summary>
    Task<long> CountPapersAsync(CancellationToken cancellationToken = default);

    /// <summary>Adds mentions of papers, or replaces what is known of them (by source and address); counts never fall back to unknown.</summary>
    Task SaveMentionsAsync(IReadOnlyList<PaperMention> mentions, CancellationToken cancellationToken = default);

    /// <summary>Mentions published within <c>[from, to)</c> (UTC), by paper and time; streams.</summary>
    IAsyncEnumerable<PaperMention> ReadMentionsAsync(DateTime from, DateTime to, CancellationToken cancellationToken = default);

    /// <summary>Adds a day's post, or replaces it whole; its papers can be searched, its mentions read.</summary>
    /// <remarks>What arXiv says of a paper (a record with a date) and the counts of known mentions are not replaced by what the post says.</remarks>
    Task SavePostAsync(DigestPost post, CancellationToken cancellationToken = default);

    /// <summary>The post of a day, every field as it was saved, or null.</summary>
    Task<DigestPost?> FindPostAsync(DateOnly day, CancellationToken cancellationToken = default);

    /// <summary>The days that have a post, newest first.</summary>
    Task<IReadOnlyList<DaySummary>> ListDaysAsync(CancellationToken cancellationToken = default);

    /// <summary>Every day and rank at which a paper was in a digest, newest first.</summary>
    Task<IReadOnlyList<Appearance>> FindAppearancesAsync(string arxivId, CancellationToken cancellationToken = default);

    /// <summary>Papers whose title, authors or abstract hold all words of a query, best match first.</summary>
    /// <remarks>
    /// Words are compared without case, accents and plural endings; where no paper holds the last word, it is taken as the beginning of
    /// one (from four letters on). Ranked (BM25F) are the newest 500 matches and the newest 250 whose title holds all words; where there are more, they follow
    /// newest first. Of a paper, at most 200 000 characters are searched.
    /// </remarks>
    /// <param name="query">Words as a person types them; no character has a meaning of its own. At most 32 count.</param>
    /// <param name="offset">How many matches to leave out.</param>
    /// <param name="limit">How many to return, 1 to 100.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>Matches; none for a query without a word.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> or <paramref name="limit"/> is out of range.</exception>
    Task<SearchPage> SearchAsync(string query, int offset = 0, int limit = 20, CancellationToken cancellationToken = default);
}

/// <summary>A mention and the paper that it is about.</summary>
public sealed record PaperMention(string ArxivId, Mention Mention);

/// <summary>A day that has a post.</summary>
/// <param name="Day">The day.</param>
/// <param name="Title">The post's title.</param>
/// <param name="PaperCount">How many papers it lists.</param>
/// <param name="TopPaper">Title of the first; null for an empty post.</param>
public sealed record DaySummary(DateOnly Day, string Title, int PaperCount, string? TopPaper);

/// <summary>A paper's place in a day's digest.</summary>
public sealed record Appearance(DateOnly Day, int Rank, long Reposts, long Likes);

/// <summary>Some matches of a search.</summary>
/// <param name="Papers">The matches asked for, best first.</param>
/// <param name="HasMore">Whether there are more behind them.</param>
public sealed record SearchPage(IReadOnlyList<PaperMetadata> Papers, bool HasMore);
