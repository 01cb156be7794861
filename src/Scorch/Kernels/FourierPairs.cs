using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>Between lines of complex numbers in memory and vectors that hold an element of many lines, real and imaginary parts apart.</summary>
internal static unsafe class FourierPairs<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>target[k, i] = source[i, k] for i below <paramref name="lines"/> and k below <paramref name="depth"/>; strides in complex numbers.</summary>
    public static void Transpose(T* target, long targetStride, T* source, long sourceStride, int lines, int depth)
    {
        if (sizeof(T) == 4) MatrixPacking.Transposed((double*)target, targetStride, (double*)source, sourceStride, lines, depth);
        else Wide((double*)target, 2 * targetStride, (double*)source, 2 * sourceStride, lines, depth);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Wide(double* target, long targetStride, double* source, long sourceStride, int lines, int depth)
    {
        // By squares that the nearest cache holds.
        const int Side = 8;
        for (var first = 0; first < lines; first += Side)
            for (var k = 0; k < depth; k++)
            {
                var from = source + (first * sourceStride) + (2L * k);
                var into = target + (k * targetStride) + (2L * first);
                for (var i = Math.Min(Side, lines - first); i > 0; i--, from += sourceStride, into += 2) Vector128.Load(from).Store(into);
            }
    }

    /// <summary>Pairs become a vector of real and one of imaginary parts, in place; or the other way round.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Separate<V>(T* data, int count, bool exchanged)
        where V : struct, ISimd<V, T>
    {
        var (first, second) = exchanged ? (V.Count, 0) : (0, V.Count);
        for (var k = 0; k < count; k++, data += 2 * V.Count)
        {
            var reals = V.LoadPairs(data, out var imaginary);
            V.Store(reals, data + first);
            V.Store(imaginary, data + second);
        }
    }

    /// <summary>The inverse of <see cref="Separate"/>, times a factor.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Join<V>(T* data, int count, bool exchanged, T scale)
        where V : struct, ISimd<V, T>
    {
        var (first, second) = exchanged ? (V.Count, 0) : (0, V.Count);
        var factor = V.Create(scale);
        for (var k = 0; k < count; k++, data += 2 * V.Count) V.StorePairs(V.Load(data + first) * factor, V.Load(data + second) * factor, data);
    }

    /// <summary>
    /// A + i B was transformed to Z: pairs A_k = (Z_k + conj Z_-k) / 2 take the place of Z for k up to n / 2, and B_k = (Z_k - conj Z_-k) / 2i go to
    /// <paramref name="other"/>; where k = -k both are real, and Z holds them as it is.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void JoinReal<V>(T* data, T* other, int length, T scale)
        where V : struct, ISimd<V, T>
    {
        var (zero, factor, half) = (V.Create(T.Zero), V.Create(scale), V.Create(T.CreateChecked(0.5)));
        for (var k = 0; k <= length / 2; k++)
        {
            var own = data + (2L * k * V.Count);
            var (a, b) = (V.Load(own), V.Load(own + V.Count));
            var into = other + (2L * k * V.Count);
            if (k == 0 || 2 * k == length)
            {
                V.StorePairs(a * factor, zero, own);
                V.StorePairs(b * factor, zero, into);
                continue;
            }
            var mirrored = data + (2L * (length - k) * V.Count);
            var (c, d) = (V.Load(mirrored), V.Load(mirrored + V.Count));
            V.StorePairs((a + c) * half * factor, (b - d) * half * factor, own);
            V.StorePairs((b + d) * half * factor, (c - a) * half * factor, into);
        }
    }
}
