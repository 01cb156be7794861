namespace Scorch.Text;

/// <summary>Correlations of values and of truths.</summary>
public static class Correlation
{
    /// <summary>Pearson's correlation.</summary>
    /// <param name="first">One value an item.</param>
    /// <param name="second">Another value an item.</param>
    /// <returns>-1 … 1; NaN when either list is constant, for which no correlation exists.</returns>
    /// <exception cref="ArgumentException">The numbers differ, there are fewer than two, or a value is not finite.</exception>
    public static double Pearson(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count || first.Count < 2) throw new ArgumentException($"Pearson: {first.Count} and {second.Count} values; give as many of both, and at least 2.", nameof(second));
        foreach (var value in first.Concat(second))
            if (!double.IsFinite(value)) throw new ArgumentException($"Pearson: a value is {value}; leave it out of both lists.", nameof(first));
        // Equal values must give exactly no variance, which a rounded mean would not.
        if (first.All(value => value == first[0]) || second.All(value => value == second[0])) return double.NaN;
        var (meanA, meanB) = (first.Average(), second.Average());
        double product = 0, squareA = 0, squareB = 0;
        for (var i = 0; i < first.Count; i++)
        {
            var (a, b) = (first[i] - meanA, second[i] - meanB);
            product += a * b;
            squareA += a * a;
            squareB += b * b;
        }
        return Math.Clamp(product / (Math.Sqrt(squareA) * Math.Sqrt(squareB)), -1, 1);
    }

    /// <summary>Matthews' correlation of predicted and true values of one yes-or-no question (Matthews 1975): <c>(TP TN - FP FN) / sqrt((TP+FP)(TP+FN)(TN+FP)(TN+FN))</c>.</summary>
    /// <param name="predicted">What was predicted of each item.</param>
    /// <param name="actual">What is true of it.</param>
    /// <returns>-1 … 1; 0 when either list is constant, as scikit-learn has it.</returns>
    /// <exception cref="ArgumentException">The numbers differ, or there is no item.</exception>
    public static double Matthews(IReadOnlyList<bool> predicted, IReadOnlyList<bool> actual)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(actual);
        if (predicted.Count != actual.Count || predicted.Count == 0)
            throw new ArgumentException($"Matthews: {predicted.Count} predictions for {actual.Count} items; give as many, and at least one.", nameof(predicted));
        var counts = new double[2, 2];
        for (var i = 0; i < predicted.Count; i++) counts[predicted[i] ? 1 : 0, actual[i] ? 1 : 0]++;
        var (right, wrong, missed, refused) = (counts[1, 1], counts[1, 0], counts[0, 1], counts[0, 0]);
        var scale = Math.Sqrt(right + wrong) * Math.Sqrt(right + missed) * Math.Sqrt(refused + wrong) * Math.Sqrt(refused + missed);
        return scale == 0 ? 0 : ((right * refused) - (wrong * missed)) / scale;
    }
}
