using System.IO.Compression;

namespace Scorch.Media;

/// <summary>Pictures in a folder a class, as ImageNet is laid out: <c>&lt;class&gt;/NAME.jpg</c>; each is decoded when it is asked for.</summary>
/// <remarks>Classes are numbered in the order of their folders' names, pictures by name (both by code points). PNG, JPEG, BMP and PNM are read as 8-bit RGB.</remarks>
public sealed class ImageFolder : IImageCollection, IDisposable
{
    private static readonly HashSet<string> Endings = new(StringComparer.OrdinalIgnoreCase) { ".jpeg", ".jpg", ".png", ".bmp", ".ppm", ".pgm", ".pbm", ".pnm" };

    private readonly string[] files;
    private readonly int[] labels;
    private readonly Func<string, byte[]> read;
    private readonly ZipArchive? archive;

    private ImageFolder(string name, IEnumerable<(string Class, string File)> found, Func<string, byte[]> read, ZipArchive? archive = null)
    {
        var byClass = found.GroupBy(entry => entry.Class).OrderBy(group => group.Key, StringComparer.Ordinal).ToList();
        if (byClass.Count == 0) throw new InvalidDataException($"{name}: there are no folders of pictures; give a folder with one sub-folder a class, each with pictures ({string.Join(", ", Endings)}).");
        Name = name;
        Classes = [.. byClass.Select(group => group.Key)];
        files = [.. byClass.SelectMany(group => group.Select(entry => entry.File).Order(StringComparer.Ordinal))];
        labels = [.. byClass.SelectMany((group, label) => Enumerable.Repeat(label, group.Count()))];
        (this.read, this.archive) = (read, archive);
    }

    /// <summary>The folder or archive.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => files.Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public (int Height, int Width)? Size => null;

    /// <summary>Names of the pictures, in their order.</summary>
    public IReadOnlyList<string> Files => files;

    /// <inheritdoc/>
    /// <exception cref="MediaFormatException">The file is damaged; it is named.</exception>
    public LabelledImage this[int index] => new(Image.Decode(read(files[index]), files[index]).To8Bit().ToRgb(), labels[index], files[index]);

    /// <inheritdoc/>
    public int Label(int index) => labels[index];

    /// <summary>Lists a folder; no picture is read yet.</summary>
    /// <param name="folder">The folder of the classes' folders.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="InvalidDataException">It has no folders with pictures, or one of them has none.</exception>
    public static ImageFolder Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder}: there is no such folder; give one with a sub-folder a class.");
        var found = new List<(string, string)>();
        var everywhere = new EnumerationOptions { RecurseSubdirectories = true };
        foreach (var path in Directory.EnumerateDirectories(folder, "*", new EnumerationOptions()))
        {
            var before = found.Count;
            found.AddRange(Directory.EnumerateFiles(path, "*", everywhere).Where(file => Endings.Contains(Path.GetExtension(file))).Select(file => (Path.GetFileName(path), file)));
            if (found.Count == before) throw new InvalidDataException($"{path}: this class has no pictures ({string.Join(", ", Endings)}); fill the folder or take it away.");
        }
        return new(folder, found, Bytes);
    }

    /// <summary>Lists the pictures of a zip archive: <c>PART/&lt;class&gt;/NAME</c>.</summary>
    /// <param name="path">The archive; it stays open until <see cref="Dispose"/>.</param>
    /// <param name="part">The folder of the classes' folders inside.</param>
    /// <param name="maximumBytes">Refuse a picture whose file is larger when unpacked.</param>
    /// <exception cref="InvalidDataException">It is no zip archive, or has no pictures in this part.</exception>
    public static ImageFolder OpenArchive(string path, string part, long maximumBytes = 1L << 26)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(part);
        var archive = ZipFile.OpenRead(path);
        try
        {
            var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
            foreach (var entry in archive.Entries)
                if (entry.FullName.StartsWith(part + "/", StringComparison.Ordinal) && Endings.Contains(Path.GetExtension(entry.FullName)) && entry.FullName.IndexOf('/', part.Length + 1) > 0)
                    if (!entries.TryAdd(entry.FullName, entry)) throw new InvalidDataException($"{path}: two entries are named {entry.FullName}; pack it again.");
            var found = entries.Keys.Select(name => (name[(part.Length + 1)..name.IndexOf('/', part.Length + 1)], name));
            return new($"{path}:{part}", found, name => Unpack(entries[name], archive, path, maximumBytes), archive);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => archive?.Dispose();

    private static byte[] Bytes(string path)
    {
        var length = new FileInfo(path).Length;
        return length <= MediaLimits.Default.MaximumFileBytes
            ? File.ReadAllBytes(path)
            : throw new MediaFormatException(path, 0, $"the file has {length} bytes, the limit is {MediaLimits.Default.MaximumFileBytes}; is it a picture?");
    }

    private static byte[] Unpack(ZipArchiveEntry entry, ZipArchive archive, string path, long maximumBytes)
    {
        if (entry.Length > maximumBytes) throw new InvalidDataException($"{path}:{entry.FullName} has {entry.Length} bytes, the limit is {maximumBytes}; raise maximumBytes if the archive is trusted.");
        var bytes = new byte[entry.Length];
        // Entries of an archive share one stream.
        lock (archive)
        {
            using var stream = entry.Open();
            if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
                throw new InvalidDataException($"{path}:{entry.FullName} ends early; copy the archive again.");
        }
        return bytes;
    }
}
