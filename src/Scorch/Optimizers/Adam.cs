using Scorch.Kernels;
using Scorch.Modules;

namespace Scorch.Optimizers;

/// <summary>Settings of <see cref="Adam"/>.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Beta1">Share of the running mean that is kept.</param>
/// <param name="Beta2">Share of the running square that is kept.</param>
/// <param name="Epsilon">Added to the root of the running square.</param>
/// <param name="WeightDecay">Strength of the decay.</param>
/// <param name="Decoupled">Decay the parameter directly (AdamW) rather than through the gradient.</param>
/// <param name="AmsGrad">Divide by the greatest running square so far.</param>
public sealed record AdamConfig(
    double LearningRate = 1e-3,
    double Beta1 = 0.9,
    double Beta2 = 0.999,
    double Epsilon = 1e-8,
    double WeightDecay = 0,
    bool Decoupled = false,
    bool AmsGrad = false);

/// <summary>Adam (Kingma and Ba 2015), and with <see cref="AdamConfig.Decoupled"/> AdamW (Loshchilov and Hutter 2019).</summary>
public class Adam : Optimizer
{
    private readonly AdamConfig config;
    private readonly StepCounts steps = new();
    private readonly StateSlots mean = new("mean");
    private readonly StateSlots square = new("square");
    private readonly StateSlots greatest = new("greatest_square");

    /// <summary>One group.</summary>
    public Adam(IEnumerable<Parameter> parameters, AdamConfig? config = null)
        : this([new ParameterGroup(parameters, (config ?? new()).LearningRate, (config ?? new()).WeightDecay)], config)
    {
    }

    /// <summary>Groups with their own learning rates and decays.</summary>
    public Adam(IEnumerable<ParameterGroup> groups, AdamConfig? config = null)
        : base(groups)
    {
        this.config = config ?? new();
        if (this.config.Beta1 is < 0 or >= 1 || this.config.Beta2 is < 0 or >= 1)
            throw new ArgumentOutOfRangeException(nameof(config), $"Adam: betas are {this.config.Beta1} and {this.config.Beta2}; both lie in [0, 1).");
    }

    /// <inheritdoc/>
    protected override void Update(Tensor parameter, Tensor gradient, ParameterGroup group, int index)
    {
        if (Fused(parameter, gradient, group, index)) return;
        if (group.WeightDecay != 0)
        {
            if (config.Decoupled) parameter.MultiplyInPlace(1 - (group.LearningRate * group.WeightDecay));
            else gradient += parameter * group.WeightDecay;
        }
        // m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p -= lr m^ / (sqrt(v^) + eps)
        var (m, v) = (mean.Get(index, parameter), square.Get(index, parameter));
        m.MultiplyInPlace(config.Beta1);
        m.AddInPlace(gradient * (1 - config.Beta1));
        v.MultiplyInPlace(config.Beta2);
        v.AddInPlace(gradient.Square() * (1 - config.Beta2));
        if (config.AmsGrad)
        {
            var most = greatest.Get(index, parameter);
            most.CopyFrom(most.Maximum(v));
            v = most;
        }
        var step = steps.Next(index);
        var correction = 1 - Math.Pow(config.Beta1, step);
        var root = Math.Sqrt(1 - Math.Pow(config.Beta2, step));
        var denominator = (v.Sqrt() * (1 / root)) + config.Epsilon;
        parameter.SubtractInPlace(m / denominator * (group.LearningRate / correction));
    }

    /// <summary>The same in one kernel, where all tensors lie alike.</summary>
    private bool Fused(Tensor parameter, Tensor gradient, ParameterGroup group, int index)
    {
        var (m, v) = (mean.Get(index, parameter), square.Get(index, parameter));
        var most = config.AmsGrad ? greatest.Get(index, parameter) : null;
        if (!LieAlike(parameter, gradient, m, v, most)) return false;
        var step = steps.Next(index);
        var factors = new AdamFactors(
            config.Beta1,
            config.Beta2,
            config.Epsilon,
            config.Decoupled ? 0 : group.WeightDecay,
            config.Decoupled ? 1 - (group.LearningRate * group.WeightDecay) : 1,
            group.LearningRate / (1 - Math.Pow(config.Beta1, step)),
            1 / Math.Sqrt(1 - Math.Pow(config.Beta2, step)));
        parameter.Kernels.AdamStep(parameter.Operand, gradient.Operand, m.Operand, v.Operand, most?.Operand, factors);
        Written(parameter, m, v, most);
        return true;
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor>(base.State());
        steps.Save(state);
        mean.Save(state);
        square.Save(state);
        greatest.Save(state);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        base.LoadState(state);
        steps.Load(state);
        mean.Load(state);
        square.Load(state);
        greatest.Load(state);
    }
}

/// <summary>Adam with decoupled weight decay, in PyTorch's defaults (Loshchilov and Hutter 2019).</summary>
public sealed class AdamW : Adam
{
    /// <summary>The settings of PyTorch's AdamW: those of Adam with a decoupled decay of 0.01.</summary>
    public static AdamConfig Defaults { get; } = new(WeightDecay: 0.01, Decoupled: true);

    /// <summary>One group.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="config">The settings, by default <see cref="Defaults"/>; the decay is decoupled whatever they say.</param>
    public AdamW(IEnumerable<Parameter> parameters, AdamConfig? config = null)
        : base(parameters, (config ?? Defaults) with { Decoupled = true })
    {
    }

    /// <summary>Groups with their own learning rates and decays.</summary>
    /// <param name="groups">The groups.</param>
    /// <param name="config">The settings, by default <see cref="Defaults"/>; the decay is decoupled whatever they say.</param>
    public AdamW(IEnumerable<ParameterGroup> groups, AdamConfig? config = null)
        : base(groups, (config ?? Defaults) with { Decoupled = true })
    {
    }
}
