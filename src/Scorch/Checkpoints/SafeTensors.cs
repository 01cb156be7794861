using System.Buffers.Binary;
using System.Text.Json;

namespace Scorch.Checkpoints;

/// <summary>The safetensors format: named tensors and text metadata, nothing that runs. Single files, and shards with an index.</summary>
/// <remarks>
/// Types that no tensor holds are widened without loss when read: U16 to int32, U32 to int64, U64 to int64 where it fits, F8_E5M2 to float16,
/// F8_E4M3 to float32. The header is checked against the file's length before anything is allocated.
/// </remarks>
public static class SafeTensors
{
    /// <summary>How the index of a sharded checkpoint ends.</summary>
    public const string IndexSuffix = ".safetensors.index.json";

    private const long MaximumIndexBytes = 64L << 20;

    /// <summary>Reads all tensors of a file, or of all shards when the path is that of an index (<see cref="IndexSuffix"/>).</summary>
    /// <param name="path">The file or the index.</param>
    /// <param name="maximumBytes">Refuse to read more than this in all.</param>
    /// <exception cref="CheckpointException">The file is damaged, hostile, or asks for more than is allowed.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, long maximumBytes = long.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!path.EndsWith(IndexSuffix, StringComparison.Ordinal)) return LoadFile(path, null, ref maximumBytes);
        var result = new Dictionary<string, Tensor>();
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var shard in ReadIndex(path).GroupBy(entry => entry.Value, entry => entry.Key, StringComparer.Ordinal))
        {
            var file = Path.Combine(folder, shard.Key);
            if (!File.Exists(file)) throw new CheckpointException($"{path}: the shard {shard.Key} is missing beside the index; copy or download it too.");
            foreach (var (name, tensor) in LoadFile(file, [.. shard], ref maximumBytes)) result.Add(name, tensor);
        }
        return result;
    }

    /// <summary>The text metadata of a file.</summary>
    /// <exception cref="CheckpointException">The file is damaged or hostile.</exception>
    public static IReadOnlyDictionary<string, string> LoadMetadata(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        return SafeTensorsHeader.Read(stream, path).Metadata;
    }

    /// <summary>Writes one file, to a temporary name first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Tensors by name; tensors that share memory are written once each.</param>
    /// <param name="metadata">Text to keep with them.</param>
    /// <exception cref="ArgumentException">A name appears twice or is reserved, or a type is not in the format.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        var ordered = Ordered(tensors);
        AtomicFile.Write(path, stream => Write(stream, ordered, metadata));
    }

    /// <summary>Writes <c>name.safetensors</c>, or, above the limit, shards <c>name-00001-of-00002.safetensors</c> … and their index.</summary>
    /// <param name="folder">The folder, made when missing; files of an earlier save under this name that are no longer used are removed.</param>
    /// <param name="name">The first part of the file names.</param>
    /// <param name="tensors">Tensors by name.</param>
    /// <param name="shardBytes">The most bytes of tensors in one file; a single larger tensor has a file of its own.</param>
    /// <param name="metadata">Text to keep with them.</param>
    /// <returns>The path to give to <see cref="Load"/>.</returns>
    /// <exception cref="ArgumentException">A name appears twice or is reserved, or a type is not in the format.</exception>
    public static string SaveSharded(
        string folder, string name, IEnumerable<KeyValuePair<string, Tensor>> tensors, long shardBytes = 5_000_000_000, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(tensors);
        var (path, files) = Plan(folder, name, tensors, shardBytes, metadata);
        var stale = Stale(folder, name, files);
        AtomicFile.WriteAll(files);
        foreach (var file in stale) File.Delete(file);
        return path;
    }

    internal static (string Path, List<(string Path, Action<Stream> Write)> Files) Plan(
        string folder, string name, IEnumerable<KeyValuePair<string, Tensor>> tensors, long shardBytes, IReadOnlyDictionary<string, string>? metadata)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardBytes, 1);
        var shards = new List<List<KeyValuePair<string, Tensor>>> { new() };
        long used = 0;
        long total = 0;
        foreach (var entry in Ordered(tensors))
        {
            var bytes = entry.Value.ElementCount * entry.Value.DataType.Size();
            if (shards[^1].Count > 0 && used + bytes > shardBytes)
            {
                shards.Add([]);
                used = 0;
            }
            shards[^1].Add(entry);
            used += bytes;
            total += bytes;
        }
        if (shards.Count == 1)
        {
            var single = Path.Combine(folder, $"{name}.safetensors");
            return (single, [(single, stream => Write(stream, shards[0], metadata))]);
        }
        var files = new List<(string Path, Action<Stream> Write)>();
        var map = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < shards.Count; i++)
        {
            var shard = shards[i];
            var file = $"{name}-{i + 1:00000}-of-{shards.Count:00000}.safetensors";
            foreach (var (key, _) in shard) map[key] = file;
            files.Add((Path.Combine(folder, file), stream => Write(stream, shard, metadata)));
        }
        var index = Path.Combine(folder, name + IndexSuffix);
        files.Add((index, stream => WriteIndex(stream, map, total)));
        return (index, files);
    }

    /// <summary>Files that an earlier save under the same name left and that <paramref name="files"/> do not replace.</summary>
    internal static List<string> Stale(string folder, string name, List<(string Path, Action<Stream> Write)> files)
    {
        var kept = files.Select(file => Path.GetFullPath(file.Path)).ToHashSet();
        var old = new List<string> { Path.Combine(folder, name + IndexSuffix), Path.Combine(folder, $"{name}.safetensors") };
        if (Directory.Exists(folder)) old.AddRange(Directory.EnumerateFiles(folder, $"{name}-?????-of-?????.safetensors"));
        return [.. old.Where(file => File.Exists(file) && !kept.Contains(Path.GetFullPath(file)))];
    }

    private static Dictionary<string, Tensor> LoadFile(string path, HashSet<string>? wanted, ref long budget)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        var header = SafeTensorsHeader.Read(stream, path);
        var result = new Dictionary<string, Tensor>();
        foreach (var entry in header.Entries)
        {
            if (wanted is not null && !wanted.Remove(entry.Name)) continue;
            budget -= entry.Shape.ElementCount * SafeTensorsCodes.TypeOf(entry.Code).Size();
            if (budget < 0) throw new CheckpointException($"{path}: the tensors up to {entry.Name} need more than the allowed bytes; raise maximumBytes if you trust the file.");
            stream.Position = header.DataStart + entry.Start;
            result.Add(entry.Name, SafeTensorsCodes.Read(stream, entry, path));
        }
        if (wanted is { Count: > 0 }) throw new CheckpointException($"{path}: the index promises tensor {wanted.First()} here, which the shard lacks; get index and shards from the same save.");
        return result;
    }

    private static Dictionary<string, string> ReadIndex(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > MaximumIndexBytes) throw new CheckpointException($"{path}: the index has {stream.Length} bytes, more than {MaximumIndexBytes}; it is damaged or hostile.");
        var result = new Dictionary<string, string>();
        try
        {
            using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = 8 });
            foreach (var entry in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                var file = entry.Value.GetString() ?? "";
                // Only files beside the index: a name must not lead elsewhere.
                if (file.Length == 0 || file.AsSpan().IndexOfAny('/', '\\', ':') >= 0 || !file.EndsWith(".safetensors", StringComparison.Ordinal))
                    throw new CheckpointException($"{path}: the shard name '{file}' is not that of a .safetensors file beside the index; the index is damaged or hostile.");
                if (!result.TryAdd(entry.Name, file)) throw new CheckpointException($"{path}: the name {entry.Name} appears twice; the index is damaged or hostile.");
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new CheckpointException($"{path}: not the index of a sharded checkpoint ({error.Message}). Copy or download it again.", error);
        }
        return result;
    }

    /// <summary>Widest elements first, so that every tensor begins at a multiple of its element size; then by name.</summary>
    private static List<KeyValuePair<string, Tensor>> Ordered(IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        var names = new HashSet<string>();
        var list = tensors.ToList();
        foreach (var (name, tensor) in list)
        {
            if (tensor is null) throw new ArgumentException($"SafeTensors: the tensor {name} is null.", nameof(tensors));
            if (name == "__metadata__") throw new ArgumentException("SafeTensors: the name __metadata__ is reserved by the format; choose another.", nameof(tensors));
            if (!names.Add(name)) throw new ArgumentException($"SafeTensors: two tensors are named {name}; names are unique.", nameof(tensors));
            SafeTensorsCodes.Of(tensor.DataType, name);
        }
        list.Sort((a, b) => a.Value.DataType.Size() != b.Value.DataType.Size()
            ? b.Value.DataType.Size().CompareTo(a.Value.DataType.Size())
            : string.CompareOrdinal(a.Key, b.Key));
        return list;
    }

    private static void Write(Stream stream, List<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", SafeTensorsCodes.Of(tensor.DataType, name));
                json.WriteStartArray("shape");
                foreach (var size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += tensor.ElementCount * tensor.DataType.Size());
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        // Spaces up to a multiple of 8 keep the data aligned.
        while (text.Length % 8 != 0) text.WriteByte((byte)' ');
        if (text.Length > SafeTensorsHeader.MaximumLength)
            throw new ArgumentException($"SafeTensors: the header needs {text.Length} bytes, more than the format's {SafeTensorsHeader.MaximumLength}; save fewer tensors or less metadata a file.", nameof(tensors));
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        stream.Write(length);
        text.WriteTo(stream);
        foreach (var (_, tensor) in tensors) TensorBytes.Write(stream, tensor);
    }

    private static void WriteIndex(Stream stream, SortedDictionary<string, string> map, long total)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", total);
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        foreach (var (name, file) in map) json.WriteString(name, file);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
