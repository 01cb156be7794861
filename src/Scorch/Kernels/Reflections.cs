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
