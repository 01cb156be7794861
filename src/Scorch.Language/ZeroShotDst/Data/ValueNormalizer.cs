using System.Globalization;
using System.Text.RegularExpressions;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Brings values to one form before they are compared: the same rules for gold values and predictions, listed in every report.</summary>
public static partial class ValueNormalizer
{
    /// <summary>What stands for a slot that was not mentioned.</summary>
    public const string None = "none";

    /// <summary>What stands for a slot about which the user does not mind.</summary>
    public const string DontCare = "dontcare";

    private static readonly string[] Nothing = ["", "none", "not mentioned", "null", "n/a"];

    private static readonly string[] Indifferent =
    [
        "dontcare", "dont care", "don't care", "don t care", "do n't care", "do not care", "doesn't care", "does not care", "doesnt care", "no preference", "any", "dont mind", "don't mind", "do n't mind",
    ];

    private static readonly Dictionary<string, string> Numbers = new(StringComparer.Ordinal)
    {
        ["zero"] = "0",
        ["one"] = "1",
        ["two"] = "2",
        ["three"] = "3",
        ["four"] = "4",
        ["five"] = "5",
        ["six"] = "6",
        ["seven"] = "7",
        ["eight"] = "8",
        ["nine"] = "9",
        ["ten"] = "10",
        ["eleven"] = "11",
        ["twelve"] = "12",
    };

    /// <summary>Spellings, after those of TRADE's clean-up (Wu and others 2019), as whole words.</summary>
    private static readonly (string From, string To)[] Spellings =
    [
        ("guest house", "guesthouse"), ("guest houses", "guesthouse"), ("guesthouses", "guesthouse"), ("center", "centre"), ("centre of town", "centre"), ("town centre", "centre"), ("city centre", "centre"),
        ("concert hall", "concerthall"), ("concert halls", "concerthall"), ("night club", "nightclub"), ("night clubs", "nightclub"), ("swimming pool", "swimmingpool"), ("mutliple sports", "multiple sports"),
        ("moderately priced", "moderate"), ("moderately", "moderate"), ("theater", "theatre"), ("colleges", "college"), ("museums", "museum"), ("true", "yes"), ("false", "no"),
    ];

    /// <summary>The rules in words.</summary>
    public static IReadOnlyList<string> Rules { get; } =
    [
        "lower case; runs of blanks as one; signs at the ends dropped",
        "\"\", none, not mentioned, null, n/a: none",
        "the forms of \"don't care\", no preference, any, don't mind: dontcare",
        "times as hh:mm on 24 hours (5 pm, 5:30 PM, 9.15am, 0900 am, noon)",
        "number words from zero to twelve as digits",
        "true and false: yes and no",
        "spellings: " + string.Join(", ", Spellings.Where(pair => pair.To is not "yes" and not "no").Select(pair => $"{pair.From} = {pair.To}")),
        "where a data set lists several values, any of them is right",
    ];

    /// <summary>A value's one form: <see cref="None"/>, <see cref="DontCare"/> or text.</summary>
    /// <param name="value">A value as annotated or generated.</param>
    public static string Normalize(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var text = Blanks().Replace(value, " ").Trim().ToLowerInvariant().Replace('’', '\'');
        if (Nothing.Contains(text)) return None;
        if (Indifferent.Contains(text)) return DontCare;
        text = NormalizeText(text).Trim(' ', '.', ',', '!', '?', ';', '"', '\'');
        return text.Length == 0 ? None : text;
    }

    /// <summary>A whole text with the rules for times, numbers and spellings: where a value of a state stands in it.</summary>
    /// <param name="text">What was said.</param>
    public static string NormalizeText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = Blanks().Replace(text, " ").ToLowerInvariant().Replace('’', '\'');
        text = HalfDayTime().Replace(text, match => Time(match, match.Groups["half"].ValueSpan[0]));
        text = WholeDayTime().Replace(text, match => Time(match, ' '));
        text = Noon().Replace(text, "12:00");
        text = NumberWord().Replace(text, match => Numbers[match.Value]);
        foreach (var (from, to) in Spellings)
            if (text.Contains(from, StringComparison.Ordinal)) text = ReplaceWord(text, from, to);
        return text;
    }

    /// <summary>Whether a value stands in a text, as whole words, both in their one form.</summary>
    /// <param name="text">What was said, normalised by <see cref="NormalizeText"/>.</param>
    /// <param name="value">A value, normalised.</param>
    internal static bool Stands(string text, string value) => Find(text, value) >= 0;

    /// <summary>The place after the last whole word or words that are a value, or -1; both in their one form.</summary>
    internal static int EndOfLast(string text, string value)
    {
        var end = -1;
        for (var at = Find(text, value); at >= 0; at = Find(text, value, at + 1)) end = at + value.Length;
        return end;
    }

    private static int Find(string text, string value, int from = 0)
    {
        if (value.Length == 0) return -1;
        for (var at = text.IndexOf(value, from, StringComparison.Ordinal); at >= 0; at = text.IndexOf(value, at + 1, StringComparison.Ordinal))
        {
            var end = at + value.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1]) || !char.IsLetterOrDigit(value[0])) && (end == text.Length || !char.IsLetterOrDigit(text[end]) || !char.IsLetterOrDigit(value[^1]))) return at;
        }
        return -1;
    }

    private static string ReplaceWord(string text, string from, string to)
    {
        for (var at = Find(text, from); at >= 0; at = Find(text, from, at + to.Length)) text = string.Concat(text.AsSpan(0, at), to, text.AsSpan(at + from.Length));
        return text;
    }

    private static string Time(Match match, char half)
    {
        var hour = int.Parse(match.Groups["hour"].ValueSpan, CultureInfo.InvariantCulture);
        var minute = match.Groups["minute"] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;
        if (hour > 24 || minute > 59) return match.Value;
        if (half == 'p' && hour < 12) hour += 12;
        if (half == 'a' && hour == 12) hour = 0;
        return string.Create(CultureInfo.InvariantCulture, $"{hour % 24:00}:{minute:00}");
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    // 5 pm, 5:30 p.m., 9.15am, 0900 am
    [GeneratedRegex(@"(?<![\d:.])(?<hour>\d{1,2})(?:[:.]?(?<minute>\d{2}))? ?(?<half>[ap])\.? ?m\b\.?")]
    private static partial Regex HalfDayTime();

    // 9:15, 17:30; 9.15 may be a price or a rating, and stays.
    [GeneratedRegex(@"(?<![\d:.])(?<hour>\d{1,2}):(?<minute>\d{2})(?![\d:])")]
    private static partial Regex WholeDayTime();

    [GeneratedRegex(@"\b(?:12:00 )?noon\b")]
    private static partial Regex Noon();

    [GeneratedRegex(@"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b")]
    private static partial Regex NumberWord();
}
