using System.Globalization;
using System.Text;
using Scorch.Checkpoints;

namespace Scorch.Text;

/// <summary>One vector a word, as word2vec and GloVe write them in text.</summary>
public sealed class WordVectors
{
    private const int LongestVector = 1 << 16;

    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly float[] values;

    /// <summary>Takes vectors.</summary>
    /// <param name="words">The words, each once.</param>
    /// <param name="values">Finite values, word after word: <c>words x dimensions</c>; not copied.</param>
    /// <param name="dimensions">Values a word.</param>
    /// <exception cref="ArgumentException">Numbers disagree, a word is empty or stands twice, or a value is not finite.</exception>
    public WordVectors(IReadOnlyList<string> words, float[] values, int dimensions)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(values);
        if (dimensions < 1 || (long)words.Count * dimensions != values.Length || words.Count == 0)
            throw new ArgumentException($"WordVectors: {values.Length} values for {words.Count} words of {dimensions} values; give at least one word and as many values as words x dimensions.", nameof(values));
        if (Array.Exists(values, value => !float.IsFinite(value))) throw new ArgumentException("WordVectors: a value is not finite; was the training stable?", nameof(values));
        for (var i = 0; i < words.Count; i++)
            if (string.IsNullOrEmpty(words[i]) || !numbers.TryAdd(words[i], i))
                throw new ArgumentException($"WordVectors: word {i} ('{words[i]}') is empty or stands twice; give every word once.", nameof(words));
        (this.values, Dimensions, Words) = (values, dimensions, [.. words]);
    }

    /// <summary>The words in order.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Values a word.</summary>
    public int Dimensions { get; }

    /// <summary>Whether a word has a vector; as written, else in lower case.</summary>
    public bool Contains(string word) => NumberOf(word) >= 0;

    /// <summary>The vector of a word; empty where it has none.</summary>
    /// <param name="word">As written, else in lower case.</param>
    public ReadOnlySpan<float> this[string word] => NumberOf(word) is >= 0 and var number ? values.AsSpan(number * Dimensions, Dimensions) : [];

    /// <summary>The mean vector of the known words of a phrase.</summary>
    /// <param name="phrase">Words between blanks or hyphens.</param>
    /// <returns><see cref="Dimensions"/> values, or null where no word is known.</returns>
    public float[]? Mean(string phrase)
    {
        ArgumentNullException.ThrowIfNull(phrase);
        if (this[phrase] is { Length: > 0 } whole) return whole.ToArray();
        var sum = new float[Dimensions];
        var count = 0;
        foreach (var word in phrase.Split([' ', '-', '_'], StringSplitOptions.RemoveEmptyEntries))
        {
            var vector = this[word];
            if (vector.IsEmpty) continue;
            for (var i = 0; i < sum.Length; i++) sum[i] += vector[i];
            count++;
        }
        if (count == 0) return null;
        for (var i = 0; i < sum.Length; i++) sum[i] /= count;
        return sum;
    }

    /// <summary>The cosine of two phrases' mean vectors; null where one has no known word, 0 where one is zero.</summary>
    public double? Cosine(string first, string second)
    {
        if (Mean(first) is not { } a || Mean(second) is not { } b) return null;
        double ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            ab += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }
        return aa > 0 && bb > 0 ? ab / (Math.Sqrt(aa) * Math.Sqrt(bb)) : 0;
    }

    /// <summary>Reads the text form: a word and its values a line, between blanks; word2vec's first line of two numbers may stand before.</summary>
    /// <param name="path">The file.</param>
    /// <param name="atMost">So many words are read, the first ones.</param>
    /// <exception cref="TextFormatException">A line has another form; it is named.</exception>
    public static WordVectors Load(string path, int atMost = int.MaxValue)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(atMost, 1);
        var (words, all, dimensions, number) = (new List<string>(), new List<float>(), 0, 0);
        foreach (var line in TextCorpus.FromFiles([path], new TextCorpusOptions { KeepEmptyLines = true }))
        {
            number++;
            var fields = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            // "words dimensions"; a vector of one value is told from it by the second line.
            if (fields.Length == 0 || (number == 1 && fields.Length == 2 && fields.All(field => int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out _)))) continue;
            if (words.Count == 0) dimensions = fields.Length - 1;
            if (dimensions is < 1 or > LongestVector || fields.Length != dimensions + 1)
                throw new TextFormatException($"{path}, line {number}: {fields.Length - 1} values after '{Excerpt.Of(fields[0])}', the first vector has {dimensions}; every line is a word and as many values.");
            for (var i = 1; i <= dimensions; i++)
                all.Add(float.TryParse(fields[i], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
                    ? value
                    : throw new TextFormatException($"{path}, line {number}: '{Excerpt.Of(fields[i])}' is no finite number."));
            words.Add(fields[0]);
            if (words.Count == atMost) break;
        }
        if (words.Count == 0) throw new TextFormatException($"{path}: there is no vector; every line is a word and its values.");
        try
        {
            return new(words, [.. all], dimensions);
        }
        catch (ArgumentException error)
        {
            throw new TextFormatException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Writes word2vec's text form, to a temporary name first.</summary>
    public void Save(string path) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{Words.Count} {Dimensions}\n"));
        for (var i = 0; i < Words.Count; i++)
        {
            writer.Write(Words[i]);
            foreach (var value in values.AsSpan(i * Dimensions, Dimensions)) writer.Write(string.Create(CultureInfo.InvariantCulture, $" {value:R}"));
            writer.Write('\n');
        }
    });

    private int NumberOf(string word)
    {
        ArgumentNullException.ThrowIfNull(word);
        return numbers.TryGetValue(word, out var exact) || numbers.TryGetValue(word.ToLowerInvariant(), out exact) ? exact : -1;
    }
}
