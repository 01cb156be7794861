using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>Copies pieces of a matrix side by side, as the tiles of a product read them.</summary>
internal static unsafe class MatrixPacking
{
    /// <summary>
    /// target[k * width + i] = source[k * depthStride + i * lineStride] for i below <paramref name="lines"/>, zeros up to <paramref name="width"/>.
    /// </summary>
    public static void Pack<T>(T* target, int width, T* source, long lineStride, long depthStride, int lines, int depth)
        where T : unmanaged
    {
        if (lineStride == 1)
        {
            Rows(target, width, source, depthStride, lines, depth);
            return;
        }
        if (depthStride == 1) Transposed(target, width, source, lineStride, lines, depth);
        else Scattered(target, width, source, lineStride, depthStride, lines, depth);
        if (lines < width)
            for (var k = 0; k < depth; k++) new Span<T>(target + ((long)k * width) + lines, width - lines).Clear();
    }

    private static void Rows<T>(T* target, int width, T* source, long depthStride, int lines, int depth)
        where T : unmanaged
    {
        var bytes = lines * sizeof(T);
        if (lines == width && bytes % 32 == 0)
        {
            for (var k = 0; k < depth; k++, target += width, source += depthStride)
                for (var i = 0; i < bytes; i += 32) Vector256.Load((byte*)source + i).Store((byte*)target + i);
        }
        else if (lines == width && bytes % 16 == 0)
        {
            for (var k = 0; k < depth; k++, target += width, source += depthStride)
                for (var i = 0; i < bytes; i += 16) Vector128.Load((byte*)source + i).Store((byte*)target + i);
        }
        else
        {
            for (var k = 0; k < depth; k++, target += width, source += depthStride)
            {
                new Span<T>(source, lines).CopyTo(new Span<T>(target, width));
                new Span<T>(target + lines, width - lines).Clear();
            }
        }
    }

    private static void Scattered<T>(T* target, long width, T* source, long lineStride, long depthStride, int lines, int depth)
        where T : unmanaged
    {
        for (var k = 0; k < depth; k++)
            for (var i = 0; i < lines; i++) target[(k * width) + i] = source[(k * depthStride) + (i * lineStride)];
    }

    /// <summary>target[k * width + i] = source[i * lineStride + k]: squares are transposed in registers, the last ones overlapping their neighbours.</summary>
    public static void Transposed<T>(T* target, long width, T* source, long lineStride, int lines, int depth)
        where T : unmanaged
    {
        // The low tiles of narrow vectors have fewer rows than the large square.
        var square = sizeof(T) == 4 && Vector256.IsHardwareAccelerated && lines >= 8 && depth >= 8 ? 8 : 4;
        var accelerated = sizeof(T) == 4 ? Vector128.IsHardwareAccelerated : Vector256.IsHardwareAccelerated && sizeof(T) == 8;
        if (!accelerated || lines < square || depth < square)
        {
            Scattered(target, width, source, lineStride, 1, lines, depth);
            return;
        }
        for (var k = 0; ; k = Math.Min(k + square, depth - square))
        {
            for (var i = 0; ; i = Math.Min(i + square, lines - square))
            {
                var from = source + (i * lineStride) + k;
                var to = target + (k * width) + i;
                if (sizeof(T) == 4 && square == 4) Square4((float*)from, lineStride, (float*)to, width);
                else if (sizeof(T) == 4) Square8((float*)from, lineStride, (float*)to, width);
                else Square4((double*)from, lineStride, (double*)to, width);
                if (i == lines - square) break;
            }
            if (k == depth - square) break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square8(float* source, long stride, float* target, long targetStride)
    {
        var a0 = Vector256.Load(source);
        var a1 = Vector256.Load(source + stride);
        var a2 = Vector256.Load(source + (2 * stride));
        var a3 = Vector256.Load(source + (3 * stride));
        var a4 = Vector256.Load(source + (4 * stride));
        var a5 = Vector256.Load(source + (5 * stride));
        var a6 = Vector256.Load(source + (6 * stride));
        var a7 = Vector256.Load(source + (7 * stride));
        // Three rounds exchange neighbours at distance 1, 2 and 4 across the diagonal.
        var (b0, b1) = (Low1(a0, a1), High1(a0, a1));
        var (b2, b3) = (Low1(a2, a3), High1(a2, a3));
        var (b4, b5) = (Low1(a4, a5), High1(a4, a5));
        var (b6, b7) = (Low1(a6, a7), High1(a6, a7));
        var (c0, c2) = (Low2(b0, b2), High2(b0, b2));
        var (c1, c3) = (Low2(b1, b3), High2(b1, b3));
        var (c4, c6) = (Low2(b4, b6), High2(b4, b6));
        var (c5, c7) = (Low2(b5, b7), High2(b5, b7));
        Vector256.Create(c0.GetLower(), c4.GetLower()).Store(target);
        Vector256.Create(c1.GetLower(), c5.GetLower()).Store(target + targetStride);
        Vector256.Create(c2.GetLower(), c6.GetLower()).Store(target + (2 * targetStride));
        Vector256.Create(c3.GetLower(), c7.GetLower()).Store(target + (3 * targetStride));
        Vector256.Create(c0.GetUpper(), c4.GetUpper()).Store(target + (4 * targetStride));
        Vector256.Create(c1.GetUpper(), c5.GetUpper()).Store(target + (5 * targetStride));
        Vector256.Create(c2.GetUpper(), c6.GetUpper()).Store(target + (6 * targetStride));
        Vector256.Create(c3.GetUpper(), c7.GetUpper()).Store(target + (7 * targetStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Low1(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0).AsSingle(), a, Vector256.Shuffle(b, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> High1(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0).AsSingle(), Vector256.Shuffle(a, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6)), b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Low2(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.Create(-1, -1, 0, 0, -1, -1, 0, 0).AsSingle(), a, Vector256.Shuffle(b, Vector256.Create(2, 3, 0, 1, 6, 7, 4, 5)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> High2(Vector256<float> a, Vector256<float> b) =>
        Vector256.ConditionalSelect(Vector256.Create(-1, -1, 0, 0, -1, -1, 0, 0).AsSingle(), Vector256.Shuffle(a, Vector256.Create(2, 3, 0, 1, 6, 7, 4, 5)), b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square4(float* source, long stride, float* target, long targetStride)
    {
        var a0 = Vector128.Load(source);
        var a1 = Vector128.Load(source + stride);
        var a2 = Vector128.Load(source + (2 * stride));
        var a3 = Vector128.Load(source + (3 * stride));
        var odd = Vector128.Create(-1, 0, -1, 0).AsSingle();
        var lower = Vector128.Create(-1, -1, 0, 0).AsSingle();
        var (swap, turn) = (Vector128.Create(1, 0, 3, 2), Vector128.Create(2, 3, 0, 1));
        var b0 = Vector128.ConditionalSelect(odd, a0, Vector128.Shuffle(a1, swap));
        var b1 = Vector128.ConditionalSelect(odd, Vector128.Shuffle(a0, swap), a1);
        var b2 = Vector128.ConditionalSelect(odd, a2, Vector128.Shuffle(a3, swap));
        var b3 = Vector128.ConditionalSelect(odd, Vector128.Shuffle(a2, swap), a3);
        Vector128.ConditionalSelect(lower, b0, Vector128.Shuffle(b2, turn)).Store(target);
        Vector128.ConditionalSelect(lower, b1, Vector128.Shuffle(b3, turn)).Store(target + targetStride);
        Vector128.ConditionalSelect(lower, Vector128.Shuffle(b0, turn), b2).Store(target + (2 * targetStride));
        Vector128.ConditionalSelect(lower, Vector128.Shuffle(b1, turn), b3).Store(target + (3 * targetStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square4(double* source, long stride, double* target, long targetStride)
    {
        var a0 = Vector256.Load(source);
        var a1 = Vector256.Load(source + stride);
        var a2 = Vector256.Load(source + (2 * stride));
        var a3 = Vector256.Load(source + (3 * stride));
        var odd = Vector256.Create(-1L, 0, -1, 0).AsDouble();
        var swap = Vector256.Create(1L, 0, 3, 2);
        var b0 = Vector256.ConditionalSelect(odd, a0, Vector256.Shuffle(a1, swap));
        var b1 = Vector256.ConditionalSelect(odd, Vector256.Shuffle(a0, swap), a1);
        var b2 = Vector256.ConditionalSelect(odd, a2, Vector256.Shuffle(a3, swap));
        var b3 = Vector256.ConditionalSelect(odd, Vector256.Shuffle(a2, swap), a3);
        Vector256.Create(b0.GetLower(), b2.GetLower()).Store(target);
        Vector256.Create(b1.GetLower(), b3.GetLower()).Store(target + targetStride);
        Vector256.Create(b0.GetUpper(), b2.GetUpper()).Store(target + (2 * targetStride));
        Vector256.Create(b1.GetUpper(), b3.GetUpper()).Store(target + (3 * targetStride));
    }
}
