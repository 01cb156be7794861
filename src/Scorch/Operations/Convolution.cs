using Scorch.Autograd;
using Scorch.Kernels;

namespace Scorch;

/// <summary>How a kernel moves over an input; one number an axis, or one for all axes.</summary>
/// <param name="Stride">Distance between windows.</param>
/// <param name="Padding">Zeros on both sides.</param>
/// <param name="Dilation">Distance between the taps of a kernel.</param>
/// <param name="Groups">Groups of channels that do not see each other.</param>
public sealed record ConvolutionOptions(int[] Stride, int[] Padding, int[] Dilation, int Groups = 1)
{
    /// <summary>The same numbers for every axis.</summary>
    public ConvolutionOptions(int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
        : this([stride], [padding], [dilation], groups)
    {
    }
}

public partial class Tensor
{
    /// <summary>Cross-correlation over one, two or three spatial axes, as PyTorch's <c>conv1d</c> to <c>conv3d</c>.</summary>
    /// <param name="weight">[outputs, inputs / groups, kernel...].</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="options">Stride, padding, dilation, groups.</param>
    /// <returns>[batch, outputs, ...] for this tensor [batch, inputs, ...].</returns>
    /// <exception cref="ArgumentException">Shapes or options do not fit.</exception>
    public Tensor Convolution(Tensor weight, Tensor? bias = null, ConvolutionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        var axes = SpatialAxes("Convolution", weight);
        var settings = Spread(options ?? new(), axes);
        if (Shape[1] != weight.Shape[1] * settings.Groups || weight.Shape[0] % settings.Groups != 0)
            throw new ArgumentException(
                $"Convolution: input {Shape} with weight {weight.Shape} in {settings.Groups} groups; the input needs {weight.Shape[1] * settings.Groups} channels, and {settings.Groups} must divide the {weight.Shape[0]} outputs.",
                nameof(weight));
        var result = new int[axes];
        for (var i = 0; i < axes; i++)
        {
            var reach = (settings.Dilation[i] * (weight.Shape[2 + i] - 1)) + 1;
            var room = Shape[2 + i] + (2 * settings.Padding[i]) - reach;
            if (weight.Shape[2 + i] < 1 || room < 0)
                throw new ArgumentException($"Convolution: a kernel of {weight.Shape} with dilation {settings.Dilation[i]} is larger than the padded input {Shape} (padding {settings.Padding[i]}).", nameof(weight));
            result[i] = (room / settings.Stride[i]) + 1;
        }
        Shape shape = [Shape[0], weight.Shape[0], .. result];
        return WithBias("Convolution", weight, bias, shape, channels => Convolve(this, weight, settings, shape, channels));
    }

    /// <summary>The adjoint of <see cref="Convolution"/>, as PyTorch's <c>conv_transpose1d</c> to <c>conv_transpose3d</c>.</summary>
    /// <param name="weight">[inputs, outputs / groups, kernel...].</param>
    /// <param name="bias">[outputs], or none.</param>
    /// <param name="options">Stride, padding, dilation, groups of the convolution whose adjoint this is.</param>
    /// <param name="outputPadding">Added to one side of the output, below stride or dilation.</param>
    public Tensor TransposedConvolution(Tensor weight, Tensor? bias = null, ConvolutionOptions? options = null, params int[] outputPadding)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(outputPadding);
        var axes = SpatialAxes("TransposedConvolution", weight);
        var settings = Spread(options ?? new(), axes);
        var extra = outputPadding.Length switch
        {
            0 => new int[axes],
            1 => [.. Enumerable.Repeat(outputPadding[0], axes)],
            _ when outputPadding.Length == axes => outputPadding,
            _ => throw new ArgumentException($"TransposedConvolution: {outputPadding.Length} output paddings were given for {axes} axes.", nameof(outputPadding)),
        };
        if (Shape[1] != weight.Shape[0] || Shape[1] % settings.Groups != 0)
            throw new ArgumentException($"TransposedConvolution: input {Shape} with weight {weight.Shape} in {settings.Groups} groups; the weight's first size must be the input's channels, divisible by the groups.", nameof(weight));
        var result = new int[axes];
        for (var i = 0; i < axes; i++)
        {
            if (extra[i] < 0 || (extra[i] >= settings.Stride[i] && extra[i] >= settings.Dilation[i]))
                throw new ArgumentException($"TransposedConvolution: output padding {extra[i]} must be below stride {settings.Stride[i]} or dilation {settings.Dilation[i]}.", nameof(outputPadding));
            result[i] = ((Shape[2 + i] - 1) * settings.Stride[i]) - (2 * settings.Padding[i]) + (settings.Dilation[i] * (weight.Shape[2 + i] - 1)) + extra[i] + 1;
            if (result[i] < 1) throw new ArgumentException($"TransposedConvolution: axis {i} of the output would have {result[i]} elements.", nameof(options));
        }
        Shape shape = [Shape[0], weight.Shape[1] * settings.Groups, .. result];
        return WithBias("TransposedConvolution", weight, bias, shape, channels => ConvolveInput(this, weight, settings, shape, channels));
    }

    /// <summary>A convolution with the bias as [channels, 1, ...], in its kernel where types allow.</summary>
    private Tensor WithBias(string operation, Tensor weight, Tensor? bias, Shape shape, Func<Tensor?, Tensor> convolution)
    {
        if (bias is null) return convolution(null);
        if (bias.Rank != 1 || bias.Shape[0] != shape[1])
            throw new ArgumentException($"{operation}: bias {bias.Shape} for {shape[1]} output channels.", nameof(bias));
        var channels = bias.View([bias.Shape[0], .. Enumerable.Repeat(1, shape.Rank - 2)]);
        var type = DataTypes.Promote(DataType, weight.DataType);
        return bias.DataType == type && type.ComputeType() == type ? convolution(channels) : convolution(null) + channels;
    }

    // The three are each other's derivatives: y is linear in x and in W, and so are the adjoints.
    private static Tensor Convolve(Tensor x, Tensor weight, ConvolutionOptions options, Shape shape, Tensor? bias = null) =>
        Bilinear("Convolution", x, weight, bias, shape, Geometry(x.Shape, weight.Shape, shape, options), (kernels, geometry, output, a, b, added) => kernels.Convolve(geometry, output, a, b, added), g => (
            Tape.Wants(0) ? ConvolveInput(g, weight, options, x.Shape) : null,
            Tape.Wants(1) ? ConvolveWeight(x, g, options, weight.Shape) : null));

    private static Tensor ConvolveInput(Tensor y, Tensor weight, ConvolutionOptions options, Shape shape, Tensor? bias = null) =>
        Bilinear("TransposedConvolution", y, weight, bias, shape, Geometry(shape, weight.Shape, y.Shape, options), (kernels, geometry, output, a, b, added) => kernels.ConvolveInput(geometry, output, a, b, added), g => (
            Tape.Wants(0) ? Convolve(g, weight, options, y.Shape) : null,
            Tape.Wants(1) ? ConvolveWeight(g, y, options, weight.Shape) : null));

    private static Tensor ConvolveWeight(Tensor x, Tensor y, ConvolutionOptions options, Shape shape) =>
        Bilinear("ConvolutionWeight", x, y, null, shape, Geometry(x.Shape, shape, y.Shape, options), (kernels, geometry, output, a, b, _) => kernels.ConvolveWeight(geometry, output, a, b), g => (
            Tape.Wants(0) ? ConvolveInput(y, g, options, x.Shape) : null,
            Tape.Wants(1) ? Convolve(x, g, options, y.Shape) : null));

    private delegate void BilinearKernel(KernelTable kernels, ConvolutionGeometry geometry, Operand output, Operand a, Operand b, Operand? bias);

    private static Tensor Bilinear(
        string name, Tensor a, Tensor b, Tensor? bias, Shape shape, ConvolutionGeometry geometry, BilinearKernel kernel, Func<Tensor, (Tensor? A, Tensor? B)> derivative)
    {
        var type = DataTypes.Promote(a.DataType, b.DataType);
        var compute = type.ComputeType();
        var result = Empty(shape, compute, a.Device);
        kernel(a.Kernels, geometry, result.Operand, Plain(a, compute).Operand, Plain(b, compute).Operand, bias?.Contiguous().Operand);
        result = result.InType(type);
        if (Tape.Records(a, b, bias))
        {
            var (left, right, channels) = (a.Form, b.Form, bias?.Form);
            Tape.Record(result, name, [a, b, bias], [a, b], g =>
            {
                var (first, second) = derivative(g);
                return [first?.SumTo(left), second?.SumTo(right), Tape.Wants(2) ? g.SumTo(channels!.Value) : null];
            });
        }
        Tape.Watch(result, name);
        return result;
    }

    private static Tensor Plain(Tensor x, DataType type) => x.DataType == type && x.IsContiguous ? x : x.CopyOf(type);

    private static ConvolutionGeometry Geometry(Shape image, Shape weight, Shape result, ConvolutionOptions options)
    {
        var axes = image.Rank - 2;
        int[] Pad(ReadOnlySpan<int> values, int fill) => [.. Enumerable.Repeat(fill, 3 - axes), .. values.ToArray()];
        return new(
            image[0],
            options.Groups,
            image[1] / options.Groups,
            weight[0] / options.Groups,
            Pad(image.Sizes.AsSpan(2), 1),
            Pad(weight.Sizes.AsSpan(2), 1),
            Pad(result.Sizes.AsSpan(2), 1),
            Pad(options.Stride, 1),
            Pad(options.Padding, 0),
            Pad(options.Dilation, 1));
    }

    private int SpatialAxes(string operation, Tensor weight)
    {
        if (Rank is < 3 or > 5 || weight.Rank != Rank)
            throw new ArgumentException($"{operation}: input {Shape} and weight {weight.Shape}; both need a batch or output, a channel and the same one to three spatial dimensions.", nameof(weight));
        return Rank - 2;
    }

    private static ConvolutionOptions Spread(ConvolutionOptions options, int axes)
    {
        int[] Each(int[] values, string name, int least)
        {
            if (values.Length != 1 && values.Length != axes) throw new ArgumentException($"Convolution: {name} has {values.Length} numbers for {axes} axes.", nameof(options));
            if (values.Any(value => value < least)) throw new ArgumentOutOfRangeException(nameof(options), $"Convolution: {name} [{string.Join(", ", values)}] must be at least {least}.");
            return values.Length == axes ? values : [.. Enumerable.Repeat(values[0], axes)];
        }
        if (options.Groups < 1) throw new ArgumentOutOfRangeException(nameof(options), $"Convolution: {options.Groups} groups; there must be at least one.");
        return new(Each(options.Stride, "stride", 1), Each(options.Padding, "padding", 0), Each(options.Dilation, "dilation", 1), options.Groups);
    }
}
