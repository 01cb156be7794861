namespace Scorch.Language.ZeroShotDst;

/// <summary>Where a value was said.</summary>
/// <param name="Turn">The dialog's turn, from 0.</param>
/// <param name="Start">The first letter in its text.</param>
/// <param name="Length">Letters.</param>
public readonly record struct SourceSpan(int Turn, int Start, int Length);

/// <summary>What a tracker says about a slot.</summary>
/// <param name="Value">Normalised: <see cref="ValueNormalizer.None"/>, <see cref="ValueNormalizer.DontCare"/> or a value.</param>
/// <param name="Probability">Of the whole answer, in [0, 1]; 1 for rules.</param>
/// <param name="Source">Where the value was last said word for word, if anywhere.</param>
public sealed record TrackedValue(string Value, double Probability, SourceSpan? Source)
{
    /// <summary>The answer as generated.</summary>
    public string Raw { get; init; } = Value;

    /// <summary>Whether there is a value.</summary>
    public bool IsFilled => Value != ValueNormalizer.None;
}

/// <summary>The state of a service's slots after a user's turn.</summary>
public sealed class DialogState
{
    private readonly Dictionary<string, TrackedValue> values;

    /// <summary>A state.</summary>
    /// <param name="service">The service.</param>
    /// <param name="values">A value for each of its slots, in its order.</param>
    /// <exception cref="ArgumentException">The numbers of slots and values differ.</exception>
    public DialogState(DialogService service, IReadOnlyList<TrackedValue> values)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count != service.Slots.Count) throw new ArgumentException($"DialogState: {values.Count} values for the {service.Slots.Count} slots of {service.Name}; give one for each.", nameof(values));
        (Service, Values) = (service, [.. values]);
        this.values = service.Slots.Zip(Values).ToDictionary(pair => SlotName.Canonical(service.Name, pair.First.Name), pair => pair.Second, StringComparer.Ordinal);
        // The name in words finds a slot too, unless it is another's name.
        foreach (var (slot, value) in service.Slots.Zip(Values)) this.values.TryAdd(SlotName.Canonical(service.Name, slot.Phrase), value);
    }

    /// <summary>The service.</summary>
    public DialogService Service { get; }

    /// <summary>Values in the order of the service's slots.</summary>
    public IReadOnlyList<TrackedValue> Values { get; }

    /// <summary>The value of a slot.</summary>
    /// <param name="slot">Its name or its words, <c>pricerange</c> or <c>price range</c>.</param>
    /// <exception cref="ArgumentException">There is no such slot.</exception>
    public TrackedValue this[string slot] => values.TryGetValue(SlotName.Canonical(Service.Name, slot), out var value)
        ? value
        : throw new ArgumentException($"The service {Service.Name} has no slot '{slot}'; it has {string.Join(", ", Service.Slots.Select(known => known.Name))}.", nameof(slot));

    /// <summary>Makes a value of an answer and looks for it in what was said, the latest turn first.</summary>
    internal static TrackedValue Found(string raw, double probability, Dialog dialog, int lastTurn)
    {
        var value = ValueNormalizer.Normalize(raw);
        return new(value, probability, value is ValueNormalizer.None or ValueNormalizer.DontCare ? null : Locate(raw.Trim(), dialog, lastTurn)) { Raw = raw };
    }

    private static SourceSpan? Locate(string text, Dialog dialog, int lastTurn)
    {
        if (text.Length == 0) return null;
        for (var turn = lastTurn; turn >= 0; turn--)
            if (dialog.Turns[turn].Text.LastIndexOf(text, StringComparison.OrdinalIgnoreCase) is >= 0 and var at) return new(turn, at, text.Length);
        return null;
    }
}
