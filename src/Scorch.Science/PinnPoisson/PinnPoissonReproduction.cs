using System.Globalization;
using Scorch.Checkpoints;
using Scorch.Numerics;
using Scorch.Reproductions;

namespace Scorch.Science.PinnPoisson;

/// <summary>Physics-Informed Deep-Learning for Scientific Computing (arXiv 2103.09655): networks, classical solvers and their hybrid on
/// Poisson's equation.</summary>
public sealed class PinnPoissonReproduction : Reproduction
{
    /// <inheritdoc/>
    public override string PaperSlug => "pinn-poisson";

    /// <inheritdoc/>
    public override IReadOnlyList<Claim> Claims { get; } =
    [
        new Claim
        {
            Id = "C1a", Statement = "A network's accuracy on Poisson's equation is not competitive with a linear solver.",
            Metric = "log10 of the relative L2 error against the exact discrete solution (baseline: CG + ILU(0) at 1e-8)",
            Comparison = Comparison.Value, Threshold = Threshold.AtLeast(-3), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C1b", Statement = "A network's time to solution is not competitive with an iterative linear solver.",
            Metric = "wall time, network training and inference against CG + ILU(0)", Unit = "s",
            Comparison = Comparison.Ratio, Threshold = Threshold.AtLeast(50), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C1c", Statement = "A network's time to solution is not competitive with a direct linear solver.",
            Metric = "wall time, network training and inference against sparse Cholesky", Unit = "s",
            Comparison = Comparison.Ratio, Threshold = Threshold.AtLeast(50), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C2", Statement = "Low frequencies of the solution are learned before high ones.",
            Metric = "1 if the error of the first sine mode falls below 10 % before that of the fourth, else 0",
            Comparison = Comparison.Value, Threshold = Threshold.AtLeast(1), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C3a", Statement = "A locally adaptive tanh trains to a loss no higher than tanh in as many steps.",
            Metric = "log10 of the final loss, adaptive against fixed tanh",
            Comparison = Comparison.Difference, Threshold = Threshold.AtMost(0), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C3b", Statement = "ReLU, whose second derivative vanishes, cannot lower the residual.",
            Metric = "mean squared residual inside after training, relative to its start",
            Comparison = Comparison.Value, Threshold = Threshold.AtLeast(0.9), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C3c", Statement = "Starting from a network trained for another source shortens training.",
            Metric = "steps to the final loss of a cold start, transferred against cold", Unit = "steps",
            Comparison = Comparison.Ratio, Threshold = Threshold.AtMost(0.6), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C4a", Statement = "A network's prediction as start saves conjugate gradient iterations.",
            Metric = "CG iterations to a relative error of 1e-6 against the discrete solution, from the prediction against from zero", Unit = "iterations",
            Comparison = Comparison.Ratio, Threshold = Threshold.AtMost(0.85), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C4b", Statement = "A network's prediction as start saves Gauss-Seidel sweeps.",
            Metric = "sweeps to a relative error of 1e-6 against the discrete solution, from the prediction against from zero", Unit = "sweeps",
            Comparison = Comparison.Ratio, Threshold = Threshold.AtMost(0.7), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C4c", Statement = "With the prediction refined on the coarse grid, the hybrid saves Gauss-Seidel sweeps.",
            Metric = "sweeps to a relative error of 1e-6 against the discrete solution, from the refined prediction against from zero", Unit = "sweeps",
            Comparison = Comparison.Ratio, Threshold = Threshold.AtMost(0.7), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C4d", Statement = "The hybrid is as accurate as a classical solver.",
            Metric = "relative L2 error against the solution on a four times finer grid, hybrid against CG + ILU(0)",
            Comparison = Comparison.Ratio, Threshold = Threshold.AtMost(1.01), MinimumScale = Scale.Laptop,
        },
        new Claim
        {
            Id = "C4e", Statement = "A network's prediction as start saves preconditioned conjugate gradient iterations.",
            Metric = "CG + ILU(0) iterations to a relative error of 1e-6 against the discrete solution, from the prediction against from zero", Unit = "iterations",
            Comparison = Comparison.Ratio, Threshold = Threshold.AtMost(0.85), MinimumScale = Scale.Laptop,
        },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<PaperCommand> Commands => PinnPoissonCommands.All;

    /// <inheritdoc/>
    public override IReadOnlyList<Setting> Settings(Scale scale) => ReproductionPlan.Settings(scale);

    /// <inheritdoc/>
    public override Task RunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(() => Run(context), context.CancellationToken);
    }

    /// <inheritdoc/>
    public override Task<string> DryRunAsync(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.Run(
            () =>
            {
                var plan = ReproductionPlan.Of(context.Settings);
                var config = plan.Config with { Adam = (plan.Config.Adam.LearningRate, 1), Lbfgs = plan.Config.Lbfgs with { Iterations = 0 } };
                var pinn = PinnSolver.Train(plan.Problem(plan.Source), config, context.Seeds[0], cancellation: context.CancellationToken);
                var u = pinn.Evaluate(new Grid(plan.Fine));
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Network 2-{string.Join('-', config.Hidden)}-1 with {pinn.Network.ParameterCount} parameters, {config.Points.Interior} points inside and {config.Points.Boundary} on the boundary.\n" +
                    $"One Adam step in {pinn.Record.Seconds:F2} s: loss {pinn.Record.Losses[0]:G6} to {pinn.Record.FinalLoss:G6}.\n" +
                    $"Evaluated on {plan.Fine} x {plan.Fine} intervals ({u.Length} interior nodes); planned: {plan.Config.Adam.Steps} Adam steps and {plan.Config.Lbfgs.Iterations} L-BFGS iterations.");
            },
            context.CancellationToken);
    }

    private static void Run(RunContext context)
    {
        var plan = ReproductionPlan.Of(context.Settings);
        var grid = new Grid(plan.Fine);
        var problem = plan.Problem(plan.Source);
        var source = problem.DiscreteSource(grid);
        var exact = FastPoisson.Solve(source);
        if (PoissonStencil.Norm(exact) == 0 || PoissonStencil.Norm(plan.Problem(plan.Target).DiscreteSource(grid)) == 0)
        {
            throw new UsageException("The source is zero everywhere on the fine grid: there is nothing to solve.");
        }

        var hybrids = new HybridComparison(plan, plan.Problem(plan.Target), context.CancellationToken);
        for (var i = 0; i < context.Seeds.Count; i++)
        {
            var seed = context.Seeds[i];
            var trainings = new Trainings(plan, context, seed);
            context.Report($"Seed {seed}: tanh", (double)i / context.Seeds.Count);
            var pinn = trainings.Base(problem);
            var prediction = pinn.Evaluate(grid);
            var error = Fields.RelativeError(prediction, exact);
            var (conjugate, direct) = TimeClassicalSolvers(context, plan, seed, source);
            context.Measure("C1a", seed, Arm.Method, Math.Log10(error));
            context.Measure("C1a", seed, Arm.Baseline, Math.Log10(Fields.RelativeError(conjugate.U, exact)));
            context.Measure("C1b", seed, Arm.Method, pinn.Record.Seconds);
            context.Measure("C1b", seed, Arm.Baseline, conjugate.Seconds);
            context.Measure("C1c", seed, Arm.Method, pinn.Record.Seconds);
            context.Measure("C1c", seed, Arm.Baseline, direct.Seconds);

            context.Report($"Seed {seed}: adaptive tanh, ReLU", (i + 0.2) / context.Seeds.Count);
            trainings.Activations(problem, pinn);
            context.Report($"Seed {seed}: transfer from {plan.Source} to {plan.Target}", (i + 0.5) / context.Seeds.Count);
            var transferred = trainings.Transfer(plan.Problem(plan.Target), pinn);
            context.Report($"Seed {seed}: hybrids", (i + 0.8) / context.Seeds.Count);
            hybrids.Measure(context, seed, transferred);
            if (i == 0)
            {
                Describe(context, plan, problem, pinn, prediction, exact, error);
                if (plan.Sweeps)
                {
                    trainings.Sweeps(problem, exact);
                }
            }
        }
    }

    // Timed anew beside each seed's network: the machine's mood is part of both sides of the ratio.
    private static ((double[,] U, double Seconds) Conjugate, (double[,] U, double Seconds) Direct) TimeClassicalSolvers(RunContext context, ReproductionPlan plan, int seed, double[,] source)
    {
        var conjugate = ClassicalSolvers.ConjugateGradient(source, context.CancellationToken);
        var direct = ClassicalSolvers.Direct(source, context.CancellationToken);
        var sine = ClassicalSolvers.SineTransforms(source);
        var multigrid = ClassicalSolvers.Multigrid(source, context.CancellationToken);
        context.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"Seed {seed}, classical solvers on {plan.Fine} x {plan.Fine} (median times): CG + ILU(0) {conjugate.Iterations} iterations, {conjugate.Seconds:G3} s; sparse Cholesky {direct.Seconds:G3} s; sine transforms {sine.Seconds:G3} s; multigrid {multigrid.Iterations} V(2,2) cycles, {multigrid.Seconds:G3} s. The honest winner is multigrid or the sine transforms, not the hybrid."));
        return ((conjugate.U, conjugate.Seconds), (direct.U, direct.Seconds));
    }

    private static void Describe(RunContext context, ReproductionPlan plan, PoissonProblem problem, Pinn pinn, double[,] prediction, double[,] exact, double error)
    {
        var ledger = ErrorLedger.Of(problem, pinn, new Grid(plan.Coarse), cancellation: context.CancellationToken);
        context.Note($"Seed {context.Seeds[0]}, relative errors: {ledger}");
        context.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"Seed {context.Seeds[0]}: network error {error:G3} (largest {Fields.MaximumError(prediction, exact):G3}) after {pinn.Record.Losses.Count - 1} steps in {pinn.Record.Seconds:F1} s; inference alone is not the time to solution."));
        AtomicFile.WriteText(
            Path.Combine(context.OutputDirectory, "solution.svg"),
            FieldPicture.Draw(("Exact discrete solution", exact), ("Network", prediction), ("Error of the network", Fields.Subtract(prediction, exact))));
    }
}
