using Scorch.Kernels;
using Scorch.Modules;

namespace Scorch.Optimizers;

/// <summary>Settings of <see cref="Sgd"/>.</summary>
/// <param name="LearningRate">The step size.</param>
/// <param name="Momentum">Share of the last direction that is kept.</param>
/// <param name="Dampening">Share of a new gradient that is left out of the direction.</param>
/// <param name="WeightDecay">Added to the gradient, times the parameter.</param>
/// <param name="Nesterov">Look ahead along the momentum.</param>
public sealed record SgdConfig(double LearningRate, double Momentum = 0, double Dampening = 0, double WeightDecay = 0, bool Nesterov = false);

/// <summary>Stochastic gradient descent with momentum, in PyTorch's form: v = mu v + (1 - dampening) g, p = p - lr v.</summary>
public sealed class Sgd : Optimizer
{
    private readonly SgdConfig config;
    private readonly StateSlots velocity = new("velocity");

    /// <summary>One group.</summary>
    public Sgd(IEnumerable<Parameter> parameters, SgdConfig config)
        : this([new ParameterGroup(parameters, config.LearningRate, config.WeightDecay)], config)
    {
    }

    /// <summary>Groups with their own learning rates and decays.</summary>
    /// <exception cref="ArgumentException">Nesterov without momentum, or with dampening.</exception>
    public Sgd(IEnumerable<ParameterGroup> groups, SgdConfig config)
        : base(groups)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Nesterov && (config.Momentum <= 0 || config.Dampening != 0))
            throw new ArgumentException("Sgd: Nesterov needs a momentum above 0 and no dampening.", nameof(config));
        this.config = config;
    }

    /// <inheritdoc/>
    protected override void Update(Tensor parameter, Tensor gradient, ParameterGroup group, int index)
    {
        if (config.Momentum != 0 && velocity.TryGet(index, out var moving) && LieAlike(parameter, gradient, moving))
        {
            var factors = new MomentumFactors(config.Momentum, 1 - config.Dampening, group.WeightDecay, group.LearningRate, config.Nesterov);
            parameter.Kernels.MomentumStep(parameter.Operand, gradient.Operand, moving.Operand, factors);
            Written(parameter, moving);
            return;
        }
        if (group.WeightDecay != 0) gradient += parameter * group.WeightDecay;
        if (config.Momentum != 0)
        {
            if (velocity.TryGet(index, out var direction))
            {
                direction.MultiplyInPlace(config.Momentum);
                direction.AddInPlace(gradient * (1 - config.Dampening));
            }
            else
            {
                direction = gradient.Clone();
                velocity.Set(index, direction);
            }
            gradient = config.Nesterov ? gradient + (direction * config.Momentum) : direction;
        }
        parameter.SubtractInPlace(gradient * group.LearningRate);
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor>(base.State());
        velocity.Save(state);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        base.LoadState(state);
        velocity.Load(state);
    }
}
