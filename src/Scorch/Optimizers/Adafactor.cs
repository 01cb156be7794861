using Scorch.Modules;

namespace Scorch.Optimizers;

/// <summary>Settings of <see cref="Adafactor"/>, by default those the paper proposes.</summary>
/// <param name="LearningRate">With <paramref name="RelativeStep"/> the most that a step may be, else the step size.</param>
/// <param name="RelativeStep">Let step t be min(learning rate, 1/sqrt(t)).</param>
/// <param name="ScaleByParameter">Multiply the step by the parameter's root mean square.</param>
/// <param name="SquareEpsilon">Added to squared gradients.</param>
/// <param name="ScaleEpsilon">The least scale of a parameter.</param>
/// <param name="ClipThreshold">The most root mean square of an update.</param>
/// <param name="DecayExponent">Step t keeps 1 - t^-exponent of the running squares.</param>
/// <param name="Beta1">Share of the last update that is kept; 0 keeps none and saves its memory.</param>
/// <param name="WeightDecay">Share of the parameter, times the step size, that a step takes away.</param>
public sealed record AdafactorConfig(
    double LearningRate = 1e-2,
    bool RelativeStep = true,
    bool ScaleByParameter = true,
    double SquareEpsilon = 1e-30,
    double ScaleEpsilon = 1e-3,
    double ClipThreshold = 1,
    double DecayExponent = 0.8,
    double Beta1 = 0,
    double WeightDecay = 0);

/// <summary>Adafactor (Shazeer and Stern 2018): running squares of a matrix are kept as row and column means.</summary>
public sealed class Adafactor : Optimizer
{
    private readonly AdafactorConfig config;
    private readonly StepCounts steps = new();
    private readonly StateSlots rows = new("rows");
    private readonly StateSlots columns = new("columns");
    private readonly StateSlots square = new("square");
    private readonly StateSlots mean = new("mean");

    /// <summary>One group.</summary>
    public Adafactor(IEnumerable<Parameter> parameters, AdafactorConfig? config = null)
        : this([new ParameterGroup(parameters, (config ?? new()).LearningRate, (config ?? new()).WeightDecay)], config)
    {
    }

    /// <summary>Groups with their own learning rates and decays.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Beta1 is not a share, or the clip threshold is not positive.</exception>
    public Adafactor(IEnumerable<ParameterGroup> groups, AdafactorConfig? config = null)
        : base(groups)
    {
        this.config = config ?? new();
        if (this.config.Beta1 is not (>= 0 and < 1) || !(this.config.ClipThreshold > 0))
            throw new ArgumentOutOfRangeException(nameof(config), $"Adafactor: beta1 {this.config.Beta1} lies in [0, 1), the clip threshold {this.config.ClipThreshold} is above 0.");
    }

    /// <inheritdoc/>
    protected override void Update(Tensor parameter, Tensor gradient, ParameterGroup group, int index)
    {
        var step = steps.Next(index);
        var kept = 1 - Math.Pow(step, -config.DecayExponent);
        var direction = gradient / RunningSquare(parameter, gradient.Square() + config.SquareEpsilon, kept, index).Sqrt();
        // Algorithm 5: U / max(1, RMS(U) / d), step size max(eps2, RMS(X)) rho_t.
        direction *= 1 / Math.Max(1, RootMeanSquare(direction) / config.ClipThreshold);
        var size = config.RelativeStep ? Math.Min(group.LearningRate, 1 / Math.Sqrt(step)) : group.LearningRate;
        if (config.ScaleByParameter) size *= Math.Max(config.ScaleEpsilon, RootMeanSquare(parameter));
        if (group.WeightDecay != 0) parameter.MultiplyInPlace(1 - (group.WeightDecay * size));
        direction *= size;
        if (config.Beta1 > 0)
        {
            var last = mean.Get(index, parameter);
            last.MultiplyInPlace(config.Beta1);
            last.AddInPlace(direction * (1 - config.Beta1));
            direction = last;
        }
        parameter.SubtractInPlace(direction);
    }

    /// <summary>Algorithm 4: R and C are running means over columns and rows; V = R C / mean(R).</summary>
    private Tensor RunningSquare(Tensor parameter, Tensor squares, double kept, int index)
    {
        if (parameter.Rank < 2) return Blend(square, index, squares, kept);
        var r = Blend(rows, index, squares.Mean(-1), kept);
        var c = Blend(columns, index, squares.Mean(-2), kept);
        return (r / r.Mean(-1, keepDimensions: true)).Unsqueeze(-1) * c.Unsqueeze(-2);
    }

    private static Tensor Blend(StateSlots slots, int index, Tensor fresh, double kept)
    {
        var running = slots.Get(index, fresh);
        running.MultiplyInPlace(kept);
        running.AddInPlace(fresh * (1 - kept));
        return running;
    }

    private static double RootMeanSquare(Tensor x) => Math.Sqrt(x.Square().Mean().Item());

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor>(base.State());
        steps.Save(state);
        rows.Save(state);
        columns.Save(state);
        square.Save(state);
        mean.Save(state);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        base.LoadState(state);
        steps.Load(state);
        rows.Load(state);
        columns.Load(state);
        square.Load(state);
        mean.Load(state);
    }
}
