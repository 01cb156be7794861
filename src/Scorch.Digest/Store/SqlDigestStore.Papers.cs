using System.Data.Common;

namespace Scorch.Digest;

internal abstract partial class SqlDigestStore
{
    private const int BatchPapers = 1000;
    private const long BatchCharacters = 8 << 20;

    protected const string PaperColumns = "arxiv_id, title, authors, categories, abstract, submitted_on, updated_on";

    /// <inheritdoc/>
    public async Task<long> SavePapersAsync(IAsyncEnumerable<PaperMetadata> papers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(papers);
        var read = 0L;
        var characters = 0L;
        var written = 0L;
        var batch = new SortedDictionary<string, PaperMetadata>(StringComparer.Ordinal);
        await foreach (var paper in papers.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Check(paper);
            batch[paper.ArxivId] = batch.TryGetValue(paper.ArxivId, out var earlier) ? Newer(earlier, paper) : paper;
            characters += paper.Title.Length + (paper.Abstract?.Length ?? 0) + paper.Authors.Sum(author => (long)author.Length);
            read++;
            if (batch.Count >= BatchPapers || characters >= BatchCharacters)
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }

        if (batch.Count > 0)
        {
            await FlushAsync().ConfigureAwait(false);
        }

        await AfterPapersAsync(written, cancellationToken).ConfigureAwait(false);
        return read;

        async Task FlushAsync()
        {
            await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var transaction = await BeginWriteAsync(connection, cancellationToken).ConfigureAwait(false);
            written += await MergePapersAsync(connection, transaction, batch.Values, Newer, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            batch.Clear();
            characters = 0;
        }
    }

    /// <inheritdoc/>
    public async Task<PaperMetadata?> FindPaperAsync(string arxivId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(arxivId);
        var found = await ListAsync(
            $"SELECT {PaperColumns} FROM papers WHERE arxiv_id = @paper", ["paper"], [StoredText.Encode(arxivId)], row => Paper(row, 0), cancellationToken).ConfigureAwait(false);
        return found.SingleOrDefault();
    }

    /// <inheritdoc/>
    public async Task<long> CountPapersAsync(CancellationToken cancellationToken = default) =>
        (await ListAsync("SELECT count(*) FROM papers", [], [], row => row.GetInt64(0), cancellationToken).ConfigureAwait(false))[0];

    /// <summary>Papers that are there already, by identifier (as kept); <paramref name="arxivIds"/> are sorted.</summary>
    protected abstract Task<Dictionary<string, StoredPaper>> LoadPapersAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<string> arxivIds, CancellationToken cancellationToken);

    /// <summary>Adds papers (without number) or changes them, with what search needs.</summary>
    protected abstract Task WritePapersAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<StoredPaper> papers, CancellationToken cancellationToken);

    /// <summary>Tidies up after <paramref name="written"/> papers were written.</summary>
    protected abstract Task AfterPapersAsync(long written, CancellationToken cancellationToken);

    /// <summary>A paper from the columns <see cref="PaperColumns"/>.</summary>
    protected static PaperMetadata Paper(DbDataReader row, int first) => new()
    {
        ArxivId = row.Text(first),
        Title = row.Text(first + 1),
        Authors = row.Texts(first + 2),
        Categories = row.Texts(first + 3),
        Abstract = row.TextOrNull(first + 4),
        SubmittedOn = row.DayOrNull(first + 5),
        UpdatedOn = row.DayOrNull(first + 6),
    };

    // Only what changes is written, so that a repeated import is quick and leaves the index alone.
    private async Task<int> MergePapersAsync(
        DbConnection connection,
        DbTransaction transaction,
        IReadOnlyCollection<PaperMetadata> papers,
        Func<PaperMetadata, PaperMetadata, PaperMetadata> merge,
        CancellationToken cancellationToken)
    {
        var known = await LoadPapersAsync(connection, transaction, [.. papers.Select(paper => StoredText.Encode(paper.ArxivId)!)], cancellationToken).ConfigureAwait(false);
        List<StoredPaper> changed = [];
        foreach (var paper in papers)
        {
            if (!known.TryGetValue(paper.ArxivId, out var before))
            {
                changed.Add(new StoredPaper(null, paper));
            }
            else if (merge(before.Paper, paper) is var after && !Same(before.Paper, after))
            {
                changed.Add(new StoredPaper(before.Id, after));
            }
        }

        if (changed.Count > 0)
        {
            await WritePapersAsync(connection, transaction, changed, cancellationToken).ConfigureAwait(false);
        }

        return changed.Count;
    }

    // The later record counts, but what it does not know does not erase what is known.
    private static PaperMetadata Newer(PaperMetadata before, PaperMetadata after) => after with
    {
        Abstract = after.Abstract ?? before.Abstract,
        SubmittedOn = after.SubmittedOn ?? before.SubmittedOn,
        UpdatedOn = after.UpdatedOn ?? before.UpdatedOn,
    };

    // A record with dates is arXiv's own; what a post copied of it (a title with broken characters, say) does not replace it.
    private static PaperMetadata FromPost(PaperMetadata before, PaperMetadata post) =>
        before.SubmittedOn is null && before.UpdatedOn is null ? Newer(before, post) : before with { Abstract = before.Abstract ?? post.Abstract };

    private static bool Same(PaperMetadata one, PaperMetadata other) =>
        one.ArxivId == other.ArxivId && one.Title == other.Title && one.Abstract == other.Abstract
        && one.SubmittedOn == other.SubmittedOn && one.UpdatedOn == other.UpdatedOn
        && one.Authors.SequenceEqual(other.Authors, StringComparer.Ordinal) && one.Categories.SequenceEqual(other.Categories, StringComparer.Ordinal);

    private static void Check(PaperMetadata paper)
    {
        ArgumentNullException.ThrowIfNull(paper);
        ArgumentException.ThrowIfNullOrEmpty(paper.ArxivId);
    }

    /// <summary>A paper and its number in the database; null for one that is not there yet.</summary>
    protected sealed record StoredPaper(long? Id, PaperMetadata Paper);
}
