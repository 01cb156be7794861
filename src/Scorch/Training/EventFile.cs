using System.Buffers.Binary;
using System.Text;
using Scorch.Checkpoints;

namespace Scorch.Training;

/// <summary>Writes curves as a TensorBoard event file.</summary>
/// <remarks>
/// A record is the length of its data (8 bytes, little endian), that field's masked CRC-32C, the data and its masked CRC-32C; the data is a
/// protocol buffer <c>Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }</c> with
/// <c>Summary { Value { string tag = 1; float simple_value = 2; } value = 1; }</c>.
/// </remarks>
public static class EventFile
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>Writes the points in their order.</summary>
    /// <param name="path">File to write; TensorBoard finds files whose name contains <c>tfevents</c>.</param>
    /// <param name="points">The curves.</param>
    /// <param name="time">The wall time of every record.</param>
    public static void Write(string path, IEnumerable<(string Series, long Step, double Value)> points, DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(points);
        var seconds = time.ToUnixTimeMilliseconds() / 1000.0;
        AtomicFile.Write(path, stream =>
        {
            WriteRecord(stream, Event(seconds, 0, 3, Encoding.UTF8.GetBytes("brain.Event:2")));
            foreach (var point in points)
            {
                WriteRecord(stream, Event(seconds, point.Step, 5, Summary(point)));
            }
        });
    }

    /// <summary>CRC-32C (Castagnoli) of the bytes.</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static void WriteRecord(Stream stream, byte[] data)
    {
        Span<byte> header = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Mask(Crc32C(header[..8])));
        stream.Write(header);
        stream.Write(data);
        BinaryPrimitives.WriteUInt32LittleEndian(header, Mask(Crc32C(data)));
        stream.Write(header[..4]);
    }

    private static uint Mask(uint crc) => unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);

    private static byte[] Event(double seconds, long step, int field, byte[] content)
    {
        var buffer = new MemoryStream();
        buffer.WriteByte(1 << 3 | 1);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(number, seconds);
        buffer.Write(number);
        buffer.WriteByte(2 << 3);
        WriteVarint(buffer, unchecked((ulong)step));
        WriteBytes(buffer, field, content);
        return buffer.ToArray();
    }

    private static byte[] Summary((string Series, long Step, double Value) point)
    {
        var value = new MemoryStream();
        WriteBytes(value, 1, Encoding.UTF8.GetBytes(point.Series));
        value.WriteByte(2 << 3 | 5);
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(number, (float)point.Value);
        value.Write(number);
        var summary = new MemoryStream();
        WriteBytes(summary, 1, value.ToArray());
        return summary.ToArray();
    }

    private static void WriteBytes(Stream stream, int field, byte[] content)
    {
        stream.WriteByte((byte)(field << 3 | 2));
        WriteVarint(stream, (ulong)content.Length);
        stream.Write(content);
    }

    private static void WriteVarint(Stream stream, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            stream.WriteByte((byte)(value | 0x80));
        }

        stream.WriteByte((byte)value);
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82f63b78u;
            }

            table[i] = crc;
        }

        return table;
    }
}
