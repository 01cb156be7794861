namespace Scorch.Language.TimeDial;

/// <summary>Lengths of time and ages.</summary>
internal static class DurationRules
{
    private static readonly HashSet<string> Between = ["more", "full", "whole", "business", "working", "odd", "long", "short", "light", "school", "extra", "additional", "consecutive", "straight", "good"];

    /// <summary>After "a second" these show that it is a moment, not the ordinal before a noun.</summary>
    private static readonly HashSet<string> AfterMoment = ["", ".", ",", "!", "?", ";", ":", "and", "or", "to", "for", "please", "while", "i", "ago", "later", "then", "before", "after", "in", "on"];

    /// <summary>The longest duration that begins at a token.</summary>
    public static TimeAtom? Find(TimeText text, int at) =>
        ClockRules.IsPrice(text, at) ? null : Half(text, at) ?? Counted(text, at) ?? Single(text, at) ?? Plural(text, at);

    // Half an hour; half-hour; a quarter of an hour; three quarters of an hour.
    private static TimeAtom? Half(TimeText text, int at)
    {
        foreach (var (words, share) in ((string[], double)[])
            [(["half", "an"], 0.5), (["half", "a"], 0.5), (["a", "half"], 0.5), (["half", "-"], 0.5), (["half"], 0.5), (["a", "quarter", "of", "an"], 0.25), (["quarter", "of", "an"], 0.25),
             (["three", "quarters", "of", "an"], 0.75), (["three", "quarters", "of", "a"], 0.75)])
        {
            if (text.After(at, words) is not (> 0 and var next)) continue;
            if (text.At(next) == "-") next++;
            if (TemporalUnits.Parse(text.At(next)) is { } unit) return Finish(text, new(at, next + 1, TemporalKind.Duration, unit, share));
        }
        return null;
    }

    // Two hours; 3-4 minutes; five to ten years; twenty-minute; two and a half years; six more weeks.
    private static TimeAtom? Counted(TimeText text, int at)
    {
        if (NumberReader.Cardinal(text, at) is not { } number) return null;
        var (value, next) = (number.Value, number.Next);
        if (text.Is(next, "to", "or", "-", "–", "and") && NumberReader.Cardinal(text, next + 1) is { } other && IsUnit(text, Skip(text, other.Next)))
            (value, next) = ((value + other.Value) / 2, other.Next);
        next = Skip(text, next);
        if (TemporalUnits.Parse(text.At(next)) is not { } unit) return null;
        var atom = new TimeAtom(at, next + 1, TemporalKind.Duration, unit, value);
        // Two hours and thirty minutes: the smaller unit adds.
        var more = text.Is(atom.To, "and", ",") ? atom.To + 1 : atom.To;
        if (NumberReader.Cardinal(text, more) is { } rest && TemporalUnits.Parse(text.At(rest.Next)) is { } small && small < unit)
            atom = atom with { To = rest.Next + 1, Magnitude = atom.Magnitude + (rest.Value * small.Seconds() / unit.Seconds()) };
        return Finish(text, atom);
    }

    // A week; an hour and a half; one second.
    private static TimeAtom? Single(TimeText text, int at)
    {
        if (!text.Is(at, "a", "an") || TemporalUnits.Parse(text.At(at + 1)) is not { } unit) return null;
        if (unit == TemporalUnit.Second && !AfterMoment.Contains(text.At(at + 2))) return null;
        return Finish(text, new(at, at + 2, TemporalKind.Duration, unit, 1));
    }

    // For years; years ago: a length without a number.
    private static TimeAtom? Plural(TimeText text, int at)
    {
        if (TemporalUnits.Parse(text.At(at)) is not { } unit || !text.At(at).EndsWith('s')) return null;
        return text.Is(at - 1, "for", "in", "of") || text.Is(at + 1, "ago", "later") ? Finish(text, new(at, at + 1, TemporalKind.Duration, unit)) : null;
    }

    private static TimeAtom Finish(TimeText text, TimeAtom atom)
    {
        foreach (var half in (string[][])[["and", "a", "half"], ["and", "half"]])
            if (text.After(atom.To, half) is > 0 and var next) atom = atom with { To = next, Magnitude = atom.Magnitude + 0.5 };
        foreach (var old in (string[][])[["-", "old"], ["old"], ["of", "age"]])
            if (text.After(atom.To, old) is > 0 and var next) return atom with { To = next, Kind = TemporalKind.Age };
        foreach (var suffix in (string[][])[["ago"], ["later"], ["earlier"], ["from", "now"], ["from", "today"], ["from", "tomorrow"], ["in", "advance"]])
            if (text.After(atom.To, suffix) is > 0 and var next) return atom with { To = next };
        return atom;
    }

    private static int Skip(TimeText text, int at)
    {
        if (text.At(at) == "-") at++;
        if (Between.Contains(text.At(at)) && IsUnit(text, at + 1)) at++;
        return at;
    }

    private static bool IsUnit(TimeText text, int at) => TemporalUnits.Parse(text.At(at)) is not null;
}
