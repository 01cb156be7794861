namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Spearman's rank correlation.</summary>
public static class Spearman
{
    /// <summary>The ranks of values, from 1; equal values share the mean of their ranks.</summary>
    /// <exception cref="ArgumentException">A value is not a number.</exception>
    public static double[] Ranks(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        if (sorted.Any(double.IsNaN))
            throw new ArgumentException("Spearman: a value is not a number.", nameof(values));
        var order = Enumerable.Range(0, sorted.Length).ToArray();
        Array.Sort(sorted, order);
        var ranks = new double[sorted.Length];
        for (var start = 0; start < sorted.Length;)
        {
            var end = start + 1;
            while (end < sorted.Length && sorted[end] == sorted[start])
                end++;
            for (var i = start; i < end; i++)
                ranks[order[i]] = (start + end + 1) / 2.0;
            start = end;
        }
        return ranks;
    }

    /// <summary>Pearson's correlation of the ranks, in [-1, 1]; NaN where one side is constant.</summary>
    /// <exception cref="ArgumentException">The sides have different lengths, or fewer than two values.</exception>
    public static double Correlation(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length || a.Length < 2)
            throw new ArgumentException($"Spearman: {a.Length} and {b.Length} values were given; both sides need the same number, at least 2.", nameof(b));
        var (x, y) = (Ranks(a), Ranks(b));
        // Ranks average (n + 1) / 2, with or without ties.
        var mean = (a.Length + 1) / 2.0;
        double xy = 0, xx = 0, yy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            xy += (x[i] - mean) * (y[i] - mean);
            xx += (x[i] - mean) * (x[i] - mean);
            yy += (y[i] - mean) * (y[i] - mean);
        }
        return xy / Math.Sqrt(xx * yy);
    }
}
