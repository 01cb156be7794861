namespace Scorch.Numerics;

/// <summary>How a multigrid cycle visits its levels.</summary>
public enum MultigridCycle
{
    /// <summary>Each coarser level once.</summary>
    V,

    /// <summary>Each coarser level twice.</summary>
    W,
}

/// <summary>What a multigrid solver does.</summary>
public sealed record MultigridOptions
{
    /// <summary>The cycle; V by default.</summary>
    public MultigridCycle Cycle { get; init; } = MultigridCycle.V;

    /// <summary>Gauss–Seidel sweeps before the coarse correction; 2 by default.</summary>
    public int PreSmoothing { get; init; } = 2;

    /// <summary>Gauss–Seidel sweeps after the coarse correction; 2 by default.</summary>
    public int PostSmoothing { get; init; } = 2;

    /// <summary>Red-black instead of lexicographic sweeps; true by default, as it smooths better.</summary>
    public bool RedBlack { get; init; } = true;

    /// <summary>Stop when <c>|f - A u| / |f|</c> is at most this; 1e-10 by default.</summary>
    public double Tolerance { get; init; } = 1e-10;

    /// <summary>Stop after this many cycles; 50 by default.</summary>
    public int MaximumCycles { get; init; } = 50;
}

/// <summary>Geometric multigrid for the five-point equations: Gauss–Seidel smoothing, full weighting, bilinear prolongation and an
/// exact solution on the coarsest grid.</summary>
/// <remarks>Nodes a side, boundary included, must be <c>2^p k + 1</c> with <c>k</c> at most 8.</remarks>
public static class Multigrid
{
    /// <summary>The most intervals a side that the coarsest grid may keep.</summary>
    public const int CoarsestIntervals = 8;

    /// <summary>Solves <c>A u = f</c>, <c>A</c> the five-point Laplacian with zero boundary values.</summary>
    /// <param name="source">f on the interior nodes, <c>[n-1, n-1]</c>.</param>
    /// <param name="options">Cycle, smoothing and tolerance.</param>
    /// <param name="start">The first iterate; zero when null.</param>
    /// <param name="observe">Sees each iterate, numbered from 0, as the vector of <see cref="Grid.Flatten"/>; true stops the solver.</param>
    /// <param name="cancellation">Stops between two cycles.</param>
    /// <exception cref="ArgumentException">The grid cannot be coarsened; the message suggests the nearest sizes.</exception>
    public static LinearSolution Solve(
        double[,] source,
        MultigridOptions? options = null,
        double[,]? start = null,
        IterateObserver? observe = null,
        CancellationToken cancellation = default)
    {
        options ??= new MultigridOptions();
        var grid = Grid.Of(source);
        RequireIntervals(grid.Intervals);
        grid.RequireFinite(source, nameof(source));
        LinearSolve.RequireTolerance(options.Tolerance, options.MaximumCycles);
        ArgumentOutOfRangeException.ThrowIfNegative(options.PreSmoothing, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.PostSmoothing, nameof(options));
        var u = start is null ? new double[grid.Interior, grid.Interior] : (double[,])start.Clone();
        grid.RequireFinite(u, nameof(start));

        var levels = new List<PaddedGrid> { new(grid.Intervals) };
        while (levels[^1].Intervals % 2 == 0 && levels[^1].Intervals >= 4)
        {
            levels.Add(new PaddedGrid(levels[^1].Intervals / 2));
        }

        var coarsest = Math.Max(1, 1 + levels.FindIndex(level => level.Intervals <= CoarsestIntervals));
        levels.RemoveRange(coarsest, levels.Count - coarsest);
        levels[0].Load(u, source);
        var iteration = new IterationLog(PoissonStencil.Norm(source), options.Tolerance, options.MaximumCycles, observe);
        while (true)
        {
            var norm = levels[0].ComputeResidual();
            levels[0].Store(u);
            if (iteration.Record(norm, Grid.AsSpan(u)))
            {
                return iteration.Finish(Grid.Flatten(u));
            }

            cancellation.ThrowIfCancellationRequested();
            Cycle(levels, 0, options);
        }
    }

    private static void Cycle(List<PaddedGrid> levels, int index, MultigridOptions options)
    {
        var level = levels[index];
        if (index == levels.Count - 1)
        {
            SolveExactly(level);
            return;
        }

        Smooth(level, options.PreSmoothing, options.RedBlack);
        level.ComputeResidual();
        var coarse = levels[index + 1];
        level.RestrictResidual(coarse);
        Array.Clear(coarse.U);
        Cycle(levels, index + 1, options);
        if (options.Cycle == MultigridCycle.W && index + 1 < levels.Count - 1)
        {
            Cycle(levels, index + 1, options);
        }

        level.AddProlonged(coarse);
        Smooth(level, options.PostSmoothing, options.RedBlack);
    }

    private static void Smooth(PaddedGrid level, int sweeps, bool redBlack)
    {
        for (var sweep = 0; sweep < sweeps; sweep++)
        {
            if (redBlack)
            {
                level.RedBlack();
            }
            else
            {
                level.GaussSeidel();
            }
        }
    }

    private static void SolveExactly(PaddedGrid level)
    {
        var side = level.Intervals - 1;
        var source = new double[side, side];
        for (var ix = 0; ix < side; ix++)
        {
            for (var iy = 0; iy < side; iy++)
            {
                source[ix, iy] = level.F[((ix + 1) * level.Stride) + iy + 1] * level.Intervals * level.Intervals;
            }
        }

        var exact = FastPoisson.Solve(source);
        for (var ix = 0; ix < side; ix++)
        {
            for (var iy = 0; iy < side; iy++)
            {
                level.U[((ix + 1) * level.Stride) + iy + 1] = exact[ix, iy];
            }
        }
    }

    private static void RequireIntervals(int intervals)
    {
        if (Fits(intervals))
        {
            return;
        }

        var (below, above) = (intervals, intervals);
        while (!Fits(below))
        {
            below--;
        }

        while (!Fits(above))
        {
            above++;
        }

        var odd = intervals;
        while (odd % 2 == 0)
        {
            odd /= 2;
        }

        throw new ArgumentException(
            $"Multigrid: {intervals} intervals ({intervals + 1} nodes a side) coarsen only to {odd}; the nodes a side must be 2^p k + 1 with k at most {CoarsestIntervals}. " +
            $"Nearest: {below + 1} or {above + 1} nodes ({below} or {above} intervals).",
            nameof(intervals));
    }

    private static bool Fits(int intervals)
    {
        while (intervals > CoarsestIntervals && intervals % 2 == 0)
        {
            intervals /= 2;
        }

        return intervals <= CoarsestIntervals;
    }
}
