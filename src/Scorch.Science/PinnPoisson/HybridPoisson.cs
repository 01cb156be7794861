using System.Diagnostics;
using Scorch.Numerics;

namespace Scorch.Science.PinnPoisson;

/// <summary>The paper's hybrid: a network solves the coarse level, a classical solver finishes on the fine one.</summary>
/// <remarks>Gauss–Seidel removes the oscillating part of an error only; the smooth part must be right on the coarse level, which is why
/// refining the prediction there, at a small fraction of the cost, matters.</remarks>
public static class HybridPoisson
{
    /// <summary>Solves a problem with Dirichlet boundary on the fine grid.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="fine">Intervals a side of the fine grid, <c>coarse</c> times a power of two.</param>
    /// <param name="coarse">Intervals a side of the coarse grid.</param>
    /// <param name="pinn">A network trained for the problem.</param>
    /// <param name="config">Variant and tolerances.</param>
    /// <param name="cancellation">Stops between two iterations.</param>
    /// <exception cref="ArgumentException">The grids do not fit, or the tolerance cannot be reached in float64.</exception>
    /// <exception cref="NotSupportedException">The boundary condition is not Dirichlet.</exception>
    public static HybridResult Solve(
        PoissonProblem problem, int fine, int coarse, Pinn pinn, HybridConfig? config = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(pinn);
        config ??= new HybridConfig();
        var (fineGrid, coarseGrid) = (new Grid(fine), new Grid(coarse));
        var (trained, watch) = (pinn.Record.Seconds, Stopwatch.StartNew());
        var start = pinn.Evaluate(coarseGrid);
        var infer = Lap(watch);

        var coarseIterations = 0;
        if (config.Variant == HybridVariant.RefinedGaussSeidel)
        {
            var source = Grid.Flatten(problem.DiscreteSource(coarseGrid));
            var matrix = FivePointLaplacian.Dirichlet(coarse);
            var refined = LinearSolve.ConjugateGradient(
                matrix, source, Ilu0.Factor(matrix), config.CoarseTolerance, config.MaximumIterations, Grid.Flatten(start), cancellation: cancellation);
            (start, coarseIterations) = (coarseGrid.Unflatten(refined.Solution), refined.Iterations);
        }

        var refine = Lap(watch);
        start = Prolong(problem, start, fineGrid, config.Prolongation);
        var prolong = Lap(watch);
        var fineSource = problem.DiscreteSource(fineGrid);
        LinearSolution found;
        if (config.Variant == HybridVariant.TwoGrid)
        {
            (found, var retrained) = TwoGrid(fineSource, coarseGrid, start, pinn, config, cancellation);
            trained += retrained;
            return Finish(Lap(watch) - retrained);
        }

        if (config.Variant == HybridVariant.ConjugateGradient)
        {
            var matrix = FivePointLaplacian.Dirichlet(fine);
            var preconditioner = config.Precondition ? Ilu0.Factor(matrix) : null;
            found = LinearSolve.ConjugateGradient(
                matrix, Grid.Flatten(fineSource), preconditioner, config.Tolerance, config.MaximumIterations, Grid.Flatten(start), config.Observe, cancellation);
        }
        else
        {
            found = PoissonStencil.SolveGaussSeidel(
                fineSource, start, config.Tolerance, config.MaximumIterations, config.SweepsPerCheck, config.Observe, cancellation);
        }

        return Finish(Lap(watch));

        HybridResult Finish(double solve) =>
            new(fineGrid.Unflatten(found.Solution), start, found, coarseIterations, new HybridTimes(trained, infer, refine, prolong, solve));
    }

    // A prolongation assumes zero boundary values; for others the harmonic lift of the boundary is solved apart and added back.
    private static double[,] Prolong(PoissonProblem problem, double[,] coarse, Grid fine, Prolongation prolongation)
    {
        if (problem.Boundary.IsZero)
        {
            return GridTransfer.Prolong(coarse, fine, prolongation);
        }

        var lift = new PoissonProblem(problem.Boundary, (_, _) => 0);
        var prolonged = GridTransfer.Prolong(Fields.Subtract(coarse, lift.SolveDiscrete(Grid.Of(coarse))), fine, prolongation);
        var lifted = lift.SolveDiscrete(fine);
        for (var i = 0; i < fine.Interior; i++)
        {
            for (var j = 0; j < fine.Interior; j++)
            {
                lifted[i, j] += prolonged[i, j];
            }
        }

        return lifted;
    }

    private static (LinearSolution Found, double TrainingSeconds) TwoGrid(
        double[,] source, Grid coarse, double[,] start, Pinn pinn, HybridConfig config, CancellationToken cancellation)
    {
        var fine = Grid.Of(source);
        var retraining = config.Retraining ?? pinn.Config;
        var u = (double[,])start.Clone();
        var (norms, training) = (new List<double>(), 0.0);
        var goal = config.Tolerance * PoissonStencil.Norm(source);
        for (var cycle = 0; ; cycle++)
        {
            cancellation.ThrowIfCancellationRequested();
            var residual = PoissonStencil.Residual(u, source);
            norms.Add(PoissonStencil.Norm(residual));
            var observed = config.Observe?.Invoke(cycle, Grid.Flatten(u), norms[^1]) ?? false;
            if (norms[^1] <= goal || observed || cycle >= config.MaximumIterations)
            {
                var reason = norms[^1] <= goal ? StopReason.Converged : observed ? StopReason.Observer : StopReason.IterationLimit;
                return (new LinearSolution(Grid.Flatten(u), reason, norms, cycle), training);
            }

            PoissonStencil.GaussSeidel(u, source, config.Smoothing);
            residual = PoissonStencil.Residual(u, source);
            var restricted = residual;
            while (Grid.Of(restricted).Intervals > coarse.Intervals)
            {
                restricted = GridTransfer.FullWeighting(restricted);
            }

            // The equation is linear: the network sees the residual at size one, and its answer is scaled back.
            var size = PoissonStencil.Norm(restricted) / restricted.GetLength(0);
            if (size > 0)
            {
                var scaled = SourceFile.Interpolate(restricted);
                var equation = new PoissonProblem(UnitSquare.Dirichlet(0), (x, y) => scaled(x, y) / size);
                pinn = PinnSolver.Train(equation, retraining, cycle + 1, pinn, cancellation: cancellation);
                training += pinn.Record.Seconds;
                AddOptimally(u, GridTransfer.Prolong(pinn.Evaluate(coarse), fine, config.Prolongation), residual);
            }

            PoissonStencil.GaussSeidel(u, source, config.Smoothing);
        }
    }

    // The multiple of the correction e that minimises the energy norm of the error, (r, e)/(A e, e): a poor network cannot do harm.
    private static void AddOptimally(double[,] u, double[,] correction, double[,] residual)
    {
        var image = PoissonStencil.Residual(correction, new double[u.GetLength(0), u.GetLength(1)]);
        double along = 0, energy = 0;
        for (var i = 0; i < u.GetLength(0); i++)
        {
            for (var j = 0; j < u.GetLength(1); j++)
            {
                along += residual[i, j] * correction[i, j];
                energy -= image[i, j] * correction[i, j];
            }
        }

        var step = energy == 0 ? 0 : along / energy;
        for (var i = 0; i < u.GetLength(0); i++)
        {
            for (var j = 0; j < u.GetLength(1); j++)
            {
                u[i, j] += step * correction[i, j];
            }
        }
    }

    private static double Lap(Stopwatch watch)
    {
        var seconds = watch.Elapsed.TotalSeconds;
        watch.Restart();
        return seconds;
    }
}
