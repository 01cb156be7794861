using System.Text;

namespace Scorch.Text;

/// <summary>Sentences with classes, one a line: the class, a blank or tab, the sentence.</summary>
public static class LabelledSentences
{
    private const int MostLines = 10_000_000;

    /// <summary>Reads a file; UTF-8, or Latin-1 where it is not.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Labels as they stand, and sentences.</returns>
    /// <exception cref="TextFormatException">A line has no class or no sentence, or there is no line; the line is named.</exception>
    public static IReadOnlyList<(string Label, string Text)> Read(string path)
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
        var rows = new List<(string, string)>();
        var number = 0;
        // Line feeds alone end lines: byte 0x85 of Latin-1 files, an ellipsis in Windows' reading of it, is none.
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range);
            if (++number > MostLines) throw new TextFormatException($"{path}: more than {MostLines} lines; split the file.");
            if (line.IsWhiteSpace()) continue;
            var blank = line.IndexOfAny(' ', '\t');
            if (blank < 1 || line[(blank + 1)..].IsWhiteSpace())
                throw new TextFormatException($"{path}, line {number}: '{Excerpt.Of(line.ToString())}' is not a class, a blank and a sentence.");
            rows.Add((line[..blank].ToString(), line[(blank + 1)..].Trim().ToString()));
        }
        return rows.Count > 0 ? rows : throw new TextFormatException($"{path}: there is no line; give a class and a sentence a line.");
    }
}
