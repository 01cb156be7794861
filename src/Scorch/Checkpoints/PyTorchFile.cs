using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Numerics;
using System.Text;

namespace Scorch.Checkpoints;

/// <summary>Reads what <c>torch.save</c> wrote, both as a zip archive and in the older form, without running anything.</summary>
/// <remarks>
/// Of the pickle inside only plain containers, numbers, text and tensors are read; any other operation or name is refused by its name.
/// Tensors that share a storage share it here too, and keep their strides. Sizes are checked against the file before memory is taken.
/// </remarks>
public static class PyTorchFile
{
    private const long MaximumPickleBytes = 256L << 20;
    private const int MaximumDepth = 64;
    private const int MaximumVisits = 1_000_000;
    private static readonly BigInteger LegacyMagic = BigInteger.Parse("0119547037146038801333356", CultureInfo.InvariantCulture);

    /// <summary>All tensors of a file by name; names of nested dictionaries and lists are joined by dots.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumBytes">Refuse a tensor whose elements would take more.</param>
    /// <exception cref="CheckpointException">The file is damaged or hostile, or names something that is not allowed.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, long maximumBytes = 64L << 30)
    {
        var result = new Dictionary<string, Tensor>();
        var visits = 0;
        Gather(LoadValue(path, maximumBytes), "", 0);
        return result;

        void Gather(object? value, string name, int depth)
        {
            if (depth > MaximumDepth || ++visits > MaximumVisits)
                throw new CheckpointException($"{path}: the containers are nested deeper than {MaximumDepth} or repeat to more than {MaximumVisits} entries; the file is damaged or hostile.");
            switch (value)
            {
                case Tensor tensor:
                    if (!result.TryAdd(name, tensor)) throw new CheckpointException($"{path}: two tensors are named {name}; read the file with LoadValue.");
                    break;
                case IEnumerable<KeyValuePair<object, object?>> entries:
                    foreach (var (key, item) in entries) Gather(item, Join(name, Convert.ToString(key, CultureInfo.InvariantCulture)!), depth + 1);
                    break;
                case IReadOnlyList<object?> items:
                    for (var i = 0; i < items.Count; i++) Gather(items[i], Join(name, i.ToString(CultureInfo.InvariantCulture)), depth + 1);
                    break;
            }
        }
    }

    /// <summary>The saved value itself.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumBytes">Refuse a tensor whose elements would take more.</param>
    /// <returns>
    /// null, bool, long, <see cref="BigInteger"/>, double, <see cref="Complex"/>, string, byte[], <see cref="DataType"/> or
    /// <see cref="Tensor"/>; lists, sets and tuples as
    /// <see cref="IReadOnlyList{T}"/> of object, dictionaries as <see cref="IReadOnlyDictionary{TKey, TValue}"/> from object to object in their order.
    /// </returns>
    /// <exception cref="CheckpointException">The file is damaged or hostile, or names something that is not allowed.</exception>
    public static object? LoadValue(string path, long maximumBytes = 64L << 30)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        var first = stream.ReadByte();
        stream.Position = 0;
        return first switch
        {
            'P' => ReadArchive(stream, path, maximumBytes),
            0x80 => ReadLegacy(stream, path, maximumBytes),
            _ => throw new CheckpointException($"{path}: neither a zip archive nor a pickle as torch.save writes them; save it again with torch.save."),
        };
    }

    private static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";

    private static object? ReadArchive(Stream stream, string path, long maximumBytes)
    {
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
            foreach (var entry in archive.Entries)
            {
                // torch.save never compresses; an entry that does could swell to any size.
                if (entry.CompressedLength != entry.Length)
                    throw new CheckpointException($"{path}: the entry {entry.FullName} is compressed, which torch.save never does; save the file again with torch.save.");
                if (!entries.TryAdd(entry.FullName, entry)) throw new CheckpointException($"{path}: two entries are named {entry.FullName}; the file is damaged or hostile.");
            }
            var pickle = entries.Values.Where(entry => entry.FullName.Split('/') is [_, "data.pkl"]).ToArray() is [var only]
                ? only
                : throw new CheckpointException($"{path}: the archive does not hold exactly one data.pkl; save it again with torch.save.");
            var folder = pickle.FullName[..^"data.pkl".Length];
            if (entries.TryGetValue(folder + "byteorder", out var order) && Encoding.ASCII.GetString(Bytes(order, 16, path)) != "little")
                throw new CheckpointException($"{path}: the numbers are not stored little-endian; save the file again on a little-endian machine.");
            using var bytes = new MemoryStream(Bytes(pickle, MaximumPickleBytes, path), writable: false);
            var storages = new ArchiveStorages(entries, folder, path, stream.Length, maximumBytes);
            return new PickleReader(bytes, path, storages.Find, storages.Load).Read();
        }
        catch (InvalidDataException error)
        {
            throw new CheckpointException($"{path}: not a readable zip archive ({error.Message}). Copy or download it again.", error);
        }
    }

    private static byte[] Bytes(ZipArchiveEntry entry, long most, string path)
    {
        if (entry.Length > most) throw new CheckpointException($"{path}: the entry {entry.FullName} has {entry.Length} bytes, more than the {most} that are read; the file is damaged or hostile.");
        var bytes = new byte[entry.Length];
        using var content = entry.Open();
        TensorBytes.FillSpan(content, bytes, path);
        return bytes;
    }

    private static object? ReadLegacy(Stream stream, string path, long maximumBytes)
    {
        var storages = new LegacyStorages(path, stream.Length, maximumBytes);
        object? Next() => new PickleReader(stream, path, storages.Find, storages.Load).Read();
        if (Next() is not BigInteger magic || magic != LegacyMagic) throw new CheckpointException($"{path}: a pickle, but not one that torch.save wrote; save it again with torch.save.");
        if (Next() is not 1001L) throw new CheckpointException($"{path}: not version 1001 of the older format; save it again with torch.save.");
        if (Next() is not PickleDictionary system || !system.TryGetValue("little_endian", out var little) || little is not true)
            throw new CheckpointException($"{path}: the numbers are not stored little-endian; save the file again on a little-endian machine.");
        var value = Next();
        if (Next() is not List<object?> keys) throw new CheckpointException($"{path}: the list of storages is missing; copy or download the file again.");
        storages.Fill(stream, keys);
        return value;
    }

    private sealed class ArchiveStorages(Dictionary<string, ZipArchiveEntry> entries, string folder, string path, long fileBytes, long maximumBytes)
        : PyTorchStorages(path, fileBytes, maximumBytes)
    {
        protected override PyTorchStorage Open(string key, DataType dataType, int count)
        {
            if (!entries.TryGetValue($"{folder}data/{key}", out var entry)) throw Refuse($"storage {Short(key)} is missing from the archive");
            if (entry.Length != (long)count * dataType.Size()) throw Refuse($"storage {Short(key)} of {count} {dataType} has {entry.Length} bytes");
            var values = Tensor.Empty([count], dataType);
            using var content = entry.Open();
            TensorBytes.Fill(content, values, $"{FileName}: storage {Short(key)}");
            return new(values);
        }
    }

    private sealed class LegacyStorages(string path, long fileBytes, long maximumBytes)
        : PyTorchStorages(path, fileBytes, maximumBytes)
    {
        /// <summary>The bytes follow the pickle, so they are filled in afterwards.</summary>
        protected override PyTorchStorage Open(string key, DataType dataType, int count) => new(Tensor.Empty([count], dataType));

        public void Fill(Stream stream, List<object?> keys)
        {
            var open = ByKey.Keys.ToHashSet();
            Span<byte> length = stackalloc byte[8];
            foreach (var key in keys)
            {
                if (key is not string name || !open.Remove(name)) throw Refuse("the list of storages names one that no tensor uses, or one twice");
                var values = ByKey[name].Values;
                TensorBytes.FillSpan(stream, length, FileName);
                if (BinaryPrimitives.ReadInt64LittleEndian(length) != values.ElementCount) throw Refuse($"storage {Short(name)} does not have the {values.ElementCount} elements that were promised");
                TensorBytes.Fill(stream, values, $"{FileName}: storage {Short(name)}");
            }
            if (open.Count > 0) throw Refuse($"the bytes of storage {Short(open.First())} are missing");
        }
    }
}
