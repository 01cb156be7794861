using Scorch.Modules;

namespace Scorch.Models;

/// <summary>Shape of a residual network (He et al. 2015, arXiv 1512.03385).</summary>
/// <param name="Blocks">Residual blocks of the four stages.</param>
/// <param name="Bottleneck">Whether blocks are 1x1, 3x3, 1x1 with four times the width at the end, or two 3x3.</param>
public sealed record ResNetConfig(int[] Blocks, bool Bottleneck)
{
    /// <summary>18 layers.</summary>
    public static ResNetConfig ResNet18 { get; } = new([2, 2, 2, 2], false);

    /// <summary>34 layers.</summary>
    public static ResNetConfig ResNet34 { get; } = new([3, 4, 6, 3], false);

    /// <summary>50 layers.</summary>
    public static ResNetConfig ResNet50 { get; } = new([3, 4, 6, 3], true);

    /// <summary>101 layers.</summary>
    public static ResNetConfig ResNet101 { get; } = new([3, 4, 23, 3], true);

    /// <summary>Outputs of the head.</summary>
    public int NumClasses { get; init; } = 1000;

    /// <summary>Colour channels.</summary>
    public int InputChannels { get; init; } = 3;

    /// <summary>Width of the first stage; each later one has twice as many channels.</summary>
    public int Width { get; init; } = 64;

    /// <summary>A 3x3 stem of stride 1 without pooling, for pictures of 32x32, instead of 7x7 of stride 2 and pooling.</summary>
    public bool SmallStem { get; init; }
}

/// <summary>Residual network with torchvision's parameter names; images [batch, 3, height, width] to logits [batch, classes].</summary>
public sealed class ResNet : Module, IForward
{
    private readonly bool pools;

    /// <summary>A network with random weights: He's normal for convolutions (fan out), 1 and 0 for normalisations.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="seed">Fixes the weights.</param>
    /// <exception cref="ArgumentException">There are not four stages, or a number is below 1.</exception>
    public ResNet(ResNetConfig config, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Blocks.Length != 4 || config.Blocks.Any(count => count < 1))
            throw new ArgumentException($"ResNet: blocks are [{string.Join(", ", config.Blocks)}]; four numbers of at least 1 are needed.", nameof(config));
        ArgumentOutOfRangeException.ThrowIfLessThan(config.NumClasses, 1);
        var random = new RandomSource(seed);
        pools = !config.SmallStem;
        Conv1 = Initial(config.InputChannels, config.Width, config.SmallStem ? 3 : 7, random, config.SmallStem ? 1 : 2);
        Bn1 = new BatchNorm(config.Width);
        var channels = config.Width;
        Sequential Stage(int stage)
        {
            var width = config.Width << stage;
            var blocks = new IForward[config.Blocks[stage]];
            for (var i = 0; i < blocks.Length; i++)
            {
                var stride = i == 0 && stage > 0 ? 2 : 1;
                blocks[i] = config.Bottleneck ? new ResNetBottleneck(channels, width, stride, random) : new ResNetBasicBlock(channels, width, stride, random);
                channels = config.Bottleneck ? 4 * width : width;
            }
            return new(blocks);
        }
        (Layer1, Layer2, Layer3, Layer4) = (Stage(0), Stage(1), Stage(2), Stage(3));
        Fc = new Linear(channels, config.NumClasses, random);
    }

    /// <summary>Stem convolution.</summary>
    public Convolution Conv1 { get; }

    /// <summary>Normalisation of the stem.</summary>
    public BatchNorm Bn1 { get; }

    /// <summary>First stage.</summary>
    public Sequential Layer1 { get; }

    /// <summary>Second stage, half the resolution.</summary>
    public Sequential Layer2 { get; }

    /// <summary>Third stage.</summary>
    public Sequential Layer3 { get; }

    /// <summary>Fourth stage.</summary>
    public Sequential Layer4 { get; }

    /// <summary>The head.</summary>
    public Linear Fc { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = Bn1.Forward(Conv1.Forward(x)).Relu();
        if (pools) x = x.MaxPool([3], [2], [1]).Values;
        x = Layer4.Forward(Layer3.Forward(Layer2.Forward(Layer1.Forward(x))));
        return Fc.Forward(x.Mean([2, 3]));
    }

    internal static Convolution Initial(int inputs, int outputs, int kernel, RandomSource random, int stride = 1)
    {
        var convolution = Convolution.Image(inputs, outputs, kernel, random, stride, kernel / 2, bias: false);
        using var mode = Autograd.GradientMode.Disable();
        convolution.Weight.CopyFrom(random.Normal(convolution.Weight.Shape, 0, Math.Sqrt(2.0 / (outputs * kernel * kernel))));
        return convolution;
    }

    /// <summary>1x1 convolution and normalisation where a block changes shape; named 0 and 1.</summary>
    internal static Sequential? Shortcut(int inputs, int outputs, int stride, RandomSource random) =>
        stride == 1 && inputs == outputs ? null : new(Initial(inputs, outputs, 1, random, stride), new BatchNorm(outputs));
}

/// <summary>Two 3x3 convolutions and a shortcut.</summary>
public sealed class ResNetBasicBlock : Module, IForward
{
    internal ResNetBasicBlock(int inputs, int width, int stride, RandomSource random)
    {
        Conv1 = ResNet.Initial(inputs, width, 3, random, stride);
        Bn1 = new(width);
        Conv2 = ResNet.Initial(width, width, 3, random);
        Bn2 = new(width);
        Downsample = ResNet.Shortcut(inputs, width, stride, random);
    }

    /// <summary>3x3, with the stride.</summary>
    public Convolution Conv1 { get; }

    /// <summary>Its normalisation.</summary>
    public BatchNorm Bn1 { get; }

    /// <summary>3x3.</summary>
    public Convolution Conv2 { get; }

    /// <summary>Its normalisation.</summary>
    public BatchNorm Bn2 { get; }

    /// <summary>The shortcut where the shape changes.</summary>
    public Sequential? Downsample { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x) =>
        (Bn2.Forward(Conv2.Forward(Bn1.Forward(Conv1.Forward(x)).Relu())) + (Downsample?.Forward(x) ?? x)).Relu();
}

/// <summary>1x1, 3x3 with the stride (torchvision's "v1.5"), 1x1 to four times the width, and a shortcut.</summary>
public sealed class ResNetBottleneck : Module, IForward
{
    internal ResNetBottleneck(int inputs, int width, int stride, RandomSource random)
    {
        Conv1 = ResNet.Initial(inputs, width, 1, random);
        Bn1 = new(width);
        Conv2 = ResNet.Initial(width, width, 3, random, stride);
        Bn2 = new(width);
        Conv3 = ResNet.Initial(width, 4 * width, 1, random);
        Bn3 = new(4 * width);
        Downsample = ResNet.Shortcut(inputs, 4 * width, stride, random);
    }

    /// <summary>1x1.</summary>
    public Convolution Conv1 { get; }

    /// <summary>Its normalisation.</summary>
    public BatchNorm Bn1 { get; }

    /// <summary>3x3, with the stride.</summary>
    public Convolution Conv2 { get; }

    /// <summary>Its normalisation.</summary>
    public BatchNorm Bn2 { get; }

    /// <summary>1x1 to four times the width.</summary>
    public Convolution Conv3 { get; }

    /// <summary>Its normalisation.</summary>
    public BatchNorm Bn3 { get; }

    /// <summary>The shortcut where the shape changes.</summary>
    public Sequential? Downsample { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        var y = Bn2.Forward(Conv2.Forward(Bn1.Forward(Conv1.Forward(x)).Relu())).Relu();
        return (Bn3.Forward(Conv3.Forward(y)) + (Downsample?.Forward(x) ?? x)).Relu();
    }
}
