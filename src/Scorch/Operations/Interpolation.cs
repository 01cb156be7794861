namespace Scorch;

/// <summary>How values between the pixels are made.</summary>
public enum InterpolationMode
{
    /// <summary>The value of the pixel below the position (PyTorch's <c>nearest</c>).</summary>
    Nearest,

    /// <summary>Linear on each axis: linear, bilinear or trilinear by the number of axes.</summary>
    Linear,

    /// <summary>Cubic convolution with a = -0.75 (Keys 1981) on two axes.</summary>
    Bicubic,
}

public partial class Tensor
{
    /// <summary>[batch, channels, ...] resized to given sizes.</summary>
    /// <param name="sizes">One a spatial axis.</param>
    /// <param name="mode">How values between pixels are made.</param>
    /// <param name="alignCorners">Whether the centres of the corner pixels stay in place, else the image's borders; not for nearest.</param>
    /// <exception cref="ArgumentException">The sizes do not fit the axes, or the mode does not.</exception>
    public Tensor Interpolate(int[] sizes, InterpolationMode mode = InterpolationMode.Nearest, bool alignCorners = false)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        return Interpolated(sizes, null, mode, alignCorners);
    }

    /// <summary>[batch, channels, ...] resized by factors; a size becomes the whole part of its product with the factor.</summary>
    /// <remarks>As PyTorch without <c>recompute_scale_factor</c>, positions follow from the factor, not from the rounded sizes.</remarks>
    /// <param name="factors">One a spatial axis, positive.</param>
    /// <param name="mode">How values between pixels are made.</param>
    /// <param name="alignCorners">Whether the centres of the corner pixels stay in place; not for nearest.</param>
    /// <exception cref="ArgumentException">The factors do not fit the axes, or the mode does not.</exception>
    public Tensor Interpolate(double[] factors, InterpolationMode mode = InterpolationMode.Nearest, bool alignCorners = false)
    {
        ArgumentNullException.ThrowIfNull(factors);
        if (factors.Length != Rank - 2 || factors.Any(factor => !(factor > 0) || !double.IsFinite(factor)))
            throw new ArgumentException($"Interpolate: factors [{string.Join(", ", factors)}] for shape {Shape}; give a positive one for each of its {Math.Max(0, Rank - 2)} spatial axes.", nameof(factors));
        return Interpolated([.. factors.Select((factor, axis) => checked((int)Math.Floor(Shape[axis + 2] * factor)))], factors, mode, alignCorners);
    }

    private Tensor Interpolated(int[] sizes, double[]? factors, InterpolationMode mode, bool alignCorners)
    {
        if (Rank is < 3 or > 5 || sizes.Length != Rank - 2 || sizes.Any(size => size < 1) || Shape[2..].ElementCount == 0)
            throw new ArgumentException($"Interpolate: sizes [{string.Join(", ", sizes)}] for shape {Shape}; give a positive one for each of one to three non-empty spatial axes.", nameof(sizes));
        if (mode == InterpolationMode.Bicubic && Rank != 4) throw new ArgumentException($"Interpolate: bicubic needs [batch, channels, height, width], not {Shape}.", nameof(mode));
        if (mode == InterpolationMode.Nearest && alignCorners) throw new ArgumentException("Interpolate: alignCorners has no meaning for nearest; leave it false.", nameof(alignCorners));
        var result = this;
        for (var axis = Rank - 1; axis >= 2; axis--)
            result = result.Resampled(axis, AxisTaps(Shape[axis], sizes[axis - 2], factors?[axis - 2], mode, alignCorners));
        return result;
    }

    /// <summary>Weighted sums of whole slices along an axis.</summary>
    private Tensor Resampled(int axis, (long[] Places, double[] Weights)[] taps)
    {
        if (taps.Length == 1) return IndexSelect(axis, From(taps[0].Places).To(Device));
        var sizes = Enumerable.Repeat(1, Rank).ToArray();
        sizes[axis] = taps[0].Places.Length;
        Tensor? sum = null;
        foreach (var (places, weights) in taps)
        {
            var part = IndexSelect(axis, From(places).To(Device)) * From(weights).Reshape(sizes).To(DataType.IsDifferentiable() ? DataType.ToReal() : DataType.Float32).To(Device);
            sum = sum is null ? part : sum + part;
        }
        return sum!;
    }

    private static (long[] Places, double[] Weights)[] AxisTaps(int input, int output, double? factor, InterpolationMode mode, bool alignCorners)
    {
        var taps = mode switch { InterpolationMode.Nearest => 1, InterpolationMode.Linear => 2, _ => 4 };
        var result = Enumerable.Range(0, taps).Select(_ => (Places: new long[output], Weights: new double[output])).ToArray();
        for (var i = 0; i < output; i++)
        {
            if (mode == InterpolationMode.Nearest)
            {
                // In float32 like PyTorch, so that positions on a pixel's border fall to the same side.
                var step = factor is { } known ? (float)(1 / known) : (float)input / output;
                result[0].Places[i] = Math.Min((long)MathF.Floor(i * step), input - 1);
                continue;
            }
            var scale = alignCorners ? (output > 1 ? (input - 1.0) / (output - 1) : 0) : factor is { } given ? 1 / given : (double)input / output;
            var position = alignCorners ? scale * i : (scale * (i + 0.5)) - 0.5;
            if (mode == InterpolationMode.Linear) position = Math.Max(position, 0);
            var below = (long)Math.Floor(position);
            if (mode == InterpolationMode.Linear) below = Math.Min(below, input - 1);
            var t = position - below;
            double[] weights = mode == InterpolationMode.Linear ? [1 - t, t] : [Far(t + 1), Near(t), Near(1 - t), Far(2 - t)];
            for (var tap = 0; tap < taps; tap++)
            {
                result[tap].Places[i] = Math.Clamp(below + tap - (taps == 4 ? 1 : 0), 0, input - 1);
                result[tap].Weights[i] = weights[tap];
            }
        }
        return result;
    }

    /// <summary>Keys' kernel for distances up to 1, a = -0.75.</summary>
    private static double Near(double x) => (((1.25 * x) - 2.25) * x * x) + 1;

    /// <summary>Keys' kernel for distances from 1 to 2.</summary>
    private static double Far(double x) => ((((-0.75 * x) + 3.75) * x) - 6) * x + 3;
}
