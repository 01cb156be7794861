using System.IO.Compression;
using Scorch.Media;

namespace Scorch.Vision.Data;

/// <summary>CIFAR-10 as JPEG files in a zip archive: <c>train/&lt;class&gt;/NNNN.jpg</c> and <c>test/&lt;class&gt;/NNNN.jpg</c>.</summary>
public static class CifarJpegArchive
{
    private const int Side = 32;

    /// <summary>Reads the first pictures of each class of one part, in the order of classes and names.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="part"><c>train</c> or <c>test</c>.</param>
    /// <param name="perClass">Pictures of each class.</param>
    /// <exception cref="InvalidDataException">The archive has no such part, too few pictures of a class, or a picture that is not 32x32 in colour.</exception>
    public static LabelledImages Load(string path, string part, int perClass)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(part);
        ArgumentOutOfRangeException.ThrowIfLessThan(perClass, 1);
        using var archive = ZipFile.OpenRead(path);
        var byClass = archive.Entries
            .Where(entry => entry.FullName.StartsWith(part + "/", StringComparison.Ordinal) && entry.FullName.EndsWith(".jpg", StringComparison.OrdinalIgnoreCase))
            .GroupBy(entry => entry.FullName.Split('/')[1])
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToList();
        if (byClass.Count == 0) throw new InvalidDataException($"{path}: there is no {part}/<class>/*.jpg; give an archive of CIFAR-10 as JPEG files.");
        var (pixels, labels) = (new byte[byClass.Count * perClass * 3 * Side * Side], new int[byClass.Count * perClass]);
        var at = 0;
        for (var label = 0; label < byClass.Count; label++)
        {
            var entries = byClass[label].OrderBy(entry => entry.FullName, StringComparer.Ordinal).Take(perClass).ToList();
            if (entries.Count < perClass)
                throw new InvalidDataException($"{path}: class {byClass[label].Key} has {entries.Count} pictures in {part}, {perClass} are wanted; ask for fewer.");
            foreach (var entry in entries)
            {
                var image = Image.Decode(Bytes(entry, path), $"{path}:{entry.FullName}");
                if (image.Width != Side || image.Height != Side || image.Channels != 3)
                    throw new InvalidDataException($"{path}:{entry.FullName} has {image.Width} x {image.Height} pixels and {image.Channels} channels; {Side} x {Side} and 3 are needed.");
                var samples = image.Bytes;
                for (var c = 0; c < 3; c++)
                    for (var i = 0; i < Side * Side; i++) pixels[(((at * 3) + c) * Side * Side) + i] = samples[(3 * i) + c];
                labels[at++] = label;
            }
        }
        return new(pixels, labels, 3, Side, Side, [.. byClass.Select(group => group.Key)]);
    }

    private static byte[] Bytes(ZipArchiveEntry entry, string path)
    {
        // A JPEG of 32x32 pixels has about a kilobyte; a header that promises a megabyte is not one.
        if (entry.Length > 1 << 20) throw new InvalidDataException($"{path}:{entry.FullName} has {entry.Length} bytes; a picture of {Side} x {Side} pixels has far fewer.");
        using var stream = entry.Open();
        var bytes = new byte[entry.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
