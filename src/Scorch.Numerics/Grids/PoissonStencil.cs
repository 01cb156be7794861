namespace Scorch.Numerics;

/// <summary>The five-point equations <c>A u = f</c> applied straight to grid arrays <c>[ix, iy]</c> of interior nodes with zero
/// boundary values: the same numbers as with the matrix, without storing one.</summary>
public static class PoissonStencil
{
    /// <summary>The residual <c>f - A u</c>, on the scale of <c>A</c>, that is with its <c>1/h^2</c>.</summary>
    /// <param name="u"><c>[n-1, n-1]</c>.</param>
    /// <param name="source">f, <c>[n-1, n-1]</c>.</param>
    public static double[,] Residual(double[,] u, double[,] source)
    {
        var grid = RequireSame(u, source);
        var (side, scale) = (grid.Interior, (double)grid.Intervals * grid.Intervals);
        var residual = new double[side, side];
        for (var ix = 0; ix < side; ix++)
        {
            for (var iy = 0; iy < side; iy++)
            {
                var neighbours = (ix > 0 ? u[ix - 1, iy] : 0) + (ix < side - 1 ? u[ix + 1, iy] : 0)
                    + (iy > 0 ? u[ix, iy - 1] : 0) + (iy < side - 1 ? u[ix, iy + 1] : 0);
                residual[ix, iy] = source[ix, iy] - (scale * (neighbours - (4 * u[ix, iy])));
            }
        }

        return residual;
    }

    /// <summary>Gauss–Seidel sweeps in lexicographic order (<c>ix</c> outer, <c>iy</c> inner), in place.</summary>
    /// <param name="u"><c>[n-1, n-1]</c>; changed.</param>
    /// <param name="source">f, <c>[n-1, n-1]</c>.</param>
    /// <param name="sweeps">Number of sweeps, at least 0.</param>
    public static void GaussSeidel(double[,] u, double[,] source, int sweeps = 1)
    {
        var grid = RequireSame(u, source);
        ArgumentOutOfRangeException.ThrowIfNegative(sweeps);
        var padded = new PaddedGrid(grid.Intervals);
        padded.Load(u, source);
        for (var sweep = 0; sweep < sweeps; sweep++)
        {
            padded.GaussSeidel();
        }

        padded.Store(u);
    }

    /// <summary>Gauss–Seidel sweeps in red-black order, nodes with even <c>ix + iy</c> first, in place.</summary>
    /// <param name="u"><c>[n-1, n-1]</c>; changed.</param>
    /// <param name="source">f, <c>[n-1, n-1]</c>.</param>
    /// <param name="sweeps">Number of sweeps, at least 0.</param>
    public static void RedBlackGaussSeidel(double[,] u, double[,] source, int sweeps = 1)
    {
        var grid = RequireSame(u, source);
        ArgumentOutOfRangeException.ThrowIfNegative(sweeps);
        var padded = new PaddedGrid(grid.Intervals);
        padded.Load(u, source);
        for (var sweep = 0; sweep < sweeps; sweep++)
        {
            padded.RedBlack();
        }

        padded.Store(u);
    }

    /// <summary>Solves <c>A u = f</c> by lexicographic Gauss–Seidel sweeps.</summary>
    /// <param name="source">f, <c>[n-1, n-1]</c>.</param>
    /// <param name="start">The first iterate; zero when null.</param>
    /// <param name="tolerance">The relative residual to reach, at least <see cref="LinearSolve.SmallestTolerance"/>.</param>
    /// <param name="maximumSweeps">The most sweeps; rounded up to whole blocks.</param>
    /// <param name="sweepsPerCheck">Sweeps between two looks at the residual, at least 1.</param>
    /// <param name="observe">Sees the iterate at each look; true stops.</param>
    /// <param name="cancellation">Stops between two looks.</param>
    public static LinearSolution SolveGaussSeidel(
        double[,] source,
        double[,]? start = null,
        double tolerance = 1e-8,
        int maximumSweeps = 1_000_000,
        int sweepsPerCheck = 10,
        IterateObserver? observe = null,
        CancellationToken cancellation = default)
    {
        var u = start is null ? (double[,])source.Clone() : (double[,])start.Clone();
        if (start is null)
        {
            Array.Clear(u);
        }

        var grid = RequireSame(u, source);
        grid.RequireFinite(u, nameof(start));
        LinearSolve.RequireTolerance(tolerance, maximumSweeps);
        ArgumentOutOfRangeException.ThrowIfLessThan(sweepsPerCheck, 1);
        var padded = new PaddedGrid(grid.Intervals);
        padded.Load(u, source);
        var log = new IterationLog(Norm(source), tolerance, maximumSweeps, observe, sweepsPerCheck);
        while (true)
        {
            var norm = padded.ComputeResidual();
            padded.Store(u);
            if (log.Record(norm, Grid.AsSpan(u)))
            {
                return log.Finish(Grid.Flatten(u));
            }

            cancellation.ThrowIfCancellationRequested();
            for (var sweep = 0; sweep < sweepsPerCheck; sweep++)
            {
                padded.GaussSeidel();
            }
        }
    }

    /// <summary>The Euclidean norm of a grid function.</summary>
    /// <param name="values">Any grid function.</param>
    public static double Norm(double[,] values) => Norm(Grid.AsSpan(values));

    internal static double Norm(ReadOnlySpan<double> values) => Math.Sqrt(Vectors.Dot(values, values));

    private static Grid RequireSame(double[,] u, double[,] source)
    {
        var grid = Grid.Of(u);
        grid.RequireFinite(source, nameof(source));
        return grid;
    }
}
