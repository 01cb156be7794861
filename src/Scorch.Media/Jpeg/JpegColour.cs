namespace Scorch.Media;

/// <summary>From component planes to pixels: triangle-filter ("fancy") upsampling and the JFIF colour transform, as libjpeg does both.</summary>
internal static class JpegColour
{
    /// <summary>The picture of decoded components.</summary>
    public static Image ToImage(JpegFrame frame, byte[][] planes, bool isRgb)
    {
        var (width, height) = (frame.Width, frame.Height);
        var full = new byte[planes.Length][];
        for (var i = 0; i < planes.Length; i++) full[i] = Upsample(frame, frame.Components[i], planes[i]);
        if (planes.Length == 1) return new(width, height, 1, full[0]);
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < width * height; i++)
        {
            int y = full[0][i];
            if (isRgb)
            {
                (pixels[3 * i], pixels[(3 * i) + 1], pixels[(3 * i) + 2]) = (full[0][i], full[1][i], full[2][i]);
                continue;
            }
            // JFIF in 16-bit fixed point: R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb.
            var (blue, red) = (full[1][i] - 128, full[2][i] - 128);
            pixels[3 * i] = Clamp(y + (((91881 * red) + 32768) >> 16));
            pixels[(3 * i) + 1] = Clamp(y + (((-22554 * blue) - (46802 * red) + 32768) >> 16));
            pixels[(3 * i) + 2] = Clamp(y + (((116130 * blue) + 32768) >> 16));
        }
        return new(width, height, 3, pixels);
    }

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);

    /// <summary>One component at the size of the picture.</summary>
    private static byte[] Upsample(JpegFrame frame, JpegComponent component, byte[] plane)
    {
        var (width, height) = (component.Width, component.Height);
        var across = frame.MaximumHorizontal / component.Horizontal;
        var down = frame.MaximumVertical / component.Vertical;
        if (across == 1 && down == 1) return plane;
        var result = new byte[frame.Width * frame.Height];
        var wide = new int[(width * 2) + 2];
        for (var y = 0; y < frame.Height; y++)
        {
            var target = result.AsSpan(y * frame.Width, frame.Width);
            var near = y / down;
            var row = plane.AsSpan(near * width, width);
            var isFancyAcross = across == 2 && width > 2;
            if (down == 1 && isFancyAcross)
            {
                for (var i = 0; i < width; i++) wide[i] = row[i];
                Across(wide.AsSpan(0, width), target, 1, 2, 2);
            }
            else if (down == 2 && (across == 1 || isFancyAcross))
            {
                // 3/4 of the nearer row, 1/4 of the further; beyond the edge lies the edge itself.
                var far = Math.Clamp(y % 2 == 0 ? near - 1 : near + 1, 0, height - 1);
                var other = plane.AsSpan(far * width, width);
                if (across == 1)
                {
                    for (var i = 0; i < target.Length; i++) target[i] = (byte)(((3 * row[i]) + other[i] + (y % 2 == 0 ? 1 : 2)) >> 2);
                    continue;
                }
                for (var i = 0; i < width; i++) wide[i] = (3 * row[i]) + other[i];
                Across(wide.AsSpan(0, width), target, 8, 7, 4);
            }
            else
            {
                for (var x = 0; x < target.Length; x++) target[x] = row[x / across];
            }
        }
        return result;
    }

    /// <summary>Doubles a row: 3/4 of the nearer sample, 1/4 of the further, rounded up and down in turn.</summary>
    private static void Across(ReadOnlySpan<int> row, Span<byte> target, int roundLeft, int roundRight, int shift)
    {
        for (var x = 0; x < target.Length; x++)
        {
            var i = x / 2;
            var further = x % 2 == 0 ? i - 1 : i + 1;
            target[x] = further < 0 || further >= row.Length
                ? (byte)(((4 * row[i]) + (shift == 2 ? 0 : x % 2 == 0 ? roundLeft : roundRight)) >> shift)
                : (byte)(((3 * row[i]) + row[further] + (x % 2 == 0 ? roundLeft : roundRight)) >> shift);
        }
    }
}
