namespace Scorch.Modules;

/// <summary>A convolution over one, two or three spatial axes; weight <c>[outputs, inputs / groups, kernel...]</c>.</summary>
/// <remarks>Input <c>[batch, inputs, ...]</c>, output <c>[batch, outputs, ...]</c>. Weight and bias start uniform in ±1/sqrt(taps), as in PyTorch.</remarks>
public sealed class Convolution : Module, IForward
{
    /// <summary>A layer with random weights.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">Kernel sizes, one a spatial axis: three numbers for volumes, two for images, one for series.</param>
    /// <param name="random">Draws the weights.</param>
    /// <param name="options">Stride, padding, dilation, groups.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="dataType">Type of the weights.</param>
    public Convolution(int inputs, int outputs, int[] kernel, RandomSource random, ConvolutionOptions? options = null, bool bias = true, DataType dataType = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        Options = options ?? new();
        if (kernel.Length is < 1 or > 3) throw new ArgumentException($"Convolution: {kernel.Length} kernel sizes; give one to three.", nameof(kernel));
        if (Options.Groups < 1 || inputs % Options.Groups != 0 || outputs % Options.Groups != 0)
            throw new ArgumentException($"Convolution: {Options.Groups} groups must divide {inputs} inputs and {outputs} outputs.", nameof(options));
        Shape shape = [outputs, inputs / Options.Groups, .. kernel];
        var bound = 1 / Math.Sqrt(shape[1..].ElementCount);
        Weight = Parameter.Uniform(shape, -bound, bound, random, dataType);
        Bias = bias ? Parameter.Uniform([outputs], -bound, bound, random, dataType) : null;
    }

    /// <summary>An image layer with a square kernel.</summary>
    public static Convolution Image(int inputs, int outputs, int kernel, RandomSource random, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true, DataType dataType = DataType.Float32) =>
        new(inputs, outputs, [kernel, kernel], random, new(stride, padding, dilation, groups), bias, dataType);

    /// <summary>Stride, padding, dilation, groups.</summary>
    public ConvolutionOptions Options { get; }

    /// <summary>[outputs, inputs / groups, kernel...].</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs], if any.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.Convolution(Weight, Bias, Options);
}

/// <summary>The adjoint of a convolution; weight <c>[inputs, outputs / groups, kernel...]</c>.</summary>
public sealed class TransposedConvolution : Module, IForward
{
    private readonly int[] outputPadding;

    /// <summary>A layer with random weights, uniform in ±1/sqrt(taps) as in PyTorch.</summary>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="kernel">Kernel sizes, one a spatial axis.</param>
    /// <param name="random">Draws the weights.</param>
    /// <param name="options">Stride, padding, dilation, groups.</param>
    /// <param name="outputPadding">Added to one side of the output.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="dataType">Type of the weights.</param>
    public TransposedConvolution(int inputs, int outputs, int[] kernel, RandomSource random, ConvolutionOptions? options = null, int[]? outputPadding = null, bool bias = true, DataType dataType = DataType.Float32)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        Options = options ?? new();
        if (Options.Groups < 1 || inputs % Options.Groups != 0 || outputs % Options.Groups != 0)
            throw new ArgumentException($"TransposedConvolution: {Options.Groups} groups must divide {inputs} inputs and {outputs} outputs.", nameof(options));
        this.outputPadding = outputPadding ?? [];
        Shape shape = [inputs, outputs / Options.Groups, .. kernel];
        var bound = 1 / Math.Sqrt(shape[1..].ElementCount);
        Weight = Parameter.Uniform(shape, -bound, bound, random, dataType);
        Bias = bias ? Parameter.Uniform([outputs], -bound, bound, random, dataType) : null;
    }

    /// <summary>Stride, padding, dilation, groups.</summary>
    public ConvolutionOptions Options { get; }

    /// <summary>[inputs, outputs / groups, kernel...].</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs], if any.</summary>
    public Parameter? Bias { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => x.TransposedConvolution(Weight, Bias, Options, outputPadding);
}
