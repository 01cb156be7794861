namespace Scorch.Optimizers;

/// <summary>A tensor a parameter, made when first asked for: momentum, running squares and the like.</summary>
internal sealed class StateSlots(string name)
{
    private readonly SortedDictionary<int, Tensor> slots = [];

    public Tensor Get(int index, Tensor parameter)
    {
        if (!slots.TryGetValue(index, out var slot)) slots[index] = slot = Tensor.ZerosLike(parameter);
        return slot;
    }

    public bool TryGet(int index, out Tensor slot) => slots.TryGetValue(index, out slot!);

    public void Set(int index, Tensor value) => slots[index] = value;

    public void Save(Dictionary<string, Tensor> state)
    {
        foreach (var (index, slot) in slots) state[$"{name}.{index}"] = slot;
    }

    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        slots.Clear();
        foreach (var (key, value) in state)
            if (key.StartsWith(name + ".", StringComparison.Ordinal))
                slots[int.Parse(key.AsSpan(name.Length + 1), System.Globalization.CultureInfo.InvariantCulture)] = value.Clone();
    }
}

/// <summary>Steps counted by parameter: one without a gradient in a step keeps its count, as in PyTorch.</summary>
internal sealed class StepCounts
{
    private const string Name = "steps.";
    private readonly SortedDictionary<int, long> counts = [];

    /// <summary>Counts one more step of a parameter.</summary>
    public long Next(int index) => counts[index] = counts.GetValueOrDefault(index) + 1;

    public void Save(Dictionary<string, Tensor> state)
    {
        foreach (var (index, count) in counts) state[$"{Name}{index}"] = Tensor.From(count);
    }

    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        counts.Clear();
        foreach (var (key, value) in state)
            if (key.StartsWith(Name, StringComparison.Ordinal))
                counts[int.Parse(key.AsSpan(Name.Length), System.Globalization.CultureInfo.InvariantCulture)] = value.ItemInt64();
    }
}
