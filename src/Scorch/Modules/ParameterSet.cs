namespace Scorch.Modules;

/// <summary>Values for a module's parameters and buffers by full name, with which it can be run in place of its own (<see cref="FunctionalCall"/>).</summary>
/// <remarks>Immutable; tensors keep their history, so that gradients flow through a set to whatever it was computed from.</remarks>
public sealed class ParameterSet
{
    private readonly string[] names;
    private readonly Tensor[] values;
    private readonly Binding? binding;

    private ParameterSet(string[] names, Tensor[] values, IReadOnlyDictionary<string, Tensor> buffers, Binding? binding) =>
        (this.names, this.values, Buffers, this.binding) = (names, values, buffers, binding);

    /// <summary>A set of named tensors; what it leaves out, the module keeps.</summary>
    /// <param name="parameters">Parameters by full name.</param>
    /// <param name="buffers">Buffers by full name; training writes to them.</param>
    public ParameterSet(IEnumerable<KeyValuePair<string, Tensor>> parameters, IEnumerable<KeyValuePair<string, Tensor>>? buffers = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var list = parameters.ToArray();
        names = [.. list.Select(entry => entry.Key)];
        values = [.. list.Select(entry => entry.Value)];
        Buffers = new Dictionary<string, Tensor>(buffers ?? [], StringComparer.Ordinal);
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Length) throw new ArgumentException("ParameterSet: a name stands twice.", nameof(parameters));
    }

    /// <summary>Names of the parameters.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>The parameters, in the order of <see cref="Names"/>.</summary>
    public IReadOnlyList<Tensor> Values => values;

    /// <summary>Buffers by full name.</summary>
    public IReadOnlyDictionary<string, Tensor> Buffers { get; }

    /// <summary>A module's own parameters, and copies of its buffers: a run with them leaves its running statistics alone.</summary>
    public static ParameterSet Of(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var parameters = module.NamedParameters().ToArray();
        var buffers = module.NamedBuffers().ToDictionary(entry => entry.Name, entry => entry.Buffer);
        var own = new Binding(module, [.. parameters.Select(entry => entry.Parameter)], buffers);
        return new ParameterSet([.. parameters.Select(entry => entry.Name)], own.Parameters, buffers, own).WithFreshBuffers();
    }

    /// <summary>The same set with other parameters, in the order of <see cref="Names"/>; buffers are shared.</summary>
    /// <exception cref="ArgumentException">Their number differs.</exception>
    public ParameterSet With(IReadOnlyList<Tensor> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.Count == values.Length
            ? new(names, [.. parameters], Buffers, binding)
            : throw new ArgumentException($"ParameterSet: {parameters.Count} tensors were given for {values.Length} parameters.", nameof(parameters));
    }

    /// <summary>The same parameters with copies of the buffers.</summary>
    public ParameterSet WithFreshBuffers() =>
        new(names, values, Buffers.ToDictionary(entry => entry.Key, entry => entry.Value.Detach().Clone()), binding);

    /// <summary>Copies without history that require gradients of their own.</summary>
    public ParameterSet AsLeaves()
    {
        var leaves = Array.ConvertAll(values, value => value.Detach().Clone());
        foreach (var leaf in leaves) leaf.RequiresGradient = true;
        return new(names, leaves, Buffers, binding);
    }

    /// <summary>A step of plain gradient descent, <c>value - rate gradient</c>, recorded where gradients are; where one is null the value stays.</summary>
    /// <param name="gradients">One a parameter, in the order of <see cref="Names"/>.</param>
    /// <param name="rate">The step size.</param>
    public ParameterSet Step(IReadOnlyList<Tensor?> gradients, double rate)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        if (gradients.Count != values.Length) throw new ArgumentException($"ParameterSet: {gradients.Count} gradients were given for {values.Length} parameters.", nameof(gradients));
        return With([.. values.Select((value, i) => gradients[i] is { } gradient ? value - (gradient * rate) : value)]);
    }

    /// <summary>The module's handles beside what stands for them.</summary>
    /// <exception cref="ArgumentException">The module has no parameter or buffer of a name.</exception>
    internal IEnumerable<(string Name, Tensor Handle, Tensor Shown)> Pairs(Module module)
    {
        // A set made from this very module has found its handles before.
        var own = ReferenceEquals(binding?.Module, module) ? binding : null;
        var parameters = own is null && names.Length > 0 ? module.NamedParameters().ToDictionary(entry => entry.Name, entry => (Tensor)entry.Parameter) : [];
        for (var i = 0; i < names.Length; i++)
            yield return (names[i], own?.Parameters[i] ?? Find(parameters, names[i], "parameter"), values[i]);
        if (Buffers.Count == 0) yield break;
        var buffers = own?.Buffers ?? module.NamedBuffers().ToDictionary(entry => entry.Name, entry => entry.Buffer);
        foreach (var (name, buffer) in Buffers) yield return (name, Find(buffers, name, "buffer"), buffer);
    }

    private static Tensor Find(IReadOnlyDictionary<string, Tensor> own, string name, string kind) => own.TryGetValue(name, out var handle)
        ? handle
        : throw new ArgumentException($"FunctionalCall: the module has no {kind} '{name}'. {NearestName.Suggestion(name, own.Keys, "Give names as NamedParameters and NamedBuffers do.")}", nameof(name));

    private sealed record Binding(Module Module, Tensor[] Parameters, IReadOnlyDictionary<string, Tensor> Buffers);
}
