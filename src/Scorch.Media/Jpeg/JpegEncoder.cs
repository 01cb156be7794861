namespace Scorch.Media;

/// <summary>Writes baseline JPEG: annex K's tables scaled by quality, chroma at half size both ways (4:2:0), the accurate integer transform.</summary>
internal sealed class JpegEncoder
{
    private static readonly byte[] Luminance =
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ];

    private static readonly byte[] Chrominance =
    [
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    ];

    private readonly MemoryStream file = new();
    private uint buffer;
    private int count;

    public static byte[] Encode(Image image, int quality)
    {
        if (quality is < 1 or > 100) throw new ArgumentOutOfRangeException(nameof(quality), quality, $"JPEG quality is {quality}; it must lie in 1 to 100.");
        if (image.BitDepth != 8) throw new ArgumentException("JPEG holds 8-bit samples; convert the picture with To8Bit() first.", nameof(image));
        if (image.HasAlpha) throw new ArgumentException("JPEG holds no alpha; convert the picture with ToRgb() or ToGrey() first, or write PNG.", nameof(image));
        if (image.Width > 65535 || image.Height > 65535) throw new ArgumentException($"JPEG holds at most 65535 x 65535 pixels; the picture has {image.Width} x {image.Height}. Write PNG.", nameof(image));
        return new JpegEncoder().Run(image, quality);
    }

    private byte[] Run(Image image, int quality)
    {
        var colour = image.Channels == 3;
        byte[][] quantisation = colour ? [Scaled(Luminance, quality), Scaled(Chrominance, quality)] : [Scaled(Luminance, quality)];
        file.Write([0xFF, 0xD8]);
        Segment(0xE0, [(byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        for (var i = 0; i < quantisation.Length; i++)
        {
            var table = quantisation[i];
            Segment(0xDB, [(byte)i, .. Enumerable.Range(0, 64).Select(k => table[JpegTransform.NaturalOrder[k]])]);
        }
        byte[] size = [8, (byte)(image.Height >> 8), (byte)image.Height, (byte)(image.Width >> 8), (byte)image.Width];
        Segment(0xC0, colour ? [.. size, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1] : [.. size, 1, 1, 0x11, 0]);
        for (var i = 0; i < 2 * quantisation.Length; i++)
        {
            var code = JpegStandardCodes.All[i];
            Segment(0xC4, [(byte)(((i % 2) << 4) | (i / 2)), .. code.Counts, .. code.Symbols]);
        }
        Segment(0xDA, colour ? [3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0] : [1, 1, 0x00, 0, 63, 0]);
        WriteBlocks(image, colour, quantisation);
        file.Write([0xFF, 0xD9]);
        return file.ToArray();
    }

    private void WriteBlocks(Image image, bool colour, byte[][] quantisation)
    {
        var planes = Planes(image, colour);
        var predictions = new int[3];
        var unit = colour ? 16 : 8;
        for (var top = 0; top < image.Height; top += unit)
            for (var left = 0; left < image.Width; left += unit)
            {
                if (!colour)
                {
                    Block(planes[0], left, top, quantisation[0], 0, ref predictions[0]);
                    continue;
                }
                for (var i = 0; i < 4; i++) Block(planes[0], left + (8 * (i % 2)), top + (8 * (i / 2)), quantisation[0], 0, ref predictions[0]);
                for (var c = 1; c < 3; c++) Block(planes[c], left / 2, top / 2, quantisation[1], 1, ref predictions[c]);
            }
        // The last byte is filled with ones.
        Put((1 << 7) - 1, 7);
    }

    /// <summary>Y, and Cb and Cr averaged over 2x2 pixels with the edge repeated; alternate rounding as libjpeg's, so that no bias adds up.</summary>
    private static Plane[] Planes(Image image, bool colour)
    {
        var (width, height, pixels) = (image.Width, image.Height, image.Bytes.ToArray());
        if (!colour) return [new(width, height, pixels)];
        var full = new byte[3][];
        for (var c = 0; c < 3; c++) full[c] = new byte[width * height];
        for (var i = 0; i < width * height; i++)
        {
            int r = pixels[3 * i], g = pixels[(3 * i) + 1], b = pixels[(3 * i) + 2];
            full[0][i] = (byte)(((19595 * r) + (38470 * g) + (7471 * b) + 32768) >> 16);
            full[1][i] = (byte)(((-11059 * r) - (21709 * g) + (32768 * b) + (128 << 16) + 32767) >> 16);
            full[2][i] = (byte)(((32768 * r) - (27439 * g) - (5329 * b) + (128 << 16) + 32767) >> 16);
        }
        Plane Half(byte[] source)
        {
            var (halfWidth, halfHeight) = ((width + 15) / 16 * 8, (height + 1) / 2);
            var half = new byte[halfWidth * halfHeight];
            for (var y = 0; y < halfHeight; y++)
                for (var x = 0; x < halfWidth; x++)
                {
                    var (left, right) = (Math.Min(2 * x, width - 1), Math.Min((2 * x) + 1, width - 1));
                    var (above, below) = (2 * y * width, Math.Min((2 * y) + 1, height - 1) * width);
                    half[(y * halfWidth) + x] = (byte)((source[above + left] + source[above + right] + source[below + left] + source[below + right] + 1 + (x % 2)) >> 2);
                }
            return new(halfWidth, halfHeight, half);
        }
        return [new(width, height, full[0]), Half(full[1]), Half(full[2])];
    }

    private void Block(Plane plane, int left, int top, byte[] quantisation, int codes, ref int prediction)
    {
        Span<int> block = stackalloc int[64];
        for (var i = 0; i < 64; i++)
            block[i] = plane.Samples[(Math.Min(top + (i / 8), plane.Height - 1) * plane.Width) + Math.Min(left + (i % 8), plane.Width - 1)] - 128;
        JpegTransform.Forward(block);
        for (var i = 0; i < 64; i++)
        {
            var divisor = 8 * quantisation[i];
            block[i] = block[i] < 0 ? -((-block[i] + (divisor / 2)) / divisor) : (block[i] + (divisor / 2)) / divisor;
        }
        var (dc, ac) = (JpegStandardCodes.All[2 * codes], JpegStandardCodes.All[(2 * codes) + 1]);
        Number(dc, 0, block[0] - prediction);
        prediction = block[0];
        var run = 0;
        for (var k = 1; k < 64; k++)
        {
            var value = block[JpegTransform.NaturalOrder[k]];
            if (value == 0)
            {
                run++;
                continue;
            }
            for (; run > 15; run -= 16) Symbol(ac, 0xF0);
            Number(ac, run, value);
            run = 0;
        }
        if (run > 0) Symbol(ac, 0);
    }

    private void Number(JpegStandardCodes codes, int run, int value)
    {
        var size = 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)Math.Abs(value));
        Symbol(codes, (run << 4) | size);
        Put((value < 0 ? value - 1 : value) & ((1 << size) - 1), size);
    }

    private void Symbol(JpegStandardCodes codes, int symbol) => Put(codes.Code[symbol], codes.Length[symbol]);

    private void Put(int value, int bits)
    {
        buffer = (buffer << bits) | (uint)value;
        for (count += bits; count >= 8; count -= 8)
        {
            var next = (byte)(buffer >> (count - 8));
            file.WriteByte(next);
            if (next == 0xFF) file.WriteByte(0);
        }
    }

    private void Segment(byte marker, byte[] content)
    {
        file.Write([0xFF, marker, (byte)((content.Length + 2) >> 8), (byte)(content.Length + 2)]);
        file.Write(content);
    }

    // 5000/q below 50, 200 - 2q from there, in percent: the scale that the Independent JPEG Group defined.
    private static byte[] Scaled(byte[] table, int quality)
    {
        var percent = quality < 50 ? 5000 / quality : 200 - (2 * quality);
        return [.. table.Select(value => (byte)Math.Clamp(((value * percent) + 50) / 100, 1, 255))];
    }

    private sealed record Plane(int Width, int Height, byte[] Samples);
}
