using System.Text.Json.Serialization;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Language.MetaDistil;

/// <summary>Which optimiser.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OptimizerKind>))]
public enum OptimizerKind
{
    /// <summary>Gradient descent, with momentum where that is above 0.</summary>
    Sgd,

    /// <summary>Adam.</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay.</summary>
    AdamW,
}

/// <summary>An optimiser by its settings.</summary>
/// <param name="Kind">Which.</param>
/// <param name="LearningRate">The step size, at least 0.</param>
/// <param name="Momentum">Of gradient descent.</param>
/// <param name="WeightDecay">The pull to 0.</param>
public sealed record OptimizerSettings(OptimizerKind Kind, double LearningRate, double Momentum = 0, double WeightDecay = 0)
{
    /// <summary>Makes it.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range, or there is no parameter.</exception>
    public Optimizer Create(IEnumerable<Parameter> parameters)
    {
        if (!(LearningRate >= 0 && double.IsFinite(LearningRate)) || !(Momentum is >= 0 and < 1) || !(WeightDecay >= 0 && double.IsFinite(WeightDecay)))
            throw new ArgumentException(FormattableString.Invariant($"OptimizerSettings: learning rate {LearningRate} and weight decay {WeightDecay} are at least 0, the momentum {Momentum} lies in [0, 1)."), nameof(LearningRate));
        return Kind switch
        {
            OptimizerKind.Sgd => new Sgd(parameters, new SgdConfig(LearningRate, Momentum, WeightDecay: WeightDecay)),
            OptimizerKind.Adam => new Adam(parameters, new AdamConfig(LearningRate, WeightDecay: WeightDecay)),
            OptimizerKind.AdamW => new AdamW(parameters, new AdamConfig(LearningRate, WeightDecay: WeightDecay)),
            _ => throw new InvalidOperationException($"OptimizerSettings: {Kind} is none of the named optimisers."),
        };
    }
}
