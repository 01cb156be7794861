using Scorch.Autograd;

namespace Scorch.Language.Pqrnn;

/// <summary>An affine grid of 8 bits: the level <c>q</c> in 0 to 255 stands for <c>(q - zero point) scale</c>.</summary>
/// <param name="Scale">Distance of two levels, above 0.</param>
/// <param name="ZeroPoint">The level that stands for 0.</param>
public readonly record struct QuantizationGrid(double Scale, int ZeroPoint)
{
    /// <summary>The greatest level.</summary>
    public const int Levels = 255;

    /// <summary>What level 0 stands for.</summary>
    public double Minimum => -ZeroPoint * Scale;

    /// <summary>What level 255 stands for.</summary>
    public double Maximum => (Levels - ZeroPoint) * Scale;

    /// <summary>The grid for a range, which is widened to hold 0 and moved so that 0 is a level (TensorFlow's nudging: the zero point rounds half up).</summary>
    /// <param name="minimum">Lower end, finite.</param>
    /// <param name="maximum">Upper end, finite and not below the lower one.</param>
    /// <exception cref="ArgumentException">An end is not finite, or the ends are in the wrong order.</exception>
    public static QuantizationGrid Of(double minimum, double maximum)
    {
        if (!double.IsFinite(minimum) || !double.IsFinite(maximum) || minimum > maximum)
            throw new ArgumentException(FormattableString.Invariant($"QuantizationGrid: the range {minimum} to {maximum} is not finite or not in order; look for an infinity or a NaN in the values."), nameof(maximum));
        (minimum, maximum) = (Math.Min(minimum, 0), Math.Max(maximum, 0));
        // Nothing but zeros, or a range too narrow for a float32 scale: one level, 0, is enough.
        var scale = (maximum - minimum) / Levels;
        if ((float)scale < 1e-30f) return new(1, 0);
        return new(scale, (int)Math.Clamp(Math.Floor((-minimum / scale) + 0.5), 0, Levels));
    }
}

/// <summary>Quantisation-aware training: values on an 8-bit grid, gradients as if they were not.</summary>
public static class FakeQuantization
{
    /// <summary>Rounds values to the levels of a grid (half to even). The gradient passes where the rounded value lies inside the grid and is 0 outside.</summary>
    /// <param name="x">Float values of any shape.</param>
    /// <param name="grid">The levels.</param>
    public static Tensor Apply(Tensor x, QuantizationGrid grid)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor rounded, inside;
        using (GradientMode.Disable())
        {
            var levels = (x / grid.Scale).Round() + (double)grid.ZeroPoint;
            inside = levels.GreaterOrEqual(0).And(levels.LessOrEqual(QuantizationGrid.Levels));
            rounded = (levels.Clamp(0, QuantizationGrid.Levels) - (double)grid.ZeroPoint) * grid.Scale;
        }
        if (!x.RequiresGradient || !GradientMode.IsEnabled) return rounded;
        // The difference is exactly 0, so that the value is the rounded one and the derivative that of x.
        var passing = Tensor.Where(inside, x, Tensor.ZerosLike(x));
        return rounded + (passing - passing.Detach());
    }

    /// <summary>Rounds a weight to the grid of its own least and greatest value.</summary>
    /// <param name="weight">The weight.</param>
    public static Tensor Weight(Tensor weight) => Apply(weight, GridOf(weight));

    /// <summary>The grid of a weight's own range.</summary>
    /// <param name="weight">The weight.</param>
    public static QuantizationGrid GridOf(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        var (minimum, maximum) = Range(weight);
        return QuantizationGrid.Of(minimum, maximum);
    }

    /// <summary>The levels of values on a grid, uint8 in the shape of the values.</summary>
    /// <param name="x">Float values.</param>
    /// <param name="grid">The levels.</param>
    public static Tensor Levels(Tensor x, QuantizationGrid grid)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var mode = GradientMode.Disable();
        return ((x / grid.Scale).Round() + (double)grid.ZeroPoint).Clamp(0, QuantizationGrid.Levels).To(DataType.UInt8);
    }

    internal static (double Minimum, double Maximum) Range(Tensor x)
    {
        using var mode = GradientMode.Disable();
        var plain = x.Detach();
        return (plain.Minimum().Item(), plain.Maximum().Item());
    }
}
