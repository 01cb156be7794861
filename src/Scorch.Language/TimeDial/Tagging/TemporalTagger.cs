namespace Scorch.Language.TimeDial;

/// <summary>Finds temporal expressions in English text by rules: durations, clock times, dates, parts of a day, ages; prices are none.</summary>
/// <remarks>
/// An expression takes its company in: <c>about two hours</c>, <c>the last three weeks</c>, <c>five years ago</c>, <c>tomorrow morning at ten o'clock</c>.
/// Greedy from the left, the longest expression at a place.
/// </remarks>
/// <example><code>
/// IReadOnlyList&lt;TemporalSpan&gt; spans = TemporalTagger.Find("We will be back in two hours.");   // two hours: Duration, Hour, 2, 7200 s
/// </code></example>
public static class TemporalTagger
{
    private static readonly string[][] Before =
    [
        ["no", "more", "than"], ["no", "less", "than"], ["more", "than"], ["less", "than"], ["at", "least"], ["at", "most"], ["up", "to"], ["about"], ["around"], ["nearly"], ["almost"],
        ["over"], ["under"], ["approximately"], ["roughly"], ["only"], ["another"], ["every"], ["mid"],
    ];

    private static readonly HashSet<string> Ranks = ["last", "next", "past", "first", "final", "following", "previous", "coming", "early", "late", "whole"];

    /// <summary>The temporal expressions of a text, from left to right, none within another.</summary>
    /// <param name="text">Any text.</param>
    public static IReadOnlyList<TemporalSpan> Find(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var tokens = new TimeText(text);
        var found = new List<TimeAtom>();
        for (var at = 0; at < tokens.Count;)
        {
            if (Longest(tokens, at) is not { } atom)
            {
                at++;
                continue;
            }
            atom = atom with { From = Extend(tokens, atom, found.Count == 0 ? 0 : found[^1].To) };
            if (found.Count > 0 && Joins(tokens, found[^1], atom)) found[^1] = found[^1] with { From = Opens(tokens, found[^1]) ? found[^1].From - 1 : found[^1].From, To = atom.To };
            else found.Add(atom);
            at = atom.To;
        }
        return [.. found.Select(atom => atom.ToSpan(tokens))];
    }

    /// <summary>Whether a text as a whole is a temporal expression: one is found in it, and no digit or number word lies outside.</summary>
    /// <param name="text">A phrase, such as an option.</param>
    public static bool IsTemporal(string text)
    {
        var spans = Find(text);
        if (spans.Count == 0) return false;
        var tokens = new TimeText(text);
        return Enumerable.Range(0, tokens.Count).All(i =>
            !(tokens[i].IsNumber || NumberReader.IsNumberWord(tokens[i].Word)) || spans.Any(span => span.Start <= tokens[i].Start && tokens[i].End <= span.End));
    }

    private static TimeAtom? Longest(TimeText text, int at)
    {
        // Inside a longer word joined by a hyphen or within a number nothing begins.
        if (at > 0 && text[at].IsNumber && text.Touches(at) && text.At(at - 1) is ":" or ".") return null;
        TimeAtom? best = null;
        foreach (var atom in (TimeAtom?[])[DurationRules.Find(text, at), ClockRules.Find(text, at), DateRules.Find(text, at)])
            if (atom is { } candidate && (best is not { } held || candidate.To > held.To)) best = candidate;
        return best;
    }

    /// <summary>Takes in what stands before: about, more than, the last.</summary>
    private static int Extend(TimeText text, TimeAtom atom, int least)
    {
        var from = atom.From;
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var words in Before)
            {
                if (from - words.Length < least || text.After(from - words.Length, words) != from) continue;
                (from, moved) = (from - words.Length, true);
                break;
            }
            if (from - 1 < least) break;
            var isRank = Ranks.Contains(text.At(from - 1)) && (text.At(from - 2) == "the" || atom.Kind == TemporalKind.Duration);
            var isArticle = text.At(from - 1) == "the" && (atom.Kind is TemporalKind.Duration or TemporalKind.Clock || Ranks.Contains(text.At(from)) || IsDecade(text, from));
            if (isRank || isArticle) (from, moved) = (from - 1, true);
        }
        return from;
    }

    private static bool IsDecade(TimeText text, int at) => text[at].IsNumber && text.At(at + 1) == "s";

    /// <summary>"From 9 am to 5 pm": the opening word belongs to a range.</summary>
    private static bool Opens(TimeText text, TimeAtom first) => text.At(first.From - 1) == "from" && text.Is(first.To, "to", "until", "till");

    /// <summary>Whether two neighbours are one: "tomorrow at ten", "9 am to 5 pm", "Friday , April 14", "March 3 in the morning".</summary>
    private static bool Joins(TimeText text, TimeAtom first, TimeAtom second)
    {
        bool IsPoint(TimeAtom atom) => atom.Kind is TemporalKind.Clock or TemporalKind.Date or TemporalKind.PartOfDay;
        if (!IsPoint(first) || !IsPoint(second)) return false;
        var gap = second.From - first.To;
        if (gap == 0) return true;
        if (gap > 1) return false;
        var joint = text.At(first.To);
        if (joint is "to" or "until" or "till" or "-" or "–") return first.Kind == second.Kind;
        return joint is "at" or "on" or "of" or "around" || (joint == "," && first.Kind == TemporalKind.Date && second.Kind == TemporalKind.Date);
    }
}
