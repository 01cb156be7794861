using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary>Checks the folders that the gallery's commands are given.</summary>
internal static class GalleryFolders
{
    /// <summary>The full path of a folder that is there; null when none was given.</summary>
    /// <exception cref="UsageException">It is not there.</exception>
    public static string? Existing(string option, string? path) => path is null || Directory.Exists(path)
        ? path is null ? null : Path.GetFullPath(path)
        : throw new UsageException($"{option} {path}: there is no such folder.");
}
