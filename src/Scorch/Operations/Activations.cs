using Scorch.Kernels;

namespace Scorch;

public partial class Tensor
{
    /// <summary>Sets elements to 0 with a probability and scales the others by 1 / (1 - probability).</summary>
    public Tensor Dropout(double probability, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (probability is < 0 or > 1) throw new ArgumentOutOfRangeException(nameof(probability), probability, "Dropout: the probability lies in [0, 1].");
        if (probability == 0) return this;
        if (probability == 1) return this * 0.0;
        return this * (random.Bernoulli(Shape, 1 - probability, DataType) * (1 / (1 - probability)));
    }

    /// <summary>x * Phi(x), or its tanh approximation.</summary>
    public Tensor Gelu(bool approximate = false)
    {
        if (approximate) return 0.5 * this * (1 + (Math.Sqrt(2 / Math.PI) * (this + (0.044715 * this * Square()))).Tanh());
        return Unary(UnaryKernel.Gelu, (x, y, g) => GeluSlope(g, x), Saves.Input);
    }

    private Tensor NormalDistribution() => 0.5 * (1 + (this * Math.Sqrt(0.5)).Erf());

    private Tensor NormalDensity() => (Square() * -0.5).Exp() * (1 / Math.Sqrt(2 * Math.PI));

    /// <summary>x sigmoid(x), also called swish.</summary>
    public Tensor Silu() => this * Sigmoid();

    /// <summary>x where positive, slope times x elsewhere.</summary>
    public Tensor LeakyRelu(double slope = 0.01) => Where(GreaterThan(0), this, this * slope);

    /// <summary>x where positive, alpha (e^x - 1) elsewhere.</summary>
    public Tensor Elu(double alpha = 1) => Where(GreaterThan(0), this, Clamp(maximum: 0).ExpMinusOne() * alpha);
}
