using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace Scorch.Digest;

/// <summary>The store in one SQLite file, with a write-ahead log beside it: readers never wait for a writer.</summary>
internal sealed class SqliteDigestStore : SqlDigestStore
{
    private const int BusySeconds = 60;
    private const int NotADatabase = 26;
    private const int CannotOpen = 14;

    private readonly string _path;
    private readonly string _connectionString;

    static SqliteDigestStore() => SQLitePCL.Batteries_V2.Init();

    public SqliteDigestStore(string path)
    {
        _path = Path.GetFullPath(path);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = _path,
            ForeignKeys = true,
            DefaultTimeout = BusySeconds,
            Pooling = true,
        }.ToString();
    }

    protected override string Name => _path;

    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }

    protected override async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(_path))
        {
            throw new IOException($"{_path} is a folder; a store is a file in one, such as {Path.Combine(_path, "digest.db")}.");
        }

        if (Path.GetDirectoryName(_path) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

            // NORMAL with a write-ahead log: a killed process loses nothing, a power cut perhaps the last transactions, never a part of one.
            await RunAsync(connection, null, $"PRAGMA busy_timeout = {BusySeconds * 1000}; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768;", cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (SqliteException problem)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw Explained(problem);
        }
    }

    protected override async Task PrepareDatabaseAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await RunAsync(connection, null, "PRAGMA journal_mode = WAL", cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteException problem)
        {
            throw Explained(problem);
        }
    }

    protected override Task<DbTransaction> BeginMigrationAsync(DbConnection connection, CancellationToken cancellationToken) => BeginWriteAsync(connection, cancellationToken);

    // BEGIN IMMEDIATE: a writer that reads first would otherwise fail where another writes in between.
    protected override Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken) => Begin(connection, deferred: false);

    protected override Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) => Begin(connection, deferred: true);

    protected override Task<DbTransaction> BeginSearchAsync(DbConnection connection, CancellationToken cancellationToken) => Begin(connection, deferred: true);

    protected override string Dialect(string sql) => sql
        .Replace("{key}", "INTEGER PRIMARY KEY", StringComparison.Ordinal)
        .Replace("{text}", "TEXT", StringComparison.Ordinal);

    protected override string Own(Migration migration) => migration.Sqlite;

    protected override async Task<Dictionary<string, StoredPaper>> LoadPapersAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<string> arxivIds, CancellationToken cancellationToken)
    {
        Dictionary<string, StoredPaper> papers = new(StringComparer.Ordinal);
        await using var select = new SqlStatement(connection, transaction, $"SELECT id, {PaperColumns} FROM papers WHERE arxiv_id = @paper", "paper");
        foreach (var arxivId in arxivIds)
        {
            await using var row = await select.ReadAsync(cancellationToken, arxivId).ConfigureAwait(false);
            if (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var paper = Paper(row, 1);
                papers.Add(paper.ArxivId, new StoredPaper(row.GetInt64(0), paper));
            }
        }

        return papers;
    }

    protected override async Task WritePapersAsync(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<StoredPaper> papers, CancellationToken cancellationToken)
    {
        await using var insert = new SqlStatement(
            connection,
            transaction,
            $"INSERT INTO papers ({PaperColumns}) VALUES (@paper, @title, @authors, @categories, @abstract, @submitted, @updated) RETURNING id",
            "paper", "title", "authors", "categories", "abstract", "submitted", "updated");
        await using var update = new SqlStatement(
            connection,
            transaction,
            "UPDATE papers SET title = @title, authors = @authors, categories = @categories, abstract = @abstract, submitted_on = @submitted, updated_on = @updated WHERE arxiv_id = @paper",
            "paper", "title", "authors", "categories", "abstract", "submitted", "updated");
        await using var forget = new SqlStatement(connection, transaction, "DELETE FROM paper_terms WHERE rowid = @id", "id");
        await using var index = new SqlStatement(connection, transaction, "INSERT INTO paper_terms (rowid, terms) VALUES (@id, @terms)", "id", "terms");
        foreach (var (known, paper) in papers)
        {
            object?[] values =
            [
                StoredText.Encode(paper.ArxivId),
                StoredText.Encode(paper.Title),
                StoredJson.OfTexts(paper.Authors),
                StoredJson.OfTexts(paper.Categories),
                StoredText.Encode(paper.Abstract),
                Columns.Of(paper.SubmittedOn),
                Columns.Of(paper.UpdatedOn),
            ];
            if (known is { } number)
            {
                await update.RunAsync(cancellationToken, values).ConfigureAwait(false);
                await forget.RunAsync(cancellationToken, number).ConfigureAwait(false);
            }

            var id = known ?? (long)(await insert.ValueAsync(cancellationToken, values).ConfigureAwait(false))!;
            await index.RunAsync(cancellationToken, id, string.Join(' ', SearchTerms.Of(paper))).ConfigureAwait(false);
        }
    }

    protected override Task AfterPapersAsync(long written, CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async IAsyncEnumerable<long> MatchesAsync(
        DbConnection connection, DbTransaction transaction, SearchQuery query, bool inTitle, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var select = new SqlStatement(
            connection, transaction, "SELECT rowid FROM paper_terms WHERE paper_terms MATCH @query ORDER BY rowid DESC LIMIT @limit", "query", "limit");
        await using var rows = await select.ReadAsync(cancellationToken, Expression(query, inTitle), limit).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return rows.GetInt64(0);
        }
    }

    protected override (string Condition, object Value) In(string column, string parameter, IReadOnlyList<long> numbers) =>
        ($"{column} IN (SELECT value FROM json_each({parameter}))", $"[{string.Join(',', numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)))}]");

    // Words hold letters and digits only: inside quotes nothing of them can be syntax.
    private static string Expression(SearchQuery query, bool inTitle) => string.Join(" AND ", query.Words.Select((word, index) =>
        $"\"{(inTitle ? SearchTerms.TitleMark : "")}{word}\"{(query.LastIsBeginning && index == query.Words.Count - 1 ? "*" : "")}"));

    private static Task<DbTransaction> Begin(DbConnection connection, bool deferred) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred));

    private Exception Explained(SqliteException problem) => problem.SqliteErrorCode switch
    {
        NotADatabase => new InvalidDataException($"{_path} is no SQLite database; name another file or move this one away.", problem),
        CannotOpen => new IOException($"{_path} cannot be opened or made; check the folder and its permissions.", problem),
        _ => new IOException($"{_path}: {problem.Message}", problem),
    };
}
