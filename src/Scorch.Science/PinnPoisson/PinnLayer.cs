using Scorch.Modules;

namespace Scorch.Science.PinnPoisson;

/// <summary>One layer of a PINN, in float64: <c>s(n a (W x + b))</c>, the slope <c>n a</c> only where the activation adapts, s only where there is one.</summary>
/// <remarks>Input <c>[count, inputs]</c>, output <c>[count, outputs]</c>.</remarks>
public sealed class PinnLayer : Module, IForward
{
    private readonly Activation? activation;

    internal PinnLayer(int inputs, int outputs, Activation? activation, RandomSource random)
    {
        this.activation = activation;

        // Glorot and Bengio (2010).
        var bound = Math.Sqrt(6.0 / (inputs + outputs));
        Weight = Parameter.Uniform([outputs, inputs], -bound, bound, random, DataType.Float64);
        Bias = Parameter.Full([outputs], 0, DataType.Float64);
        Slope = activation?.Scale is { } scale ? Parameter.Full([], 1 / scale, DataType.Float64) : null;
    }

    /// <summary>W, <c>[outputs, inputs]</c>.</summary>
    public Parameter Weight { get; }

    /// <summary>b, <c>[outputs]</c>.</summary>
    public Parameter Bias { get; }

    /// <summary>a, a number; null for a fixed activation and in the last layer.</summary>
    public Parameter? Slope { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var z = x.Affine(Weight, Bias);
        if (Slope is not null)
        {
            z *= activation!.Scale!.Value * Slope;
        }

        return activation?.Kind switch
        {
            null => z,
            ActivationKind.Tanh => z.Tanh(),
            ActivationKind.Sigmoid => z.Sigmoid(),
            ActivationKind.Relu => z.Relu(),
            ActivationKind.Swish => z * z.Sigmoid(),
            ActivationKind.Sine => z.Sin(),
            _ => throw new InvalidOperationException($"PinnLayer: there is no activation '{activation.Kind}'."),
        };
    }
}
