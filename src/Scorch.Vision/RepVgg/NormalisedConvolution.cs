using Scorch.Modules;

namespace Scorch.Vision.RepVgg;

/// <summary>A convolution without bias and its normalisation, named conv and bn.</summary>
public sealed class NormalisedConvolution : Module, IForward
{
    internal NormalisedConvolution(int inputs, int outputs, int[] kernel, RandomSource random, int stride, int groups, int dilation, bool normalised)
    {
        // Each axis is padded so that the map keeps its size at stride 1.
        int[] padding = [.. kernel.Select(size => dilation * (size / 2))];
        Conv = new(inputs, outputs, kernel, random, new([stride], padding, [dilation], groups), bias: false);
        Bn = normalised ? new(outputs) : null;
    }

    /// <summary>The convolution.</summary>
    public Convolution Conv { get; }

    /// <summary>The normalisation, unless it stands behind the sum.</summary>
    public BatchNorm? Bn { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) => Bn?.Forward(Conv.Forward(x)) ?? Conv.Forward(x);
}

/// <summary>Squeeze-and-excitation (arXiv 1709.01507): channels weighted by sigmoid(up(relu(down(mean)))), hidden width a sixteenth.</summary>
public sealed class SqueezeExcitation : Module, IForward
{
    internal SqueezeExcitation(int channels, RandomSource random)
    {
        if (channels < 16) throw new ArgumentException($"RepVGG: squeeze-and-excitation needs at least 16 channels for a hidden width of a sixteenth; there are {channels}.", nameof(channels));
        Down = Convolution.Image(channels, channels / 16, 1, random);
        Up = Convolution.Image(channels / 16, channels, 1, random);
    }

    /// <summary>1x1 to the hidden width.</summary>
    public Convolution Down { get; }

    /// <summary>1x1 back.</summary>
    public Convolution Up { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x * Up.Forward(Down.Forward(x.Mean([2, 3], keepDimensions: true)).Relu()).Sigmoid();
    }
}
