using Scorch.Modules;

namespace Scorch.Optimizers;

/// <summary>A tensor a parameter, made when first asked for: momentum, running squares and the like.</summary>
internal sealed class StateSlots(string name)
{
    private readonly SortedDictionary<int, Tensor> slots = [];

    public Tensor Get(int index, Parameter parameter)
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
