using System.Buffers.Binary;
using System.Numerics;

namespace Scorch.Media;

/// <summary>Windows bitmaps: 1, 4, 8, 16, 24 and 32 bits, palettes, bit fields, run-length coding, rows upwards or downwards.</summary>
internal static class BmpFormat
{
    public static Image Decode(ByteReader reader, MediaLimits limits)
    {
        reader.Position = 10;
        var pixels = reader.UInt32();
        var headerSize = reader.UInt32();
        if (headerSize is not (12 or 40 or 52 or 56 or 64 or 108 or 124)) throw reader.Error($"the header has {headerSize} bytes; 12, 40, 52, 56, 64, 108 and 124 are known.");
        var core = headerSize == 12;
        long width = core ? reader.UInt16() : reader.Int32();
        long height = core ? reader.UInt16() : reader.Int32();
        var downwards = height < 0;
        height = Math.Abs(height);
        reader.UInt16();
        var depth = reader.UInt16();
        var compression = core ? 0 : reader.UInt32();
        if (!core) reader.Take(12);
        var colours = core ? 0 : reader.UInt32();
        if (!core) reader.Take(4);
        var supported = compression switch { 0 => depth is 1 or 4 or 8 or 16 or 24 or 32, 1 => depth == 8, 2 => depth == 4, 3 or 6 => depth is 16 or 32, _ => false };
        if (!supported) throw reader.Error($"compression {compression} with {depth} bits a pixel is not read; convert the file to 24-bit BMP or PNG.");
        reader.CheckSize(width, height, 4, 1, limits);

        Span<uint> masks = depth == 16 ? [0x7C00, 0x03E0, 0x001F, 0] : [0x00FF0000, 0x0000FF00, 0x000000FF, 0];
        if (compression is 3 or 6)
        {
            reader.Position = 14 + 40;
            for (var i = 0; i < (headerSize >= 56 || compression == 6 ? 4 : 3); i++) masks[i] = reader.UInt32();
        }
        byte[]? palette = null;
        if (depth <= 8)
        {
            reader.Position = (int)(14 + headerSize);
            if (colours > 1u << depth) throw reader.Error($"the palette is said to have {colours} colours; {depth} bits address {1 << depth}.");
            var entries = (int)(colours == 0 ? 1u << depth : colours);
            palette = new byte[3 * entries];
            for (var i = 0; i < entries; i++)
            {
                var entry = reader.Take(core ? 3 : 4);
                (palette[3 * i], palette[(3 * i) + 1], palette[(3 * i) + 2]) = (entry[2], entry[1], entry[0]);
            }
        }
        if (pixels > reader.Bytes.Length) throw reader.Error($"the pixels are said to start at byte {pixels} of {reader.Bytes.Length}; the file is truncated, get a complete copy.");
        reader.Position = (int)pixels;
        var (w, h) = ((int)width, (int)height);
        if (palette is null) return Direct(reader, w, h, downwards, depth, masks);
        var numbers = compression == 0 ? Plain(reader, w, h, depth) : RunLength(reader, w, h, depth);
        return Coloured(reader, numbers, palette, w, h, downwards);
    }

    private static Image Direct(ByteReader reader, int width, int height, bool downwards, int depth, ReadOnlySpan<uint> masks)
    {
        var stride = (int)((((long)width * depth) + 31) / 32 * 4);
        if ((long)stride * height > reader.Remaining) throw reader.Error($"{width} x {height} pixels need {(long)stride * height} bytes and {reader.Remaining} are left; the file is truncated, get a complete copy.");
        var channels = masks[3] == 0 ? 3 : 4;
        var samples = new byte[width * height * channels];
        for (var y = 0; y < height; y++)
        {
            var row = reader.Take(stride);
            var target = (downwards ? y : height - 1 - y) * width * channels;
            for (var x = 0; x < width; x++, target += channels)
            {
                if (depth == 24)
                {
                    (samples[target], samples[target + 1], samples[target + 2]) = (row[(3 * x) + 2], row[(3 * x) + 1], row[3 * x]);
                    continue;
                }
                var pixel = depth == 16 ? BinaryPrimitives.ReadUInt16LittleEndian(row[(2 * x)..]) : BinaryPrimitives.ReadUInt32LittleEndian(row[(4 * x)..]);
                for (var c = 0; c < channels; c++) samples[target + c] = Field(pixel, masks[c]);
            }
        }
        return new(width, height, channels, samples);
    }

    private static byte Field(uint pixel, uint mask)
    {
        if (mask == 0) return 0;
        var shift = BitOperations.TrailingZeroCount(mask);
        var greatest = mask >> shift;
        return (byte)((((pixel & mask) >> shift) * 255UL) / greatest);
    }

    private static byte[] Plain(ByteReader reader, int width, int height, int depth)
    {
        var stride = (int)((((long)width * depth) + 31) / 32 * 4);
        if ((long)stride * height > reader.Remaining) throw reader.Error($"{width} x {height} pixels need {(long)stride * height} bytes and {reader.Remaining} are left; the file is truncated, get a complete copy.");
        var numbers = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            var row = reader.Take(stride);
            for (var x = 0; x < width; x++) numbers[(y * width) + x] = (byte)((row[x * depth / 8] >> (8 - depth - (x * depth % 8))) & ((1 << depth) - 1));
        }
        return numbers;
    }

    private static byte[] RunLength(ByteReader reader, int width, int height, int depth)
    {
        // Two bytes code at most 255 pixels; what a jump leaves out has colour 0.
        if ((long)width * height > Math.Max(1L << 20, 255L * reader.Remaining)) throw reader.Error($"{width} x {height} pixels cannot lie in {reader.Remaining} bytes; the file is truncated or damaged.");
        var numbers = new byte[width * height];
        var (x, y) = (0, 0);
        void Set(int colour)
        {
            if (x >= width || y >= height) throw reader.Error("a run reaches beyond the picture; the file is damaged.");
            numbers[(y * width) + x++] = (byte)colour;
        }
        while (true)
        {
            int count = reader.Byte(), value = reader.Byte();
            if (count > 0)
            {
                for (var i = 0; i < count; i++) Set(depth == 8 ? value : i % 2 == 0 ? value >> 4 : value & 15);
            }
            else if (value == 0) (x, y) = (0, y + 1);
            else if (value == 1) return numbers;
            else if (value == 2) (x, y) = (x + reader.Byte(), y + reader.Byte());
            else
            {
                var bytes = reader.Take(((depth == 8 ? value : (value + 1) / 2) + 1) / 2 * 2);
                for (var i = 0; i < value; i++) Set(depth == 8 ? bytes[i] : i % 2 == 0 ? bytes[i / 2] >> 4 : bytes[i / 2] & 15);
            }
        }
    }

    private static Image Coloured(ByteReader reader, byte[] numbers, byte[] palette, int width, int height, bool downwards)
    {
        var samples = new byte[3 * numbers.Length];
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
            {
                var number = numbers[((downwards ? y : height - 1 - y) * width) + x];
                if (3 * number >= palette.Length) throw reader.Error($"pixel ({x}, {y}) has colour {number}, the palette holds {palette.Length / 3}; the file is damaged.");
                palette.AsSpan(3 * number, 3).CopyTo(samples.AsSpan(3 * ((y * width) + x)));
            }
        return new(width, height, 3, samples);
    }

    /// <summary>Grey with a palette of 256, RGB with 24 bits, RGBA with 32 bits and bit fields.</summary>
    public static byte[] Encode(Image image)
    {
        if (image.BitDepth != 8) throw new ArgumentException("BMP holds 8-bit samples; convert the picture with To8Bit() first, or write PNG.", nameof(image));
        if (image.Channels == 2) throw new ArgumentException("BMP holds no grey with alpha; convert the picture first, or write PNG.", nameof(image));
        var channels = image.Channels;
        var stride = ((image.Width * channels) + 3) / 4 * 4;
        var headerSize = channels == 4 ? 108 : 40;
        var start = 14 + headerSize + (channels == 1 ? 1024 : 0);
        var file = new byte[checked(start + (stride * image.Height))];
        var span = file.AsSpan();
        void Write32(int at, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(at), value);
        "BM"u8.CopyTo(span);
        Write32(2, file.Length);
        Write32(10, start);
        Write32(14, headerSize);
        Write32(18, image.Width);
        Write32(22, image.Height);
        file[26] = 1;
        file[28] = (byte)(8 * channels);
        Write32(34, stride * image.Height);
        Write32(38, 2835);
        Write32(42, 2835);
        if (channels == 4)
        {
            file[30] = 3;
            Write32(54, 0x00FF0000);
            Write32(58, 0x0000FF00);
            Write32(62, 0x000000FF);
            Write32(66, unchecked((int)0xFF000000));
            "BGRs"u8.CopyTo(span[70..]);
        }
        for (var i = 0; i < 256 && channels == 1; i++) span.Slice(54 + (4 * i), 3).Fill((byte)i);
        for (var y = 0; y < image.Height; y++)
            for (var x = 0; x < image.Width; x++)
            {
                var source = ((y * image.Width) + x) * channels;
                var target = start + ((image.Height - 1 - y) * stride) + (x * channels);
                for (var c = 0; c < channels; c++) file[target + c] = image.Bytes[source + (c < 3 && channels >= 3 ? 2 - c : c)];
            }
        return file;
    }
}
