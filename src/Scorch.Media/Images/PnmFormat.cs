using System.Buffers.Binary;
using System.Text;

namespace Scorch.Media;

/// <summary>Portable bitmaps, graymaps and pixmaps, in text (P1-P3) and binary (P4-P6); samples of another range are scaled to 8 or 16 bits.</summary>
internal static class PnmFormat
{
    public static Image Decode(ByteReader reader, MediaLimits limits)
    {
        var kind = reader.Bytes[1] - '0';
        reader.Position = 2;
        var width = Number(reader);
        var height = Number(reader);
        var maximum = kind is 1 or 4 ? 1 : Number(reader);
        if (maximum is < 1 or > 65535) throw reader.Error($"the greatest sample is said to be {maximum}; it must lie in 1 to 65535.");
        var channels = kind is 3 or 6 ? 3 : 1;
        var wide = maximum > 255;
        reader.CheckSize(width, height, channels, sizeof(ushort), limits);
        var count = (int)width * (int)height * channels;
        var leastBytes = kind switch { 1 => count, 2 or 3 => (2L * count) - 1, 4 => (width + 7) / 8 * height, _ => (long)count * (wide ? 2 : 1) };
        if (kind > 3 && !IsSpace(reader.Byte())) throw reader.Error("a single white space must follow the header; the file is damaged.");
        if (leastBytes > reader.Remaining)
            throw reader.Error($"{width} x {height} pixels need {leastBytes} bytes and {reader.Remaining} are left; the file is truncated, get a complete copy.");
        var samples = new ushort[count];
        switch (kind)
        {
            case 1:
                for (var i = 0; i < count; i++) samples[i] = (ushort)(1 - Bit(reader));
                break;
            case 4:
                for (var y = 0; y < height; y++)
                {
                    var row = reader.Take((int)((width + 7) / 8));
                    for (var x = 0; x < width; x++) samples[(y * width) + x] = (ushort)(1 - ((row[x / 8] >> (7 - (x % 8))) & 1));
                }
                break;
            case 2 or 3:
                for (var i = 0; i < count; i++) samples[i] = (ushort)Math.Min(Number(reader), ushort.MaxValue);
                break;
            default:
                for (var i = 0; i < count; i++) samples[i] = (ushort)(wide ? reader.UInt16Big() : reader.Byte());
                break;
        }
        foreach (var sample in samples)
            if (sample > maximum) throw reader.Error($"a sample is {sample}, the header says at most {maximum}; the file is damaged.");
        if (wide) return new((int)width, (int)height, channels, maximum == 65535 ? samples : [.. samples.Select(sample => (ushort)Scaled(sample, maximum, 65535))]);
        return new((int)width, (int)height, channels, [.. samples.Select(sample => (byte)Scaled(sample, maximum, 255))]);
    }

    /// <summary>Binary P5 or P6 with the picture's own depth.</summary>
    public static byte[] Encode(Image image)
    {
        if (image.HasAlpha) throw new ArgumentException("PNM holds no alpha; convert the picture with ToRgb() or ToGrey() first, or write PNG.", nameof(image));
        var header = Encoding.ASCII.GetBytes($"P{(image.Channels == 1 ? 5 : 6)}\n{image.Width} {image.Height}\n{image.MaximumSample}\n");
        if (image.BitDepth == 8) return [.. header, .. image.Bytes];
        var file = new byte[header.Length + (2 * image.Words.Length)];
        header.CopyTo(file, 0);
        for (var i = 0; i < image.Words.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(header.Length + (2 * i)), image.Words[i]);
        return file;
    }

    private static int Scaled(int sample, long maximum, int full) => maximum == full ? sample : (int)Math.Round((double)sample / maximum * full);

    private static long Number(ByteReader reader)
    {
        SkipSpace(reader);
        long value = 0;
        var digits = 0;
        for (; reader.Remaining > 0 && reader.Bytes[reader.Position] is >= (byte)'0' and <= (byte)'9'; digits++)
        {
            value = (10 * value) + reader.Byte() - '0';
            if (value > int.MaxValue) throw reader.Error("a number is larger than 2147483647; the file is damaged.");
        }
        return digits > 0 ? value : throw reader.Error("a number was expected here; the file is truncated or damaged.");
    }

    private static int Bit(ByteReader reader)
    {
        SkipSpace(reader);
        return reader.Byte() switch { (byte)'0' => 0, (byte)'1' => 1, var other => throw reader.Error($"a 0 or 1 was expected, byte {other} was met; the file is damaged.") };
    }

    private static void SkipSpace(ByteReader reader)
    {
        while (reader.Remaining > 0 && (IsSpace(reader.Bytes[reader.Position]) || reader.Bytes[reader.Position] == '#'))
            if (reader.Byte() == '#')
                while (reader.Remaining > 0 && reader.Byte() is not ((byte)'\n' or (byte)'\r')) { }
    }

    private static bool IsSpace(byte value) => value is (byte)' ' or (>= 9 and <= 13);
}
