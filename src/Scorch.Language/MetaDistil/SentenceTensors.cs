using Scorch.Data;
using Scorch.Text;

namespace Scorch.Language.MetaDistil;

/// <summary>Sentences and classes as tensors.</summary>
public static class SentenceTensors
{
    internal const string Padding = "<pad>", Unknown = "<unk>";

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
}
