namespace Scorch.Language.TimeDial;

/// <summary>An interval of a share.</summary>
/// <param name="Low">Its lower end.</param>
/// <param name="High">Its upper end.</param>
public readonly record struct ShareInterval(double Low, double High)
{
    private const double Normal95 = 1.959963984540054;

    /// <summary>Wilson's 95% interval (1927): of <paramref name="successes"/> among <paramref name="count"/>; successes may be a fraction, as expected ones are.</summary>
    /// <param name="successes">0 to <paramref name="count"/>.</param>
    /// <param name="count">At least 1.</param>
    /// <exception cref="ArgumentException">A value is out of range.</exception>
    public static ShareInterval Wilson(double successes, int count)
    {
        if (count < 1 || !(successes >= 0 && successes <= count * (1 + 1e-12)))
            throw new ArgumentException($"Wilson: {successes} successes of {count}; at least one trial, and 0 to {count} successes.", nameof(successes));
        var (p, z2) = (successes / count, Normal95 * Normal95);
        var center = (p + (z2 / (2.0 * count))) / (1 + (z2 / count));
        var half = Normal95 / (1 + (z2 / count)) * Math.Sqrt((p * (1 - p) / count) + (z2 / (4.0 * count * count)));
        return new(Math.Max(0, center - half), Math.Min(1, center + half));
    }
}

/// <summary>How much better one scorer is than another on the same items.</summary>
/// <param name="Difference">Accuracy of the first minus accuracy of the second.</param>
/// <param name="Interval">Its 95% percentile interval over items drawn with replacement.</param>
/// <param name="ShareNotBetter">Share of the draws in which the first was not better.</param>
public sealed record PairedDifference(double Difference, ShareInterval Interval, double ShareNotBetter)
{
    /// <summary>Draws items with replacement, the same for both scorers (paired bootstrap, Efron 1979).</summary>
    /// <param name="first">A report.</param>
    /// <param name="second">Another over the same items.</param>
    /// <param name="draws">How many draws.</param>
    /// <param name="seed">Fixes them.</param>
    /// <exception cref="ArgumentException">The reports have other items, or there are too few draws.</exception>
    public static PairedDifference Bootstrap(TwoBestReport first, TwoBestReport second, int draws = 2000, long seed = 1)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (draws < 100) throw new ArgumentOutOfRangeException(nameof(draws), draws, "Bootstrap: at least 100 draws are needed for a 95% interval.");
        if (!first.PerItem.Select(item => item.Id).SequenceEqual(second.PerItem.Select(item => item.Id)))
            throw new ArgumentException("Bootstrap: the reports are of other items, or in another order; evaluate both on one set.", nameof(second));
        double[] gains = [.. first.PerItem.Zip(second.PerItem, (a, b) => a.Expected - b.Expected)];
        var random = new RandomSource(seed);
        var means = new double[draws];
        for (var draw = 0; draw < draws; draw++)
        {
            var sum = 0.0;
            for (var i = 0; i < gains.Length; i++) sum += gains[random.NextInt64(gains.Length)];
            means[draw] = sum / gains.Length;
        }
        Array.Sort(means);
        return new(gains.Average(), new(Quantile(means, 0.025), Quantile(means, 0.975)), means.Count(mean => mean <= 0) / (double)draws);
    }

    private static double Quantile(double[] sorted, double share)
    {
        var place = share * (sorted.Length - 1);
        var low = (int)place;
        return low + 1 < sorted.Length ? sorted[low] + ((place - low) * (sorted[low + 1] - sorted[low])) : sorted[low];
    }
}
