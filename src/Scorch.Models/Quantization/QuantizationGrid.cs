namespace Scorch.Models.Quantization;

/// <summary>An affine grid: the level <c>q</c> from 0 to <see cref="Levels"/> stands for <c>(q - zero point) scale</c>.</summary>
/// <param name="Scale">Distance of two levels, above 0.</param>
/// <param name="ZeroPoint">The level that stands for 0.</param>
/// <param name="Levels">The greatest level; 255 for 8 bits.</param>
public readonly record struct QuantizationGrid(double Scale, int ZeroPoint, int Levels = QuantizationGrid.Byte)
{
    private const int Byte = 255;

    /// <summary>What level 0 stands for.</summary>
    public double Minimum => -ZeroPoint * Scale;

    /// <summary>What the greatest level stands for.</summary>
    public double Maximum => (Levels - ZeroPoint) * Scale;

    /// <summary>The grid of 8 bits for a range, which is widened to hold 0 and moved so that 0 is a level (TensorFlow's nudging: the zero point rounds half up).</summary>
    /// <param name="minimum">Lower end, finite.</param>
    /// <param name="maximum">Upper end, finite and not below the lower one.</param>
    /// <exception cref="ArgumentException">An end is not finite, or the ends are in the wrong order.</exception>
    public static QuantizationGrid Of(double minimum, double maximum)
    {
        if (!double.IsFinite(minimum) || !double.IsFinite(maximum) || minimum > maximum)
            throw new ArgumentException(FormattableString.Invariant($"QuantizationGrid: the range {minimum} to {maximum} is not finite or not in order; look for an infinity or a NaN in the values."), nameof(maximum));
        (minimum, maximum) = (Math.Min(minimum, 0), Math.Max(maximum, 0));
        // Nothing but zeros, or a range too narrow for a float32 scale: one level, 0, is enough.
        var scale = (maximum - minimum) / Byte;
        if ((float)scale < 1e-30f) return new(1, 0);
        return new(scale, (int)Math.Clamp(Math.Floor((-minimum / scale) + 0.5), 0, Byte));
    }

    /// <summary>A grid around 0 for signed numbers: 2^bits - 1 levels, as many below 0 as above.</summary>
    /// <param name="greatest">The greatest magnitude, finite and not negative.</param>
    /// <param name="bits">2 to 16.</param>
    /// <exception cref="ArgumentException">The magnitude is not finite or negative, or the bits are out of range.</exception>
    public static QuantizationGrid Symmetric(double greatest, int bits)
    {
        if (bits is < 2 or > 16) throw new ArgumentOutOfRangeException(nameof(bits), bits, "QuantizationGrid: a symmetric grid has 2 to 16 bits.");
        if (!double.IsFinite(greatest) || greatest < 0)
            throw new ArgumentException(FormattableString.Invariant($"QuantizationGrid: the greatest magnitude is {greatest}; look for an infinity or a NaN in the values."), nameof(greatest));
        var half = (1 << (bits - 1)) - 1;
        var scale = greatest / half;
        return (float)scale < 1e-30f ? new(1, half, 2 * half) : new(scale, half, 2 * half);
    }
}
