namespace Scorch.Language.Softermax;

/// <summary>A curve on [0, 1) as lines of equal width, in integers: a start and a rise a line.</summary>
/// <remarks>The top bits of the argument choose the line; what is left of them, r of n bits, gives <c>start + ((rise * r) >> n)</c>.</remarks>
public sealed class LinearPiecewiseTable
{
    private readonly long[] starts, rises;
    private readonly int segmentBits;

    private LinearPiecewiseTable(Func<double, double> curve, SoftermaxConfig config, FixedPointFormat format)
    {
        (segmentBits, Format) = (config.SegmentBits, format);
        var count = config.LpwSegments;
        var ends = new long[count + 1];
        // The last end may lie just outside the format, as 2 does of UQ(1,15): no argument reaches it.
        long Code(double value) => (long)Math.Floor(Math.ScaleB(value, format.FractionBits) + 0.5);
        for (var i = 0; i <= count; i++) ends[i] = Code(curve((double)i / count));
        (starts, rises) = (new long[count], new long[count]);
        for (var i = 0; i < count; i++)
        {
            rises[i] = ends[i + 1] - ends[i];
            starts[i] = config.Fit == PiecewiseFit.Endpoints
                ? ends[i]
                : Code(curve((double)i / count) - (Sag(curve, (double)i / count, (double)(i + 1) / count) / 2));
        }
    }

    /// <summary>Of the values.</summary>
    public FixedPointFormat Format { get; }

    /// <summary>Values at the lines' starts, as codes.</summary>
    public ReadOnlySpan<long> Starts => starts;

    /// <summary>What each line rises by, as codes; negative where it falls.</summary>
    public ReadOnlySpan<long> Rises => rises;

    /// <summary>2^f for f in [0, 1).</summary>
    /// <param name="config">Number of lines, fit, and the format of unnormalised values.</param>
    public static LinearPiecewiseTable PowerOfTwo(SoftermaxConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new(f => Math.Pow(2, f), config, config.UnnormalizedFormat);
    }

    /// <summary>1 / (1 + g) for g in [0, 1).</summary>
    /// <param name="config">Number of lines, fit, and the format of reciprocals.</param>
    public static LinearPiecewiseTable Reciprocal(SoftermaxConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new(g => 1 / (1 + g), config, config.ReciprocalFormat);
    }

    /// <summary>The value at <paramref name="argument"/> / 2^<paramref name="bits"/>.</summary>
    /// <param name="argument">From 0, below 2^bits.</param>
    /// <param name="bits">Bits of the argument.</param>
    /// <returns>A code of <see cref="Format"/>.</returns>
    public long At(long argument, int bits)
    {
        var rest = bits - segmentBits;
        // An argument with fewer bits than choose a line stands at a line's start.
        if (rest <= 0) return starts[argument << -rest];
        var segment = argument >> rest;
        // A falling line's fall is truncated, as in a unit that subtracts.
        var rise = rises[segment];
        var part = (Math.Abs(rise) * (argument & ((1L << rest) - 1))) >> rest;
        return starts[segment] + (rise < 0 ? -part : part);
    }

    /// <summary>How far a convex curve lies below its chord at most.</summary>
    private static double Sag(Func<double, double> curve, double low, double high)
    {
        double Below(double x) => curve(low) + ((curve(high) - curve(low)) * (x - low) / (high - low)) - curve(x);
        // Golden-section search: the distance has one maximum.
        var ratio = (Math.Sqrt(5) - 1) / 2;
        var (a, b) = (low, high);
        for (var i = 0; i < 80; i++)
        {
            var (left, right) = (b - (ratio * (b - a)), a + (ratio * (b - a)));
            if (Below(left) > Below(right)) b = right;
            else a = left;
        }
        return Below((a + b) / 2);
    }
}
