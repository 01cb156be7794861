namespace Scorch.Language.TimeDial;

/// <summary>A word, a run of digits, or another character of a text.</summary>
/// <param name="Word">In lower case, apostrophes straight.</param>
/// <param name="Start">Its first UTF-16 unit.</param>
/// <param name="End">The unit after its last.</param>
/// <param name="IsCapital">Whether it begins with a capital.</param>
internal readonly record struct TimeToken(string Word, int Start, int End, bool IsCapital)
{
    public bool IsNumber => char.IsAsciiDigit(Word[0]);

    public bool IsWord => char.IsLetter(Word[0]);
}

/// <summary>A text in tokens, asked by place; beyond its ends stand empty words.</summary>
internal sealed class TimeText
{
    private readonly List<TimeToken> tokens = [];

    public TimeText(string text)
    {
        Text = text;
        for (var at = 0; at < text.Length;)
        {
            var start = at;
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            if (char.IsAsciiDigit(text[at])) while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            else if (char.IsLetter(text[at])) while (at < text.Length && (char.IsLetter(text[at]) || (IsApostrophe(text[at]) && at + 1 < text.Length && char.IsLetter(text[at + 1])))) at++;
            else at++;
            tokens.Add(new(text[start..at].Replace('’', '\'').Replace('`', '\'').ToLowerInvariant(), start, at, char.IsUpper(text[start])));
        }
    }

    public string Text { get; }

    public int Count => tokens.Count;

    public TimeToken this[int index] => tokens[index];

    /// <summary>The word at a place, empty beyond the ends.</summary>
    public string At(int index) => (uint)index < (uint)tokens.Count ? tokens[index].Word : "";

    public bool Is(int index, params ReadOnlySpan<string> words) => words.Contains(At(index));

    /// <summary>The place after these words, or -1.</summary>
    public int After(int index, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
            if (At(index++) != word) return -1;
        return index;
    }

    /// <summary>Whether nothing stands between a token and the one before it.</summary>
    public bool Touches(int index) => index > 0 && index < tokens.Count && tokens[index - 1].End == tokens[index].Start;

    /// <summary>Whether a clause ends here: the end, or punctuation.</summary>
    public bool Ends(int index) => index < 0 || index >= tokens.Count || (!tokens[index].IsWord && !tokens[index].IsNumber && tokens[index].Word is not ("-" or "–" or "%" or "'" or "/" or "$" or "€" or "£"));

    private static bool IsApostrophe(char letter) => letter is '\'' or '’' or '`';
}

/// <summary>Words of the calendar.</summary>
internal static class TimeWords
{
    public static readonly HashSet<string> Weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays"];

    public static readonly HashSet<string> Months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec"];

    public static readonly HashSet<string> Seasons = ["spring", "summer", "autumn", "fall", "winter"];

    public static readonly HashSet<string> PartsOfDay = ["morning", "mornings", "afternoon", "afternoons", "evening", "evenings", "night", "nights", "noon"];

    public static readonly HashSet<string> Days = ["today", "tomorrow", "yesterday", "tonight"];

    public static readonly HashSet<string> Decades = ["twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"];

    public static readonly HashSet<string> Deictic = ["this", "last", "next", "past", "coming", "previous", "following", "every", "each", "another"];

    public static readonly HashSet<string> Money = ["dollar", "dollars", "buck", "bucks", "yuan", "rmb", "pound", "pounds", "euro", "euros", "cent", "cents", "yen", "usd", "percent", "pence", "francs", "grand"];

    /// <summary>Months whose names are words too: they need a capital and company.</summary>
    public static readonly HashSet<string> Doubtful = ["may", "march", "mar", "jan", "jun", "dec", "sep"];
}
