using System.Globalization;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Models.Experts;

/// <summary>What Adam does with an expert to which no token of a batch came.</summary>
public enum ExpertUpdates
{
    /// <summary>Its gradient counts as 0 from the first step: old moments fade and go on moving it.</summary>
    Dense,

    /// <summary>The same, but only from its first token on, each expert counting its own steps: what PyTorch does where experts are modules of their own.</summary>
    FromFirstToken,

    /// <summary>It stays as it is, moments and step count too: only steps with tokens count.</summary>
    Lazy,
}

/// <summary>Adam that knows experts: weights held as one tensor are stepped expert by expert.</summary>
/// <remarks>
/// An expert had tokens where any entry of its parameters' gradients is not 0. Parameters outside of experts are stepped as by <see cref="Adam"/>.
/// </remarks>
public sealed class ExpertAdam : Adam
{
    private const string Seen = "experts_seen.";
    private readonly ExpertUpdates updates;
    private readonly List<ExpertFeedForward> layers = [];
    private readonly Dictionary<int, int> layerOfIndex = [];
    private readonly List<bool[]> seen = [];
    private readonly Dictionary<int, bool[]> touched = [];
    private long touchedAt = -1;

    /// <summary>An optimizer of all parameters of a model.</summary>
    /// <param name="model">The model; converted to its type before.</param>
    /// <param name="config">Adam's settings.</param>
    /// <param name="updates">What happens to experts without tokens.</param>
    public ExpertAdam(Module model, AdamConfig config, ExpertUpdates updates = ExpertUpdates.Lazy)
        : base((model ?? throw new ArgumentNullException(nameof(model))).Parameters(), config)
    {
        if (!Enum.IsDefined(updates)) throw new ArgumentException($"ExpertAdam: {updates} is none of the named updates.", nameof(updates));
        this.updates = updates;
        var parameters = model.Parameters().ToList();
        foreach (var (_, module) in model.NamedModules())
        {
            if (module is not ExpertFeedForward layer) continue;
            foreach (var parameter in layer.Parameters()) layerOfIndex[parameters.FindIndex(other => ReferenceEquals(other, parameter))] = layers.Count;
            layers.Add(layer);
            seen.Add(new bool[layer.Count]);
        }
    }

    /// <summary>What happens to experts without tokens.</summary>
    public ExpertUpdates Updates => updates;

    /// <inheritdoc/>
    protected override void Update(Tensor parameter, Tensor gradient, ParameterGroup group, int index)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        ArgumentNullException.ThrowIfNull(gradient);
        if (updates == ExpertUpdates.Dense || !layerOfIndex.TryGetValue(index, out var number))
        {
            base.Update(parameter, gradient, group, index);
            return;
        }
        var had = Touched(number);
        for (var expert = 0; expert < had.Length; expert++)
        {
            var steps = updates == ExpertUpdates.Lazy ? had[expert] : seen[number][expert];
            // A number of its own for each expert's state, beyond those of whole parameters.
            if (steps) base.Update(parameter.Select(0, expert), gradient.Select(0, expert), group, ((index + 1) << 16) + expert);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> State()
    {
        var state = new Dictionary<string, Tensor>(base.State());
        for (var i = 0; i < seen.Count; i++) state[Seen + i.ToString(CultureInfo.InvariantCulture)] = Tensor.From(seen[i]);
        return state;
    }

    /// <inheritdoc/>
    public override void LoadState(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        for (var i = 0; i < seen.Count; i++)
        {
            var name = Seen + i.ToString(CultureInfo.InvariantCulture);
            if (!state.TryGetValue(name, out var flags) || flags.DataType != DataType.Bool || flags.ElementCount != seen[i].Length)
                throw new ArgumentException($"ExpertAdam: {name} is missing or not of {seen[i].Length} experts; give the state of an ExpertAdam of the same model.", nameof(state));
        }
        base.LoadState(state);
        for (var i = 0; i < seen.Count; i++) state[Seen + i.ToString(CultureInfo.InvariantCulture)].ToArray<bool>().CopyTo(seen[i], 0);
        touchedAt = -1;
    }

    /// <summary>Which experts of a layer had tokens in this step.</summary>
    private bool[] Touched(int number)
    {
        if (touchedAt != StepCount) touched.Clear();
        touchedAt = StepCount;
        if (touched.TryGetValue(number, out var flags)) return flags;
        flags = new bool[layers[number].Count];
        foreach (var parameter in layers[number].Parameters())
        {
            if (parameter.Gradient is not { } gradient) continue;
            var any = gradient.Detach().NotEqual(0).Reshape(flags.Length, -1).Any(1).ToArray<bool>();
            for (var expert = 0; expert < flags.Length; expert++) flags[expert] |= any[expert];
        }
        for (var expert = 0; expert < flags.Length; expert++) seen[number][expert] |= flags[expert];
        return touched[number] = flags;
    }
}
