using System.Text;

namespace Scorch.Text;

/// <summary>Sentences with classes, one a line: the class, a tab or blank, the sentence.</summary>
public static class LabelledSentences
{
    private const int MostLines = 10_000_000;

    /// <summary>Reads a file; UTF-8, or Latin-1 where it is not. Where every line has a tab, classes end at the first tab and may hold blanks; else at the first blank or tab.</summary>
    /// <param name="path">The file.</param>
    /// <param name="skipsEmptyTexts">Leave lines with a class alone out, as published sets have a few; else they are an error.</param>
    /// <returns>Labels as they stand, and sentences.</returns>
    /// <exception cref="TextFormatException">A line has no class or no sentence, or there is no line; the line is named.</exception>
    public static IReadOnlyList<(string Label, string Text)> Read(string path, bool skipsEmptyTexts = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = File.ReadAllBytes(path);
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            // The distributed TREC files are Latin-1, in which every byte is a character.
            text = Encoding.Latin1.GetString(bytes);
        }
        if (text.StartsWith('\uFEFF')) text = text[1..];
        var separators = HasTabs(text) ? "\t" : " \t";
        var rows = new List<(string, string)>();
        var number = 0;
        // Line feeds alone end lines: byte 0x85 of Latin-1 files, an ellipsis in Windows' reading of it, is none.
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range);
            if (++number > MostLines) throw new TextFormatException($"{path}: more than {MostLines} lines; split the file.");
            if (line.IsWhiteSpace()) continue;
            var blank = line.IndexOfAny(separators);
            if (skipsEmptyTexts && blank > 0 && line[(blank + 1)..].IsWhiteSpace()) continue;
            if (blank < 1 || line[(blank + 1)..].IsWhiteSpace())
                throw new TextFormatException($"{path}, line {number}: '{Excerpt.Of(line.ToString())}' is not a class, a blank and a sentence.");
            rows.Add((line[..blank].ToString(), line[(blank + 1)..].Trim().ToString()));
        }
        return rows.Count > 0 ? rows : throw new TextFormatException($"{path}: there is no line; give a class and a sentence a line.");
    }

    private static bool HasTabs(string text)
    {
        foreach (var range in text.AsSpan().Split('\n'))
            if (text.AsSpan(range) is var line && !line.IsWhiteSpace() && !line.Contains('\t')) return false;
        return true;
    }
}
