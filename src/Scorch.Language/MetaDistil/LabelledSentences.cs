using System.Globalization;
using System.Text;
using Scorch.Data;
using Scorch.Text;

namespace Scorch.Language.MetaDistil;

/// <summary>Sentences with classes, one a line: the class, a blank or tab, the sentence.</summary>
public static class LabelledSentences
{
    internal const string Padding = "<pad>", Unknown = "<unk>";

    private const int MostLines = 10_000_000;

    /// <summary>Reads a file; UTF-8, or Latin-1 where it is not.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Labels as they stand, and sentences.</returns>
    /// <exception cref="InvalidDataException">A line has no class or no sentence, or there is no line; the line is named.</exception>
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
        foreach (var line in text.EnumerateLines())
        {
            if (++number > MostLines) throw new InvalidDataException($"{path}: more than {MostLines} lines; split the file.");
            if (line.IsWhiteSpace()) continue;
            var blank = line.IndexOfAny(' ', '\t');
            if (blank < 1 || line[(blank + 1)..].IsWhiteSpace())
                throw new InvalidDataException($"{path}, line {number}: '{Excerpt(line)}' is not a class, a blank and a sentence.");
            rows.Add((line[..blank].ToString(), line[(blank + 1)..].Trim().ToString()));
        }
        return rows.Count > 0 ? rows : throw new InvalidDataException($"{path}: there is no line; give a class and a sentence a line.");
    }

    /// <summary>The words of sentences, most frequent first; 0 is padding, 1 the unknown word.</summary>
    /// <param name="texts">The sentences.</param>
    /// <param name="words">The most words to know.</param>
    public static WordTokenizer Tokenizer(IEnumerable<string> texts, int words = 8000) => WordTokenizer.FromTexts(texts, words, 1, null, Padding, Unknown);

    /// <summary>Sentences as tokens, int64 [sentences, length]: cut where longer, 0 where shorter.</summary>
    /// <param name="tokenizer">See <see cref="Tokenizer"/>.</param>
    /// <param name="texts">The sentences.</param>
    /// <param name="length">Words that are read.</param>
    public static Tensor Encode(WordTokenizer tokenizer, IReadOnlyList<string> texts, int length)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        var ids = new long[checked(texts.Count * length)];
        for (var row = 0; row < texts.Count; row++)
        {
            var words = tokenizer.Encode(texts[row]);
            for (var i = 0; i < Math.Min(length, words.Length); i++) ids[(row * length) + i] = words[i];
            // A sentence without a word is one unknown word: the mean of none would not be a number.
            if (words.Length == 0) ids[row * length] = tokenizer.UnknownId ?? 1;
        }
        return Tensor.From(ids, [texts.Count, length]);
    }

    internal static TensorDataSet Rows(Tensor inputs, IReadOnlyList<int> labels) => new(inputs, Tensor.From(labels.Select(label => (long)label).ToArray()));

    private static string Excerpt(ReadOnlySpan<char> line) => line.Length <= 40 ? line.ToString() : string.Create(CultureInfo.InvariantCulture, $"{line[..40]}...");
}
