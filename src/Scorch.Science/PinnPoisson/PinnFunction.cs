using Scorch.Autograd;

namespace Scorch.Science.PinnPoisson;

/// <summary>The network as a function of its points, with its derivatives, all of them differentiable by the weights again.</summary>
/// <remarks>Points are float64 <c>[count, 2]</c> and must require gradients. What was computed for the last points is kept, so that a
/// residual may ask for value, gradient and Laplacian in turn.</remarks>
public sealed class PinnFunction
{
    private readonly PinnNetwork network;
    private Tensor? points;
    private Tensor? value;
    private Tensor? gradient;
    private readonly Tensor?[] rows = new Tensor?[2];

    internal PinnFunction(PinnNetwork network) => this.network = network;

    /// <summary>u at the points, <c>[count, 1]</c>.</summary>
    /// <param name="x"><c>[count, 2]</c>.</param>
    public Tensor Value(Tensor x)
    {
        Meet(x);
        return value ??= network.Forward(x);
    }

    /// <summary>The gradient <c>(u_x, u_y)</c>, <c>[count, 2]</c>.</summary>
    /// <param name="x"><c>[count, 2]</c>.</param>
    public Tensor Gradient(Tensor x)
    {
        Meet(x);

        // Each u depends on its own point only, so that the gradient of the sum holds every point's gradient.
        return gradient ??= Differentiate(Value(x).Sum(), x);
    }

    /// <summary>The second derivative along two axes, <c>[count, 1]</c>.</summary>
    /// <param name="x"><c>[count, 2]</c>.</param>
    /// <param name="first">0 for x, 1 for y.</param>
    /// <param name="second">0 for x, 1 for y.</param>
    public Tensor SecondDerivative(Tensor x, int first, int second)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)first, 1u, nameof(first));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)second, 1u, nameof(second));
        var slope = Gradient(x);
        var row = rows[first] ??= Differentiate(slope[.., first..(first + 1)].Sum(), x);
        return row[.., second..(second + 1)];
    }

    /// <summary>The Laplacian <c>u_xx + u_yy</c>, <c>[count, 1]</c>.</summary>
    /// <param name="x"><c>[count, 2]</c>.</param>
    public Tensor Laplacian(Tensor x) => SecondDerivative(x, 0, 0) + SecondDerivative(x, 1, 1);

    // A piecewise linear network has no second derivative to give: the sum then has no history, and the derivative is zero.
    private static Tensor Differentiate(Tensor sum, Tensor x) =>
        sum.RequiresGradient
        ? Differentiation.Gradients([sum], [x], createGraph: true, allowUnused: true)[0] ?? Tensor.ZerosLike(x)
        : Tensor.ZerosLike(x);

    private void Meet(Tensor x)
    {
        if (ReferenceEquals(points, x))
        {
            return;
        }

        points = x;
        value = gradient = rows[0] = rows[1] = null;
    }
}
