using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Models.Quantization;

/// <summary>How the greatest magnitude of an activation is chosen from those seen.</summary>
/// <param name="Percentile">Share of the magnitudes that must lie within, in percent; 100 for the greatest itself.</param>
public readonly record struct RangeCalibration(double Percentile)
{
    /// <summary>The greatest magnitude seen.</summary>
    public static RangeCalibration Maximum { get; } = new(100);

    /// <summary>The magnitude that a share of those seen does not pass.</summary>
    /// <param name="percentile">In percent, above 0, at most 100.</param>
    /// <exception cref="ArgumentOutOfRangeException">The percentile is out of range.</exception>
    public static RangeCalibration OfPercentile(double percentile) => percentile is > 0 and <= 100
        ? new(percentile)
        : throw new ArgumentOutOfRangeException(nameof(percentile), percentile, "RangeCalibration: a percentile lies above 0 and is at most 100.");
}

/// <summary>Counts of magnitudes in bins of equal width; the width doubles when a greater magnitude comes, so that nothing must be known before.</summary>
/// <remarks>A percentile is exact to one bin: at most 1/1024 of the greatest magnitude.</remarks>
public sealed class MagnitudeHistogram
{
    private const int Bins = 2048;
    private readonly long[] counts = new long[Bins];
    private double width;

    /// <summary>Magnitudes counted.</summary>
    public long Count { get; private set; }

    /// <summary>The greatest magnitude, exactly.</summary>
    public double Greatest { get; private set; }

    /// <summary>Counts the values of a tensor.</summary>
    /// <param name="x">Finite floats.</param>
    /// <exception cref="ArgumentException">A value is not finite.</exception>
    public void Add(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var mode = GradientMode.Disable();
        foreach (var value in x.Detach().To(DataType.Float32).ToArray<float>())
        {
            double magnitude = Math.Abs(value);
            if (!double.IsFinite(magnitude)) throw new ArgumentException($"MagnitudeHistogram: a value is {value}; look for an infinity or a NaN in the activations.", nameof(x));
            Count++;
            Greatest = Math.Max(Greatest, magnitude);
            if (magnitude == 0)
            {
                counts[0]++;
                continue;
            }
            // The first magnitude fills half of the range.
            if (width == 0) width = 2 * magnitude / Bins;
            while (magnitude >= width * Bins) Widen();
            counts[(int)(magnitude / width)]++;
        }
    }

    /// <summary>The magnitude that a share of those counted does not pass; 0 where nothing was counted.</summary>
    /// <param name="calibration">The share.</param>
    public double At(RangeCalibration calibration)
    {
        if (calibration.Percentile >= 100 || Count == 0) return Greatest;
        var wanted = (long)Math.Ceiling(Count * calibration.Percentile / 100);
        long passed = 0;
        for (var i = 0; i < Bins; i++)
        {
            passed += counts[i];
            if (passed >= wanted) return Math.Min(Greatest, (i + 1) * width);
        }
        return Greatest;
    }

    private void Widen()
    {
        for (var i = 0; i < Bins / 2; i++) counts[i] = counts[2 * i] + counts[(2 * i) + 1];
        Array.Clear(counts, Bins / 2, Bins / 2);
        width *= 2;
    }
}

/// <summary>A symmetric grid for one activation, whose range is found on a few batches and then stays.</summary>
/// <param name="bits">2 to 16.</param>
public sealed class CalibratedGrid(int bits) : Module
{
    private MagnitudeHistogram? histogram;

    /// <summary>The greatest magnitude that the grid holds, []; below 0 until it was calibrated.</summary>
    [Buffer]
    public Tensor Range { get; } = Tensor.Full([], -1);

    /// <summary>The grid.</summary>
    /// <exception cref="InvalidOperationException">It was not calibrated.</exception>
    public QuantizationGrid Grid => Range.Item() is >= 0 and var range
        ? QuantizationGrid.Symmetric(range, bits)
        : throw new InvalidOperationException("CalibratedGrid: the range of this activation is not known; run a few batches between BeginCalibration and EndCalibration.");

    /// <summary>Counts what passes from now on, and lets it pass as it is.</summary>
    public void BeginCalibration() => histogram = new();

    /// <summary>Fixes the range from what passed. An activation that nothing passed through keeps its range.</summary>
    /// <param name="calibration">How.</param>
    public void EndCalibration(RangeCalibration calibration)
    {
        if (histogram is { Count: > 0 }) Range.FillInPlace(histogram.At(calibration));
        histogram = null;
    }

    /// <summary>Rounds to the grid; gradients pass inside it.</summary>
    /// <param name="x">Activations.</param>
    public Tensor Forward(Tensor x)
    {
        if (histogram is null) return FakeQuantization.Apply(x, Grid);
        histogram.Add(x);
        return x;
    }
}
