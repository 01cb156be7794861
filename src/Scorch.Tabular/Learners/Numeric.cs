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

    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
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
