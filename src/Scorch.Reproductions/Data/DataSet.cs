namespace Scorch.Reproductions;

/// <summary>A file of a data set.</summary>
/// <param name="Path">Path inside the data set's folder, with forward slashes.</param>
/// <param name="Bytes">Its exact size.</param>
/// <param name="Sha256">Its checksum, lower-case hexadecimal.</param>
/// <param name="Address">Where it is downloaded from; null when it cannot be (see <see cref="DataSet.Remedy"/>).</param>
public sealed record DataFile(string Path, long Bytes, string Sha256, Uri? Address);

/// <summary>A data set that reproductions read in its real file format.</summary>
public sealed record DataSet
{
    /// <summary>Name, also its folder's.</summary>
    public required string Name { get; init; }

    /// <summary>What it holds, in one sentence.</summary>
    public required string Description { get; init; }

    /// <summary>Licence or terms, as its source states them.</summary>
    public required string Licence { get; init; }

    /// <summary>Where it comes from: a page for people.</summary>
    public required Uri Source { get; init; }

    /// <summary>Its files.</summary>
    public required IReadOnlyList<DataFile> Files { get; init; }

    /// <summary>Folders that must be inside, for a data set of too many files to list; no checksum is claimed for what they hold.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>Folders outside the data folders where an operating system's package puts the files.</summary>
    public IReadOnlyList<string> SystemFolders { get; init; } = [];

    /// <summary>What to do where a file has no address; null when every file has one.</summary>
    public string? Remedy { get; init; }

    /// <summary>Size of all listed files together.</summary>
    public long Bytes => Files.Sum(file => file.Bytes);
}
