using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>Sizes of Winograd's F(4x4, 3x3).</summary>
internal static class WinogradTransforms
{
    public const int Tile = 4;
    public const int Patch = 6;
    public const int Points = Patch * Patch;
}

/// <summary>The transforms of Winograd's F(4x4, 3x3) and their adjoints, for a vector of channels at a time.</summary>
internal static unsafe class WinogradTransforms<V>
    where V : struct, ISimd<V, float>
{
    private const int Tile = WinogradTransforms.Tile;
    private const int Patch = WinogradTransforms.Patch;
    private const int Points = WinogradTransforms.Points;

    /// <summary>One line of an image with its padding, channels side by side.</summary>
    /// <param name="target">The padded image.</param>
    /// <param name="source">The image, [channels, height, width].</param>
    /// <param name="image">Its sizes.</param>
    /// <param name="padding">Zeros above and on the left, and the width with all zeros.</param>
    /// <param name="line">A line of the padded image.</param>
    public static void LayOut(float* target, float* source, (int Channels, int Height, int Width) image, (int Above, int Left, int Width) padding, int line)
    {
        target += (long)line * padding.Width * image.Channels;
        var row = line - padding.Above;
        if ((uint)row >= (uint)image.Height)
        {
            new Span<float>(target, padding.Width * image.Channels).Clear();
            return;
        }
        var width = Math.Min(image.Width, padding.Width - padding.Left);
        new Span<float>(target, padding.Left * image.Channels).Clear();
        target += padding.Left * image.Channels;
        MatrixPacking.Transposed(target, image.Channels, source + ((long)row * image.Width), (long)image.Height * image.Width, image.Channels, width);
        new Span<float>(target + ((long)width * image.Channels), (padding.Width - padding.Left - width) * image.Channels).Clear();
    }

    /// <summary>G g G^T.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static void Filter(float* taps, int rows, bool flipped, float* target, long point)
    {
        var half = stackalloc float[3 * Patch * V.Count];
        var start = flipped ? taps + (8L * rows) : taps;
        var step = flipped ? -(long)rows : rows;
        for (var j = 0; j < 3; j++) Filter3(start + (j * step), 3 * step, half + (j * V.Count), 3 * V.Count);
        for (var i = 0; i < Patch; i++) Filter3(half + (i * 3 * V.Count), V.Count, target + (i * Patch * point), point);
    }

    /// <summary>Multiplies by G.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Filter3(float* from, long stride, float* to, long toStride)
    {
        var a = V.Load(from);
        var b = V.Load(from + stride);
        var c = V.Load(from + (2 * stride));
        V.Store(V.Create(0.25f) * a, to);
        var even = V.Create(-1f / 6) * (a + c);
        var odd = V.Create(1f / 6) * b;
        V.Store(even - odd, to + toStride);
        V.Store(even + odd, to + (2 * toStride));
        even = V.MultiplyAdd(V.Create(1f / 24), a, V.Create(1f / 6) * c);
        odd = V.Create(1f / 12) * b;
        V.Store(even + odd, to + (3 * toStride));
        V.Store(even - odd, to + (4 * toStride));
        V.Store(c, to + (5 * toStride));
    }

    /// <summary>B^T d B of one patch, for a vector of channels.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static void Input(float* patch, long line, long step, float* target, long point)
    {
        var half = stackalloc float[Points * V.Count];
        for (var j = 0; j < Patch; j++) Input6(patch + (j * step), line, half + (j * V.Count), Patch * V.Count);
        for (var i = 0; i < Patch; i++) Input6(half + (i * Patch * V.Count), V.Count, target + (i * Patch * point), point);
    }

    /// <summary>Multiplies by B^T.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Input6(float* from, long stride, float* to, long toStride)
    {
        var a = V.Load(from);
        var b = V.Load(from + stride);
        var c = V.Load(from + (2 * stride));
        var d = V.Load(from + (3 * stride));
        var e = V.Load(from + (4 * stride));
        var f = V.Load(from + (5 * stride));
        var four = V.Create(4f);
        var minusFive = V.Create(-5f);
        V.Store(V.MultiplyAdd(four, a, V.MultiplyAdd(minusFive, c, e)), to);
        var even = V.MultiplyAdd(V.Create(-4f), c, e);
        var odd = V.MultiplyAdd(V.Create(-4f), b, d);
        V.Store(even + odd, to + toStride);
        V.Store(even - odd, to + (2 * toStride));
        even = e - c;
        odd = V.Create(2f) * (d - b);
        V.Store(even + odd, to + (3 * toStride));
        V.Store(even - odd, to + (4 * toStride));
        V.Store(V.MultiplyAdd(four, b, V.MultiplyAdd(minusFive, d, f)), to + (5 * toStride));
    }

    /// <summary>A^T m A of one tile plus a bias, for a vector of rows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static void Output(float* products, long point, float* bias, float* target, long line, long step)
    {
        var half = stackalloc float[Tile * Patch * V.Count];
        for (var j = 0; j < Patch; j++) Output6(products + (j * point), Patch * point, V.Create(0), half + (j * V.Count), Patch * V.Count);
        var start = bias is null ? V.Create(0) : V.Load(bias);
        for (var i = 0; i < Tile; i++) Output6(half + (i * Patch * V.Count), V.Count, start, target + (i * line), step);
    }

    /// <summary>Multiplies by A^T and adds a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Output6(float* from, long stride, V start, float* to, long toStride)
    {
        var b = V.Load(from + stride);
        var c = V.Load(from + (2 * stride));
        var d = V.Load(from + (3 * stride));
        var e = V.Load(from + (4 * stride));
        var (even1, odd1, even2, odd2) = (b + c, b - c, d + e, d - e);
        even1 += start;
        odd1 += start;
        V.Store(V.Load(from) + even1 + even2, to);
        V.Store(V.MultiplyAdd(V.Create(2f), odd2, odd1), to + toStride);
        V.Store(V.MultiplyAdd(V.Create(4f), even2, even1), to + (2 * toStride));
        V.Store(V.MultiplyAdd(V.Create(8f), odd2, odd1) + V.Load(from + (5 * stride)), to + (3 * toStride));
    }

    /// <summary>A y A^T of one tile of the result's gradient: the adjoint of <see cref="Output"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static void OutputAdjoint(float* tile, long line, long step, float* target, long point)
    {
        var half = stackalloc float[Tile * Patch * V.Count];
        for (var j = 0; j < Tile; j++) OutputAdjoint4(tile + (j * step), line, half + (j * V.Count), Tile * V.Count);
        for (var i = 0; i < Patch; i++) OutputAdjoint4(half + (i * Tile * V.Count), V.Count, target + (i * Patch * point), point);
    }

    /// <summary>Multiplies by A.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputAdjoint4(float* from, long stride, float* to, long toStride)
    {
        var a = V.Load(from);
        var b = V.Load(from + stride);
        var c = V.Load(from + (2 * stride));
        var d = V.Load(from + (3 * stride));
        V.Store(a, to);
        var even = a + c;
        var odd = b + d;
        V.Store(even + odd, to + toStride);
        V.Store(even - odd, to + (2 * toStride));
        even = V.MultiplyAdd(V.Create(4f), c, a);
        odd = V.MultiplyAdd(V.Create(8f), d, b + b);
        V.Store(even + odd, to + (3 * toStride));
        V.Store(even - odd, to + (4 * toStride));
        V.Store(d, to + (5 * toStride));
    }

    /// <summary>G^T m G: the adjoint of <see cref="Filter"/>, nine taps one behind the other.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    public static void FilterAdjoint(float* products, long point, float* target, long tap)
    {
        var half = stackalloc float[3 * Patch * V.Count];
        for (var j = 0; j < Patch; j++) FilterAdjoint6(products + (j * point), Patch * point, half + (j * V.Count), Patch * V.Count);
        for (var i = 0; i < 3; i++) FilterAdjoint6(half + (i * Patch * V.Count), V.Count, target + (3 * i * tap), tap);
    }

    /// <summary>Multiplies by G^T.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FilterAdjoint6(float* from, long stride, float* to, long toStride)
    {
        var b = V.Load(from + stride);
        var c = V.Load(from + (2 * stride));
        var d = V.Load(from + (3 * stride));
        var e = V.Load(from + (4 * stride));
        var (even1, odd1, even2, odd2) = (b + c, c - b, d + e, d - e);
        var sixth = V.Create(1f / 6);
        V.Store(V.MultiplyAdd(V.Create(0.25f), V.Load(from), V.MultiplyAdd(V.Create(1f / 24), even2, -(sixth * even1))), to);
        V.Store(V.MultiplyAdd(V.Create(1f / 12), odd2, sixth * odd1), to + toStride);
        V.Store(V.MultiplyAdd(sixth, even2 - even1, V.Load(from + (5 * stride))), to + (2 * toStride));
    }
}
