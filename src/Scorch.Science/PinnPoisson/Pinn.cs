using Scorch.Autograd;
using Scorch.Numerics;

namespace Scorch.Science.PinnPoisson;

/// <summary>Value and derivatives of a network at points.</summary>
/// <param name="U">u, <c>[count]</c>.</param>
/// <param name="Gradient"><c>(u_x, u_y)</c>, <c>[count, 2]</c>.</param>
/// <param name="Uxx">u_xx, <c>[count]</c>.</param>
/// <param name="Uyy">u_yy, <c>[count]</c>.</param>
public sealed record PinnDerivatives(double[] U, double[,] Gradient, double[] Uxx, double[] Uyy);

/// <summary>A trained physics-informed network. Evaluation is safe from many threads.</summary>
public sealed class Pinn
{
    // Points of one forward pass; bounds the memory of a fine grid.
    private const int BatchSize = 16_384;

    internal Pinn(PinnNetwork network, PinnConfig config, TrainingRecord record)
    {
        Network = network;
        Config = config;
        Record = record;
    }

    /// <summary>The network.</summary>
    public PinnNetwork Network { get; }

    /// <summary>How it was built and trained.</summary>
    public PinnConfig Config { get; }

    /// <summary>How training went.</summary>
    public TrainingRecord Record { get; }

    /// <summary>An equation of the user's own, e.g. <c>Pinn.Residual((net, x) => net.Laplacian(x) - f(x))</c>.</summary>
    /// <param name="residual">From the network and points <c>[count, 2]</c> to residuals <c>[count, 1]</c> that shall vanish.</param>
    public static PinnEquation Residual(Func<PinnFunction, Tensor, Tensor> residual)
    {
        ArgumentNullException.ThrowIfNull(residual);
        return new PinnEquation(residual);
    }

    /// <summary>u on the interior nodes of a grid.</summary>
    /// <param name="grid">The grid.</param>
    /// <returns><c>[n-1, n-1]</c>, indexed <c>[ix, iy]</c>.</returns>
    public double[,] Evaluate(Grid grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        var points = new double[grid.Interior * grid.Interior, 2];
        for (var i = 0; i < points.GetLength(0); i++)
        {
            (points[i, 0], points[i, 1]) = (grid.Coordinate(i / grid.Interior), grid.Coordinate(i % grid.Interior));
        }

        return grid.Unflatten(Evaluate(points));
    }

    /// <summary>u at points.</summary>
    /// <param name="points"><c>[count, 2]</c>.</param>
    /// <returns><c>[count]</c>.</returns>
    public double[] Evaluate(double[,] points)
    {
        RequirePairs(points);
        var values = new double[points.GetLength(0)];
        using (GradientMode.Disable())
        {
            for (var first = 0; first < values.Length; first += BatchSize)
            {
                var batch = new double[Math.Min(BatchSize, values.Length - first), 2];
                Array.Copy(points, 2 * first, batch, 0, batch.Length);
                Network.Forward(Tensor.From(batch)).ToArray<double>().CopyTo(values, first);
            }
        }

        return values;
    }

    /// <summary>u and its derivatives at points.</summary>
    /// <param name="points"><c>[count, 2]</c>.</param>
    public PinnDerivatives Derivatives(double[,] points)
    {
        RequirePairs(points);
        var x = Tensor.From(points);
        x.RequiresGradient = true;
        var function = new PinnFunction(Network);
        return new PinnDerivatives(
            function.Value(x).Detach().ToArray<double>(),
            function.Gradient(x).Detach().ToMatrix<double>(),
            function.SecondDerivative(x, 0, 0).Detach().ToArray<double>(),
            function.SecondDerivative(x, 1, 1).Detach().ToArray<double>());
    }

    private static void RequirePairs(double[,] points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.GetLength(1) != 2)
        {
            throw new ArgumentException($"Pinn: points are pairs (x, y); {points.GetLength(1)} coordinates were given.", nameof(points));
        }
    }
}
