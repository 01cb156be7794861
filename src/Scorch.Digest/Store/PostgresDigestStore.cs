using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;

namespace Scorch.Digest;

/// <summary>The store in a PostgreSQL database.</summary>
internal sealed class PostgresDigestStore : SqlDigestStore
{
    // Any number that this program alone uses: "Scorch" in ASCII.
    private const long MigrationLock = 0x53636f726368;

    // So many papers since the last one make the planner's figures and the index's list of pending entries worth tidying.
    private const int TidyPapers = 1000;

    private readonly NpgsqlDataSource _source;

    public PostgresDigestStore(NpgsqlConnectionStringBuilder connection)
    {
        Name = $"the PostgreSQL database {connection.Database ?? connection.Username} on {connection.Host}";
        _source = NpgsqlDataSource.Create(connection);
    }

    protected override string Name { get; }

    public override ValueTask DisposeAsync() => _source.DisposeAsync();

    protected override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException problem)
        {
            throw new IOException($"Cannot open {Name}: {problem.Message} Check that the server runs and the connection string names the right user and database.", problem);
        }
    }

    protected override async Task PrepareDatabaseAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var encoding = new SqlStatement(connection, null, "SELECT current_setting('server_encoding')");
        if (await encoding.ValueAsync(cancellationToken).ConfigureAwait(false) is not "UTF8")
        {
            throw new InvalidDataException($"The encoding of {Name} is not UTF-8; make one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0.");
        }
    }

    protected override async Task<DbTransaction> BeginMigrationAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var wait = new SqlStatement(connection, transaction, "SELECT pg_advisory_xact_lock(@key)", "key");
        await wait.RunAsync(cancellationToken, MigrationLock).ConfigureAwait(false);
        return transaction;
    }

    protected override Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.BeginTransactionAsync(cancellationToken).AsTask();

    protected override Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).AsTask();

    protected override async Task<DbTransaction> BeginSearchAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        // The planner has no figures about the terms and would sometimes read all papers: let it use the indexes' bitmaps only.
        var transaction = await BeginReadAsync(connection, cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, transaction, "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off", cancellationToken).ConfigureAwait(false);
        return transaction;
    }

    protected override string Dialect(string sql) => sql
        .Replace("{key}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", StringComparison.Ordinal)
        .Replace("{text}", "TEXT COLLATE \"C\"", StringComparison.Ordinal);

    protected override string Own(Migration migration) => migration.Postgres;

    protected override async Task<Dictionary<string, StoredPaper>> LoadPapersAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<string> arxivIds, CancellationToken cancellationToken)
    {
        Dictionary<string, StoredPaper> papers = new(StringComparer.Ordinal);
        await using var select = new SqlStatement(
            connection, transaction, $"SELECT id, {PaperColumns} FROM papers WHERE arxiv_id = ANY(@papers) ORDER BY arxiv_id FOR UPDATE", "papers");
        await using var rows = await select.ReadAsync(cancellationToken, [arxivIds.ToArray()]).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var paper = Paper(rows, 1);
            papers.Add(paper.ArxivId, new StoredPaper(rows.GetInt64(0), paper));
        }

        return papers;
    }

    protected override async Task WritePapersAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<StoredPaper> papers, CancellationToken cancellationToken)
    {
        // One statement for all papers: a column's values travel as one array.
        await using var upsert = new SqlStatement(
            connection,
            transaction,
            $"""
            INSERT INTO papers ({PaperColumns})
            SELECT * FROM unnest(@papers, @titles, @authors, @categories, @abstracts, @submitted, @updated)
            ON CONFLICT (arxiv_id) DO UPDATE SET title = excluded.title, authors = excluded.authors, categories = excluded.categories,
                abstract = excluded.abstract, submitted_on = excluded.submitted_on, updated_on = excluded.updated_on
            RETURNING arxiv_id, id
            """,
            "papers", "titles", "authors", "categories", "abstracts", "submitted", "updated");
        Dictionary<string, long> numbers = new(StringComparer.Ordinal);
        await using (var rows = await upsert.ReadAsync(
            cancellationToken,
            Column(paper => StoredText.Encode(paper.ArxivId)),
            Column(paper => StoredText.Encode(paper.Title)),
            Column(paper => StoredJson.OfTexts(paper.Authors)),
            Column(paper => StoredJson.OfTexts(paper.Categories)),
            Column(paper => StoredText.Encode(paper.Abstract)),
            Column(paper => Columns.Of(paper.SubmittedOn) as string),
            Column(paper => Columns.Of(paper.UpdatedOn) as string)).ConfigureAwait(false))
        {
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                numbers.Add(rows.Text(0), rows.GetInt64(1));
            }
        }

        await using var index = new SqlStatement(
            connection,
            transaction,
            """
            INSERT INTO paper_terms (id, terms) SELECT id, terms::tsvector FROM unnest(@ids, @terms) AS given (id, terms)
            ON CONFLICT (id) DO UPDATE SET terms = excluded.terms
            """,
            "ids", "terms");
        var ids = papers.Select(paper => numbers[paper.Paper.ArxivId]).ToArray();
        await index.RunAsync(cancellationToken, ids, papers.Select((paper, at) => PostgresTerms.Vector(ids[at], SearchTerms.Of(paper.Paper))).ToArray()).ConfigureAwait(false);

        string?[] Column(Func<PaperMetadata, string?> value) => [.. papers.Select(paper => value(paper.Paper))];
    }

    protected override async Task AfterPapersAsync(long written, CancellationToken cancellationToken)
    {
        if (written < TidyPapers)
        {
            return;
        }

        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, null, "SELECT gin_clean_pending_list('paper_terms_index'::regclass)", cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, null, "ANALYZE papers", cancellationToken).ConfigureAwait(false);
    }

    protected override async IAsyncEnumerable<long> MatchesAsync(
        DbConnection connection, DbTransaction transaction, SearchQuery query, bool inTitle, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The last number that was given out; the papers' largest, or a little more.
        await using var last = new SqlStatement(connection, transaction, "SELECT last_value FROM papers_id_seq");
        var newest = PostgresTerms.BlockOf((long)(await last.ValueAsync(cancellationToken).ConfigureAwait(false))!);

        // One look into the index a block, in the blocks' order; the limit ends the walk. (One query with all blocks joined by "or"
        // would be checked as a whole for every match.)
        await using var select = new SqlStatement(
            connection,
            transaction,
            """
            SELECT hit.id FROM unnest(@queries) AS block (query) CROSS JOIN LATERAL (
                SELECT id FROM paper_terms WHERE terms @@ CAST(block.query AS tsquery) ORDER BY id DESC LIMIT @limit) AS hit
            LIMIT @limit
            """,
            "queries", "limit");
        var queries = new List<string>();
        for (var block = newest; block >= 0; block--)
        {
            queries.Add(PostgresTerms.Query(query, inTitle, block));
        }

        await using var rows = await select.ReadAsync(cancellationToken, queries.ToArray(), limit).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return rows.GetInt64(0);
        }
    }

    protected override (string Condition, object Value) In(string column, string parameter, IReadOnlyList<long> numbers) =>
        ($"{column} = ANY({parameter})", numbers.ToArray());
}
