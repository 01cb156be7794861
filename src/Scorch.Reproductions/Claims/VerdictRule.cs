using System.Globalization;

namespace Scorch.Reproductions;

/// <summary>Turns measurements into intervals and verdicts. Nothing else in the project does.</summary>
/// <remarks>
/// With the per-seed quantities <c>x_1..x_n</c> (value, method - baseline, or method / baseline), their mean <c>m</c> and sample
/// standard deviation <c>s</c>, the interval is <c>m ± t(0.975, n-1) s / sqrt(n)</c>, Student's t. A claim is confirmed when the
/// whole interval clears its threshold. Random claims need three seeds; an exact claim needs one, and all its values must be equal.
/// </remarks>
public static class VerdictRule
{
    /// <summary>How many paired seeds a random claim needs.</summary>
    public const int MinimumSeeds = 3;

    /// <summary>Confidence level of the intervals.</summary>
    public const double Confidence = 0.95;

    /// <summary>Judges one claim.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="measurements">The run's measurements; those of other claims are ignored.</param>
    /// <param name="scale">The scale of the run.</param>
    /// <param name="notMeasurable">The reproduction's own reason for giving the claim up; null when it did not.</param>
    public static ClaimResult Judge(Claim claim, IEnumerable<Measurement> measurements, Scale scale, string? notMeasurable = null)
    {
        ArgumentNullException.ThrowIfNull(claim);
        ArgumentNullException.ThrowIfNull(measurements);
        var own = measurements.Where(m => m.ClaimId == claim.Id).OrderBy(m => m.Seed).ToList();
        var method = own.Where(m => m.Arm == Arm.Method).ToDictionary(m => m.Seed, m => m.Value);
        var baseline = own.Where(m => m.Arm == Arm.Baseline).ToDictionary(m => m.Seed, m => m.Value);
        var methodSummary = Summarize([.. method.Values]);
        var baselineSummary = baseline.Count == 0 ? null : Summarize([.. baseline.Values]);

        var quantities = Quantities(claim.Comparison, method, baseline);
        var quantity = quantities.Count == 0 ? null : Summarize(quantities);
        var interval = quantity is null ? null : IntervalOf(claim, quantities, quantity);
        var (verdict, reason) = Decide();
        return new ClaimResult(claim, methodSummary, baselineSummary, quantity, interval, verdict, reason);

        (Verdict, string) Decide()
        {
            if (notMeasurable is not null)
            {
                return (Verdict.NotMeasurable, notMeasurable);
            }

            if (scale < claim.MinimumScale)
            {
                return (Verdict.NotMeasurable, $"needs --scale {claim.MinimumScale.Name()} or larger");
            }

            if (method.Count == 0)
            {
                return (Verdict.NotMeasurable, "not measured at this scale");
            }

            if (claim.Comparison != Comparison.Value && !method.Keys.ToHashSet().SetEquals(baseline.Keys))
            {
                return (Verdict.NotMeasurable, $"method ({method.Count} seeds) and baseline ({baseline.Count} seeds) are not paired by seed");
            }

            if (claim.Comparison == Comparison.Ratio && baseline.Values.Any(value => value == 0))
            {
                return (Verdict.NotMeasurable, "the baseline is zero for a seed, so there is no ratio");
            }

            if (quantities.Any(value => !double.IsFinite(value)))
            {
                return (Verdict.NotMeasurable, "a measured value is not a finite number");
            }

            if (claim.IsExact && quantities.Any(value => value != quantities[0]))
            {
                return (Verdict.NotMeasurable, "an exact claim gave different values for different seeds");
            }

            if (interval is null)
            {
                return (Verdict.NotMeasurable, $"{quantities.Count} paired seed{(quantities.Count == 1 ? "" : "s")}; a verdict needs at least {MinimumSeeds}");
            }

            var shown = string.Create(CultureInfo.InvariantCulture, $"{QuantityName(claim.Comparison)} in [{interval.Low:G6}, {interval.High:G6}], threshold {claim.Threshold}");
            return claim.Threshold.IsClearedBy(interval.Low, interval.High) ? (Verdict.Confirmed, shown) : (Verdict.NotConfirmed, shown);
        }
    }

    private static string QuantityName(Comparison comparison) => comparison switch
    {
        Comparison.Difference => "method - baseline",
        Comparison.Ratio => "method / baseline",
        _ => "value",
    };

    private static List<double> Quantities(Comparison comparison, Dictionary<int, double> method, Dictionary<int, double> baseline) =>
        comparison == Comparison.Value
            ? [.. method.Values]
            : [.. method.Where(pair => baseline.ContainsKey(pair.Key)).Select(pair => comparison == Comparison.Ratio
                ? pair.Value / baseline[pair.Key]
                : pair.Value - baseline[pair.Key])];

    private static Interval? IntervalOf(Claim claim, List<double> values, ArmSummary summary)
    {
        if (values.Any(value => !double.IsFinite(value)))
        {
            return null;
        }

        if (claim.IsExact)
        {
            return new Interval(values.Min(), values.Max());
        }

        if (values.Count < MinimumSeeds)
        {
            return null;
        }

        var half = StudentT.Quantile((1 + Confidence) / 2, values.Count - 1) * summary.StandardDeviation / Math.Sqrt(values.Count);
        return new Interval(summary.Mean - half, summary.Mean + half);
    }

    private static ArmSummary Summarize(List<double> values)
    {
        if (values.Count == 0)
        {
            return new ArmSummary(double.NaN, double.NaN, 0);
        }

        var mean = values.Average();
        var deviation = values.Count < 2 ? double.NaN : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        return new ArmSummary(mean, deviation, values.Count);
    }
}
