namespace Scorch.Benchmarks.Comparison;

internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The narrowest interval between two ordered values that holds the median with at least 95% (the sign test's), whatever the distribution.</summary>
    public static double[] MedianInterval(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var n = sorted.Length;
        // Outside lie medians with fewer than k values on one side: 2 P(Binomial(n, 1/2) < k).
        var (tail, term) = (0.0, Math.Pow(0.5, n));
        var k = 0;
        while (k < n / 2 && 2 * (tail + term) <= 0.05)
        {
            tail += term;
            k++;
            term *= (n - k + 1) / (double)k;
        }
        var low = Math.Max(0, k - 1);
        return [sorted[low], sorted[n - 1 - low]];
    }

    public static double GeometricMean(IEnumerable<double> values) => Math.Exp(values.Select(value => Math.Log(value)).Average());
}
