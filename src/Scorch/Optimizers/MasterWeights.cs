using Scorch.Modules;

namespace Scorch.Optimizers;

/// <summary>Steps float32 copies of parameters and rounds them into the parameters, which may have sixteen bits (Micikevicius et al. 2018, section 3.1).</summary>
/// <remarks>A step of a thousandth of a bfloat16 would be lost in rounding; the copy gathers it.</remarks>
/// <example><code>
/// model.ConvertTo(DataType.BFloat16);
/// var optimizer = new MasterWeights(model.Parameters(), 1e-3, masters => new Adam(masters, new AdamConfig(1e-3)));
/// </code></example>
public sealed class MasterWeights : Optimizer
{
    private readonly Parameter[] masters;
    private readonly Optimizer[] inner;

    /// <summary>Copies of parameters, each with an optimizer of its own.</summary>
    /// <param name="parameters">The parameters, of any floating type.</param>
    /// <param name="learningRate">The step size; it is handed on to the optimizers before each step.</param>
    /// <param name="create">Makes the optimizer of some copies.</param>
    public MasterWeights(IEnumerable<Parameter> parameters, double learningRate, Func<IReadOnlyList<Parameter>, Optimizer> create)
        : base([new ParameterGroup(parameters, learningRate)])
    {
        ArgumentNullException.ThrowIfNull(create);
        masters = [.. Groups[0].Parameters.Select(parameter => new Parameter(parameter.Detach().To(DataType.Float32)))];
        inner = [.. masters.Select(master => create([master]))];
    }

    /// <summary>The float32 copies, in the order of the parameters.</summary>
    public IReadOnlyList<Parameter> Masters => masters;

    /// <inheritdoc/>
    protected override void Update(Tensor parameter, Tensor gradient, ParameterGroup group, int index)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(gradient);
        ArgumentNullException.ThrowIfNull(group);
        masters[index].Gradient = gradient.To(DataType.Float32);
        foreach (var own in inner[index].Groups) own.LearningRate = group.LearningRate;
        inner[index].Step();
        masters[index].Gradient = null;
        parameter.CopyFrom(masters[index].Detach().To(parameter.DataType));
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor>(base.State());
        for (var i = 0; i < masters.Length; i++)
        {
            state[$"master.{i}"] = masters[i].Detach();
            foreach (var (name, tensor) in inner[i].State()) state[$"inner.{i}.{name}"] = tensor;
        }
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        base.LoadState(state);
        for (var i = 0; i < masters.Length; i++)
        {
            if (!state.TryGetValue($"master.{i}", out var master) || master.Shape != masters[i].Shape)
                throw new ArgumentException($"MasterWeights.LoadState: master.{i} of shape {masters[i].Shape} is missing; give what State() returned.", nameof(state));
            var prefix = $"inner.{i}.";
            inner[i].LoadState(state.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value));
            using var mode = Autograd.GradientMode.Disable();
            masters[i].CopyFrom(master);
        }
    }
}
