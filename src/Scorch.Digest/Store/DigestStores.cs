namespace Scorch.Digest;

/// <summary>Opens stores.</summary>
public static class DigestStores
{
    /// <summary>A store by its connection string.</summary>
    /// <param name="connection">
    /// A path, or <c>sqlite:PATH</c>, for a SQLite file; <c>postgres://user:password@host:port/database</c> or
    /// <c>Host=...;Database=...</c> for PostgreSQL.
    /// </param>
    /// <remarks>Nothing is read or made before the first call; begin with <see cref="IDigestStore.MigrateAsync"/>. No message ever holds a password.</remarks>
    /// <exception cref="ArgumentException">It is neither.</exception>
    public static IDigestStore Open(string connection)
    {
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw new ArgumentException("A store needs a file's path or a PostgreSQL connection string; this one is empty.", nameof(connection));
        }

        return PostgresAddress.TryParse(connection) is { } postgres ? new PostgresDigestStore(postgres) : new SqliteDigestStore(SqlitePath(connection));
    }

    /// <summary>The full path of the file that a connection string names; null where it names a server.</summary>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public static string? FileOf(string connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return PostgresAddress.TryParse(connection) is null ? Path.GetFullPath(SqlitePath(connection)) : null;
    }

    private static string SqlitePath(string connection)
    {
        var path = connection.StartsWith("sqlite:", StringComparison.OrdinalIgnoreCase) ? connection["sqlite:".Length..] : connection;
        if (path.StartsWith("//", StringComparison.Ordinal) && path.Length < connection.Length)
        {
            path = path[2..];
        }

        return path.Contains("://", StringComparison.Ordinal) || path is "" or ":memory:" || path.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException("A store is a SQLite file (a path or sqlite:PATH) or PostgreSQL (postgres://... or Host=...); this connection string is neither.", nameof(connection))
            : path;
    }
}
