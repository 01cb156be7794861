using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>ScaleNorm: <c>g x / |x|</c> with one trained length g (Nguyen and Salazar 2019, arXiv 1910.05895).</summary>
public sealed class ScaleNorm : Module, IForward
{
    /// <summary>A normalisation that starts with g = sqrt(features).</summary>
    /// <param name="features">Size of the last dimension.</param>
    /// <param name="epsilon">The least length that x counts as.</param>
    public ScaleNorm(int features, double epsilon = 1e-5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (Length, Epsilon) = (Parameter.Full([], Math.Sqrt(features)), epsilon);
    }

    /// <summary>g.</summary>
    public Parameter Length { get; }

    /// <summary>The least length that x counts as.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x * (Length * x.Square().Sum(-1, true).Clamp(minimum: Epsilon * Epsilon).ReciprocalSqrt());
    }
}

/// <summary>AdaNorm: <c>C (1 - k y) y</c> of the normalised y, the factor a constant to the gradient (Xu et al. 2019, arXiv 1911.07013, equation 7).</summary>
public sealed class AdaNorm : Module, IForward
{
    /// <summary>A normalisation; it has no parameters.</summary>
    /// <param name="scale">C.</param>
    /// <param name="slope">k.</param>
    /// <param name="epsilon">Keeps the root from 0.</param>
    public AdaNorm(double scale = 1, double slope = 0.1, double epsilon = 1e-5) => (Scale, Slope, Epsilon) = (scale, slope, epsilon);

    /// <summary>C.</summary>
    public double Scale { get; }

    /// <summary>k.</summary>
    public double Slope { get; }

    /// <summary>Keeps the root from 0.</summary>
    public double Epsilon { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var normalized = x.LayerNorm([x.Shape[-1]], epsilon: Epsilon);
        return ((1 - (Slope * normalized)) * Scale).Detach() * normalized;
    }
}

/// <summary>
/// PowerNorm: <c>weight x / psi + bias</c> with psi^2 the running mean of x^2 of each feature, and a backward pass by running means as well
/// (Shen et al. 2020, arXiv 2003.07845, algorithm 2).
/// </summary>
/// <remarks>
/// A batch is normalised by the mean before it, so that no position sees another. With G the gradient of x / psi and nu the running mean of its
/// product with x / psi, the gradient of x is <c>(G - nu x / psi) / psi</c>. Both means move in training alone.
/// </remarks>
public sealed class PowerNorm : Module, IForward
{
    /// <summary>A normalisation that starts without scaling.</summary>
    /// <param name="features">Size of the last dimension.</param>
    /// <param name="decay">Share of the running means that stays, alpha.</param>
    /// <param name="epsilon">Keeps the root from 0.</param>
    public PowerNorm(int features, double decay = 0.9, double epsilon = 1e-5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        (Decay, Epsilon) = (decay, epsilon);
        (Weight, Bias) = (Parameter.Full([features], 1), Parameter.Full([features], 0));
        (RunningSquare, RunningProduct) = (Tensor.Ones([features]), Tensor.Zeros([features]));
    }

    /// <summary>Share of the running means that stays.</summary>
    public double Decay { get; }

    /// <summary>Keeps the root from 0.</summary>
    public double Epsilon { get; }

    /// <summary>[features].</summary>
    public Parameter Weight { get; }

    /// <summary>[features].</summary>
    public Parameter Bias { get; }

    /// <summary>psi^2, [features].</summary>
    [Buffer]
    public Tensor RunningSquare { get; }

    /// <summary>nu, [features].</summary>
    [Buffer]
    public Tensor RunningProduct { get; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        var root = (RunningSquare.To(x.DataType) + Epsilon).Sqrt();
        if (!IsTraining) return (x / root * Weight) + Bias;
        var normalized = Differentiation.Custom([x], inputs => inputs[0] / root, (_, output, gradient) => [Backward(output.Detach(), gradient) / root]);
        using (GradientMode.Disable())
        {
            var mean = PerFeature(x.Detach().Square());
            RunningSquare.CopyFrom(((RunningSquare * Decay) + (mean * (1 - Decay))).To(RunningSquare.DataType));
        }
        return (normalized * Weight) + Bias;
    }

    private Tensor Backward(Tensor normalized, Tensor gradient)
    {
        using var mode = GradientMode.Disable();
        var before = RunningProduct.To(gradient.DataType).Clone();
        var (power, product) = (PerFeature(normalized.Square()), PerFeature(gradient * normalized));
        RunningProduct.CopyFrom(((before * (1 - ((1 - Decay) * power))) + (product * (1 - Decay))).To(RunningProduct.DataType));
        return gradient - (before * normalized);
    }

    private static Tensor PerFeature(Tensor x) => x.Reshape(-1, x.Shape[-1]).Mean(0);
}
