using Scorch.Gallery.Rendering;
using Scorch.Reproductions;

namespace Scorch.Gallery.Components;

/// <summary>Where the parts of a claim's chart lie: threshold, values of the seeds and their 95% interval, on one axis.</summary>
public sealed class ClaimDrawing
{
    private const double Left = 14;
    private const double Right = 306;

    /// <summary>Values that span more than this factor are drawn on a logarithmic axis.</summary>
    private const double LogarithmicFrom = 30;

    private readonly bool _isLogarithmic;
    private readonly double _low;
    private readonly double _high;

    private ClaimDrawing(ClaimRecord claim, List<(int Seed, double Value)> quantities)
    {
        var shown = quantities.Select(pair => pair.Value).Concat(claim.Threshold).Concat(claim.Interval ?? []).ToList();
        if (claim.PaperFigure is { } figure)
        {
            shown.Add(figure);
        }

        // An interval of a positive quantity may reach below zero, where a logarithmic axis does not.
        var smallest = shown.Min();
        var largest = shown.Max();
        _isLogarithmic = smallest > 0 && largest / smallest > LogarithmicFrom;
        _low = Scale(smallest);
        _high = Scale(largest);
        if (_high <= _low)
        {
            var room = Math.Max(Math.Abs(_low) * 0.1, 1e-12);
            (_low, _high) = (_low - room, _high + room);
        }

        var margin = 0.06 * (_high - _low);
        (_low, _high) = (_low - margin, _high + margin);

        Thresholds = [.. claim.Threshold.Select(At)];
        (PassLow, PassHigh) = claim.Direction switch
        {
            Direction.AtLeast => (Thresholds[0], 312.0),
            Direction.AtMost => (8.0, Thresholds[0]),
            _ => (Thresholds[0], Thresholds[1]),
        };
        Points = [.. quantities.Select(pair => At(pair.Value))];
        Interval = claim.Interval is { } interval ? (At(interval[0]), At(interval[1])) : null;
        Mean = claim.Quantity.Mean is { } mean && (!_isLogarithmic || mean > 0) ? At(mean) : null;
        Paper = claim.PaperFigure is { } stated ? At(stated) : null;
        Labels = Ticks(claim, smallest, largest);
        Description = $"{Show.Quantity(claim.Comparison)} over {Show.Plural(quantities.Count, "seed")}: "
            + string.Join(", ", quantities.Select(pair => Show.Number(pair.Value)))
            + (claim.Interval is null ? "" : $"; 95% interval {Show.Interval(claim.Interval)}")
            + $"; threshold {Show.Threshold(claim)}."
            + (_isLogarithmic ? " The axis is logarithmic." : "");
    }

    /// <summary>Where the part that passes begins.</summary>
    public double PassLow { get; }

    /// <summary>Where it ends.</summary>
    public double PassHigh { get; }

    /// <summary>The thresholds.</summary>
    public IReadOnlyList<double> Thresholds { get; }

    /// <summary>The values of the seeds.</summary>
    public IReadOnlyList<double> Points { get; }

    /// <summary>The 95% interval, or null.</summary>
    public (double Low, double High)? Interval { get; }

    /// <summary>The mean, or null.</summary>
    public double? Mean { get; }

    /// <summary>The paper's figure, or null.</summary>
    public double? Paper { get; }

    /// <summary>The numbers below the axis.</summary>
    public IReadOnlyList<(double X, string Label, string Anchor)> Labels { get; }

    /// <summary>What the chart shows, in words.</summary>
    public string Description { get; }

    /// <summary>The chart of a claim of a run; null where nothing finite was measured.</summary>
    public static ClaimDrawing? Of(EvidenceRecord run, ClaimRecord claim)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(claim);
        var own = run.Measurements.Where(measurement => measurement.Claim == claim.Id && measurement.Value is not null).ToList();
        var baseline = own.Where(measurement => measurement.Arm == Arm.Baseline).ToDictionary(measurement => measurement.Seed, measurement => measurement.Value!.Value);
        var quantities = own
            .Where(measurement => measurement.Arm == Arm.Method && (claim.Comparison == Comparison.Value || baseline.ContainsKey(measurement.Seed)))
            .OrderBy(measurement => measurement.Seed)
            .Select(measurement => (measurement.Seed, Value: claim.Comparison switch
            {
                Comparison.Difference => measurement.Value!.Value - baseline[measurement.Seed],
                Comparison.Ratio => measurement.Value!.Value / baseline[measurement.Seed],
                _ => measurement.Value!.Value,
            }))
            .Where(pair => double.IsFinite(pair.Value))
            .ToList();
        return quantities.Count == 0 ? null : new ClaimDrawing(claim, quantities);
    }

    private static List<(double X, string Label, string Anchor)> Anchored(params ReadOnlySpan<(double X, string Label)> ticks) =>
        [.. ticks.ToArray().Select(tick => (tick.X, tick.Label, tick.X < 50 ? "start" : tick.X > 270 ? "end" : "middle"))];

    // The ends, and the threshold where it is not too near an end.
    private List<(double X, string Label, string Anchor)> Ticks(ClaimRecord claim, double smallest, double largest)
    {
        if (smallest == largest)
        {
            return Anchored((At(smallest), Show.Number(smallest)));
        }

        var ticks = new List<(double X, string Label)> { (At(smallest), Show.Number(smallest)), (At(largest), Show.Number(largest)) };
        ticks.AddRange(claim.Threshold.Select(threshold => (X: At(threshold), Label: Show.Number(threshold)))
            .Where(tick => tick.X > Left + 85 && tick.X < Right - 85)
            .Take(1));
        return Anchored([.. ticks]);
    }

    private double Scale(double value) => _isLogarithmic ? Math.Log10(value) : value;

    private double At(double value) => Left + (Scale(value) - _low) / (_high - _low) * (Right - Left);
}
