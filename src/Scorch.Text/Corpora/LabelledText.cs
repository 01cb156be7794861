using System.Text;

namespace Scorch.Text;

/// <summary>Sentences with labels, one a line: the label, a tab or blank, the sentence.</summary>
public static class LabelledText
{
    private const int MostLines = 10_000_000;

    /// <summary>Reads a file; UTF-8, or Latin-1 where it is not. Where every line has a tab, labels end at the first tab and may hold blanks; else at the first blank or tab.</summary>
    /// <param name="path">The file.</param>
    /// <param name="skipsEmptyTexts">Leave lines with a label alone out, as published sets have a few; else they are an error.</param>
    /// <returns>Labels as they stand, and sentences.</returns>
    /// <exception cref="InvalidDataException">A line has no label or no sentence, or there is no line; the line is named.</exception>
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
        // Line feeds alone: as Latin-1 an ellipsis of Windows' code page reads as Unicode's next line.
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range].TrimEnd('\r');
            if (++number > MostLines) throw new InvalidDataException($"{path}: more than {MostLines} lines; split the file.");
            if (line.IsWhiteSpace()) continue;
            var end = line.IndexOfAny(separators);
            if (skipsEmptyTexts && end > 0 && line[(end + 1)..].IsWhiteSpace()) continue;
            if (end < 1 || line[(end + 1)..].IsWhiteSpace())
                throw new InvalidDataException($"{path}, line {number}: '{Excerpt.Of(line.ToString())}' is not a class, a blank and a sentence.");
            rows.Add((line[..end].ToString(), line[(end + 1)..].Trim().ToString()));
        }
        return rows.Count > 0 ? rows : throw new InvalidDataException($"{path}: there is no line; give a class and a sentence a line.");
    }

    private static bool HasTabs(string text)
    {
        foreach (var range in text.AsSpan().Split('\n'))
            if (text.AsSpan()[range] is var line && !line.IsWhiteSpace() && !line.Contains('\t')) return false;
        return true;
    }
}
