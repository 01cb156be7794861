using System.Diagnostics;
using Scorch.Numerics;

namespace Scorch.Science.PinnPoisson;

/// <summary>The classical side of the comparison: each solver's time and result on one grid.</summary>
internal static class ClassicalSolvers
{
    private const int Repetitions = 5;

    public const double Tolerance = 1e-8;

    /// <summary>Assembly, ILU(0) and conjugate gradients from zero.</summary>
    public static (double[,] U, int Iterations, double Seconds) ConjugateGradient(double[,] source, CancellationToken cancellation) => Timed(() =>
    {
        var grid = Grid.Of(source);
        var matrix = FivePointLaplacian.Dirichlet(grid.Intervals);
        var found = LinearSolve.ConjugateGradient(matrix, Grid.Flatten(source), Ilu0.Factor(matrix), Tolerance, cancellation: cancellation);
        return (grid.Unflatten(found.Solution), found.Iterations);
    });

    /// <summary>Assembly, ordering, sparse Cholesky and the triangular solutions.</summary>
    public static (double[,] U, int Iterations, double Seconds) Direct(double[,] source, CancellationToken cancellation) => Timed(() =>
    {
        var grid = Grid.Of(source);
        var factor = SparseCholesky.Factor(FivePointLaplacian.Dirichlet(grid.Intervals), cancellation: cancellation);
        return (grid.Unflatten(factor.Solve(Grid.Flatten(source))), 1);
    });

    /// <summary>Sine transforms.</summary>
    public static (double[,] U, int Iterations, double Seconds) SineTransforms(double[,] source) => Timed(() => (FastPoisson.Solve(source), 1));

    /// <summary>V(2,2) cycles from zero.</summary>
    public static (double[,] U, int Iterations, double Seconds) Multigrid(double[,] source, CancellationToken cancellation) => Timed(() =>
    {
        var found = Numerics.Multigrid.Solve(source, new MultigridOptions { Tolerance = Tolerance }, cancellation: cancellation);
        return (Grid.Of(source).Unflatten(found.Solution), found.Iterations);
    });

    // The median of a few after one that pays for compilation: a network's time, too, is one ordinary run on a shared machine.
    private static (double[,] U, int Iterations, double Seconds) Timed(Func<(double[,] U, int Iterations)> solve)
    {
        var (u, iterations) = solve();
        var seconds = new double[Repetitions];
        for (var i = 0; i < Repetitions; i++)
        {
            var watch = Stopwatch.StartNew();
            (u, iterations) = solve();
            seconds[i] = watch.Elapsed.TotalSeconds;
        }

        Array.Sort(seconds);
        return (u, iterations, seconds[Repetitions / 2]);
    }
}
