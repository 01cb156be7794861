using Scorch.Digest;
using Scorch.Reproductions;

namespace Scorch.Gallery;

/// <summary>What the gallery shows and where it listens.</summary>
public sealed record GalleryOptions
{
    /// <summary>The papers and what runs of them.</summary>
    public Catalog Catalog { get; init; } = Catalog.Default;

    /// <summary>Imported posts; null for the built-in facts alone. The gallery reads it and does not dispose of it.</summary>
    public IDigestStore? Store { get; init; }

    /// <summary>The file of <see cref="Store"/>, where it is one: a change of it is seen at once.</summary>
    public string? StoreFile { get; init; }

    /// <summary>A folder with evidence files and run folders; null for none beyond those that ship.</summary>
    public string? EvidenceFolder { get; init; }

    /// <summary>The name or address that the server listens at.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The port; 0 for any free one.</summary>
    public int Port { get; init; } = 5170;

    /// <summary>Whether a signed-in user may start runs, which are kept in <see cref="EvidenceFolder"/>.</summary>
    public bool AllowRuns { get; init; }

    /// <summary>The token that signs a user in, at least 16 characters; null for a random one.</summary>
    public string? Token { get; init; }

    /// <summary>How many runs may wait.</summary>
    public int MostWaitingRuns { get; init; } = 8;

    /// <summary>Where runs find data sets; null for the usual places.</summary>
    public DataLocator? Data { get; init; }

    /// <summary>How many requests a second one address may make; short bursts may be twice as many.</summary>
    public int RequestsPerSecond { get; init; } = 100_000;

    /// <summary>How many searches a second one address may make; short bursts may be twice as many.</summary>
    public int SearchesPerSecond { get; init; } = 50;

    /// <summary>How often it looks whether the store or the evidence folder has changed.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How many bytes of rendered pages it keeps.</summary>
    public long CacheBytes { get; init; } = 64L << 20;
}
