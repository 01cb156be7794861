using Scorch.Autograd;

namespace Scorch;

/// <summary>Where a Fourier transform of n numbers is divided, as PyTorch's <c>norm</c>.</summary>
public enum FourierNormalization
{
    /// <summary>The inverse is divided by n.</summary>
    Backward,

    /// <summary>Both ways are divided by sqrt(n), which makes them unitary.</summary>
    Ortho,

    /// <summary>The forward transform is divided by n.</summary>
    Forward,
}

public partial class Tensor
{
    /// <summary>The discrete Fourier transform X_k = sum_j x_j e^(-2 pi i j k / n) along a dimension; any length.</summary>
    /// <remarks>float32 gives complex64, float64 complex128, each computed in its own precision.</remarks>
    /// <param name="length">n: longer inputs are cut, shorter ones end in zeros; by default the input's size.</param>
    /// <param name="dimension">Which dimension.</param>
    /// <param name="normalization">Where n is divided by.</param>
    public Tensor Fft(int? length = null, int dimension = -1, FourierNormalization normalization = FourierNormalization.Backward) =>
        Transformed("Fft", length, dimension, false, normalization);

    /// <summary>The inverse of <see cref="Fft"/>.</summary>
    /// <param name="length">n: longer inputs are cut, shorter ones end in zeros; by default the input's size.</param>
    /// <param name="dimension">Which dimension.</param>
    /// <param name="normalization">Where n is divided by.</param>
    public Tensor InverseFft(int? length = null, int dimension = -1, FourierNormalization normalization = FourierNormalization.Backward) =>
        Transformed("InverseFft", length, dimension, true, normalization);

    /// <summary>The first n / 2 + 1 numbers of the Fourier transform of a real signal; the others are their conjugates.</summary>
    /// <param name="length">n, as for <see cref="Fft"/>.</param>
    /// <param name="dimension">Which dimension.</param>
    /// <param name="normalization">Where n is divided by.</param>
    /// <exception cref="NotSupportedException">The input is complex.</exception>
    public Tensor RealFft(int? length = null, int dimension = -1, FourierNormalization normalization = FourierNormalization.Backward)
    {
        RequireReal("RealFft");
        if (Rank == 0) throw new ArgumentException("RealFft: a tensor without dimensions has nothing to transform.");
        var d = Shape.Dimension(dimension);
        var n = FourierLength("RealFft", length ?? Shape[d]);
        return Float(this).Resized(d, n).RealFourierCore(d, Scale(n, false, normalization));
    }

    /// <summary>The real signal of n numbers whose transform's first n / 2 + 1 numbers these are.</summary>
    /// <remarks>The imaginary parts at frequency 0 and, for even n, n / 2 do not count.</remarks>
    /// <param name="length">n; by default 2 (m - 1) for m numbers.</param>
    /// <param name="dimension">Which dimension.</param>
    /// <param name="normalization">Where n is divided by.</param>
    public Tensor InverseRealFft(int? length = null, int dimension = -1, FourierNormalization normalization = FourierNormalization.Backward)
    {
        var d = Shape.Dimension(dimension);
        var n = FourierLength("InverseRealFft", length ?? (2 * ((Rank == 0 ? 1 : Shape[d]) - 1)));
        var half = Float(this).ToComplexRecorded().Resized(d, (n / 2) + 1);
        // Every frequency but 0 and n / 2 stands for its conjugate too; the real part of the sum adds it.
        var weights = new double[(n / 2) + 1];
        Array.Fill(weights, 2);
        weights[0] = 1;
        if (n % 2 == 0) weights[^1] = 1;
        var sizes = Enumerable.Repeat(1, Rank).ToArray();
        sizes[d] = weights.Length;
        var weighted = half * From(weights).Reshape(sizes).To(half.DataType.ToReal()).To(Device);
        return weighted.Resized(d, n).FourierCore(d, true, Scale(n, true, normalization)).Real();
    }

    /// <summary>The Fourier transform over two dimensions.</summary>
    /// <param name="lengths">Sizes as for <see cref="Fft"/>, one a dimension.</param>
    /// <param name="dimensions">Which two; by default the last two.</param>
    /// <param name="normalization">Where the sizes are divided by.</param>
    public Tensor Fft2((int First, int Second)? lengths = null, (int First, int Second)? dimensions = null, FourierNormalization normalization = FourierNormalization.Backward)
    {
        var (first, second) = dimensions ?? (-2, -1);
        return Fft(lengths?.Second, second, normalization).Fft(lengths?.First, first, normalization);
    }

    /// <summary>The inverse of <see cref="Fft2"/>.</summary>
    /// <param name="lengths">Sizes as for <see cref="Fft"/>, one a dimension.</param>
    /// <param name="dimensions">Which two; by default the last two.</param>
    /// <param name="normalization">Where the sizes are divided by.</param>
    public Tensor InverseFft2((int First, int Second)? lengths = null, (int First, int Second)? dimensions = null, FourierNormalization normalization = FourierNormalization.Backward)
    {
        var (first, second) = dimensions ?? (-2, -1);
        return InverseFft(lengths?.Second, second, normalization).InverseFft(lengths?.First, first, normalization);
    }

    /// <summary>The transform of a real signal over two dimensions; the second is halved as in <see cref="RealFft"/>.</summary>
    /// <param name="lengths">Sizes as for <see cref="Fft"/>, one a dimension.</param>
    /// <param name="dimensions">Which two; by default the last two.</param>
    /// <param name="normalization">Where the sizes are divided by.</param>
    public Tensor RealFft2((int First, int Second)? lengths = null, (int First, int Second)? dimensions = null, FourierNormalization normalization = FourierNormalization.Backward)
    {
        var (first, second) = dimensions ?? (-2, -1);
        return RealFft(lengths?.Second, second, normalization).Fft(lengths?.First, first, normalization);
    }

    /// <summary>The inverse of <see cref="RealFft2"/>.</summary>
    /// <param name="lengths">Sizes of the real signal, one a dimension.</param>
    /// <param name="dimensions">Which two; by default the last two.</param>
    /// <param name="normalization">Where the sizes are divided by.</param>
    public Tensor InverseRealFft2((int First, int Second)? lengths = null, (int First, int Second)? dimensions = null, FourierNormalization normalization = FourierNormalization.Backward)
    {
        var (first, second) = dimensions ?? (-2, -1);
        return InverseFft(lengths?.First, first, normalization).InverseRealFft(lengths?.Second, second, normalization);
    }

    /// <summary>Frequency 0 moved to the middle of each dimension given, or of all.</summary>
    public Tensor FftShift(params int[] dimensions) => Shifted(dimensions, size => size / 2);

    /// <summary>The inverse of <see cref="FftShift"/>.</summary>
    public Tensor InverseFftShift(params int[] dimensions) => Shifted(dimensions, size => -(size / 2));

    private Tensor Shifted(int[] dimensions, Func<int, int> shift)
    {
        ArgumentNullException.ThrowIfNull(dimensions);
        var result = this;
        foreach (var d in dimensions.Length == 0 ? AllDimensions() : dimensions) result = result.Roll(shift(Shape[Shape.Dimension(d)]), d);
        return result;
    }

    private Tensor Transformed(string operation, int? length, int dimension, bool inverse, FourierNormalization normalization)
    {
        if (Rank == 0) throw new ArgumentException($"{operation}: a tensor without dimensions has nothing to transform.");
        var d = Shape.Dimension(dimension);
        var n = FourierLength(operation, length ?? Shape[d]);
        return Float(this).ToComplexRecorded().Resized(d, n).FourierCore(d, inverse, Scale(n, inverse, normalization));
    }

    private static int FourierLength(string operation, int length) => length >= 1
        ? length
        : throw new ArgumentException($"{operation}: a transform of {length} numbers; the length must be at least 1.", nameof(length));

    private Tensor ToComplexRecorded() => To(DataType.ToComplex());

    /// <summary>A dimension cut, or continued with zeros.</summary>
    private Tensor Resized(int dimension, int size)
    {
        var own = Shape[dimension];
        if (own == size) return this;
        return own > size ? Narrow(dimension, 0, size) : Concatenate([this, Zeros(Shape.With(dimension, size - own), DataType, Device)], dimension);
    }

    /// <summary>The gradient through a sum with weights w is the sum with the conjugate weights: the other direction, equally scaled.</summary>
    private Tensor FourierCore(int dimension, bool inverse, double scale)
    {
        Tensor result;
        using (GradientMode.Disable())
        {
            var lines = Plain(this, DataType);
            result = Empty(Shape, DataType, Device);
            Kernels.FourierTransform(result.View(LinesOf(Shape, dimension)).Operand, lines.View(LinesOf(Shape, dimension)).Operand, inverse, scale);
        }
        Tape.Watch(result, "FourierTransform");
        return Tape.Records(this) ? Tape.Record(result, "FourierTransform", [this], [], g => [g.FourierCore(dimension, !inverse, scale)]) : result;
    }

    /// <summary>The first half of a real signal's transform; its gradient is the real part of the other direction's.</summary>
    private Tensor RealFourierCore(int dimension, double scale)
    {
        var n = Shape[dimension];
        var compute = DataType.ComputeType();
        Tensor result;
        using (GradientMode.Disable())
        {
            var lines = Plain(this, compute);
            result = Empty(Shape.With(dimension, (n / 2) + 1), compute.ToComplex(), Device);
            Kernels.RealFourierTransform(result.View(LinesOf(result.Shape, dimension)).Operand, lines.View(LinesOf(Shape, dimension)).Operand, scale);
            result = result.InType(DataType.ToComplex());
        }
        Tape.Watch(result, "FourierTransform");
        var type = DataType;
        return Tape.Records(this)
            ? Tape.Record(result, "FourierTransform", [this], [], g => [g.Resized(dimension, n).FourierCore(dimension, true, scale).Real().To(type)])
            : result;
    }

    /// <summary>[before, n, after] around a dimension.</summary>
    private static Shape LinesOf(Shape shape, int dimension) =>
        [checked((int)shape[..dimension].ElementCount), shape[dimension], checked((int)shape[(dimension + 1)..].ElementCount)];

    private static double Scale(int n, bool inverse, FourierNormalization normalization) => normalization switch
    {
        FourierNormalization.Ortho => 1 / Math.Sqrt(n),
        FourierNormalization.Forward => inverse ? 1 : 1.0 / n,
        _ => inverse ? 1.0 / n : 1,
    };
}
