using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Media;

/// <summary>The 8x8 cosine transform in integers, after Loeffler, Ligtenberg and Moschytz (1989): the accurate integer method, bit for bit as libjpeg's.</summary>
internal static class JpegTransform
{
    private const int Bits = 13;
    private const int PassBits = 2;

    // FIX(x) = round(x * 2^13).
    private const int F0298631336 = 2446;
    private const int F0390180644 = 3196;
    private const int F0541196100 = 4433;
    private const int F0765366865 = 6270;
    private const int F0899976223 = 7373;
    private const int F1175875602 = 9633;
    private const int F1501321110 = 12299;
    private const int F1847759065 = 15137;
    private const int F1961570560 = 16069;
    private const int F2053119869 = 16819;
    private const int F2562915447 = 20995;
    private const int F3072711026 = 25172;

    /// <summary>Zigzag position to row-major position.</summary>
    public static ReadOnlySpan<byte> NaturalOrder =>
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    /// <summary>Turns dequantised coefficients into samples around 0, a block in each lane: first the columns, then the rows.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Inverse(Span<Vector256<int>> work)
    {
        for (var column = 0; column < 8; column++) InverseLine(work, column, 8, Bits - PassBits);
        for (var row = 0; row < 8; row++) InverseLine(work, 8 * row, 1, Bits + PassBits + 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InverseLine(Span<Vector256<int>> work, int at, int step, int shift)
    {
        var (s0, s1, s2, s3) = (work[at], work[at + step], work[at + (2 * step)], work[at + (3 * step)]);
        var (s4, s5, s6, s7) = (work[at + (4 * step)], work[at + (5 * step)], work[at + (6 * step)], work[at + (7 * step)]);

        var z1 = (s2 + s6) * F0541196100;
        var even2 = z1 - (s6 * F1847759065);
        var even3 = z1 + (s2 * F0765366865);
        var even0 = (s0 + s4) << Bits;
        var even1 = (s0 - s4) << Bits;
        var (t10, t13, t11, t12) = (even0 + even3, even0 - even3, even1 + even2, even1 - even2);

        var z5 = (s7 + s3 + s5 + s1) * F1175875602;
        var o1 = (s7 + s1) * -F0899976223;
        var o2 = (s5 + s3) * -F2562915447;
        var o3 = ((s7 + s3) * -F1961570560) + z5;
        var o4 = ((s5 + s1) * -F0390180644) + z5;
        var t0 = (s7 * F0298631336) + o1 + o3;
        var t1 = (s5 * F2053119869) + o2 + o4;
        var t2 = (s3 * F3072711026) + o2 + o3;
        var t3 = (s1 * F1501321110) + o1 + o4;

        var half = Vector256.Create(1 << (shift - 1));
        work[at] = (t10 + t3 + half) >> shift;
        work[at + (7 * step)] = (t10 - t3 + half) >> shift;
        work[at + step] = (t11 + t2 + half) >> shift;
        work[at + (6 * step)] = (t11 - t2 + half) >> shift;
        work[at + (2 * step)] = (t12 + t1 + half) >> shift;
        work[at + (5 * step)] = (t12 - t1 + half) >> shift;
        work[at + (3 * step)] = (t13 + t0 + half) >> shift;
        work[at + (4 * step)] = (t13 - t0 + half) >> shift;
    }

    /// <summary>The forward transform of level-shifted samples in place, scaled by 8.</summary>
    public static void Forward(Span<int> block)
    {
        for (var row = 0; row < 8; row++) ForwardLine(block, 8 * row, 1, Bits - PassBits, -PassBits);
        for (var column = 0; column < 8; column++) ForwardLine(block, column, 8, Bits + PassBits, PassBits);
    }

    private static void ForwardLine(Span<int> block, int at, int step, int shift, int evenShift)
    {
        var (t0, t7) = (block[at] + block[at + (7 * step)], block[at] - block[at + (7 * step)]);
        var (t1, t6) = (block[at + step] + block[at + (6 * step)], block[at + step] - block[at + (6 * step)]);
        var (t2, t5) = (block[at + (2 * step)] + block[at + (5 * step)], block[at + (2 * step)] - block[at + (5 * step)]);
        var (t3, t4) = (block[at + (3 * step)] + block[at + (4 * step)], block[at + (3 * step)] - block[at + (4 * step)]);
        var (t10, t13, t11, t12) = (t0 + t3, t0 - t3, t1 + t2, t1 - t2);
        var half = 1 << (shift - 1);

        block[at] = evenShift < 0 ? (t10 + t11) << -evenShift : (t10 + t11 + (1 << (evenShift - 1))) >> evenShift;
        block[at + (4 * step)] = evenShift < 0 ? (t10 - t11) << -evenShift : (t10 - t11 + (1 << (evenShift - 1))) >> evenShift;
        var z1 = (t12 + t13) * F0541196100;
        block[at + (2 * step)] = (z1 + (t13 * F0765366865) + half) >> shift;
        block[at + (6 * step)] = (z1 - (t12 * F1847759065) + half) >> shift;

        var z5 = (t4 + t6 + t5 + t7) * F1175875602;
        var o1 = -(t4 + t7) * F0899976223;
        var o2 = -(t5 + t6) * F2562915447;
        var o3 = (-(t4 + t6) * F1961570560) + z5;
        var o4 = (-(t5 + t7) * F0390180644) + z5;
        block[at + (7 * step)] = ((t4 * F0298631336) + o1 + o3 + half) >> shift;
        block[at + (5 * step)] = ((t5 * F2053119869) + o2 + o4 + half) >> shift;
        block[at + (3 * step)] = ((t6 * F3072711026) + o2 + o3 + half) >> shift;
        block[at + step] = ((t7 * F1501321110) + o1 + o4 + half) >> shift;
    }
}
