using System.Data.Common;
using System.Runtime.CompilerServices;

namespace Scorch.Digest;

internal abstract partial class SqlDigestStore
{
    // Ranked are the newest papers with all words in the title and the newest with all words anywhere: a bound, so that a word in
    // half of all papers costs no more than a rare one. Fewer matches than that are all ranked; more follow behind, newest first.
    private const int RankedTitles = 250;
    private const int RankedPapers = 500;

    /// <summary>Longest part of an abstract that ranking reads.</summary>
    private const int RankedCharacters = 20_000;

    private const int LargestPage = 100;

    // Shorter beginnings stand for so many words that their papers are half of all.
    private const int ShortestBeginning = 4;

    /// <inheritdoc/>
    public async Task<SearchPage> SearchAsync(string query, int offset = 0, int limit = 20, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LargestPage);
        var wanted = SearchQuery.Of(query);
        if (wanted.Words.Count == 0)
        {
            return new SearchPage([], false);
        }

        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await BeginSearchAsync(connection, cancellationToken).ConfigureAwait(false);
        var newest = await TakeAsync(wanted, inTitle: false, RankedPapers).ConfigureAwait(false);
        if (newest.Count == 0 && wanted.Words[^1].Length >= ShortestBeginning && (await TakeAsync(new SearchQuery([wanted.Words[^1]]), inTitle: false, 1).ConfigureAwait(false)).Count == 0)
        {
            // Nothing holds the last word: perhaps it is not typed to its end.
            wanted = wanted with { LastIsBeginning = true };
            newest = await TakeAsync(wanted, inTitle: false, RankedPapers).ConfigureAwait(false);
        }

        var titles = newest.Count < RankedPapers ? [] : await TakeAsync(wanted, inTitle: true, RankedTitles).ConfigureAwait(false);
        var pool = newest.Union(titles).ToArray();
        var ranked = SearchRanking.Order(await CandidatesAsync(connection, transaction, pool, cancellationToken).ConfigureAwait(false), wanted);
        var page = ranked.Skip(offset).Take(limit + 1).Select(candidate => candidate.Id).ToList();
        if (newest.Count == RankedPapers && page.Count <= limit)
        {
            await AddUnrankedAsync(page).ConfigureAwait(false);
        }

        var papers = await PapersAsync(connection, transaction, [.. page.Take(limit)], cancellationToken).ConfigureAwait(false);
        return new SearchPage(papers, page.Count > limit);

        async Task<List<long>> TakeAsync(SearchQuery query, bool inTitle, int count)
        {
            List<long> found = [];
            await foreach (var id in MatchesAsync(connection, transaction, query, inTitle, count, cancellationToken).ConfigureAwait(false))
            {
                found.Add(id);
            }

            return found;
        }

        async Task AddUnrankedAsync(List<long> page)
        {
            var skip = Math.Max(0, offset - ranked.Count);
            var before = pool.ToHashSet();
            var most = (int)Math.Min(int.MaxValue, (long)before.Count + skip + limit + 1);
            await foreach (var id in MatchesAsync(connection, transaction, wanted, inTitle: false, most, cancellationToken).ConfigureAwait(false))
            {
                if (before.Contains(id) || skip-- > 0)
                {
                    continue;
                }

                page.Add(id);
                if (page.Count > limit)
                {
                    return;
                }
            }
        }
    }

    /// <summary>A transaction as searches need it.</summary>
    protected abstract Task<DbTransaction> BeginSearchAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>The numbers of papers that hold a query's words (in their titles), newest first, at most <paramref name="limit"/>.</summary>
    protected abstract IAsyncEnumerable<long> MatchesAsync(
        DbConnection connection, DbTransaction transaction, SearchQuery query, bool inTitle, int limit, CancellationToken cancellationToken);

    /// <summary>A condition that is true where a column is in a list that is given as one parameter, and the list's value.</summary>
    protected abstract (string Condition, object Value) In(string column, string parameter, IReadOnlyList<long> numbers);

    private async Task<List<SearchCandidate>> CandidatesAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<long> numbers, CancellationToken cancellationToken)
    {
        List<SearchCandidate> candidates = [];
        await foreach (var row in RowsAsync(connection, transaction, $"id, arxiv_id, title, authors, substr(abstract, 1, {RankedCharacters})", numbers, cancellationToken).ConfigureAwait(false))
        {
            candidates.Add(new SearchCandidate(row.GetInt64(0), row.Text(1), row.Text(2), row.Texts(3), row.IsDBNull(4) ? "" : row.GetString(4)));
        }

        return candidates;
    }

    private async Task<IReadOnlyList<PaperMetadata>> PapersAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<long> numbers, CancellationToken cancellationToken)
    {
        Dictionary<long, PaperMetadata> papers = [];
        await foreach (var row in RowsAsync(connection, transaction, $"id, {PaperColumns}", numbers, cancellationToken).ConfigureAwait(false))
        {
            papers.Add(row.GetInt64(0), Paper(row, 1));
        }

        return [.. numbers.Select(number => papers[number])];
    }

    private async IAsyncEnumerable<DbDataReader> RowsAsync(
        DbConnection connection, DbTransaction transaction, string columns, IReadOnlyList<long> numbers, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (condition, value) = In("id", "@numbers", numbers);
        await using var select = new SqlStatement(connection, transaction, $"SELECT {columns} FROM papers WHERE {condition}", "numbers");
        await using var rows = await select.ReadAsync(cancellationToken, value).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return rows;
        }
    }
}
