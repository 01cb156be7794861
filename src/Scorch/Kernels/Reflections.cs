using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>Householder reflections H = I - tau v v^T with v_0 = 1 on contiguous vectors of float64.</summary>
internal static unsafe class Reflections
{
    /// <summary>Turns x into beta e_0 as LAPACK's dlarfg: x_0 becomes beta, its tail that of v; returns tau.</summary>
    public static double Create(double* x, int count)
    {
        var largest = 0.0;
        for (var i = 1; i < count; i++) largest = Math.Max(largest, Math.Abs(x[i]));
        if (largest == 0) return 0;
        largest = Math.Max(largest, Math.Abs(x[0]));
        // Where squares would leave the range of float64, or the numbers are subnormal, the vector is scaled first.
        var exponent = largest is > 1e-140 and < 1e140 ? 0 : Math.ILogB(largest);
        if (exponent != 0)
            for (var i = 0; i < count; i++) x[i] = Math.ScaleB(x[i], -exponent);
        var alpha = x[0];
        var beta = -Math.CopySign(Math.Sqrt(Dot(x, x, count)), alpha);
        var divisor = alpha - beta;
        for (var i = 1; i < count; i++) x[i] /= divisor;
        x[0] = Math.ScaleB(beta, exponent);
        return (beta - alpha) / beta;
    }

    public static double Dot(double* x, double* y, int count) => Vector512.IsHardwareAccelerated ? Dot<Simd512<double>>(x, y, count)
        : Vector256.IsHardwareAccelerated ? Dot<Simd256<double>>(x, y, count)
        : Dot<Simd128<double>>(x, y, count);

    /// <summary>y += factor x.</summary>
    public static void Add(double* y, double factor, double* x, int count)
    {
        if (Vector512.IsHardwareAccelerated) Add<Simd512<double>>(y, factor, x, count);
        else if (Vector256.IsHardwareAccelerated) Add<Simd256<double>>(y, factor, x, count);
        else Add<Simd128<double>>(y, factor, x, count);
    }

    /// <summary>row -= a w + b v, the row's product with u returned; u, v and w as long as the row.</summary>
    public static double UpdateAndDot(double* row, double a, double* w, double b, double* v, double* u, int count) =>
        Vector512.IsHardwareAccelerated ? UpdateAndDot<Simd512<double>>(row, a, w, b, v, u, count)
        : Vector256.IsHardwareAccelerated ? UpdateAndDot<Simd256<double>>(row, a, w, b, v, u, count)
        : UpdateAndDot<Simd128<double>>(row, a, w, b, v, u, count);

    /// <summary>For each row i: row -= a_i w + b_i v, result_i the row's product with u; u, v and w as long as a row.</summary>
    public static void UpdateAndMultiply(double* rows, long stride, int count, double* a, double* w, double* b, double* v, double* u, int length, double* result)
    {
        var i = 0;
        for (; i <= count - 4; i += 4, rows += 4 * stride)
        {
            if (Vector512.IsHardwareAccelerated) UpdateAndDotFour<Simd512<double>>(rows, stride, a + i, w, b + i, v, u, length, result + i);
            else if (Vector256.IsHardwareAccelerated) UpdateAndDotFour<Simd256<double>>(rows, stride, a + i, w, b + i, v, u, length, result + i);
            else UpdateAndDotFour<Simd128<double>>(rows, stride, a + i, w, b + i, v, u, length, result + i);
        }
        for (; i < count; i++, rows += stride) result[i] = UpdateAndDot(rows, a[i], w, b[i], v, u, length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UpdateAndDotFour<V>(double* row, long stride, double* a, double* w, double* b, double* v, double* u, int count, double* result)
        where V : struct, ISimd<V, double>
    {
        var (row1, row2, row3) = ((nint)(row + stride), (nint)(row + (2 * stride)), (nint)(row + (3 * stride)));
        var (a0, a1, a2, a3) = (V.Create(-a[0]), V.Create(-a[1]), V.Create(-a[2]), V.Create(-a[3]));
        var (b0, b1, b2, b3) = (V.Create(-b[0]), V.Create(-b[1]), V.Create(-b[2]), V.Create(-b[3]));
        var (sum0, sum1, sum2, sum3) = (V.Create(0), V.Create(0), V.Create(0), V.Create(0));
        var i = 0;
        for (; i <= count - V.Count; i += V.Count)
        {
            var (x, y, z) = (V.Load(w + i), V.Load(v + i), V.Load(u + i));
            var r0 = V.MultiplyAdd(a0, x, V.MultiplyAdd(b0, y, V.Load(row + i)));
            var r1 = V.MultiplyAdd(a1, x, V.MultiplyAdd(b1, y, V.Load((double*)row1 + i)));
            var r2 = V.MultiplyAdd(a2, x, V.MultiplyAdd(b2, y, V.Load((double*)row2 + i)));
            var r3 = V.MultiplyAdd(a3, x, V.MultiplyAdd(b3, y, V.Load((double*)row3 + i)));
            V.Store(r0, row + i);
            V.Store(r1, (double*)row1 + i);
            V.Store(r2, (double*)row2 + i);
            V.Store(r3, (double*)row3 + i);
            sum0 = V.MultiplyAdd(r0, z, sum0);
            sum1 = V.MultiplyAdd(r1, z, sum1);
            sum2 = V.MultiplyAdd(r2, z, sum2);
            sum3 = V.MultiplyAdd(r3, z, sum3);
        }
        (result[0], result[1], result[2], result[3]) = (V.Sum(sum0), V.Sum(sum1), V.Sum(sum2), V.Sum(sum3));
        for (; i < count; i++)
            for (var j = 0; j < 4; j++)
            {
                row[(j * stride) + i] -= (a[j] * w[i]) + (b[j] * v[i]);
                result[j] += row[(j * stride) + i] * u[i];
            }
    }

    /// <summary>For each row i: row -= a_i w + b_i v, and result += factor_i row; v, w and result as long as a row.</summary>
    public static void UpdateAndGather(
        double* rows, long stride, int count, double* a, double* w, double* b, double* v, double* factors, int length, double* result)
    {
        if (Vector512.IsHardwareAccelerated) UpdateAndGather<Simd512<double>>(rows, stride, count, a, w, b, v, factors, length, result);
        else if (Vector256.IsHardwareAccelerated) UpdateAndGather<Simd256<double>>(rows, stride, count, a, w, b, v, factors, length, result);
        else UpdateAndGather<Simd128<double>>(rows, stride, count, a, w, b, v, factors, length, result);
    }

    private static void UpdateAndGather<V>(
        double* rows, long stride, int count, double* a, double* w, double* b, double* v, double* factors, int length, double* result)
        where V : struct, ISimd<V, double>
    {
        var i = 0;
        for (; i <= count - 4; i += 4, rows += 4 * stride) UpdateAndGatherFour<V>(rows, stride, a + i, w, b + i, v, factors + i, length, result);
        for (; i < count; i++, rows += stride)
            for (var j = 0; j < length; j++)
            {
                rows[j] -= (a[i] * w[j]) + (b[i] * v[j]);
                result[j] += factors[i] * rows[j];
            }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UpdateAndGatherFour<V>(double* row, long stride, double* a, double* w, double* b, double* v, double* factors, int length, double* result)
        where V : struct, ISimd<V, double>
    {
        var (row1, row2, row3) = ((nint)(row + stride), (nint)(row + (2 * stride)), (nint)(row + (3 * stride)));
        var (a0, a1, a2, a3) = (V.Create(-a[0]), V.Create(-a[1]), V.Create(-a[2]), V.Create(-a[3]));
        var (b0, b1, b2, b3) = (V.Create(-b[0]), V.Create(-b[1]), V.Create(-b[2]), V.Create(-b[3]));
        var (f0, f1, f2, f3) = (V.Create(factors[0]), V.Create(factors[1]), V.Create(factors[2]), V.Create(factors[3]));
        var i = 0;
        for (; i <= length - V.Count; i += V.Count)
        {
            var (x, y) = (V.Load(w + i), V.Load(v + i));
            var r0 = V.MultiplyAdd(a0, x, V.MultiplyAdd(b0, y, V.Load(row + i)));
            var r1 = V.MultiplyAdd(a1, x, V.MultiplyAdd(b1, y, V.Load((double*)row1 + i)));
            var r2 = V.MultiplyAdd(a2, x, V.MultiplyAdd(b2, y, V.Load((double*)row2 + i)));
            var r3 = V.MultiplyAdd(a3, x, V.MultiplyAdd(b3, y, V.Load((double*)row3 + i)));
            V.Store(r0, row + i);
            V.Store(r1, (double*)row1 + i);
            V.Store(r2, (double*)row2 + i);
            V.Store(r3, (double*)row3 + i);
            var sum = V.MultiplyAdd(f0, r0, V.MultiplyAdd(f1, r1, V.Load(result + i)));
            V.Store(V.MultiplyAdd(f2, r2, V.MultiplyAdd(f3, r3, sum)), result + i);
        }
        for (; i < length; i++)
            for (var j = 0; j < 4; j++)
            {
                row[(j * stride) + i] -= (a[j] * w[i]) + (b[j] * v[i]);
                result[i] += factors[j] * row[(j * stride) + i];
            }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Dot<V>(double* x, double* y, int count)
        where V : struct, ISimd<V, double>
    {
        var (first, second) = (V.Create(0), V.Create(0));
        var i = 0;
        for (; i <= count - (2 * V.Count); i += 2 * V.Count)
        {
            first = V.MultiplyAdd(V.Load(x + i), V.Load(y + i), first);
            second = V.MultiplyAdd(V.Load(x + i + V.Count), V.Load(y + i + V.Count), second);
        }
        var sum = V.Sum(first + second);
        for (; i < count; i++) sum += x[i] * y[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Add<V>(double* y, double factor, double* x, int count)
        where V : struct, ISimd<V, double>
    {
        var factors = V.Create(factor);
        var i = 0;
        for (; i <= count - V.Count; i += V.Count) V.Store(V.MultiplyAdd(factors, V.Load(x + i), V.Load(y + i)), y + i);
        for (; i < count; i++) y[i] += factor * x[i];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double UpdateAndDot<V>(double* row, double a, double* w, double b, double* v, double* u, int count)
        where V : struct, ISimd<V, double>
    {
        var (first, second) = (V.Create(-a), V.Create(-b));
        var (total, other) = (V.Create(0), V.Create(0));
        var i = 0;
        for (; i <= count - (2 * V.Count); i += 2 * V.Count)
        {
            var x = V.MultiplyAdd(first, V.Load(w + i), V.MultiplyAdd(second, V.Load(v + i), V.Load(row + i)));
            var y = V.MultiplyAdd(first, V.Load(w + i + V.Count), V.MultiplyAdd(second, V.Load(v + i + V.Count), V.Load(row + i + V.Count)));
            V.Store(x, row + i);
            V.Store(y, row + i + V.Count);
            total = V.MultiplyAdd(x, V.Load(u + i), total);
            other = V.MultiplyAdd(y, V.Load(u + i + V.Count), other);
        }
        for (; i <= count - V.Count; i += V.Count)
        {
            var x = V.MultiplyAdd(first, V.Load(w + i), V.MultiplyAdd(second, V.Load(v + i), V.Load(row + i)));
            V.Store(x, row + i);
            total = V.MultiplyAdd(x, V.Load(u + i), total);
        }
        total += other;
        var sum = V.Sum(total);
        for (; i < count; i++)
        {
            row[i] -= (a * w[i]) + (b * v[i]);
            sum += row[i] * u[i];
        }
        return sum;
    }
}
