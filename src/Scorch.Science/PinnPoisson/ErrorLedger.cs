using System.Globalization;
using Scorch.Numerics;

namespace Scorch.Science.PinnPoisson;

/// <summary>Where the error of a trained network comes from; every entry is a relative Euclidean error on one grid.</summary>
/// <param name="Discretisation">The five-point solution against that on a four times finer grid: what a grid solver is off by.</param>
/// <param name="Network">The best fit of the same network to the solution: what its size allows, up to the fit's own optimisation.</param>
/// <param name="Optimisation">The trained network against the best fit: what training on the equation left undone.</param>
/// <param name="Inside">The part of the error that the residual inside the square causes.</param>
/// <param name="Boundary">The part that wrong boundary values cause; the two parts add up to the error, node by node.</param>
/// <param name="Total">The trained network against the exact discrete solution.</param>
/// <param name="TotalContinuous">The trained network against the four times finer grid.</param>
public sealed record ErrorLedger(
    double Discretisation, double Network, double Optimisation, double Inside, double Boundary, double Total, double TotalContinuous)
{
    // Intervals a side of the fit's nodes, if the grid can be halved that far.
    private const int LargestFit = 32;

    /// <summary>Draws up the ledger of a network.</summary>
    /// <param name="problem">The problem it was trained for; Dirichlet boundary.</param>
    /// <param name="pinn">The network.</param>
    /// <param name="grid">The grid of the comparison.</param>
    /// <param name="fitIterations">L-BFGS iterations of the best fit, from the trained weights.</param>
    /// <param name="cancellation">Stops the fit.</param>
    /// <exception cref="NotSupportedException">The boundary condition is not Dirichlet.</exception>
    public static ErrorLedger Of(PoissonProblem problem, Pinn pinn, Grid grid, int fitIterations = 500, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(pinn);
        ArgumentNullException.ThrowIfNull(grid);
        var u = pinn.Evaluate(grid);
        var exact = problem.SolveDiscrete(grid);
        var continuous = Fields.Inject(problem.SolveDiscrete(new Grid(4 * grid.Intervals)), 4);
        var best = Fit(exact, pinn, fitIterations, cancellation).Evaluate(grid);

        // The error solves a Poisson equation of its own. Its boundary values alone give the harmonic part; the rest the residual causes.
        var harmonic = new PoissonProblem(
            UnitSquare.Dirichlet((x, y) => pinn.Evaluate(new[,] { { x, y } })[0] - problem.Boundary.Value(x, y)), (_, _) => 0).SolveDiscrete(grid);
        var size = PoissonStencil.Norm(exact);
        return new ErrorLedger(
            Fields.RelativeError(exact, continuous),
            Fields.RelativeError(best, exact),
            PoissonStencil.Norm(Fields.Subtract(u, best)) / size,
            PoissonStencil.Norm(Fields.Subtract(Fields.Subtract(u, exact), harmonic)) / size,
            PoissonStencil.Norm(harmonic) / size,
            Fields.RelativeError(u, exact),
            Fields.RelativeError(u, continuous));
    }

    /// <summary>All entries on one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"discretisation {Discretisation:G3}, network {Network:G3}, optimisation {Optimisation:G3} (inside {Inside:G3}, boundary {Boundary:G3}), total {Total:G3} against the discrete and {TotalContinuous:G3} against a four times finer solution.");

    // Regression on nodes of the comparison's own grid, from the trained weights: there the fit cannot be worse than where it starts.
    private static Pinn Fit(double[,] exact, Pinn pinn, int iterations, CancellationToken cancellation)
    {
        var grid = Grid.Of(exact);
        var stride = 1;
        while (grid.Intervals % (2 * stride) == 0 && grid.Intervals / stride > LargestFit)
        {
            stride *= 2;
        }

        var nodes = new Grid(grid.Intervals / stride);
        var points = new double[nodes.Interior * nodes.Interior, 2];
        for (var i = 0; i < points.GetLength(0); i++)
        {
            (points[i, 0], points[i, 1]) = (nodes.Coordinate(i / nodes.Interior), nodes.Coordinate(i % nodes.Interior));
        }

        var size = PoissonStencil.Norm(exact) / exact.GetLength(0);
        var target = new PinnEquation.Sampled(SourceFile.Interpolate(exact));
        var equation = new PinnEquation((network, x) => (network.Value(x) - target.At(x)) / size);
        var config = pinn.Config with { Adam = (pinn.Config.Adam.LearningRate, 0), Lbfgs = new LbfgsPlan(iterations), InteriorWeight = 1, Refinement = null };
        var fitted = new PinnNetwork(config, 0);
        fitted.CopyFrom(pinn.Network);
        return new Pinn(fitted, config, new PinnTrainer(fitted, config, equation, points, new double[0, 4]).Run(cancellation: cancellation));
    }
}
