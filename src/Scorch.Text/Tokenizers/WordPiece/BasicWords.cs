using System.Globalization;

namespace Scorch.Text;

/// <summary>BERT's basic tokenisation of one word between white space: cleaned, lower-cased, accents off, cut at ideographs and punctuation.</summary>
internal static class BasicWords
{
    /// <summary>White space once control characters are gone: tab, line ends, and the separators of Unicode.</summary>
    public static bool IsSpace(char value) => value is ' ' or '\t' or '\n' or '\r' || (value >= 0xA0 && char.IsWhiteSpace(value));

    public static List<List<SourceRune>> Split(string text, int start, int end, WordPieceConfig config)
    {
        var raw = new List<SourceRune>(end - start);
        SourceRune.Read(text, start, end, raw);
        raw.RemoveAll(rune => rune.Code is 0 or 0xFFFD || CategoryOf(rune.Code) is UnicodeCategory.Control or UnicodeCategory.Format);
        var words = new List<List<SourceRune>>();
        var word = new List<SourceRune>();
        foreach (var rune in raw)
        {
            var alone = config.SplitIdeographs && IsIdeograph(rune.Code);
            if (alone) Finish();
            word.Add(rune);
            if (alone) Finish();
        }
        Finish();
        return words;

        void Finish()
        {
            if (word.Count == 0) return;
            var normal = config.LowerCase ? Normalization.Lower(word) : word;
            if (config.StripAccents ?? config.LowerCase)
            {
                if (normal.Exists(rune => rune.Code >= 0x80)) normal = Normalization.Decompose(normal);
                normal.RemoveAll(rune => CategoryOf(rune.Code) == UnicodeCategory.NonSpacingMark);
            }
            SplitAtPunctuation(normal, words);
            word = [];
        }
    }

    private static void SplitAtPunctuation(List<SourceRune> word, List<List<SourceRune>> words)
    {
        var part = new List<SourceRune>();
        foreach (var rune in word)
        {
            var alone = IsPunctuation(rune.Code);
            if (alone && part.Count > 0)
            {
                words.Add(part);
                part = [];
            }
            part.Add(rune);
            if (!alone) continue;
            words.Add(part);
            part = [];
        }
        if (part.Count > 0) words.Add(part);
    }

    /// <summary>Unicode's punctuation, and every ASCII character that is neither letter, digit nor space: $, + and ` too.</summary>
    private static bool IsPunctuation(int code) =>
        code is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
        || (code >= 0x80 && CategoryOf(code) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation);

    private static bool IsIdeograph(int code) =>
        code is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2A6DF)
            or (>= 0x2A700 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F);

    private static UnicodeCategory CategoryOf(int code) => CharUnicodeInfo.GetUnicodeCategory(code);
}
