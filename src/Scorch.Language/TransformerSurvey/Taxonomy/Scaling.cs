using System.Diagnostics;
using Scorch.Autograd;
using Scorch.Models.Transformers;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Costs of one attention and one feed-forward part at a length.</summary>
/// <param name="Length">T.</param>
/// <param name="MapOperations">Multiply-adds of the attention's linear maps.</param>
/// <param name="MixingOperations">Multiply-adds of its mechanism.</param>
/// <param name="FeedForwardOperations">Multiply-adds of the feed-forward part.</param>
/// <param name="Seconds">Of the attention's forward pass.</param>
/// <param name="FeedForwardSeconds">Of the feed-forward part's.</param>
/// <param name="RecordedBytes">What the attention's forward pass keeps for its backward pass.</param>
public sealed record ScalingRow(int Length, long MapOperations, long MixingOperations, long FeedForwardOperations, double Seconds, double FeedForwardSeconds, long RecordedBytes);

/// <summary>How a variant's costs grow.</summary>
/// <param name="Attention">The attention.</param>
/// <param name="FeedForward">The feed-forward part.</param>
/// <param name="Dim">D.</param>
/// <param name="DeclaredExponent">Of T in the operations of the mechanism.</param>
/// <param name="OperationExponent">Of T, fitted to the counted operations of the mechanism on logarithmic scales.</param>
/// <param name="TimeExponent">The same of the attention's time.</param>
/// <param name="MemoryExponent">The same of the recorded bytes.</param>
/// <param name="FeedForwardExponent">The same of the feed-forward part's counted operations; none where there is no such part.</param>
/// <param name="Rows">A row a length.</param>
public sealed record ScalingReport(
    string Attention, string FeedForward, int Dim, double DeclaredExponent, double OperationExponent, double TimeExponent, double MemoryExponent, double? FeedForwardExponent,
    IReadOnlyList<ScalingRow> Rows)
{
    /// <summary>The length from which the mechanism has more operations than the feed-forward part, between measured lengths by the fitted lines; none where they never meet.</summary>
    public double? Crossover
    {
        get
        {
            if (FeedForwardExponent is null || Math.Abs(OperationExponent - FeedForwardExponent.Value) < 0.1) return null;
            var (slope, offset) = Scaling.Fit(Rows.Select(row => ((double)row.Length, (double)row.MixingOperations)));
            var (slopeOfPart, offsetOfPart) = Scaling.Fit(Rows.Select(row => ((double)row.Length, (double)row.FeedForwardOperations)));
            return Math.Exp((offsetOfPart - offset) / (slope - slopeOfPart));
        }
    }
}

/// <summary>Measures growth.</summary>
internal static class Scaling
{
    /// <summary>Least squares of log y over log x: slope and offset.</summary>
    public static (double Slope, double Offset) Fit(IEnumerable<(double X, double Y)> points)
    {
        var logs = points.Select(point => (X: Math.Log(point.X), Y: Math.Log(point.Y))).ToArray();
        var (x, y) = (logs.Average(point => point.X), logs.Average(point => point.Y));
        var slope = logs.Sum(point => (point.X - x) * (point.Y - y)) / logs.Sum(point => (point.X - x) * (point.X - x));
        return (slope, y - (slope * x));
    }

    /// <summary>The choice of an attention with the options under which its growth is measured at a length.</summary>
    public static ModuleSpec At(ModuleSpec attention, int length)
    {
        var card = Taxonomy.Attention(attention.Name);
        var spec = attention;
        foreach (var (name, value) in card.MeasuredOptions?.Invoke(length) ?? new Dictionary<string, double>())
            if (!attention.Options.ContainsKey(name)) spec = spec.With(name, value);
        return spec;
    }

    public static ScalingReport Measure(XformerSpec spec, IReadOnlyList<int> lengths, int repeats)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(lengths);
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        if (lengths.Count < 2 || lengths.Zip(lengths.Skip(1), (a, b) => a < b).Contains(false) || lengths[0] < 1)
            throw new ArgumentException($"Measure: lengths {string.Join(", ", lengths)}; give at least two, rising.", nameof(lengths));
        var cards = spec.Resolve();
        var rows = lengths.Select(length => Row(spec, cards, length, repeats)).ToArray();
        double Exponent(Func<ScalingRow, double> of) => Fit(rows.Select(row => ((double)row.Length, of(row)))).Slope;
        return new(
            spec.Attention.ToString(),
            spec.FeedForward.ToString(),
            spec.Dim,
            cards.Attention.TimeOrder.Exponent,
            Exponent(row => row.MixingOperations),
            Exponent(row => row.Seconds),
            Exponent(row => row.RecordedBytes),
            rows.All(row => row.FeedForwardOperations > 0) ? Exponent(row => row.FeedForwardOperations) : null,
            rows);
    }

    private static ScalingRow Row(XformerSpec spec, ResolvedSpec cards, int length, int repeats)
    {
        var sized = spec with { Attention = At(spec.Attention, length), MaximumLength = Math.Max(spec.MaximumLength, length) };
        var random = new RandomSource(1);
        var attention = cards.Attention.Create(sized.Site(cards.Attention, sized.Attention, 0, random));
        var part = cards.FeedForward.Create(sized.Site(cards.FeedForward, sized.FeedForward, 0, random));
        attention.Evaluate();
        part?.Evaluate();
        var x = random.Normal([1, length, spec.Dim]);
        var scope = new AttentionScope();
        long maps, mixing, mapped = 0;
        using (var meter = new OperationMeter())
        {
            using var mode = GradientMode.Disable();
            attention.Forward(x, null, scope, new());
            (maps, mixing) = (meter.Maps, meter.Mixing);
        }
        if (part is not null)
        {
            using var meter = new OperationMeter();
            using var mode = GradientMode.Disable();
            part.Forward(x, new());
            mapped = FeedForwardCatalog.Operations(part, length) + meter.Maps + meter.Mixing;
        }
        var recorded = Differentiation.RecordedBytes(attention.Forward(x, null, scope, new()));
        using var timed = GradientMode.Disable();
        var seconds = Fastest(repeats, () => attention.Forward(x, null, scope, new()));
        var secondsOfPart = part is null ? 0 : Fastest(repeats, () => part.Forward(x, new()));
        return new(length, maps, mixing, mapped, seconds, secondsOfPart, recorded);
    }

    private static double Fastest(int repeats, Func<Tensor> run)
    {
        var best = double.PositiveInfinity;
        for (var i = 0; i < repeats; i++)
        {
            var clock = Stopwatch.StartNew();
            run();
            best = Math.Min(best, clock.Elapsed.TotalSeconds);
        }
        return best;
    }
}
