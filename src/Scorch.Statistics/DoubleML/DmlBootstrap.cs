namespace Scorch.Statistics.DoubleML;

/// <summary>The distribution of the multiplier bootstrap's weights, mean 0 and variance 1.</summary>
public enum BootstrapKind
{
    /// <summary>Standard normal.</summary>
    Normal,

    /// <summary>Exponential of rate one, minus one.</summary>
    Bayes,

    /// <summary><c>x / sqrt 2 + (y^2 - 1) / 2</c> with x, y standard normal (Mammen's wild bootstrap).</summary>
    Wild,
}

/// <summary>Multiplier-bootstrap statistics of a fit: <c>t* = mean(xi psi) / (J se)</c>.</summary>
public sealed class DmlBootstrap
{
    private readonly DmlFit fit;

    private DmlBootstrap(DmlFit fit, double[][] tStatistics, double[][] coefficients) => (this.fit, TStatistics, Coefficients) = (fit, tStatistics, coefficients);

    /// <summary>t* of every draw, <c>[treatment][repetition after repetition]</c>.</summary>
    public IReadOnlyList<double[]> TStatistics { get; }

    /// <summary>t* times the repetition's standard error: the deviation of the estimate.</summary>
    public IReadOnlyList<double[]> Coefficients { get; }

    /// <summary>Confidence intervals.</summary>
    /// <param name="level">Their coverage, in (0, 1).</param>
    /// <param name="joint">True for intervals that cover all effects at once: <c>theta +- c se</c>, c the level's quantile of <c>max_j |t*_j|</c>; false for pointwise normal ones.</param>
    /// <returns>One interval a treatment.</returns>
    public IReadOnlyList<ConfidenceInterval> ConfidenceIntervals(double level = 0.95, bool joint = true)
    {
        NormalDistribution.CheckedLevel(level);
        if (!joint)
            return fit.ConfidenceIntervals(level);
        var critical = Quantile([.. MaximumOver([.. Enumerable.Range(0, TStatistics.Count)])], level);
        return [.. fit.Estimates.Select(estimate => new ConfidenceInterval(estimate.Treatment, estimate.Theta - critical * estimate.StandardError, estimate.Theta + critical * estimate.StandardError))];
    }

    /// <summary>P-values adjusted for looking at several treatments.</summary>
    /// <param name="method">The method.</param>
    /// <returns>One p-value a treatment.</returns>
    public IReadOnlyList<double> AdjustedPValues(PValueAdjustment method)
    {
        if (method != PValueAdjustment.RomanoWolf)
            return fit.AdjustedPValues(method);
        // Stepdown (Romano and Wolf 2005): from the largest |t|, against the maximum over the treatments not yet passed.
        var order = Enumerable.Range(0, TStatistics.Count).OrderByDescending(j => Math.Abs(fit.Estimates[j].TStatistic)).ToArray();
        var adjusted = new double[order.Length];
        var previous = 0.0;
        for (var step = 0; step < order.Length; step++)
        {
            var observed = Math.Abs(fit.Estimates[order[step]].TStatistic);
            var maximum = MaximumOver(order[step..]);
            previous = Math.Max(previous, maximum.Count(value => value > observed) / (double)maximum.Length);
            adjusted[order[step]] = previous;
        }
        return adjusted;
    }

    internal static DmlBootstrap Draw(DmlFit fit, BootstrapKind kind, int draws, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        if (!Enum.IsDefined(kind))
            throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such distribution of weights.");
        return Compute(fit, draws, (repetition, draw, weights) =>
        {
            var random = new RandomSource(RandomSource.Derive(seed, 5, repetition)).Fork(draw);
            for (var i = 0; i < weights.Length; i++)
                weights[i] = kind switch
                {
                    BootstrapKind.Bayes => random.NextExponential() - 1,
                    BootstrapKind.Wild => random.NextNormal() / Math.Sqrt(2) + (Math.Pow(random.NextNormal(), 2) - 1) / 2,
                    _ => random.NextNormal(),
                };
        });
    }

    internal static DmlBootstrap FromWeights(DmlFit fit, IReadOnlyList<IReadOnlyList<double[]>> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var rows = TestRows(fit, 0).Length;
        if (weights.Count != fit.Splits.Repetitions.Count || weights.Any(draws => draws.Count == 0 || draws.Count != weights[0].Count || draws.Any(draw => draw.Length != rows)))
            throw new ArgumentException($"The weights must be [{fit.Splits.Repetitions.Count} repetitions][draws][{rows} rows].", nameof(weights));
        return Compute(fit, weights[0].Count, (repetition, draw, target) => weights[repetition][draw].CopyTo(target, 0));
    }

    private static DmlBootstrap Compute(DmlFit fit, int draws, Action<int, int, double[]> fill)
    {
        if (fit.Data.Clusters.Count > 0)
            throw new InvalidOperationException("The multiplier bootstrap is not offered for clustered data; use the pointwise intervals, or Holm's or Bonferroni's p-values.");
        var repetitions = fit.Splits.Repetitions.Count;
        var statistics = fit.Treatments.Select(_ => new double[draws * repetitions]).ToArray();
        var coefficients = fit.Treatments.Select(_ => new double[draws * repetitions]).ToArray();
        for (var r = 0; r < repetitions; r++)
        {
            var rows = TestRows(fit, r);
            var slopes = fit.Treatments.Select(treatment => rows.Sum(row => treatment.Repetitions[r].PsiA[row]) / rows.Length).ToArray();
            Parallel.For(0, draws, () => new double[rows.Length], (draw, _, weights) =>
            {
                fill(r, draw, weights);
                for (var t = 0; t < statistics.Length; t++)
                {
                    var repetition = fit.Treatments[t].Repetitions[r];
                    var sum = 0.0;
                    for (var i = 0; i < rows.Length; i++)
                        sum += weights[i] * repetition.Psi[rows[i]];
                    coefficients[t][r * draws + draw] = sum / (rows.Length * slopes[t]);
                    statistics[t][r * draws + draw] = sum / (rows.Length * repetition.StandardError * slopes[t]);
                }
                return weights;
            }, _ => { });
        }
        return new DmlBootstrap(fit, statistics, coefficients);
    }

    private static int[] TestRows(DmlFit fit, int repetition) => [.. fit.Splits.Repetitions[repetition].SelectMany(fold => fold.Test).Order()];

    private double[] MaximumOver(int[] treatments) =>
        [.. Enumerable.Range(0, TStatistics[0].Length).Select(draw => treatments.Max(j => Math.Abs(TStatistics[j][draw])))];

    // Linear interpolation between order statistics, R's type 7.
    private static double Quantile(double[] values, double probability)
    {
        Array.Sort(values);
        var position = (values.Length - 1) * probability;
        var below = (int)Math.Floor(position);
        return below + 1 < values.Length ? values[below] + (position - below) * (values[below + 1] - values[below]) : values[^1];
    }
}

/// <summary>How p-values are adjusted for several treatments.</summary>
public enum PValueAdjustment
{
    /// <summary>Stepdown on the bootstrap's statistics (Romano and Wolf 2005).</summary>
    RomanoWolf,

    /// <summary>Times the number of treatments.</summary>
    Bonferroni,

    /// <summary>Holm's stepdown.</summary>
    Holm,
}

internal static class PValues
{
    public static IReadOnlyList<double> Adjust(PValueAdjustment method, double[] values)
    {
        switch (method)
        {
            case PValueAdjustment.Bonferroni:
                return [.. values.Select(value => Math.Min(1, value * values.Length))];
            case PValueAdjustment.Holm:
                var order = Enumerable.Range(0, values.Length).OrderBy(j => values[j]).ToArray();
                var adjusted = new double[values.Length];
                var previous = 0.0;
                for (var step = 0; step < order.Length; step++)
                    adjusted[order[step]] = previous = Math.Max(previous, Math.Min(1, (values.Length - step) * values[order[step]]));
                return adjusted;
            default:
                throw new InvalidOperationException("Romano-Wolf p-values need a bootstrap: call Bootstrap(...) first and ask its result for them.");
        }
    }
}
