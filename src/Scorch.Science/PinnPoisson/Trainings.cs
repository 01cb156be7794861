using System.Globalization;
using Scorch.Numerics;
using Scorch.Reproductions;

namespace Scorch.Science.PinnPoisson;

/// <summary>The networks that the reproduction trains for one seed, and what it measures on them.</summary>
internal sealed class Trainings(ReproductionPlan plan, RunContext context, int seed)
{
    /// <summary>The fixed tanh, with its spectrum over training (C2).</summary>
    public Pinn Base(PoissonProblem problem)
    {
        var exact = problem.SolveDiscrete(plan.SpectrumGrid);
        var measurable = SpectralError.HasMode(exact, 1) && SpectralError.HasMode(exact, 4);
        var (first, fourth) = (int.MaxValue, int.MaxValue);
        var pinn = PinnSolver.Train(problem, plan.Config, seed, observe: (step, network) =>
        {
            if (step.Step % plan.SpectrumEvery == 0)
            {
                var spectrum = new SpectralError(network.Evaluate(plan.SpectrumGrid), exact);
                context.LogScalar($"spectrum/mode 1/seed {seed}", step.Step, spectrum.Mode(1, 1));
                context.LogScalar($"spectrum/mode 4/seed {seed}", step.Step, spectrum.Mode(4, 4));
                context.LogScalar($"spectrum/modes 4 and above/seed {seed}", step.Step, spectrum.Band(4, plan.SpectrumGrid.Intervals));
                first = spectrum.Mode(1, 1) < 0.1 ? Math.Min(first, step.Step) : first;
                fourth = spectrum.Mode(4, 4) < 0.1 ? Math.Min(fourth, step.Step) : fourth;
            }

            return false;
        }, cancellation: context.CancellationToken);
        Log("tanh", pinn);
        if (measurable)
        {
            context.Measure("C2", seed, first < fourth ? 1 : 0);
        }
        else
        {
            context.MarkNotMeasurable("C2", $"the solution for {plan.Source} lacks the first or the fourth sine mode");
        }

        return pinn;
    }

    /// <summary>The adaptive tanh (C3a) and ReLU (C3b).</summary>
    public void Activations(PoissonProblem problem, Pinn fixedTanh)
    {
        var adaptive = Train("adaptive tanh", problem, plan.Config with { Activation = plan.Laaf });
        context.Measure("C3a", seed, Arm.Method, Math.Log10(adaptive.Record.FinalLoss));
        context.Measure("C3a", seed, Arm.Baseline, Math.Log10(fixedTanh.Record.FinalLoss));

        var relu = plan.Config with { Activation = Activation.Relu };
        var before = PinnSolver.Train(problem, relu with { Adam = (relu.Adam.LearningRate, 0), Lbfgs = relu.Lbfgs with { Iterations = 0 } }, seed, cancellation: context.CancellationToken);
        context.Measure("C3b", seed, MeanSquaredResidual(problem, Train("ReLU", problem, relu)) / MeanSquaredResidual(problem, before));
    }

    /// <summary>A cold start and a transferred one on the target (C3c); returns the transferred network.</summary>
    public Pinn Transfer(PoissonProblem target, Pinn trained)
    {
        var cold = Train("cold start", target, plan.Config);
        var warm = PinnSolver.Train(target, plan.Config, seed, trained, cancellation: context.CancellationToken);
        Log("transferred", warm);
        var level = cold.Record.Losses.Min();
        context.Measure("C3c", seed, Arm.Method, StepsTo(level, warm.Record.Losses));
        context.Measure("C3c", seed, Arm.Baseline, StepsTo(level, cold.Record.Losses));
        return warm;
    }

    /// <summary>The other activations and point sets, told as notes.</summary>
    public void Sweeps(PoissonProblem problem, double[,] exact)
    {
        var (interior, boundary) = (plan.Config.Points.Interior, plan.Config.Points.Boundary);
        var variants = new (string Name, PinnConfig Config)[]
        {
            ("sigmoid", plan.Config with { Activation = Activation.Sigmoid }),
            ("swish", plan.Config with { Activation = Activation.Swish }),
            ("sine", plan.Config with { Activation = Activation.Sine }),
            ("tanh, uniform grid", plan.Config with { Points = Sampling.Uniform(interior, boundary) }),
            ("tanh, random points", plan.Config with { Points = Sampling.Random(interior, boundary) }),
        };
        var grid = Grid.Of(exact);
        foreach (var (name, config) in variants)
        {
            context.Report($"Seed {seed}: {name}");
            var pinn = Train(name, problem, config);
            context.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"Seed {seed}, {name}: loss {pinn.Record.FinalLoss:G3}, relative error {Fields.RelativeError(pinn.Evaluate(grid), exact):G3}, {pinn.Record.Seconds:F1} s."));
        }
    }

    private Pinn Train(string name, PoissonProblem problem, PinnConfig config)
    {
        var pinn = PinnSolver.Train(problem, config, seed, cancellation: context.CancellationToken);
        Log(name, pinn);
        return pinn;
    }

    private void Log(string name, Pinn pinn)
    {
        var every = Math.Max(1, pinn.Record.Losses.Count / 200);
        for (var step = 0; step < pinn.Record.Losses.Count; step += every)
        {
            context.LogScalar($"loss/{name}/seed {seed}", step, pinn.Record.Losses[step]);
        }
    }

    // Counted over the same points for every network of the seed.
    private double MeanSquaredResidual(PoissonProblem problem, Pinn pinn)
    {
        var points = plan.Config.Points.DrawInterior(seed);
        var derivatives = pinn.Derivatives(points);
        var sum = 0.0;
        for (var i = 0; i < points.GetLength(0); i++)
        {
            var residual = derivatives.Uxx[i] + derivatives.Uyy[i] - problem.Laplacian(points[i, 0], points[i, 1]);
            sum += residual * residual;
        }

        return sum / points.GetLength(0);
    }

    // A level that is never reached counts as one step more than were taken, which can only speak against the method.
    private static int StepsTo(double level, IReadOnlyList<double> losses)
    {
        for (var step = 0; step < losses.Count; step++)
        {
            if (losses[step] <= level)
            {
                return Math.Max(1, step);
            }
        }

        return losses.Count;
    }
}
