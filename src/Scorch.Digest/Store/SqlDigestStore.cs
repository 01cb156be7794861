using System.Data.Common;
using System.Runtime.CompilerServices;

namespace Scorch.Digest;

/// <summary>What the stores on SQL databases have in common: nearly everything.</summary>
internal abstract partial class SqlDigestStore : IDigestStore
{
    /// <inheritdoc/>
    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await PrepareDatabaseAsync(connection, cancellationToken).ConfigureAwait(false);
        await using var transaction = await BeginMigrationAsync(connection, cancellationToken).ConfigureAwait(false);
        await RunAsync(connection, transaction, Dialect("CREATE TABLE IF NOT EXISTS schema_versions (version INTEGER PRIMARY KEY, name {text} NOT NULL, applied_at BIGINT NOT NULL)"), cancellationToken).ConfigureAwait(false);
        await using var newest = new SqlStatement(connection, transaction, "SELECT coalesce(max(version), 0) FROM schema_versions");
        var version = Convert.ToInt32(await newest.ValueAsync(cancellationToken).ConfigureAwait(false), System.Globalization.CultureInfo.InvariantCulture);
        if (version > Migration.All[^1].Version)
        {
            throw new InvalidDataException(
                $"{Name} has schema version {version}, this program knows versions up to {Migration.All[^1].Version}: the database was written by a newer version. Update this program.");
        }

        await using var record = new SqlStatement(connection, transaction, "INSERT INTO schema_versions (version, name, applied_at) VALUES (@version, @name, @time)", "version", "name", "time");
        foreach (var migration in Migration.All.Where(migration => migration.Version > version))
        {
            await RunAsync(connection, transaction, Dialect(migration.Shared), cancellationToken).ConfigureAwait(false);
            await RunAsync(connection, transaction, Own(migration), cancellationToken).ConfigureAwait(false);
            await record.RunAsync(cancellationToken, migration.Version, migration.Name, DateTime.UtcNow.Ticks).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>What error messages call the database; never holds a password.</summary>
    protected abstract string Name { get; }

    /// <summary>An open connection.</summary>
    protected abstract Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Sets what a database needs once, outside of a transaction; refuses one that cannot serve.</summary>
    protected abstract Task PrepareDatabaseAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>A transaction that only one process at a time can hold.</summary>
    protected abstract Task<DbTransaction> BeginMigrationAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>A transaction that writes.</summary>
    protected abstract Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>A transaction whose reads all see the same state.</summary>
    protected abstract Task<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>A shared statement in the words of this database.</summary>
    protected abstract string Dialect(string sql);

    /// <summary>A migration's own statements for this database.</summary>
    protected abstract string Own(Migration migration);

    protected static async Task RunAsync(DbConnection connection, DbTransaction? transaction, string sql, CancellationToken cancellationToken)
    {
        await using var statement = new SqlStatement(connection, transaction, sql);
        await statement.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<T> StreamAsync<T>(
        string sql, string[] names, object?[] values, Func<DbDataReader, T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await using var statement = new SqlStatement(connection, null, sql, names);
        await using var rows = await statement.ReadAsync(cancellationToken, values).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return read(rows);
        }
    }

    private async Task<List<T>> ListAsync<T>(string sql, string[] names, object?[] values, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        List<T> list = [];
        await foreach (var item in StreamAsync(sql, names, values, read, cancellationToken).ConfigureAwait(false))
        {
            list.Add(item);
        }

        return list;
    }
}
