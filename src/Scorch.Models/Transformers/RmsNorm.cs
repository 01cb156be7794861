using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>Normalisation by the root mean square alone: <c>x / sqrt(mean(x^2) + epsilon) * weight</c> (Zhang and Sennrich 2019, arXiv 1910.07467).</summary>
public sealed class RmsNorm : Module, IForward
{
    /// <summary>A normalisation that starts without scaling.</summary>
    /// <param name="features">Size of the last dimension.</param>
    /// <param name="epsilon">Keeps the root from 0.</param>
    public RmsNorm(int features, double epsilon = 1e-6)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        Weight = Parameter.Full([features], 1);
        Epsilon = epsilon;
    }

    /// <summary>Keeps the root from 0.</summary>
    public double Epsilon { get; }

    /// <summary>[features].</summary>
    public Parameter Weight { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x * (x.Square().Mean(-1, true) + Epsilon).ReciprocalSqrt() * Weight;
    }
}
