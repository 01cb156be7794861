using System.Reflection;
using Npgsql;
using Xunit.Sdk;

namespace Scorch.Digest.Tests;

/// <summary>Makes a fresh store of either kind for each test; starts PostgreSQL once, when the first test wants it.</summary>
public sealed class TestDatabases : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scorch-store-").FullName;
    private readonly Lazy<Task<PostgresServer>> _server = new(PostgresServer.StartAsync);
    private int _count;

    /// <summary>The connection string of a new empty database.</summary>
    public async Task<string> NewAsync(string kind)
    {
        var number = Interlocked.Increment(ref _count);
        if (kind == Database.Sqlite)
        {
            return Path.Combine(_folder, $"{number}.db");
        }

        var administrator = new NpgsqlConnectionStringBuilder(PostgresServer.Named ?? (await _server.Value).ConnectionString);
        var name = $"scorch_test_{Environment.ProcessId}_{number}";
        await using var source = NpgsqlDataSource.Create(administrator);
        await using var create = source.CreateCommand($"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE template0");
        await create.ExecuteNonQueryAsync();
        administrator.Database = name;
        return administrator.ToString();
    }

    /// <summary>A new store, ready for use.</summary>
    public async Task<IDigestStore> OpenAsync(string kind)
    {
        var store = DigestStores.Open(await NewAsync(kind));
        await store.MigrateAsync();
        return store;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_server.IsValueCreated)
        {
            NpgsqlConnection.ClearAllPools();
            await (await _server.Value).DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }
}

public static class Database
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";
}

/// <summary>Runs a theory on SQLite.</summary>
public sealed class OnSqliteAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Database.Sqlite]];
}

/// <summary>Runs a theory on PostgreSQL, where it is installed.</summary>
public sealed class OnPostgresAttribute : DataAttribute
{
    public OnPostgresAttribute() => Skip = PostgresServer.SkipReason;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Database.Postgres]];
}

[CollectionDefinition(Name)]
public sealed class DatabasesCollection : ICollectionFixture<TestDatabases>
{
    public const string Name = "databases";
}
