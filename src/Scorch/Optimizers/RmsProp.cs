using Scorch.Modules;

namespace Scorch.Optimizers;

/// <summary>Settings of <see cref="RmsProp"/>.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Decay">Share of the running square that is kept.</param>
/// <param name="Epsilon">Added to the root of the running square.</param>
/// <param name="WeightDecay">Added to the gradient, times the parameter.</param>
/// <param name="Momentum">Share of the last direction that is kept.</param>
/// <param name="Centered">Divide by the running standard deviation rather than the root mean square.</param>
public sealed record RmsPropConfig(
    double LearningRate = 1e-2,
    double Decay = 0.99,
    double Epsilon = 1e-8,
    double WeightDecay = 0,
    double Momentum = 0,
    bool Centered = false);

/// <summary>RMSprop (Tieleman and Hinton 2012), centred after Graves (2013), in PyTorch's form.</summary>
public sealed class RmsProp : Optimizer
{
    private readonly RmsPropConfig config;
    private readonly StateSlots square = new("square");
    private readonly StateSlots mean = new("mean");
    private readonly StateSlots velocity = new("velocity");

    /// <summary>One group.</summary>
    public RmsProp(IEnumerable<Parameter> parameters, RmsPropConfig? config = null)
        : this([new ParameterGroup(parameters, (config ?? new()).LearningRate, (config ?? new()).WeightDecay)], config)
    {
    }

    /// <summary>Groups with their own learning rates and decays.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The decay or momentum is not a share, or epsilon is negative.</exception>
    public RmsProp(IEnumerable<ParameterGroup> groups, RmsPropConfig? config = null)
        : base(groups)
    {
        this.config = config ?? new();
        if (this.config.Decay is not (>= 0 and < 1) || !(this.config.Momentum >= 0) || !(this.config.Epsilon >= 0))
            throw new ArgumentOutOfRangeException(nameof(config), $"RmsProp: decay {this.config.Decay} lies in [0, 1), momentum {this.config.Momentum} and epsilon {this.config.Epsilon} are at least 0.");
    }

    /// <inheritdoc/>
    protected override void Update(Tensor parameter, Tensor gradient, ParameterGroup group, int index)
    {
        if (group.WeightDecay != 0) gradient += parameter * group.WeightDecay;
        // v = a v + (1 - a) g^2, and centred v - m^2 with m = a m + (1 - a) g; p -= lr g / (sqrt(v) + eps)
        var v = square.Get(index, parameter);
        v.MultiplyInPlace(config.Decay);
        v.AddInPlace(gradient.Square() * (1 - config.Decay));
        var spread = v;
        if (config.Centered)
        {
            var m = mean.Get(index, parameter);
            m.MultiplyInPlace(config.Decay);
            m.AddInPlace(gradient * (1 - config.Decay));
            spread = v - m.Square();
        }
        var direction = gradient / (spread.Sqrt() + config.Epsilon);
        if (config.Momentum > 0)
        {
            var kept = velocity.Get(index, parameter);
            kept.MultiplyInPlace(config.Momentum);
            kept.AddInPlace(direction);
            direction = kept;
        }
        parameter.SubtractInPlace(direction * group.LearningRate);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor>(base.State());
        square.Save(state);
        mean.Save(state);
        velocity.Save(state);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        base.LoadState(state);
        square.Load(state);
        mean.Load(state);
        velocity.Load(state);
    }
}
