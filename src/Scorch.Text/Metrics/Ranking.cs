namespace Scorch.Text;

/// <summary>Scores of rankings.</summary>
public static class Ranking
{
    /// <summary>Spearman's rank correlation; equal values share their mean rank.</summary>
    /// <param name="first">One value an item.</param>
    /// <param name="second">Another value an item.</param>
    /// <returns>-1 … 1; NaN when either list is constant, for which no correlation exists.</returns>
    /// <exception cref="ArgumentException">The numbers differ, there are fewer than two, or a value is not a number.</exception>
    public static double Spearman(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count || first.Count < 2) throw new ArgumentException($"Spearman: {first.Count} and {second.Count} values; give as many of both, and at least 2.", nameof(second));
        var (a, b) = (Ranks(first), Ranks(second));
        var mean = (first.Count + 1) / 2.0;
        double product = 0, squareA = 0, squareB = 0;
        for (var i = 0; i < a.Length; i++)
        {
            product += (a[i] - mean) * (b[i] - mean);
            squareA += (a[i] - mean) * (a[i] - mean);
            squareB += (b[i] - mean) * (b[i] - mean);
        }
        return product / Math.Sqrt(squareA * squareB);
    }

    /// <summary>Ranks from 1; equal values share their mean rank.</summary>
    /// <exception cref="ArgumentException">A value is not a number.</exception>
    public static double[] Ranks(IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        for (var i = 0; i < values.Count; i++)
            if (double.IsNaN(values[i])) throw new ArgumentException($"Ranks: value {i} is not a number; leave it out of all lists.", nameof(values));
        var order = Enumerable.Range(0, values.Count).OrderBy(i => values[i]).ToArray();
        var ranks = new double[values.Count];
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && values[order[end]] == values[order[start]]) end++;
            for (var i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2.0;
            start = end;
        }
        return ranks;
    }

    /// <summary>Generalised average precision (Kishida 2005), the score of ranked lexical substitutes, of an order of all candidates.</summary>
    /// <param name="weights">The gold weight of each candidate, not negative, in the system's order.</param>
    /// <returns>0 … 1; NaN when all weights are 0, since no order is then better than another.</returns>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public static double GeneralizedAveragePrecision(IReadOnlyList<double> weights) => GeneralizedAveragePrecision(weights, weights);

    /// <summary>Generalised average precision of a list that may lack candidates or hold other items.</summary>
    /// <remarks>GAP = sum over ranks i with w_i &gt; 0 of mean(w_1 … w_i), divided by the same for the gold weights in falling order.</remarks>
    /// <param name="weights">The gold weight of each item of the system's list, in its order; 0 for items that are no candidates.</param>
    /// <param name="gold">The weights of all candidates, in any order.</param>
    /// <returns>0 … 1; NaN when all gold weights are 0.</returns>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public static double GeneralizedAveragePrecision(IReadOnlyList<double> weights, IReadOnlyList<double> gold)
    {
        Check(weights);
        Check(gold);
        return Gain(weights) / Gain(gold.OrderDescending());

        static void Check(IReadOnlyList<double> values)
        {
            ArgumentNullException.ThrowIfNull(values);
            for (var i = 0; i < values.Count; i++)
                if (!(values[i] >= 0) || double.IsInfinity(values[i])) throw new ArgumentException($"GeneralizedAveragePrecision: weight {i} is {values[i]}; gold weights are finite and not negative.", nameof(values));
        }

        static double Gain(IEnumerable<double> ordered)
        {
            double sum = 0, total = 0;
            var rank = 0;
            foreach (var weight in ordered)
            {
                rank++;
                sum += weight;
                if (weight > 0) total += sum / rank;
            }
            return total;
        }
    }
}
