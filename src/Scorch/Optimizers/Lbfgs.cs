using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Optimizers;

/// <summary>Settings of <see cref="Lbfgs"/>.</summary>
/// <param name="LearningRate">The first step length that the line search tries.</param>
/// <param name="MaximumIterations">Iterations a call of <see cref="Lbfgs.Step(Func{Tensor}, CancellationToken, Func{double, bool})"/>.</param>
/// <param name="MaximumEvaluations">Evaluations a call; by default 1.25 times the iterations.</param>
/// <param name="GradientTolerance">Stops when no gradient entry is larger.</param>
/// <param name="ChangeTolerance">Stops when loss or parameters change less.</param>
/// <param name="History">Pairs of steps and gradient changes that are kept.</param>
/// <param name="LineSearchSteps">Evaluations of one line search.</param>
/// <param name="StrongWolfe">Search the step length for the strong Wolfe conditions; otherwise take the first length.</param>
public sealed record LbfgsConfig(
    double LearningRate = 1,
    int MaximumIterations = 20,
    int? MaximumEvaluations = null,
    double GradientTolerance = 1e-7,
    double ChangeTolerance = 1e-9,
    int History = 100,
    int LineSearchSteps = 25,
    bool StrongWolfe = true);

/// <summary>Why a call of <see cref="Lbfgs"/> ended.</summary>
public enum LbfgsOutcome
{
    /// <summary>All iterations or evaluations were used.</summary>
    Exhausted,

    /// <summary>The gradient is small.</summary>
    SmallGradient,

    /// <summary>Loss or parameters hardly change.</summary>
    SmallChange,

    /// <summary>The loss or its gradient is not finite; the parameters are those of the last finite iterate.</summary>
    NotFinite,

    /// <summary>The token was cancelled; the parameters are those of the last whole iteration.</summary>
    Cancelled,

    /// <summary>The observer asked to stop; the parameters are those it saw.</summary>
    Stopped,
}

/// <summary>Limited-memory BFGS with the strong Wolfe line search of Nocedal and Wright (2006), algorithms 7.4, 3.5 and 3.6.</summary>
/// <remarks>Deterministic losses only: every iteration evaluates the loss several times.</remarks>
public sealed class Lbfgs
{
    private readonly Parameter[] parameters;
    private readonly LbfgsConfig config;
    private readonly List<(double[] Step, double[] Change, double Scale)> history = [];
    private double[]? lastGradient;
    private double[]? direction;
    private double stepLength;

    /// <summary>An optimizer of all given parameters together.</summary>
    /// <exception cref="ArgumentException">There is no parameter.</exception>
    public Lbfgs(IEnumerable<Parameter> parameters, LbfgsConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        this.parameters = [.. parameters];
        this.config = config ?? new();
        if (this.parameters.Length == 0) throw new ArgumentException("Lbfgs: no parameters were given.", nameof(parameters));
    }

    /// <summary>Iterations over all calls.</summary>
    public int Iterations { get; private set; }

    /// <summary>Evaluations of the loss over all calls.</summary>
    public int Evaluations { get; private set; }

    /// <summary>Iterates until a limit or tolerance is met.</summary>
    /// <param name="loss">Computes the loss from the parameters, recorded.</param>
    /// <param name="cancellation">Stops after the current iteration.</param>
    /// <param name="observe">Sees the loss after each iteration, the parameters being those of that loss; true stops.</param>
    /// <returns>The loss at the parameters that are left, and why the call ended.</returns>
    public (double Loss, LbfgsOutcome Outcome) Step(Func<Tensor> loss, CancellationToken cancellation = default, Func<double, bool>? observe = null)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var evaluationLimit = Evaluations + (config.MaximumEvaluations ?? (config.MaximumIterations * 5 / 4));
        var point = Read();
        var (value, gradient) = Evaluate(loss);
        if (!IsFinite(value, gradient)) return (value, LbfgsOutcome.NotFinite);
        if (Largest(gradient) <= config.GradientTolerance) return (value, LbfgsOutcome.SmallGradient);
        for (var iteration = 0; iteration < config.MaximumIterations; iteration++)
        {
            if (cancellation.IsCancellationRequested) return (value, LbfgsOutcome.Cancelled);
            if (direction is null)
            {
                direction = Scale(gradient, -1);
                stepLength = Math.Min(1, 1 / gradient.Sum(Math.Abs)) * config.LearningRate;
            }
            else
            {
                Remember(Scale(direction, stepLength), Difference(gradient, lastGradient!));
                direction = TwoLoops(gradient);
                stepLength = config.LearningRate;
            }
            lastGradient = gradient;
            Iterations++;
            var slope = Dot(gradient, direction);
            if (slope > -config.ChangeTolerance) return (value, LbfgsOutcome.SmallChange);
            var before = value;
            double[] trial = gradient;
            if (config.StrongWolfe)
            {
                var along = direction;
                var search = new StrongWolfeSearch(
                    length =>
                    {
                        Write(Sum(point, along, length));
                        var (at, slopes) = Evaluate(loss);
                        return new(length, at, slopes, Dot(slopes, along));
                    },
                    config.LineSearchSteps,
                    config.ChangeTolerance / Largest(along));
                (stepLength, value, trial, _) = search.Find(new(0, value, gradient, slope), stepLength);
            }
            else
            {
                Write(Sum(point, direction, stepLength));
                (value, trial) = Evaluate(loss);
            }
            if (!IsFinite(value, trial))
            {
                Write(point);
                return (before, LbfgsOutcome.NotFinite);
            }
            point = Sum(point, direction, stepLength);
            Write(point);
            gradient = trial;
            if (observe?.Invoke(value) ?? false) return (value, LbfgsOutcome.Stopped);
            if (Largest(gradient) <= config.GradientTolerance) return (value, LbfgsOutcome.SmallGradient);
            if (Largest(direction) * stepLength <= config.ChangeTolerance || Math.Abs(value - before) < config.ChangeTolerance)
                return (value, LbfgsOutcome.SmallChange);
            if (Evaluations >= evaluationLimit) return (value, LbfgsOutcome.Exhausted);
        }
        return (value, LbfgsOutcome.Exhausted);
    }

    /// <summary>Everything that a later step depends on besides the parameters, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor> { ["counts"] = Tensor.From((long)Iterations, (long)Evaluations), ["step_length"] = Tensor.From(stepLength) };
        if (direction is not null) state["direction"] = Tensor.From(direction);
        if (lastGradient is not null) state["gradient"] = Tensor.From(lastGradient);
        for (var i = 0; i < history.Count; i++)
        {
            state[$"step.{i}"] = Tensor.From(history[i].Step);
            state[$"change.{i}"] = Tensor.From(history[i].Change);
        }
        return state;
    }

    /// <summary>Restores what <see cref="State"/> gave.</summary>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var counts = state["counts"].ToArray<long>();
        (Iterations, Evaluations) = ((int)counts[0], (int)counts[1]);
        stepLength = state["step_length"].Item();
        direction = state.TryGetValue("direction", out var saved) ? saved.ToArray<double>() : null;
        lastGradient = state.TryGetValue("gradient", out saved) ? saved.ToArray<double>() : null;
        history.Clear();
        for (var i = 0; state.TryGetValue($"step.{i}", out var step); i++)
        {
            var (s, y) = (step.ToArray<double>(), state[$"change.{i}"].ToArray<double>());
            history.Add((s, y, 1 / Dot(s, y)));
        }
    }

    private void Remember(double[] step, double[] change)
    {
        var curvature = Dot(step, change);
        if (curvature <= 1e-10) return;
        if (history.Count == config.History) history.RemoveAt(0);
        history.Add((step, change, 1 / curvature));
    }

    /// <summary>-H g by the two-loop recursion, H scaled by the last pair.</summary>
    private double[] TwoLoops(double[] gradient)
    {
        var q = Scale(gradient, -1);
        var weights = new double[history.Count];
        for (var i = history.Count - 1; i >= 0; i--)
        {
            weights[i] = history[i].Scale * Dot(history[i].Step, q);
            Add(q, history[i].Change, -weights[i]);
        }
        if (history.Count > 0)
        {
            var last = history[^1].Change;
            var scale = 1 / (history[^1].Scale * Dot(last, last));
            for (var i = 0; i < q.Length; i++) q[i] *= scale;
        }
        for (var i = 0; i < history.Count; i++) Add(q, history[i].Step, weights[i] - (history[i].Scale * Dot(history[i].Change, q)));
        return q;
    }

    private (double Value, double[] Gradient) Evaluate(Func<Tensor> loss)
    {
        Evaluations++;
        using var mode = GradientMode.Enable();
        foreach (var parameter in parameters) parameter.Gradient = null;
        var value = loss();
        value.Backward();
        var gradient = new double[parameters.Sum(parameter => parameter.ElementCount)];
        var place = 0;
        foreach (var parameter in parameters)
        {
            var count = (int)parameter.ElementCount;
            parameter.Gradient?.To(DataType.Float64).CopyTo(gradient.AsSpan(place, count));
            place += count;
        }
        return (value.Item(), gradient);
    }

    private double[] Read()
    {
        var point = new double[parameters.Sum(parameter => parameter.ElementCount)];
        var place = 0;
        foreach (var parameter in parameters)
        {
            var count = (int)parameter.ElementCount;
            parameter.Detach().To(DataType.Float64).CopyTo(point.AsSpan(place, count));
            place += count;
        }
        return point;
    }

    private void Write(double[] point)
    {
        using var mode = GradientMode.Disable();
        var place = 0;
        foreach (var parameter in parameters)
        {
            var count = (int)parameter.ElementCount;
            parameter.CopyFrom(Tensor.From<double>(point.AsSpan(place, count), parameter.Shape).To(parameter.DataType));
            place += count;
        }
    }

    internal static bool IsFinite(double value, double[] gradient) => double.IsFinite(value) && gradient.All(double.IsFinite);

    private static double Largest(double[] x) => x.Max(Math.Abs);

    private static double Dot(double[] a, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++) sum += a[i] * b[i];
        return sum;
    }

    private static double[] Scale(double[] x, double factor) => Array.ConvertAll(x, value => value * factor);

    private static double[] Difference(double[] a, double[] b)
    {
        var result = new double[a.Length];
        for (var i = 0; i < a.Length; i++) result[i] = a[i] - b[i];
        return result;
    }

    private static double[] Sum(double[] point, double[] along, double length)
    {
        var result = (double[])point.Clone();
        Add(result, along, length);
        return result;
    }

    private static void Add(double[] target, double[] source, double factor)
    {
        for (var i = 0; i < target.Length; i++) target[i] += source[i] * factor;
    }
}
