using System.Text.RegularExpressions;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Says always that nothing is known: what a joint goal accuracy must be read beside.</summary>
public sealed class AlwaysNoneTracker : IDialogTracker
{
    /// <inheritdoc/>
    public string Name => "always none";

    /// <inheritdoc/>
    public IReadOnlyList<string> TrainedOn => [];

    /// <inheritdoc/>
    public bool? UsesCopyHead => null;

    /// <inheritdoc/>
    public TrackedDialog Follow(Dialog dialog, DialogService service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dialog);
        ArgumentNullException.ThrowIfNull(service);
        var nothing = new DialogState(service, [.. service.Slots.Select(_ => new TrackedValue(ValueNormalizer.None, 1, null))]);
        return new([.. dialog.UserTurns.Select(_ => nothing)], 0);
    }
}

/// <summary>What a rule does with a slot whose values it knows neither by list nor by type.</summary>
public enum MissingValues
{
    /// <summary>Refuse.</summary>
    Throw,

    /// <summary>Say that nothing is known.</summary>
    None,
}

/// <summary>The rule: the value of the slot's type that was mentioned last. Times, days and numbers are known by their form, a yes-no slot is yes once its words were said; for other slots a list of values is needed.</summary>
/// <param name="values">Values of slots by their names in words, such as those of training dialogs (<see cref="ValuesOf"/>); beside these the schema's own serve.</param>
/// <param name="missing">What happens to a slot without type and list.</param>
public sealed partial class LastMentionTracker(IReadOnlyDictionary<string, IReadOnlyList<string>>? values = null, MissingValues missing = MissingValues.Throw) : IDialogTracker
{
    private static readonly string[] Days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "today", "tomorrow"];

    /// <inheritdoc/>
    public string Name => "last mention";

    /// <inheritdoc/>
    public IReadOnlyList<string> TrainedOn => [];

    /// <inheritdoc/>
    public bool? UsesCopyHead => null;

    /// <summary>Values of slots in the states of dialogs, by the slots' names in words.</summary>
    /// <param name="data">The dialogs.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> ValuesOf(DstData data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Dialogs.SelectMany(dialog => dialog.Turns).SelectMany(turn => turn.State)
            .GroupBy(entry => data.Schema[entry.Key.Service][entry.Key.Slot].Phrase, StringComparer.Ordinal)
            .ToDictionary(
                group => group.Key,
                group => (IReadOnlyList<string>)[.. group.SelectMany(entry => entry.Value).Select(ValueNormalizer.Normalize).Where(value => value is not (ValueNormalizer.None or ValueNormalizer.DontCare)).Distinct().Order(StringComparer.Ordinal)],
                StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A slot has neither a type nor a list of values, and missing ones are refused.</exception>
    public TrackedDialog Follow(Dialog dialog, DialogService service, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dialog);
        ArgumentNullException.ThrowIfNull(service);
        var finders = service.Slots.Select(slot => FinderOf(service, slot)).ToArray();
        var last = new string?[finders.Length];
        var states = new List<DialogState>();
        foreach (var turn in dialog.Turns)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var text = ValueNormalizer.NormalizeText(turn.Text);
            for (var i = 0; i < finders.Length; i++) last[i] = finders[i](text) ?? last[i];
            if (turn.Speaker == Speaker.User) states.Add(new(service, [.. last.Select(value => new TrackedValue(value ?? ValueNormalizer.None, 1, null))]));
        }
        return new(states, 0);
    }

    /// <summary>From a normalised text to the value that stands in it last, if any.</summary>
    private Func<string, string?> FinderOf(DialogService service, DialogSlot slot)
    {
        string[] words = slot.Phrase.Split(' ');
        if (words.Any(word => word is "time" or "leaveat" or "arriveby")) return text => Last(TimePattern(), text);
        string[] listed = [.. slot.PossibleValues.Concat(values?.GetValueOrDefault(slot.Phrase) ?? []).Select(ValueNormalizer.Normalize).Where(value => value is not (ValueNormalizer.None or ValueNormalizer.DontCare)).Distinct()];
        if (listed.Length > 0 && listed.All(value => value.All(char.IsDigit))) return text => Last(NumberPattern(), text);
        if (slot.IsTruth) return text => text.Contains(slot.Phrase, StringComparison.Ordinal) ? "yes" : null;
        if (listed.Length > 0) return text => LastOf(listed, text);
        if (words.Any(word => word is "day" or "date")) return text => LastOf(Days, text);
        if (words.Any(word => word is "number" or "people" or "size" or "stay" or "stars" or "passengers")) return text => Last(NumberPattern(), text);
        return missing == MissingValues.None
            ? _ => null
            : throw new ArgumentException($"LastMentionTracker: the slot {service.Name}-{slot.Name} has no list of values and is neither a time nor a day nor a number; give its values, or MissingValues.None to leave it empty.", nameof(service));
    }

    private static string? Last(Regex pattern, string text) => pattern.Matches(text) is { Count: > 0 } found ? found[^1].Value : null;

    /// <summary>The value that ends last; of several that end there the longest.</summary>
    private static string? LastOf(IReadOnlyList<string> values, string text)
    {
        var (best, end, length) = ((string?)null, -1, 0);
        foreach (var value in values)
        {
            var stop = ValueNormalizer.EndOfLast(text, value);
            if (stop >= 0 && (stop > end || (stop == end && value.Length > length))) (best, end, length) = (value, stop, value.Length);
        }
        return best;
    }

    [GeneratedRegex(@"\b\d{2}:\d{2}\b")]
    private static partial Regex TimePattern();

    [GeneratedRegex(@"(?<![\d:.])\d{1,2}(?![\d:.])")]
    private static partial Regex NumberPattern();
}
