using Scorch.Autograd;

namespace Scorch.Models.Quantization;

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
            inside = levels.GreaterOrEqual(0).And(levels.LessOrEqual((double)grid.Levels));
            rounded = (levels.Clamp(0, (double)grid.Levels) - (double)grid.ZeroPoint) * grid.Scale;
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

    /// <summary>The levels of values on a grid of at most 8 bits, uint8 in the shape of the values.</summary>
    /// <param name="x">Float values.</param>
    /// <param name="grid">The levels.</param>
    /// <exception cref="ArgumentException">The grid has more than 256 levels.</exception>
    public static Tensor Levels(Tensor x, QuantizationGrid grid)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (grid.Levels > byte.MaxValue) throw new ArgumentException($"FakeQuantization: a level of {grid.Levels + 1} does not fit a byte.", nameof(grid));
        using var mode = GradientMode.Disable();
        return ((x / grid.Scale).Round() + (double)grid.ZeroPoint).Clamp(0, (double)grid.Levels).To(DataType.UInt8);
    }

    /// <summary>Least and greatest value.</summary>
    /// <param name="x">Values, at least one.</param>
    public static (double Minimum, double Maximum) Range(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var mode = GradientMode.Disable();
        var plain = x.Detach();
        return (plain.Minimum().Item(), plain.Maximum().Item());
    }
}
