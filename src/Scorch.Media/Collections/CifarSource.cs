using System.Formats.Tar;
using System.IO.Compression;

namespace Scorch.Media;

/// <summary>The files of a CIFAR data set by their plain names, from a folder or a .tar.gz.</summary>
internal sealed class CifarSource : IDisposable
{
    // The largest published file, CIFAR-100's training pictures, has 155,249,918 bytes.
    private const long MaximumFileBytes = 160_000_000;
    private const int MaximumEntries = 100;

    private readonly string place;
    private readonly Dictionary<string, byte[]>? unpacked;

    private CifarSource(string place, Dictionary<string, byte[]>? unpacked = null) => (this.place, this.unpacked) = (place, unpacked);

    public static CifarSource Open(string path, CifarKind kind)
    {
        if (File.Exists(path)) return new(path, Unpack(path));
        if (!Directory.Exists(path)) throw new FileNotFoundException($"{path}: there is neither such a folder nor such a file.", path);
        var (folders, archives) = kind == CifarKind.Cifar10
            ? ((string[])["cifar-10-batches-bin", "cifar-10-batches-py"], (string[])["cifar-10-binary.tar.gz", "cifar-10-python.tar.gz"])
            : (["cifar-100-binary", "cifar-100-python"], ["cifar-100-binary.tar.gz", "cifar-100-python.tar.gz"]);
        if (folders.Select(folder => Path.Combine(path, folder)).FirstOrDefault(Directory.Exists) is { } inside) return new(inside);
        if (archives.Select(archive => Path.Combine(path, archive)).FirstOrDefault(File.Exists) is { } packed) return new(packed, Unpack(packed));
        return new(path);
    }

    public bool Has(string file) => unpacked?.ContainsKey(file) ?? File.Exists(Path.Combine(place, file));

    public string NameOf(string file) => unpacked is null ? Path.Combine(place, file) : $"{place}:{file}";

    public byte[] Read(string file)
    {
        if (unpacked is not null) return unpacked[file];
        var path = Path.Combine(place, file);
        var length = new FileInfo(path).Length;
        if (length > MaximumFileBytes) throw new InvalidDataException($"{path} has {length} bytes, more than any file of CIFAR ({MaximumFileBytes}); it is something else.");
        return File.ReadAllBytes(path);
    }

    public void Dispose() => unpacked?.Clear();

    private static Dictionary<string, byte[]> Unpack(string path)
    {
        var result = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            using var file = File.OpenRead(path);
            using var expanded = new GZipStream(file, CompressionMode.Decompress);
            using var reader = new TarReader(expanded);
            long total = 0;
            for (var entries = 0; reader.GetNextEntry() is { } entry; entries++)
            {
                if (entries >= MaximumEntries) throw new InvalidDataException($"{path}: more than {MaximumEntries} entries; it is something else than CIFAR.");
                if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is null) continue;
                if (entry.Length > MaximumFileBytes || (total += entry.Length) > 2 * MaximumFileBytes)
                    throw new InvalidDataException($"{path}: {entry.Name} has {entry.Length} bytes, more than any file of CIFAR; it is something else.");
                // Copied piece by piece, so that a length that is not true asks for no memory.
                using var content = new MemoryStream();
                entry.DataStream.CopyTo(content);
                if (content.Length != entry.Length) throw new InvalidDataException($"{path}: {entry.Name} ends early; get the archive again.");
                if (!result.TryAdd(Path.GetFileName(entry.Name), content.ToArray())) throw new InvalidDataException($"{path}: two entries are named {Path.GetFileName(entry.Name)}.");
            }
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException($"{path}: the archive ends early; get it again.", error);
        }
        return result;
    }
}
