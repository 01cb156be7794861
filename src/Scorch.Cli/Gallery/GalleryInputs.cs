using System.CommandLine;
using Scorch.Digest;
using Scorch.Gallery;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary>What <c>serve</c> and <c>publish</c> show: the options that both have, and what they mean.</summary>
internal sealed class GalleryInputs
{
    private readonly Option<string?> _store = new("--store")
    {
        Description = $"Imported posts: a SQLite file, or a PostgreSQL connection string. [default: ${DigestStoreOption.Variable}, or where 'scorch digest import' keeps them]",
        HelpName = "connection",
    };

    private readonly Option<string?> _evidence = new("--evidence")
    {
        Description = "A folder with evidence files or run folders, shown beside the runs that ship.",
        HelpName = "folder",
    };

    public void AddTo(Command command)
    {
        command.Add(_store);
        command.Add(_evidence);
    }

    /// <summary>The gallery's options with the store opened; the caller disposes of the store.</summary>
    /// <exception cref="UsageException">The store's file or the evidence folder is not there, or the connection string is none.</exception>
    public async Task<GalleryOptions> OpenAsync(ParseResult parsed, Surroundings surroundings, CancellationToken cancellationToken)
    {
        var evidence = parsed.GetValue(_evidence);
        if (evidence is not null && !Directory.Exists(evidence))
        {
            throw new UsageException($"--evidence {evidence}: there is no such folder.");
        }

        var options = new GalleryOptions
        {
            Catalog = surroundings.Catalog,
            EvidenceFolder = evidence is null ? null : Path.GetFullPath(evidence),
        };
        var named = parsed.GetValue(_store);
        var connection = named ?? DigestStoreOption.Usual;

        IDigestStore store;
        string? file;
        try
        {
            store = DigestStores.Open(connection);
            file = DigestStores.FileOf(connection);
        }
        catch (ArgumentException problem)
        {
            throw new UsageException($"--store: {problem.Message}", problem);
        }

        if (file is not null && !File.Exists(file))
        {
            await store.DisposeAsync().ConfigureAwait(false);
            if (named is null)
            {
                // Nothing was imported yet.
                return options;
            }

            throw new UsageException($"--store {file}: there is no such file. 'scorch digest import' makes one.");
        }

        try
        {
            await store.MigrateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return options with { Store = store, StoreFile = file };
    }
}
