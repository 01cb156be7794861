namespace Scorch.Language.TimeDial;

/// <summary>Makes wrong fillings of a gap by the paper's rules: from the same dialog, by changed numerals, or from anywhere.</summary>
/// <param name="corpus">Where free ones come from.</param>
public sealed class DistractorSampler(TemporalCorpus corpus)
{
    private const int Tries = 20;
    private static readonly TemporalUnit[] Units = [TemporalUnit.Second, TemporalUnit.Minute, TemporalUnit.Hour, TemporalUnit.Day, TemporalUnit.Week, TemporalUnit.Month, TemporalUnit.Year];

    /// <summary>A wrong filling, or null where the rule makes none: no other expression in the dialog, no numeral to change.</summary>
    /// <param name="rule">How it is made.</param>
    /// <param name="dialog">The number of the dialog in the corpus.</param>
    /// <param name="answer">The right filling.</param>
    /// <param name="random">Draws it.</param>
    /// <param name="taken">Texts that it must differ from, the answer aside.</param>
    public string? Draw(DistractorRule rule, int dialog, TemporalSpan answer, RandomSource random, params IReadOnlyList<string> taken)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(taken);
        var own = corpus.SpansOf(dialog);
        for (var i = 0; i < Tries; i++)
        {
            var candidate = rule switch
            {
                DistractorRule.Phrase => own.Count == 0 ? null : own[(int)random.NextInt64(own.Count)].Span.Text,
                DistractorRule.Numeral => Numeral(own, answer, random),
                DistractorRule.Open => corpus.Spans.Count == 0 ? null : corpus.Spans[(int)random.NextInt64(corpus.Spans.Count)].Span.Text,
                _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "Draw: no such rule."),
            };
            if (candidate is null) return null;
            if (Differs(candidate, answer) && !taken.Any(other => ClozeQuestion.Normalize(other) == ClozeQuestion.Normalize(candidate))) return candidate;
        }
        return null;
    }

    /// <summary>Another way to write the same length or age, digits for words or words for digits; null where there is none.</summary>
    /// <param name="answer">The expression.</param>
    public static string? Restate(TemporalSpan answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.Kind is not (TemporalKind.Duration or TemporalKind.Age) || FirstNumber(answer.Text) is not { } number) return null;
        var other = number.IsWords ? NumberWriter.Digits(number.Value) : NumberWriter.Words(number.Value);
        var text = answer.Text[..number.Start] + other + answer.Text[number.End..];
        // It must be read back as the same value.
        return TemporalTagger.Find(text) is [var span] && span.Seconds is { } seconds && seconds == answer.Seconds && span.Text.Length == text.Length ? text : null;
    }

    /// <summary>Whether a text says something else than an expression: another text, and another value where both have one of one kind.</summary>
    internal static bool Differs(string text, TemporalSpan answer)
    {
        if (ClozeQuestion.Normalize(text) == ClozeQuestion.Normalize(answer.Text)) return false;
        return !TemporalTagger.Find(text).Any(span => span.Kind == answer.Kind && span.Seconds is { } seconds && seconds == answer.Seconds);
    }

    // A numeral of the dialog, or a changed one, in the answer's own words; with a length, at times another unit.
    private static string? Numeral(IReadOnlyList<DialogSpan> own, TemporalSpan answer, RandomSource random)
    {
        if (FirstNumber(answer.Text) is not { } number) return null;
        var values = own.Select(span => FirstNumber(span.Span.Text)?.Value).OfType<int>().Where(value => value != number.Value).ToList();
        var most = answer.Kind == TemporalKind.Clock ? 12 : Math.Max(10, Math.Min(900, 3 * number.Value));
        var value = values.Count > 0 && random.NextInt64(2) == 0 ? values[(int)random.NextInt64(values.Count)] : (int)(1 + random.NextInt64(most));
        if (value > 999_999) return null;
        var text = answer.Text[..number.Start] + (number.IsWords ? NumberWriter.Words(value) : NumberWriter.Digits(value)) + answer.Text[number.End..];
        if (answer.Unit is not { } unit || answer.Kind == TemporalKind.Clock) return text;
        var other = random.NextInt64(2) == 0 ? Units[(int)random.NextInt64(Units.Length)] : unit;
        var tokens = new TimeText(text);
        var place = Enumerable.Range(0, tokens.Count).FirstOrDefault(i => TemporalUnits.Parse(tokens[i].Word) == unit, -1);
        if (place < 0) return text;
        // "Three-day" keeps the singular.
        var isPlural = value != 1 && tokens.At(place - 1) != "-";
        return text[..tokens[place].Start] + NumberWriter.Unit(other, isPlural) + text[tokens[place].End..];
    }

    private static (int Start, int End, int Value, bool IsWords)? FirstNumber(string text)
    {
        var tokens = new TimeText(text);
        for (var at = 0; at < tokens.Count; at++)
        {
            if (!tokens[at].IsNumber && !NumberReader.IsNumberWord(tokens[at].Word)) continue;
            if (NumberReader.Cardinal(tokens, at) is not { } number || number.Value is not (>= 0 and < 1_000_000) || number.Value != Math.Floor(number.Value)) return null;
            return (tokens[at].Start, tokens[number.Next - 1].End, (int)number.Value, number.IsWords);
        }
        return null;
    }
}
