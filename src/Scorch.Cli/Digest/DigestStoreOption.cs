using System.CommandLine;
using Scorch.Digest;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary>The option <c>--store</c>, which the commands about the store have in common.</summary>
internal static class DigestStoreOption
{
    /// <summary>Names the store where the option does not.</summary>
    public const string Variable = "SCORCH_DIGEST";

    public static Option<string?> Create() => new("--store")
    {
        Description = $"A SQLite file, or PostgreSQL as postgres://user:password@host/database. [default: ${Variable}, or {DefaultFile}]",
        HelpName = "connection",
    };

    /// <summary>The store, ready for use.</summary>
    /// <exception cref="UsageException">The connection string is neither a file nor PostgreSQL's.</exception>
    public static async Task<IDigestStore> OpenAsync(string? connection, CancellationToken cancellationToken)
    {
        IDigestStore store;
        try
        {
            store = DigestStores.Open(connection ?? Usual);
        }
        catch (ArgumentException problem)
        {
            throw new UsageException(problem.Message, problem);
        }

        try
        {
            await store.MigrateAsync(cancellationToken).ConfigureAwait(false);
            return store;
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The store that is meant where none is named.</summary>
    public static string Usual => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } variable ? variable : DefaultFile;

    private static string DefaultFile => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "scorch", "digest.db");
}
