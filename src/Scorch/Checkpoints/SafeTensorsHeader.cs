using System.Buffers.Binary;
using System.Text.Json;

namespace Scorch.Checkpoints;

/// <summary>One tensor's place in a safetensors file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Code">Its element type, as the format writes it.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Start">Offset of its first byte after the header.</param>
/// <param name="End">Offset after its last byte.</param>
internal sealed record SafeTensorsEntry(string Name, string Code, Shape Shape, long Start, long End);

/// <summary>The header of a safetensors file: checked in full before anything is allocated for the tensors.</summary>
/// <remarks>Layout: 8 bytes length N (little endian), N bytes JSON, then the tensors' bytes without gaps or overlaps up to the end of the file.</remarks>
internal sealed class SafeTensorsHeader
{
    /// <summary>The format's own limit.</summary>
    public const long MaximumLength = 100_000_000;

    private const int MaximumRank = 64;

    private SafeTensorsHeader(long dataStart, List<SafeTensorsEntry> entries, Dictionary<string, string> metadata) =>
        (DataStart, Entries, Metadata) = (dataStart, entries, metadata);

    public long DataStart { get; }

    /// <summary>In the order of their bytes.</summary>
    public IReadOnlyList<SafeTensorsEntry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public static SafeTensorsHeader Read(Stream stream, string file)
    {
        if (stream.Length < 8) throw Refuse(file, $"it has {stream.Length} bytes, too few for a header");
        Span<byte> start = stackalloc byte[8];
        TensorBytes.FillSpan(stream, start, file);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        if (length > (ulong)MaximumLength || length > (ulong)(stream.Length - 8))
            throw Refuse(file, $"the header claims {length} bytes where the file has {stream.Length} and the format allows {MaximumLength}");
        var text = new byte[length];
        TensorBytes.FillSpan(stream, text, file);
        if (length == 0 || text[0] != '{') throw Refuse(file, "the header does not begin with {");
        var entries = new List<SafeTensorsEntry>();
        var metadata = new Dictionary<string, string>();
        try
        {
            Parse(text, file, entries, metadata);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new CheckpointException($"{file}: the header is not the JSON of a safetensors file ({error.Message}). Copy or download the file again.", error);
        }
        entries.Sort((a, b) => a.Start != b.Start ? a.Start.CompareTo(b.Start) : a.End.CompareTo(b.End));
        long end = 0;
        foreach (var entry in entries)
        {
            if (entry.Start < end) throw Refuse(file, $"tensor {entry.Name} begins at byte {entry.Start}, inside the tensor before it, which ends at {end}");
            if (entry.Start > end) throw Refuse(file, $"{entry.Start - end} bytes before tensor {entry.Name} belong to no tensor");
            end = entry.End;
        }
        var data = stream.Length - 8 - (long)length;
        if (end != data) throw Refuse(file, $"the tensors take {end} bytes, the file holds {data} after its header");
        return new(8 + (long)length, entries, metadata);
    }

    private static void Parse(byte[] text, string file, List<SafeTensorsEntry> entries, Dictionary<string, string> metadata)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 4 });
        var names = new HashSet<string>();
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name)) throw Refuse(file, $"the name {name} appears twice");
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject) throw Refuse(file, $"the entry {name} is not an object");
            if (name == "__metadata__") ReadMetadata(ref reader, file, metadata);
            else entries.Add(ReadEntry(ref reader, file, name));
        }
        // Reads to the end so that anything but white space after the closing brace is refused.
        while (reader.Read())
        {
        }
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, string file, Dictionary<string, string> metadata)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Refuse(file, $"the metadata entry {key} is not text");
            if (!metadata.TryAdd(key, reader.GetString()!)) throw Refuse(file, $"the metadata entry {key} appears twice");
        }
    }

    private static SafeTensorsEntry ReadEntry(ref Utf8JsonReader reader, string file, string name)
    {
        string? code = null;
        List<long>? sizes = null;
        List<long>? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = reader.GetString();
            reader.Read();
            switch (key)
            {
                case "dtype" when code is null: code = reader.GetString(); break;
                case "shape" when sizes is null: sizes = Numbers(ref reader, file, name, MaximumRank); break;
                case "data_offsets" when offsets is null: offsets = Numbers(ref reader, file, name, 2); break;
                default: throw Refuse(file, $"tensor {name} has an unknown or repeated field {key}");
            }
        }
        if (code is null || sizes is null || offsets is not [var start, var end]) throw Refuse(file, $"tensor {name} lacks dtype, shape or two data_offsets");
        var width = SafeTensorsCodes.Width(code);
        if (width == 0) throw Refuse(file, $"tensor {name} has the element type {code}, which is not read", "Convert it to F32 first.");
        // Sizes of 0 count as 1 here, so that the strides of an empty tensor cannot overflow either.
        long count = 1;
        foreach (var size in sizes)
        {
            if (size is < 0 or > int.MaxValue || count > long.MaxValue / 16 / Math.Max(size, 1)) throw Refuse(file, $"tensor {name} has the impossible shape [{string.Join(", ", sizes)}]");
            count *= Math.Max(size, 1);
        }
        if (sizes.Contains(0)) count = 0;
        if (start < 0 || end < start || end - start != count * width)
            throw Refuse(file, $"tensor {name} of shape [{string.Join(", ", sizes)}] and type {code} needs {count * width} bytes, its offsets are {start} to {end}");
        return new(name, code, Shape.Create([.. sizes.Select(size => (int)size)]), start, end);
    }

    private static List<long> Numbers(ref Utf8JsonReader reader, string file, string name, int most)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Refuse(file, $"tensor {name} has a shape or data_offsets that is not a list");
        var result = new List<long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (result.Count == most) throw Refuse(file, $"tensor {name} lists more than {most} numbers");
            result.Add(reader.GetInt64());
        }
        return result;
    }

    private static CheckpointException Refuse(string file, string what, string remedy = "The file is damaged or hostile; get it again from a source you trust.") =>
        new($"{file}: {what}. {remedy}");
}
