using System.Buffers.Binary;
using System.Text;

namespace Scorch.Gallery.Site;

/// <summary>Reads the curves of a TensorBoard event file, thinned to what a small chart can show.</summary>
/// <remarks>The format is described at <see cref="Training.EventFile"/>; checksums are not checked, lengths are.</remarks>
internal static class EventCurves
{
    private const long MostBytes = 64L << 20;
    private const int MostRecordBytes = 1 << 20;
    private const int MostSeries = 32;
    private const int MostPoints = 300;

    /// <summary>The curves by name; a file that ends early or is damaged gives what stands before the damage and a line in <paramref name="problems"/>.</summary>
    public static List<Curve> Read(string path, List<string> problems)
    {
        var series = new Dictionary<string, List<(long Step, double Value)>>(StringComparer.Ordinal);
        try
        {
            using var stream = File.OpenRead(path);
            if (stream.Length > MostBytes)
            {
                problems.Add($"{path}: {stream.Length} bytes; curves are read from event files of at most {MostBytes}.");
                return [];
            }

            var header = new byte[12];
            while (stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) is var read && read > 0)
            {
                var length = BinaryPrimitives.ReadUInt64LittleEndian(header);
                if (read < header.Length || length > MostRecordBytes || (long)length + 4 > stream.Length - stream.Position)
                {
                    throw new InvalidDataException("a record is longer than the file");
                }

                var data = new byte[length + 4];
                stream.ReadExactly(data);
                Event(data.AsMemory(0, (int)length), series);
            }
        }
        catch (Exception problem) when (problem is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problems.Add($"{path}: the curves end early: {problem.Message}.");
        }

        return [.. series.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new Curve(pair.Key, Thinned(pair.Value)))];
    }

    private static void Event(ReadOnlyMemory<byte> message, Dictionary<string, List<(long Step, double Value)>> series)
    {
        var fields = Fields(message);
        var step = fields.Where(field => field.Number == 2).Select(field => field.Value).LastOrDefault();
        foreach (var value in fields.Where(field => field.Number == 5).SelectMany(summary => Fields(summary.Bytes)).Where(field => field.Number == 1))
        {
            string? tag = null;
            double? scalar = null;
            foreach (var field in Fields(value.Bytes))
            {
                tag = field.Number == 1 ? Encoding.UTF8.GetString(field.Bytes.Span) : tag;
                scalar = field is { Number: 2, Bytes.Length: 4 } ? BinaryPrimitives.ReadSingleLittleEndian(field.Bytes.Span) : scalar;
            }

            if (tag is null || scalar is not { } number || !double.IsFinite(number) || (series.Count >= MostSeries && !series.ContainsKey(tag)))
            {
                continue;
            }

            if (!series.TryGetValue(tag, out var points))
            {
                series.Add(tag, points = []);
            }

            points.Add((step, number));
        }
    }

    // Protocol buffers: a key of field number and wire type, then a varint (0), 8 bytes (1), length and bytes (2), or 4 bytes (5).
    private static List<(int Number, long Value, ReadOnlyMemory<byte> Bytes)> Fields(ReadOnlyMemory<byte> message)
    {
        var fields = new List<(int, long, ReadOnlyMemory<byte>)>();
        while (!message.IsEmpty)
        {
            var key = Varint(ref message);
            var number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    fields.Add((number, (long)Varint(ref message), default));
                    break;
                case 1:
                    fields.Add((number, 0, Take(ref message, 8)));
                    break;
                case 2:
                    fields.Add((number, 0, Take(ref message, Varint(ref message))));
                    break;
                case 5:
                    fields.Add((number, 0, Take(ref message, 4)));
                    break;
                default:
                    throw new InvalidDataException("a record holds an unknown wire type");
            }
        }

        return fields;
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> message, ulong length)
    {
        if (length > (ulong)message.Length)
        {
            throw new InvalidDataException("a field is longer than its record");
        }

        var bytes = message[..(int)length];
        message = message[(int)length..];
        return bytes;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        ulong value = 0;
        for (var i = 0; i < message.Length && i < 10; i++)
        {
            var part = message.Span[i];
            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part < 0x80)
            {
                message = message[(i + 1)..];
                return value;
            }
        }

        throw new InvalidDataException("a number does not end");
    }

    // Every k-th point and the last.
    private static List<(long Step, double Value)> Thinned(List<(long Step, double Value)> points)
    {
        var stride = Math.Max(1, (points.Count + MostPoints - 1) / MostPoints);
        return [.. points.Where((_, i) => i % stride == 0 || i == points.Count - 1)];
    }
}
