using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Scorch.Digest;

/// <summary>Reads PostgreSQL connection strings: addresses as libpq writes them and Npgsql's keywords.</summary>
internal static partial class PostgresAddress
{
    private const string Remedy = "Write postgres://user:password@host:port/database or Host=...;Database=...;Username=...;Password=....";

    /// <summary>The connection's settings, or null where the text is not about PostgreSQL.</summary>
    /// <exception cref="ArgumentException">It is, but cannot be read. The message quotes nothing of it but names of keywords.</exception>
    public static NpgsqlConnectionStringBuilder? TryParse(string connection)
    {
        if (Scheme().Match(connection) is { Success: true } scheme)
        {
            return OfAddress(connection[scheme.Length..]);
        }

        if (!Keywords().IsMatch(connection))
        {
            return null;
        }

        try
        {
            return new NpgsqlConnectionStringBuilder(connection);
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or InvalidCastException or NotSupportedException or KeyNotFoundException)
        {
            // Without the cause, which may quote a value.
            throw new ArgumentException($"The PostgreSQL connection string has a keyword or a value that Npgsql does not know. {Remedy}", nameof(connection));
        }
    }

    // user:password@host:port/database?key=value&..., each part percent-encoded; the host may be in the query, as a socket's folder.
    private static NpgsqlConnectionStringBuilder OfAddress(string rest)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        var (beforeQuery, query) = Split(rest, '?');
        var (authority, database) = Split(beforeQuery, '/');
        var at = authority.LastIndexOf('@');
        var (user, password) = Split(at < 0 ? "" : authority[..at], ':');
        var hostAndPort = authority[(at + 1)..];
        var colon = hostAndPort.LastIndexOf(':');
        var hasPort = colon >= 0 && !hostAndPort[colon..].Contains(']', StringComparison.Ordinal);
        var host = Uri.UnescapeDataString((hasPort ? hostAndPort[..colon] : hostAndPort).Trim('[', ']'));
        builder.Host = host.Length > 0 ? host : "localhost";
        if (hasPort)
        {
            builder.Port = Port(hostAndPort[(colon + 1)..]);
        }

        builder.Username = user.Length > 0 ? Uri.UnescapeDataString(user) : null;
        builder.Password = password.Length > 0 ? Uri.UnescapeDataString(password) : null;
        builder.Database = database.Length > 0 ? Uri.UnescapeDataString(database) : null;
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = Split(pair, '=');
            Set(builder, Uri.UnescapeDataString(key), Uri.UnescapeDataString(value));
        }

        return builder;
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string key, string value)
    {
        // libpq's names of what Npgsql calls otherwise.
        var name = key.ToLowerInvariant() switch
        {
            "user" => "Username",
            "dbname" => "Database",
            "sslmode" => "SSL Mode",
            "connect_timeout" => "Timeout",
            "application_name" => "Application Name",
            "sslrootcert" => "Root Certificate",
            "sslcert" => "SSL Certificate",
            "sslkey" => "SSL Key",
            "options" => "Options",
            var other => other,
        };
        try
        {
            builder[name] = name == "SSL Mode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        catch (Exception problem) when (problem is ArgumentException or FormatException or InvalidCastException or NotSupportedException or KeyNotFoundException)
        {
            throw new ArgumentException($"The PostgreSQL connection string has a part '{key}' that cannot be used. {Remedy}", nameof(key));
        }
    }

    private static int Port(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536
        ? port
        : throw new ArgumentException($"The PostgreSQL connection string has a port that is no number from 1 to 65535. {Remedy}", nameof(text));

    private static (string Before, string After) Split(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }

    [GeneratedRegex("^postgres(ql)?://", RegexOptions.IgnoreCase)]
    private static partial Regex Scheme();

    [GeneratedRegex(@"(^|;)\s*(host|server)\s*=", RegexOptions.IgnoreCase)]
    private static partial Regex Keywords();
}
