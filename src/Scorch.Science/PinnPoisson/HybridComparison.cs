using System.Globalization;
using Scorch.Numerics;
using Scorch.Reproductions;

namespace Scorch.Science.PinnPoisson;

/// <summary>The hybrids against the same solvers started from zero (C4). The zero starts do not depend on the seed and run once.</summary>
internal sealed class HybridComparison
{
    private const double Error = 1e-6;
    private const int SweepsPerCheck = 25;

    private readonly ReproductionPlan plan;
    private readonly PoissonProblem problem;
    private readonly CancellationToken cancellation;
    private readonly double[] exact;
    private readonly double exactNorm;
    private readonly double[,] continuous;
    private readonly (LinearSolution Conjugate, LinearSolution Preconditioned, LinearSolution Sweeps) zero;

    public HybridComparison(ReproductionPlan plan, PoissonProblem problem, CancellationToken cancellation)
    {
        (this.plan, this.problem, this.cancellation) = (plan, problem, cancellation);
        var grid = new Grid(plan.Fine);
        var source = problem.DiscreteSource(grid);
        exact = Grid.Flatten(FastPoisson.Solve(source));
        exactNorm = Distance(exact, new double[exact.Length]);
        continuous = Fields.Inject(problem.SolveDiscrete(new Grid(4 * plan.Fine)), 4);
        var matrix = FivePointLaplacian.Dirichlet(plan.Fine);
        zero = (
            LinearSolve.ConjugateGradient(matrix, Grid.Flatten(source), null, 1e-14, observe: IsExactEnough, cancellation: cancellation),
            LinearSolve.ConjugateGradient(matrix, Grid.Flatten(source), Ilu0.Factor(matrix), 1e-14, observe: IsExactEnough, cancellation: cancellation),
            PoissonStencil.SolveGaussSeidel(source, tolerance: 1e-14, sweepsPerCheck: SweepsPerCheck, observe: IsExactEnough, cancellation: cancellation));
    }

    public void Measure(RunContext context, int seed, Pinn pinn)
    {
        var conjugate = Solve(HybridVariant.ConjugateGradient, pinn);
        var preconditioned = Solve(HybridVariant.ConjugateGradient, pinn, precondition: true);
        var sweeps = Solve(HybridVariant.GaussSeidel, pinn);
        var refined = Solve(HybridVariant.RefinedGaussSeidel, pinn);
        foreach (var (claim, hybrid, baseline) in new[] { ("C4a", conjugate, zero.Conjugate), ("C4b", sweeps, zero.Sweeps), ("C4c", refined, zero.Sweeps), ("C4e", preconditioned, zero.Preconditioned) })
        {
            context.Measure(claim, seed, Arm.Method, hybrid.Fine.Iterations);
            context.Measure(claim, seed, Arm.Baseline, baseline.Iterations);
        }

        var grid = new Grid(plan.Fine);
        context.Measure("C4d", seed, Arm.Method, Fields.RelativeError(refined.Solution, continuous));
        context.Measure("C4d", seed, Arm.Baseline, Fields.RelativeError(grid.Unflatten(zero.Preconditioned.Solution), continuous));
        var start = Fields.RelativeError(sweeps.Start, grid.Unflatten(exact));
        context.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"Seed {seed}, hybrids for {plan.Target}: prediction's error {start:G3}; without training, CG {conjugate.Times.WithoutTraining:G3} s, sweeps {sweeps.Times.WithoutTraining:G3} s, refined {refined.Times.WithoutTraining:G3} s ({refined.CoarseIterations} coarse iterations); training {pinn.Record.Seconds:F1} s."));
    }

    private HybridResult Solve(HybridVariant variant, Pinn pinn, bool precondition = false) => HybridPoisson.Solve(
        problem,
        plan.Fine,
        plan.Coarse,
        pinn,
        new HybridConfig { Variant = variant, Tolerance = 1e-14, Precondition = precondition, SweepsPerCheck = SweepsPerCheck, Observe = IsExactEnough },
        cancellation);

    private bool IsExactEnough(int iteration, ReadOnlySpan<double> u, double residual) => Distance(exact, u) <= Error * exactNorm;

    private static double Distance(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
        {
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        }

        return Math.Sqrt(sum);
    }
}
