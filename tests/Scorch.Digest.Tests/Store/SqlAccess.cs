using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Scorch.Digest.Tests;

/// <summary>Looks into a store's database behind its back.</summary>
internal static class SqlAccess
{
    public static async Task RunAsync(string connection, string sql)
    {
        await using var open = await OpenAsync(connection);
        await using var command = open.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<List<long>> NumbersAsync(string connection, string sql)
    {
        await using var open = await OpenAsync(connection);
        await using var command = open.CreateCommand();
        command.CommandText = sql;
        await using var rows = await command.ExecuteReaderAsync();
        List<long> numbers = [];
        while (await rows.ReadAsync())
        {
            numbers.Add(Convert.ToInt64(rows.GetValue(0), System.Globalization.CultureInfo.InvariantCulture));
        }

        return numbers;
    }

    private static async Task<DbConnection> OpenAsync(string connection)
    {
        DbConnection open = connection.StartsWith("Host", StringComparison.Ordinal)
            ? new NpgsqlConnection(connection)
            : new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = connection, Pooling = false }.ToString());
        await open.OpenAsync();
        return open;
    }
}
