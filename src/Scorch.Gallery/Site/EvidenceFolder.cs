using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Scorch.Reproductions;

namespace Scorch.Gallery.Site;

/// <summary>Reads the runs of a folder: evidence files in it, and run folders with an evidence file, pictures and curves.</summary>
internal static class EvidenceFolder
{
    /// <summary>No more files of the folder are looked at.</summary>
    private const int MostRuns = 5_000;

    private const int MostPicturesARun = 24;
    private const long MostPictureBytes = 20L << 20;

    private static readonly Dictionary<string, string> PictureTypes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".svg"] = "image/svg+xml",
    };

    // Links are not followed, so that nothing outside the folder is ever read.
    private static readonly EnumerationOptions NoLinks = new() { AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden };

    /// <summary>What the folder holds, as cheaply as possible: names, times and sizes. Two equal stamps mean that nothing changed.</summary>
    public static string Stamp(string? folder)
    {
        if (folder is null || !Directory.Exists(folder))
        {
            return "";
        }

        var hash = new HashCode();
        var files = 0;
        foreach (var file in Files(folder).SelectMany(path => Siblings(folder, path)))
        {
            hash.Add(file.FullName, StringComparer.Ordinal);
            hash.Add(file.LastWriteTimeUtc);
            hash.Add(file.Length);
            files++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{files}-{hash.ToHashCode()}");
    }

    /// <summary>Reads the runs; what is no sound evidence of a known paper is named in <paramref name="problems"/> and left out.</summary>
    public static List<GalleryRun> Read(string folder, IReadOnlySet<string> slugs, List<string> problems)
    {
        var runs = new List<GalleryRun>();
        if (!Directory.Exists(folder))
        {
            problems.Add($"The evidence folder {folder} does not exist.");
            return runs;
        }

        foreach (var path in Files(folder))
        {
            try
            {
                var record = EvidenceFile.Read(path);
                if (!slugs.Contains(record.Paper))
                {
                    problems.Add($"{path}: evidence of '{record.Paper}', which is no paper of the catalogue.");
                    continue;
                }

                var own = Siblings(folder, path).Where(file => file.FullName != path).ToList();
                runs.Add(new GalleryRun(record, IsCommitted: false, Pictures(own), Curves(own, problems)));
            }
            catch (Exception problem) when (problem is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                problems.Add(problem.Message.StartsWith(path, StringComparison.Ordinal) ? problem.Message : $"{path}: {problem.Message}");
            }
        }

        return runs;
    }

    private static IEnumerable<string> Files(string folder)
    {
        var plain = Directory.EnumerateFiles(folder, "*.json", NoLinks);
        var runs = Directory.EnumerateDirectories(folder, "*", NoLinks)
            .SelectMany(run => Directory.EnumerateFiles(run, RunFiles.Evidence, NoLinks));
        return plain.Concat(runs).Order(StringComparer.Ordinal).Take(MostRuns);
    }

    // A file of the folder itself stands alone; a run's evidence has its folder's pictures and curves beside it.
    private static IEnumerable<FileInfo> Siblings(string folder, string evidence)
    {
        var own = System.IO.Path.GetDirectoryName(evidence)!;
        return System.IO.Path.GetFullPath(own) == System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(folder))
            ? [new FileInfo(evidence)]
            : new DirectoryInfo(own).EnumerateFiles("*", NoLinks)
                .Where(file => file.Name is RunFiles.Evidence or RunFiles.Events || PictureTypes.ContainsKey(file.Extension))
                .OrderBy(file => file.Name, StringComparer.Ordinal);
    }

    private static List<RunPicture> Pictures(List<FileInfo> files) =>
    [
        .. files.Where(file => PictureTypes.ContainsKey(file.Extension) && file.Length <= MostPictureBytes).Take(MostPicturesARun).Select(file => new RunPicture(
            Key(file), System.IO.Path.GetFileNameWithoutExtension(file.Name), file.FullName, PictureTypes[file.Extension])),
    ];

    private static List<Curve> Curves(List<FileInfo> files, List<string> problems)
    {
        var events = files.FirstOrDefault(file => file.Name == RunFiles.Events);
        return events is null ? [] : EventCurves.Read(events.FullName, problems);
    }

    private static string Key(FileInfo file)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{file.FullName}|{file.LastWriteTimeUtc.Ticks}|{file.Length}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..20] + file.Extension.ToLowerInvariant();
    }
}
