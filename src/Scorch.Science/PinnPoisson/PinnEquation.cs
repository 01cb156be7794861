namespace Scorch.Science.PinnPoisson;

/// <summary>What a network is trained for: residuals that shall vanish inside the unit square and on its boundary.</summary>
/// <param name="Interior">From the network and points <c>[count, 2]</c> to residuals <c>[count, 1]</c>.</param>
/// <param name="Boundary">From the network, points <c>[count, 2]</c> and outward normals <c>[count, 2]</c> to residuals <c>[count, 1]</c>; null for none.</param>
public sealed record PinnEquation(Func<PinnFunction, Tensor, Tensor> Interior, Func<PinnFunction, Tensor, Tensor, Tensor>? Boundary = null)
{
    /// <summary>The same equation with a boundary residual.</summary>
    /// <param name="boundary">From the network, points and outward normals to residuals.</param>
    public PinnEquation WithBoundary(Func<PinnFunction, Tensor, Tensor, Tensor> boundary) => this with { Boundary = boundary };

    /// <summary>The residuals of a Poisson problem: <c>u_xx + u_yy - f</c> inside; <c>u - g</c> or <c>du/dn - g</c> on the boundary.</summary>
    /// <param name="problem">The problem.</param>
    public static PinnEquation Of(PoissonProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var source = new Sampled(problem.Laplacian);
        var boundary = new Sampled(problem.Boundary.Value);
        return new PinnEquation(
            (network, x) => network.Laplacian(x) - source.At(x),
            problem.Boundary.Kind == BoundaryKind.Dirichlet
                ? (network, x, _) => problem.Boundary.IsZero ? network.Value(x) : network.Value(x) - boundary.At(x)
                : (network, x, normals) => (network.Gradient(x) * normals).Sum([1], keepDimensions: true) - boundary.At(x));
    }

    // Collocation points stay the same over thousands of steps: their sources are computed once.
    internal sealed class Sampled(Func<double, double, double> function)
    {
        private Tensor? points;
        private Tensor? values;

        public Tensor At(Tensor x)
        {
            if (!ReferenceEquals(points, x))
            {
                var coordinates = x.Detach().ToArray<double>();
                var sampled = new double[coordinates.Length / 2];
                for (var i = 0; i < sampled.Length; i++)
                {
                    sampled[i] = function(coordinates[2 * i], coordinates[(2 * i) + 1]);
                }

                values = Tensor.From(sampled, [sampled.Length, 1]);
                points = x;
            }

            return values!;
        }
    }
}
