using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>Sequences of plane rotations of neighbouring rows of float64, a strip of columns at a time, so that a row is read and written once.</summary>
internal static unsafe class PlaneRotations
{
    /// <summary>For j = first, first + 1, … : row j and row j + 1 become c_j x + s_j y and c_j y - s_j x.</summary>
    public static void Rising(double* rows, long stride, int columns, int first, ReadOnlySpan<double> cosines, ReadOnlySpan<double> sines) =>
        Apply(rows + (first * stride), stride, columns, cosines, sines);

    /// <summary>For j = first + count - 1, …, first: row j + 1 and row j become c_j y + s_j x and c_j x - s_j y.</summary>
    public static void Falling(double* rows, long stride, int columns, int first, ReadOnlySpan<double> cosines, ReadOnlySpan<double> sines) =>
        Apply(rows + ((first + cosines.Length) * stride), -stride, columns, cosines, sines);

    private static void Apply(double* rows, long stride, int columns, ReadOnlySpan<double> cosines, ReadOnlySpan<double> sines)
    {
        fixed (double* c = cosines, s = sines)
        {
            if (Vector512.IsHardwareAccelerated) Apply<Simd512<double>>(rows, stride, columns, c, s, cosines.Length);
            else if (Vector256.IsHardwareAccelerated) Apply<Simd256<double>>(rows, stride, columns, c, s, cosines.Length);
            else Apply<Simd128<double>>(rows, stride, columns, c, s, cosines.Length);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Apply<V>(double* rows, long stride, int columns, double* cosines, double* sines, int count)
        where V : struct, ISimd<V, double>
    {
        var column = 0;
        for (; column <= columns - (4 * V.Count); column += 4 * V.Count)
        {
            var at = rows + column;
            var (x0, x1) = (V.Load(at), V.Load(at + V.Count));
            var (x2, x3) = (V.Load(at + (2 * V.Count)), V.Load(at + (3 * V.Count)));
            for (var j = 0; j < count; j++)
            {
                var (c, s) = (V.Create(cosines[j]), V.Create(sines[j]));
                var next = at + stride;
                var (y0, y1) = (V.Load(next), V.Load(next + V.Count));
                var (y2, y3) = (V.Load(next + (2 * V.Count)), V.Load(next + (3 * V.Count)));
                V.Store(V.MultiplyAdd(c, x0, s * y0), at);
                V.Store(V.MultiplyAdd(c, x1, s * y1), at + V.Count);
                V.Store(V.MultiplyAdd(c, x2, s * y2), at + (2 * V.Count));
                V.Store(V.MultiplyAdd(c, x3, s * y3), at + (3 * V.Count));
                x0 = V.MultiplyAdd(c, y0, -(s * x0));
                x1 = V.MultiplyAdd(c, y1, -(s * x1));
                x2 = V.MultiplyAdd(c, y2, -(s * x2));
                x3 = V.MultiplyAdd(c, y3, -(s * x3));
                at = next;
            }
            V.Store(x0, at);
            V.Store(x1, at + V.Count);
            V.Store(x2, at + (2 * V.Count));
            V.Store(x3, at + (3 * V.Count));
        }
        for (; column <= columns - V.Count; column += V.Count)
        {
            var at = rows + column;
            var x = V.Load(at);
            for (var j = 0; j < count; j++, at += stride)
            {
                var (c, s) = (V.Create(cosines[j]), V.Create(sines[j]));
                var y = V.Load(at + stride);
                V.Store(V.MultiplyAdd(c, x, s * y), at);
                x = V.MultiplyAdd(c, y, -(s * x));
            }
            V.Store(x, at);
        }
        for (; column < columns; column++)
        {
            var at = rows + column;
            var x = *at;
            for (var j = 0; j < count; j++, at += stride)
            {
                var y = at[stride];
                *at = (cosines[j] * x) + (sines[j] * y);
                x = (cosines[j] * y) - (sines[j] * x);
            }
            *at = x;
        }
    }
}
