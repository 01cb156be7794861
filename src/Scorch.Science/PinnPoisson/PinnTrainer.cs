using System.Diagnostics;
using Scorch.Modules;
using Scorch.Numerics;
using Scorch.Optimizers;

namespace Scorch.Science.PinnPoisson;

/// <summary>One training run: Adam steps with optional refinement of the points, then L-BFGS.</summary>
internal sealed class PinnTrainer
{
    private readonly PinnNetwork network;
    private readonly PinnConfig config;
    private readonly PinnEquation equation;
    private readonly int seed;
    private readonly Parameter[] parameters;
    private readonly List<double> losses = [];
    private readonly List<string> warnings = [];
    private readonly double[,] boundary;
    private double[,] interior;
    private PinnLoss loss;
    private Tensor[] finite;
    private int adamSteps;
    private TrainingEnd end = TrainingEnd.Planned;

    /// <summary>Trains on the points of the configuration.</summary>
    public PinnTrainer(PinnNetwork network, PinnConfig config, PinnEquation equation, int seed)
        : this(network, config, equation, config.Points.DrawInterior(seed), config.Points.DrawBoundary(seed))
    {
        this.seed = seed;
    }

    /// <summary>Trains on given points.</summary>
    public PinnTrainer(PinnNetwork network, PinnConfig config, PinnEquation equation, double[,] interior, double[,] boundary)
    {
        (this.network, this.config, this.equation, this.interior, this.boundary) = (network, config, equation, interior, boundary);
        loss = new PinnLoss(equation, config, interior, boundary);
        parameters = [.. network.Parameters()];
        finite = Snapshot();
        if (config.Activation.Kind == ActivationKind.Relu)
        {
            warnings.Add("ReLU: the second derivative vanishes almost everywhere, so that a second-order equation gives the weights nothing to learn from; use tanh, sine or swish.");
        }
    }

    public TrainingRecord Run(TrainingObserver? observe = null, CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        RunAdam(observe, cancellation);
        if (end == TrainingEnd.Planned)
        {
            RunLbfgs(observe, cancellation);
        }

        return Record(watch.Elapsed.TotalSeconds);
    }

    private TrainingRecord Record(double seconds) => new(losses, adamSteps, seconds, end, warnings);

    private void RunAdam(TrainingObserver? observe, CancellationToken cancellation)
    {
        var adam = new Adam(parameters, new AdamConfig(config.Adam.LearningRate));
        for (var step = 0; step < config.Adam.Steps; step++)
        {
            if (config.Refinement is { } refinement && step > 0 && step % refinement.Every == 0)
            {
                Refine(refinement, step);
            }

            adam.ClearGradients();
            var value = loss.Of(network);
            if (Stops(TrainingPhase.Adam, value.Item(), observe, cancellation))
            {
                return;
            }

            value.Backward();
            adam.Step();
            adamSteps++;
        }
    }

    // The loss after the last step of either phase is recorded too: with n steps there are n + 1 losses.
    private void RunLbfgs(TrainingObserver? observe, CancellationToken cancellation)
    {
        double initial;
        using (Autograd.GradientMode.Enable())
        {
            initial = loss.Of(network).Item();
        }

        if (Stops(TrainingPhase.Lbfgs, initial, observe, cancellation) || config.Lbfgs.Iterations == 0)
        {
            return;
        }

        var plan = config.Lbfgs;
        var lbfgs = new Lbfgs(parameters, new LbfgsConfig(
            MaximumIterations: plan.Iterations,
            MaximumEvaluations: (int)Math.Min(int.MaxValue, (long)plan.Iterations * (plan.LineSearchSteps + 1)),
            GradientTolerance: plan.GradientTolerance,
            ChangeTolerance: plan.ChangeTolerance,
            History: plan.Memory,
            LineSearchSteps: plan.LineSearchSteps));
        var (_, outcome) = lbfgs.Step(() => loss.Of(network), cancellation, value => Stops(TrainingPhase.Lbfgs, value, observe, cancellation));
        cancellation.ThrowIfCancellationRequested();
        end = outcome switch
        {
            LbfgsOutcome.SmallGradient or LbfgsOutcome.SmallChange => TrainingEnd.Converged,
            LbfgsOutcome.NotFinite => TrainingEnd.NotFinite,
            _ => end,
        };
    }

    private bool Stops(TrainingPhase phase, double value, TrainingObserver? observe, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!double.IsFinite(value))
        {
            Restore(finite);
            end = TrainingEnd.NotFinite;
            return true;
        }

        var step = losses.Count;
        losses.Add(value);
        finite = Snapshot();
        if (observe is null || !observe(new TrainingStep(phase, step, value), new Pinn(network, config, Record(0))))
        {
            return false;
        }

        end = TrainingEnd.Observer;
        return true;
    }

    // The candidates where the residual is largest join the points inside (Lu et al. 2021, algorithm 2.1).
    private void Refine(AdaptiveRefinement refinement, int step)
    {
        var candidates = PointSet.Random(refinement.Candidates, 2, unchecked(((long)seed << 32) + step));
        var x = Tensor.From(candidates);
        x.RequiresGradient = true;
        var residuals = equation.Interior(new PinnFunction(network), x).Detach().ToArray<double>();
        var worst = Enumerable.Range(0, residuals.Length).OrderByDescending(i => Math.Abs(residuals[i])).Take(refinement.Added).ToArray();
        var (count, more) = (interior.GetLength(0), new double[interior.GetLength(0) + worst.Length, 2]);
        Array.Copy(interior, more, interior.Length);
        for (var i = 0; i < worst.Length; i++)
        {
            (more[count + i, 0], more[count + i, 1]) = (candidates[worst[i], 0], candidates[worst[i], 1]);
        }

        interior = more;
        loss = new PinnLoss(equation, config, interior, boundary);
    }

    private Tensor[] Snapshot() => Array.ConvertAll(parameters, parameter => parameter.Detach().Clone());

    private void Restore(Tensor[] values)
    {
        using (Autograd.GradientMode.Disable())
        {
            for (var i = 0; i < parameters.Length; i++)
            {
                parameters[i].CopyFrom(values[i]);
            }
        }
    }
}
