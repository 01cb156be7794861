using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Scorch.Checkpoints;

/// <summary>NumPy's .npy and .npz files: numbers only, nothing is executed.</summary>
public static class Npz
{
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads all arrays of an .npz file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maximumBytes">Refuse an array that is larger.</param>
    /// <exception cref="CheckpointException">The file is damaged, holds objects, or asks for more than is allowed.</exception>
    public static IReadOnlyDictionary<string, Tensor> Load(string path, long maximumBytes = 16L << 30)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var result = new Dictionary<string, Tensor>();
        try
        {
            using var archive = ZipFile.OpenRead(path);
            foreach (var entry in archive.Entries)
            {
                if (!entry.FullName.EndsWith(".npy", StringComparison.Ordinal)) continue;
                using var stream = entry.Open();
                if (!result.TryAdd(entry.FullName[..^4], ReadArray(stream, $"{path}: {entry.FullName}", Math.Min(maximumBytes, entry.Length))))
                    throw new CheckpointException($"{path}: two arrays are named {entry.FullName[..^4]}.");
            }
        }
        catch (InvalidDataException error)
        {
            throw new CheckpointException($"{path}: not a readable .npz archive ({error.Message}). Write it again with numpy.savez.", error);
        }
        return result;
    }

    /// <summary>Reads one .npy file.</summary>
    public static Tensor LoadArray(string path, long maximumBytes = 16L << 30)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        return ReadArray(stream, path, Math.Min(maximumBytes, stream.Length));
    }

    /// <summary>Writes tensors as an .npz file, to a temporary name first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">Tensors by name; bfloat16 is written as float32, which NumPy knows.</param>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> arrays)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        AtomicFile.Write(path, file =>
        {
            using var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
            foreach (var (name, tensor) in arrays)
            {
                var entry = archive.CreateEntry(name + ".npy", CompressionLevel.Fastest);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var stream = entry.Open();
                WriteArray(stream, tensor);
            }
        });
    }

    /// <summary>Writes one .npy file.</summary>
    public static void SaveArray(string path, Tensor tensor) => AtomicFile.Write(path, stream => WriteArray(stream, tensor));

    private static Tensor ReadArray(Stream stream, string name, long limit)
    {
        Span<byte> start = stackalloc byte[10];
        Fill(stream, start, name);
        if (!start[..6].SequenceEqual(Magic)) throw new CheckpointException($"{name}: does not begin as an .npy array.");
        int length = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (start[6] >= 2)
        {
            Span<byte> more = stackalloc byte[2];
            Fill(stream, more, name);
            length |= BinaryPrimitives.ReadUInt16LittleEndian(more) << 16;
        }
        if (start[6] is < 1 or > 3 || length is < 0 or > 1 << 20) throw new CheckpointException($"{name}: version {start[6]} with a header of {length} bytes is not an .npy array.");
        var headerBytes = new byte[length];
        Fill(stream, headerBytes, name);
        var header = Encoding.UTF8.GetString(headerBytes);
        var (type, swap, widen) = ElementType(Value(header, "'descr':", name), name);
        var fortran = Value(header, "'fortran_order':", name).StartsWith("True", StringComparison.Ordinal);
        var sizes = Sizes(Value(header, "'shape':", name), name);
        long count = 1;
        foreach (var size in sizes)
        {
            if (size < 0 || (size > 0 && count > long.MaxValue / size)) throw new CheckpointException($"{name}: impossible shape.");
            count *= size;
        }
        var width = widen == 0 ? type.Size() : widen;
        if (count > limit / width) throw new CheckpointException($"{name}: the header asks for {count} elements, more than the file holds or the limit of {limit} bytes allows.");
        var bytes = new byte[checked((int)(count * width))];
        Fill(stream, bytes, name);
        if (swap) Swap(bytes, type.IsComplex() ? width / 2 : width);
        var read = widen == 0 ? bytes : Widen(bytes, widen);
        var shape = Shape.Create(fortran ? [.. sizes.Reverse()] : sizes);
        var result = Tensor.Empty(shape, type);
        result.Kernels.Write(result.Operand, read);
        return fortran && shape.Rank > 1 ? result.Permute([.. Enumerable.Range(0, shape.Rank).Reverse()]).Contiguous() : result;
    }

    private static (DataType Type, bool Swap, int Widen) ElementType(string text, string name)
    {
        var code = text.TrimStart().Split('\'') is { Length: >= 2 } parts ? parts[1] : "";
        var swap = code.StartsWith('>');
        return code.TrimStart('<', '>', '|', '=') switch
        {
            "b1" => (DataType.Bool, false, 0),
            "u1" => (DataType.UInt8, false, 0),
            "i1" => (DataType.Int8, false, 0),
            "i2" => (DataType.Int16, swap, 0),
            "i4" => (DataType.Int32, swap, 0),
            "i8" => (DataType.Int64, swap, 0),
            "u2" => (DataType.Int64, swap, 2),
            "u4" => (DataType.Int64, swap, 4),
            "f2" => (DataType.Float16, swap, 0),
            "f4" => (DataType.Float32, swap, 0),
            "f8" => (DataType.Float64, swap, 0),
            "c8" => (DataType.Complex64, swap, 0),
            "c16" => (DataType.Complex128, swap, 0),
            _ => throw new CheckpointException($"{name}: element type {text.Trim()} is not read; save numbers or truth values (objects and text can run code or have no numbers)."),
        };
    }

    private static string Value(string header, string key, string name)
    {
        var at = header.IndexOf(key, StringComparison.Ordinal);
        return at >= 0 ? header[(at + key.Length)..].TrimStart() : throw new CheckpointException($"{name}: the header lacks {key}");
    }

    private static int[] Sizes(string text, string name)
    {
        var end = text.IndexOf(')', StringComparison.Ordinal);
        if (!text.StartsWith('(') || end < 0) throw new CheckpointException($"{name}: the header's shape is unreadable.");
        return [.. text[1..end].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(size =>
            int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw new CheckpointException($"{name}: size {size} is not a number below 2^31."))];
    }

    private static void Fill(Stream stream, Span<byte> target, string name)
    {
        if (stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length)
            throw new CheckpointException($"{name}: the file ends early.");
    }

    private static void Swap(byte[] bytes, int width)
    {
        for (var i = 0; i < bytes.Length; i += width) Array.Reverse(bytes, i, width);
    }

    private static byte[] Widen(byte[] bytes, int width)
    {
        var result = new byte[bytes.Length / width * 8];
        for (var i = 0; i < bytes.Length / width; i++)
        {
            long value = width == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(i * 2)) : BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(i * 4));
            BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(i * 8), value);
        }
        return result;
    }

    private static void WriteArray(Stream stream, Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var values = tensor.DataType == DataType.BFloat16 ? tensor.Detach().To(DataType.Float32) : tensor.Detach().Contiguous();
        var code = values.DataType switch
        {
            DataType.Bool => "|b1",
            DataType.UInt8 => "|u1",
            DataType.Int8 => "|i1",
            DataType.Int16 => "<i2",
            DataType.Int32 => "<i4",
            DataType.Int64 => "<i8",
            DataType.Float16 => "<f2",
            DataType.Float32 => "<f4",
            DataType.Float64 => "<f8",
            DataType.Complex64 => "<c8",
            _ => "<c16",
        };
        var sizes = string.Join(", ", values.Shape) + (values.Rank == 1 ? "," : "");
        var header = $"{{'descr': '{code}', 'fortran_order': False, 'shape': ({sizes}), }}";
        var padding = 64 - ((10 + header.Length + 1) % 64);
        header += new string(' ', padding % 64) + "\n";
        stream.Write(Magic);
        stream.Write([1, 0, (byte)header.Length, (byte)(header.Length >> 8)]);
        stream.Write(Encoding.ASCII.GetBytes(header));
        stream.Write(TensorBytes.Of(values));
    }
}
