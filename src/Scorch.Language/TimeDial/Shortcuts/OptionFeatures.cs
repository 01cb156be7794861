namespace Scorch.Language.TimeDial;

/// <summary>What an option says, read without the dialog.</summary>
internal static class OptionFeatures
{
    private const int Units = 9;

    /// <summary>Features of an option beside its rivals: see <see cref="Of"/>.</summary>
    public const int Count = Units + 5 + 9;

    /// <summary>The option's own expression: that with a value, else the first.</summary>
    public static TemporalSpan? MainSpan(string option)
    {
        var spans = TemporalTagger.Find(option);
        return spans.FirstOrDefault(span => span.Seconds is not null) ?? spans.FirstOrDefault();
    }

    /// <summary>What units agree on: the unit of a length or age, else the kind; null where the tagger finds nothing.</summary>
    public static string? UnitClass(string option) => MainSpan(option) is { } span
        ? span.Kind is TemporalKind.Duration or TemporalKind.Age && span.Unit is { } unit ? unit.ToString() : span.Kind.ToString()
        : null;

    /// <summary>The whole numbers of a text, in digits or words.</summary>
    public static HashSet<double> Numbers(string text)
    {
        var tokens = new TimeText(text);
        var numbers = new HashSet<double>();
        for (var at = 0; at < tokens.Count; at++)
        {
            if (!tokens[at].IsNumber && !NumberReader.IsNumberWord(tokens[at].Word)) continue;
            if (NumberReader.Cardinal(tokens, at) is not { } number) continue;
            if (!double.IsNaN(number.Value)) numbers.Add(number.Value);
            at = number.Next - 1;
        }
        return numbers;
    }

    /// <summary>Unit, kind, magnitude, writing, and how the option stands among the others; neither order nor blanks count.</summary>
    public static double[] Of(IReadOnlyList<string> options, int option)
    {
        var values = new double[Count];
        var text = options[option].Trim();
        var span = MainSpan(text);
        if (span?.Unit is { } unit) values[(int)unit] = 1;
        if (span is not null) values[Units + (int)span.Kind] = 1;
        var others = Enumerable.Range(0, options.Count).Where(i => i != option).Select(i => options[i].Trim()).ToList();
        var words = ClozeQuestion.Words(text);
        var logarithm = Logarithm(span);
        var distances = others.Select(MainSpan).Where(other => other is not null && other.Kind == span?.Kind).Select(other => Logarithm(other) - logarithm).OfType<double>().Select(Math.Abs).ToList();
        var next = Units + 5;
        values[next++] = span is null ? 1 : 0;
        values[next++] = logarithm is { } size ? (size - 10) / 5 : 0;
        values[next++] = text.Any(char.IsAsciiDigit) ? 1 : 0;
        values[next++] = Numbers(text).Any(number => number is 1 or 2 or 3 or 5 or 10 or 15 or 20 or 30 || (number > 30 && number % 10 == 0)) ? 1 : 0;
        values[next++] = words.Count / 4.0;
        values[next++] = others.Count(other => UnitClass(other) is { } same && same == UnitClass(text)) / 3.0;
        values[next++] = distances.Count == 0 ? 0 : distances.Min() / 5;
        values[next++] = distances.Count == 0 ? 0 : distances.Average() / 5;
        values[next] = others.Count == 0 || words.Count == 0 ? 0 : others.Average(other => words.Count(ClozeQuestion.Words(other).Contains) / (double)words.Count);
        return values;
    }

    private static double? Logarithm(TemporalSpan? span) => span?.Seconds is { } seconds ? Math.Log(Math.Max(seconds, 1e-3)) : null;
}
