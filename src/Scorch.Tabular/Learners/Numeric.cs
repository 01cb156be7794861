namespace Scorch.Tabular;

/// <summary>Small functions that several learners share.</summary>
internal static class Numeric
{
    public static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    /// <summary>log(1 + exp(x)) without overflow.</summary>
    public static double Softplus(double x) => x > 0 ? x + Math.Log(1 + Math.Exp(-x)) : Math.Log(1 + Math.Exp(x));

    public static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum / values.Length;
    }

    /// <summary>The inner product in four independent sums: shorter dependency chains, in an order that no machine changes.</summary>
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        b = b[..a.Length];
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        var i = 0;
        for (; i + 4 <= a.Length; i += 4)
        {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < a.Length; i++)
            s0 += a[i] * b[i];
        return s0 + s1 + (s2 + s3);
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
