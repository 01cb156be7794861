using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scorch.Tabular;

/// <summary>Small functions that several learners share.</summary>
internal static class Numeric
{
    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    /// <summary>log(1 + exp(x)) without overflow.</summary>
    public static double Softplus(double x) => x > 0 ? x + Math.Log(1 + Math.Exp(-x)) : Math.Log(1 + Math.Exp(x));

    public static double Mean(ReadOnlySpan<double> values) => Sum(values) / values.Length;

    /// <summary>The sum in sixteen independent sums, as <see cref="Dot"/>.</summary>
    public static double Sum(ReadOnlySpan<double> values)
    {
        var (s0, s1, s2, s3) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        ref var from = ref MemoryMarshal.GetReference(values);
        var i = 0;
        for (; i + 16 <= values.Length; i += 16)
        {
            s0 += Vector256.LoadUnsafe(ref from, (nuint)i);
            s1 += Vector256.LoadUnsafe(ref from, (nuint)i + 4);
            s2 += Vector256.LoadUnsafe(ref from, (nuint)i + 8);
            s3 += Vector256.LoadUnsafe(ref from, (nuint)i + 12);
        }
        var rest = 0.0;
        for (; i < values.Length; i++)
            rest += values[i];
        var sums = s0 + s1 + (s2 + s3);
        return sums[0] + sums[1] + (sums[2] + sums[3]) + rest;
    }

    /// <summary>The inner product in sixteen independent sums, multiplied and added apart: an order, and so bits, that no machine changes.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        b = b[..a.Length];
        var (s0, s1, s2, s3) = (Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero, Vector256<double>.Zero);
        ref var left = ref MemoryMarshal.GetReference(a);
        ref var right = ref MemoryMarshal.GetReference(b);
        var i = 0;
        for (; i + 16 <= a.Length; i += 16)
        {
            s0 += Vector256.LoadUnsafe(ref left, (nuint)i) * Vector256.LoadUnsafe(ref right, (nuint)i);
            s1 += Vector256.LoadUnsafe(ref left, (nuint)i + 4) * Vector256.LoadUnsafe(ref right, (nuint)i + 4);
            s2 += Vector256.LoadUnsafe(ref left, (nuint)i + 8) * Vector256.LoadUnsafe(ref right, (nuint)i + 8);
            s3 += Vector256.LoadUnsafe(ref left, (nuint)i + 12) * Vector256.LoadUnsafe(ref right, (nuint)i + 12);
        }
        var rest = 0.0;
        for (; i < a.Length; i++)
            rest += a[i] * b[i];
        var sums = s0 + s1 + (s2 + s3);
        return sums[0] + sums[1] + (sums[2] + sums[3]) + rest;
    }

    /// <summary>Adds a multiple: <c>target += factor * values</c>.</summary>
    public static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> values)
    {
        values = values[..target.Length];
        ref var to = ref MemoryMarshal.GetReference(target);
        ref var from = ref MemoryMarshal.GetReference(values);
        var scale = Vector256.Create(factor);
        var i = 0;
        for (; i + 4 <= target.Length; i += 4)
            (Vector256.LoadUnsafe(ref to, (nuint)i) + scale * Vector256.LoadUnsafe(ref from, (nuint)i)).StoreUnsafe(ref to, (nuint)i);
        for (; i < target.Length; i++)
            target[i] += factor * values[i];
    }

    public static double SoftThreshold(double value, double threshold) =>
        value > threshold ? value - threshold : value < -threshold ? value + threshold : 0;

    /// <summary>Every column's mean and standard deviation (divided by n; 1 where the column is constant).</summary>
    public static (double[] Means, double[] Scales) Moments(DenseMatrix features)
    {
        var means = new double[features.Columns];
        var scales = new double[features.Columns];
        for (var i = 0; i < features.Rows; i++)
        {
            var row = features.Row(i);
            for (var j = 0; j < row.Length; j++)
                means[j] += row[j];
        }
        for (var j = 0; j < means.Length; j++)
            means[j] /= features.Rows;
        for (var i = 0; i < features.Rows; i++)
        {
            var row = features.Row(i);
            for (var j = 0; j < row.Length; j++)
                scales[j] += (row[j] - means[j]) * (row[j] - means[j]);
        }
        for (var j = 0; j < scales.Length; j++)
        {
            scales[j] = Math.Sqrt(scales[j] / features.Rows);
            // Rounding leaves a constant column a deviation of the size of its own last digits.
            if (scales[j] <= 1e-12 * Math.Abs(means[j]) || scales[j] == 0)
                scales[j] = 1;
        }
        return (means, scales);
    }

    public static DenseMatrix Standardize(DenseMatrix features, double[] means, double[] scales)
    {
        var result = new DenseMatrix(features.Rows, features.Columns);
        for (var i = 0; i < features.Rows; i++)
        {
            var source = features.Row(i);
            var target = result.Row(i);
            for (var j = 0; j < source.Length; j++)
                target[j] = (source[j] - means[j]) / scales[j];
        }
        return result;
    }
}
