using Scorch.Modules;

namespace Scorch.Training;

/// <summary>Averages of a module's parameters over the steps of training: equal weights (SWA, Izmailov et al. 2018) or exponential ones (EMA).</summary>
/// <remarks>Buffers are not averaged; batch statistics belong to the averaged weights only after a pass over the training data.</remarks>
public sealed class WeightAverage
{
    private readonly (string Name, Parameter Parameter)[] parameters;
    private readonly Tensor[] averages;
    private readonly double? decay;

    private WeightAverage(Module module, double? decay)
    {
        ArgumentNullException.ThrowIfNull(module);
        parameters = [.. module.NamedParameters()];
        averages = [.. parameters.Select(entry => entry.Parameter.Detach().Clone())];
        this.decay = decay;
    }

    /// <summary>Updates taken in.</summary>
    public long Count { get; private set; }

    /// <summary>The mean of all updates.</summary>
    public static WeightAverage Equal(Module module) => new(module, null);

    /// <summary>average = decay average + (1 - decay) parameter; the first update is taken as it is.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The decay is not in [0, 1).</exception>
    public static WeightAverage Exponential(Module module, double decay) => decay is >= 0 and < 1
        ? new(module, decay)
        : throw new ArgumentOutOfRangeException(nameof(decay), decay, "WeightAverage.Exponential: the decay lies in [0, 1).");

    /// <summary>Takes in the parameters as they are now.</summary>
    public void Update()
    {
        using var mode = Autograd.GradientMode.Disable();
        var share = Count == 0 ? 1 : 1 - decay ?? 1.0 / (Count + 1);
        for (var i = 0; i < averages.Length; i++)
        {
            var now = parameters[i].Parameter.Detach();
            if (Count == 0) averages[i].CopyFrom(now);
            else averages[i].AddInPlace((now - averages[i]) * share);
        }
        Count++;
    }

    /// <summary>The averages by the parameters' names.</summary>
    public IReadOnlyDictionary<string, Tensor> Averages() => parameters.Select((entry, i) => (entry.Name, averages[i])).ToDictionary(entry => entry.Name, entry => entry.Item2);

    /// <summary>Copies the averages into a module with the same parameters.</summary>
    public void CopyTo(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        module.LoadState(Averages(), strict: false);
    }

    /// <summary>Everything that a later update depends on, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> State() => new Dictionary<string, Tensor>(Averages().Select(entry => KeyValuePair.Create("average." + entry.Key, entry.Value))) { ["count"] = Tensor.From(Count) };

    /// <summary>Restores what <see cref="State"/> gave.</summary>
    /// <exception cref="ArgumentException">An entry is missing or has another shape.</exception>
    public void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        foreach (var name in parameters.Select(entry => "average." + entry.Name).Append("count"))
            if (!state.ContainsKey(name)) throw new ArgumentException($"WeightAverage.LoadState: {name} is missing; give what State() returned.", nameof(state));
        for (var i = 0; i < averages.Length; i++)
        {
            var saved = state["average." + parameters[i].Name];
            if (saved.Shape != averages[i].Shape) throw new ArgumentException($"WeightAverage.LoadState: {parameters[i].Name} has shape {saved.Shape} in the state, {averages[i].Shape} in the module.", nameof(state));
            averages[i].CopyFrom(saved.To(averages[i].DataType));
        }
        Count = state["count"].ItemInt64();
    }
}
