using Scorch.Modules;

namespace Scorch.Models;

/// <summary>Residual network for pictures of 32x32 (He et al. 2015, section 4.2): a 3x3 stem, three stages of 16, 32 and 64 channels, mean, linear head.</summary>
/// <remarks>
/// [batch, 3, 32, 32] to logits. Depth is 6 n + 2 for n blocks a stage. Shortcuts that change shape are 1x1 convolutions with normalisation, as in the
/// code by which distillation on CIFAR-100 is usually compared (RepDistiller), whose parameter names these are.
/// </remarks>
public sealed class CifarResNet : Module, IForward
{
    private const int Width = 16;

    /// <summary>A network with random weights: He's normal for convolutions (fan out), 1 and 0 for normalisations.</summary>
    /// <param name="depth">6 n + 2: 20, 32, 44, 56, 110.</param>
    /// <param name="classes">Outputs.</param>
    /// <param name="seed">Fixes the weights.</param>
    /// <exception cref="ArgumentException">The depth is not 6 n + 2 with n of at least 1, or there is no class.</exception>
    public CifarResNet(int depth, int classes, long seed = 0)
    {
        if (depth < 8 || (depth - 2) % 6 != 0) throw new ArgumentException($"CifarResNet: the depth is {depth}; it must be 6 n + 2, such as 20, 32, 44, 56 or 110.", nameof(depth));
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        var random = new RandomSource(seed);
        Conv1 = ResNet.Initial(3, Width, 3, random);
        Bn1 = new(Width);
        var channels = Width;
        Sequential Stage(int stage)
        {
            var width = Width << stage;
            var blocks = new IForward[(depth - 2) / 6];
            for (var i = 0; i < blocks.Length; i++)
            {
                blocks[i] = new ResNetBasicBlock(channels, width, i == 0 && stage > 0 ? 2 : 1, random);
                channels = width;
            }
            return new(blocks);
        }
        (Layer1, Layer2, Layer3) = (Stage(0), Stage(1), Stage(2));
        Fc = new(channels, classes, random);
    }

    /// <summary>Stem convolution.</summary>
    public Convolution Conv1 { get; }

    /// <summary>Normalisation of the stem.</summary>
    public BatchNorm Bn1 { get; }

    /// <summary>First stage, 32x32.</summary>
    public Sequential Layer1 { get; }

    /// <summary>Second stage, 16x16.</summary>
    public Sequential Layer2 { get; }

    /// <summary>Third stage, 8x8.</summary>
    public Sequential Layer3 { get; }

    /// <summary>The head.</summary>
    public Linear Fc { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        x = Bn1.Forward(Conv1.Forward(x)).Relu();
        return Fc.Forward(Layer3.Forward(Layer2.Forward(Layer1.Forward(x))).Mean([2, 3]));
    }
}
