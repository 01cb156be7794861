using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scorch.Media;

/// <summary>From component planes to pixels: triangle-filter ("fancy") upsampling and the JFIF colour transform, as libjpeg does both, a row at a time.</summary>
internal static class JpegColour
{
    /// <summary>The picture of decoded components.</summary>
    public static Image ToImage(JpegFrame frame, bool isRgb)
    {
        var (width, height, channels) = (frame.Width, frame.Height, frame.Components.Length);
        var pixels = GC.AllocateUninitializedArray<byte>(width * height * channels);
        var rows = frame.Components.Select(component => new JpegRow(frame, component)).ToArray();
        for (var y = 0; y < height; y++)
        {
            var target = pixels.AsSpan(y * width * channels, width * channels);
            var first = rows[0].At(y);
            if (channels == 1)
            {
                first.CopyTo(target);
                continue;
            }
            var second = rows[1].At(y);
            var third = rows[2].At(y);
            if (isRgb) Interleave(first, second, third, target);
            else Convert(first, second, third, target);
        }
        return new(width, height, channels, pixels);
    }

    private static void Interleave(ReadOnlySpan<byte> red, ReadOnlySpan<byte> green, ReadOnlySpan<byte> blue, Span<byte> target)
    {
        for (var x = 0; x < red.Length; x++) (target[3 * x], target[(3 * x) + 1], target[(3 * x) + 2]) = (red[x], green[x], blue[x]);
    }

    /// <summary>JFIF in 16-bit fixed point: R = Y + 1.402 Cr, G = Y - 0.34414 Cb - 0.71414 Cr, B = Y + 1.772 Cb.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Convert(ReadOnlySpan<byte> luma, ReadOnlySpan<byte> blueness, ReadOnlySpan<byte> redness, Span<byte> target)
    {
        var x = 0;
        // Eight pixels fill 24 bytes; the second store writes four bytes more, which the next pixels overwrite.
        for (; x <= luma.Length - 10; x += 8)
        {
            var (y, b, r) = (Planes.Widen(luma, x), Planes.Widen(blueness, x) - Vector256.Create(128), Planes.Widen(redness, x) - Vector256.Create(128));
            var half = Vector256.Create(32768);
            var red = Clamp(y + (((r * 91881) + half) >> 16));
            var green = Clamp(y + (((b * -22554) - (r * 46802) + half) >> 16));
            var blue = Clamp(y + (((b * 116130) + half) >> 16));
            var bytes = (red | (green << 8) | (blue << 16)).AsByte();
            var order = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
            var pixels = target.Slice(3 * x, 28);
            Vector128.Shuffle(bytes.GetLower(), order).CopyTo(pixels);
            Vector128.Shuffle(bytes.GetUpper(), order).CopyTo(pixels[12..]);
        }
        for (; x < luma.Length; x++)
        {
            int y = luma[x];
            var (b, r) = (blueness[x] - 128, redness[x] - 128);
            target[3 * x] = Clamp(y + (((91881 * r) + 32768) >> 16));
            target[(3 * x) + 1] = Clamp(y + (((-22554 * b) - (46802 * r) + 32768) >> 16));
            target[(3 * x) + 2] = Clamp(y + (((116130 * b) + 32768) >> 16));
        }
    }

    private static Vector256<int> Clamp(Vector256<int> value) => Vector256.Min(Vector256.Max(value, Vector256<int>.Zero), Vector256.Create(255));

    private static byte Clamp(int value) => (byte)Math.Clamp(value, 0, 255);
}

/// <summary>The rows of one component at the width and height of the picture.</summary>
internal sealed class JpegRow
{
    private readonly JpegComponent component;
    private readonly int width;
    private readonly int across;
    private readonly int down;
    private readonly byte[] row;

    /// <summary>Sums of near and far rows, with one more at either end.</summary>
    private readonly ushort[] sums;

    public JpegRow(JpegFrame frame, JpegComponent component)
    {
        this.component = component;
        width = frame.Width;
        (across, down) = (frame.MaximumHorizontal / component.Horizontal, frame.MaximumVertical / component.Vertical);
        row = across == 1 && down == 1 ? [] : new byte[(2 * component.Width) + width];
        sums = row.Length == 0 ? [] : new ushort[component.Width + 2];
    }

    /// <summary>A row of the picture; valid until the next is asked for.</summary>
    public ReadOnlySpan<byte> At(int y)
    {
        var near = y / down;
        var source = component.Plane.AsSpan(near * component.Stride, component.Width);
        if (row.Length == 0) return source[..width];
        var isFancyAcross = across == 2 && component.Width > 2;
        var middle = sums.AsSpan(1, component.Width);
        if (down == 1 && isFancyAcross)
        {
            Add(source, source, 0, middle);
            Across(1, 2, 2);
        }
        else if (down == 2 && (across == 1 || isFancyAcross))
        {
            // 3/4 of the nearer row, 1/4 of the further; beyond the edge lies the edge itself.
            var far = Math.Clamp(y % 2 == 0 ? near - 1 : near + 1, 0, component.Height - 1);
            Add(source, component.Plane.AsSpan(far * component.Stride, component.Width), 3, middle);
            if (across == 1) Narrow(middle, y % 2 == 0 ? 1 : 2, row);
            else Across(8, 7, 4);
        }
        else
        {
            for (var x = 0; x < width; x++) row[x] = source[x / across];
        }
        return row.AsSpan(0, width);
    }

    /// <summary>factor * near + far, or near alone for factor 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Add(ReadOnlySpan<byte> near, ReadOnlySpan<byte> far, ushort factor, Span<ushort> sums)
    {
        var i = 0;
        for (; i <= near.Length - 16; i += 16)
        {
            var (nearer, further) = (Vector128.Create(near.Slice(i, 16)), Vector128.Create(far.Slice(i, 16)));
            (Vector128.WidenLower(further) + (Vector128.WidenLower(nearer) * factor)).CopyTo(sums[i..]);
            (Vector128.WidenUpper(further) + (Vector128.WidenUpper(nearer) * factor)).CopyTo(sums[(i + 8)..]);
        }
        for (; i < near.Length; i++) sums[i] = (ushort)((factor * near[i]) + far[i]);
    }

    private static void Narrow(ReadOnlySpan<ushort> sums, int round, Span<byte> target)
    {
        for (var i = 0; i < sums.Length; i++) target[i] = (byte)((sums[i] + round) >> 2);
    }

    /// <summary>Doubles a row: 3/4 of the nearer sample, 1/4 of the further, rounded up and down in turn. Beyond the edge lies the edge itself.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Across(ushort roundLeft, ushort roundRight, int shift)
    {
        (sums[0], sums[^1]) = (sums[1], sums[^2]);
        // A left sample and its right neighbour are the low and the high byte of a pair.
        var pairs = MemoryMarshal.Cast<byte, ushort>(row.AsSpan(0, 2 * component.Width));
        var (i, count) = (0, component.Width);
        for (; i <= count - 16; i += 16)
        {
            var middle = Vector256.Create(sums.AsSpan(i + 1, 16)) * (ushort)3;
            var left = (middle + Vector256.Create(sums.AsSpan(i, 16)) + Vector256.Create(roundLeft)) >> shift;
            var right = (middle + Vector256.Create(sums.AsSpan(i + 2, 16)) + Vector256.Create(roundRight)) >> shift;
            (left | (right << 8)).CopyTo(pairs[i..]);
        }
        for (; i < count; i++)
        {
            var middle = 3 * sums[i + 1];
            row[2 * i] = (byte)((middle + sums[i] + roundLeft) >> shift);
            row[(2 * i) + 1] = (byte)((middle + sums[i + 2] + roundRight) >> shift);
        }
    }
}
