namespace Scorch.Text;

/// <summary>Unicode's canonical decomposition and lower-casing, each code point keeping its place in the text (Unicode Standard, chapters 3.11 to 3.13).</summary>
internal static class Normalization
{
    private const int HangulSyllables = 0xAC00;
    private const int Leads = 0x1100;
    private const int Vowels = 0x1161;
    private const int Trails = 0x11A7;
    private const int VowelCount = 21;
    private const int TrailCount = 28;
    private const int SyllableCount = 19 * VowelCount * TrailCount;

    /// <summary>Normalisation form D.</summary>
    public static List<SourceRune> Decompose(List<SourceRune> text)
    {
        var result = new List<SourceRune>(text.Count + 8);
        foreach (var rune in text) Append(rune.Code, rune);
        Order(result);
        return result;

        void Append(int code, SourceRune source)
        {
            if (code is >= HangulSyllables and < HangulSyllables + SyllableCount)
            {
                var index = code - HangulSyllables;
                result.Add(source with { Code = Leads + (index / (VowelCount * TrailCount)) });
                result.Add(source with { Code = Vowels + (index / TrailCount % VowelCount) });
                if (index % TrailCount > 0) result.Add(source with { Code = Trails + (index % TrailCount) });
            }
            else if (code >= 0xC0 && UnicodeTables.Decompositions.TryGetValue(code, out var parts))
            {
                foreach (var part in parts) Append(part, source);
            }
            else
            {
                result.Add(source with { Code = code });
            }
        }
    }

    /// <summary>Lower case by Unicode's full mapping, a sigma at the end of a word becoming final.</summary>
    public static List<SourceRune> Lower(List<SourceRune> text)
    {
        var result = new List<SourceRune>(text.Count);
        for (var i = 0; i < text.Count; i++)
        {
            var rune = text[i];
            if (rune.Code == 0x3A3)
                result.Add(rune with { Code = IsFinalSigma(text, i) ? 0x3C2 : 0x3C3 });
            else if (rune.Code < 0x80)
                result.Add(rune.Code is >= 'A' and <= 'Z' ? rune with { Code = rune.Code | 0x20 } : rune);
            else if (UnicodeTables.Lower.TryGetValue(rune.Code, out var lower))
                foreach (var code in lower) result.Add(rune with { Code = code });
            else
                result.Add(rune);
        }
        return result;
    }

    private static bool IsFinalSigma(List<SourceRune> text, int at)
    {
        var before = at - 1;
        while (before >= 0 && UnicodeTables.CaseIgnorable.Contains(text[before].Code)) before--;
        if (before < 0 || !UnicodeTables.Cased.Contains(text[before].Code)) return false;
        var after = at + 1;
        while (after < text.Count && UnicodeTables.CaseIgnorable.Contains(text[after].Code)) after++;
        return after == text.Count || !UnicodeTables.Cased.Contains(text[after].Code);
    }

    private static byte ClassOf(int code) => code >= 0x300 && UnicodeTables.CombiningClasses.TryGetValue(code, out var value) ? value : (byte)0;

    /// <summary>Runs of marks in the order of their classes, equal classes as they stood.</summary>
    private static void Order(List<SourceRune> text)
    {
        for (var start = 0; start < text.Count; start++)
        {
            if (ClassOf(text[start].Code) == 0) continue;
            var end = start + 1;
            while (end < text.Count && ClassOf(text[end].Code) != 0) end++;
            if (end - start > 1)
            {
                var ordered = text.GetRange(start, end - start).OrderBy(rune => ClassOf(rune.Code)).ToList();
                for (var i = 0; i < ordered.Count; i++) text[start + i] = ordered[i];
            }
            start = end;
        }
    }
}
