using System.Text;

namespace Scorch.Text;

/// <summary>A token for every Unicode character.</summary>
/// <remarks>Decoding gives the text back exactly, unknown characters apart.</remarks>
/// <param name="vocabulary">The characters; see <see cref="FromTexts"/>.</param>
/// <param name="unknownToken">The special token for characters that the vocabulary lacks; where the vocabulary has none, such a character is an error.</param>
public sealed class CharacterTokenizer(Vocabulary vocabulary, string unknownToken = "<unk>") : VocabularyTokenizer(vocabulary, unknownToken)
{
    private protected override string Separator => "";

    /// <summary>A tokeniser for the characters of texts, the most frequent first.</summary>
    /// <param name="texts">The texts, read once.</param>
    /// <param name="maximumSize">The most tokens, special ones included.</param>
    /// <param name="specialTokens">Tokens that stand for no text; with <c>&lt;unk&gt;</c> among them, unknown characters are allowed.</param>
    public static CharacterTokenizer FromTexts(IEnumerable<string> texts, int maximumSize = int.MaxValue, params IReadOnlyList<string> specialTokens)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var counts = new Dictionary<Rune, long>();
        foreach (var text in texts)
            foreach (var rune in text.EnumerateRunes())
                System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, rune, out _)++;
        return new(Vocabulary.FromCounts(counts.Select(pair => KeyValuePair.Create(pair.Key.ToString(), pair.Value)), maximumSize, 1, specialTokens));
    }

    private protected override void EncodePart(string text, int start, int end, TokenSink sink)
    {
        while (start < end)
        {
            var stop = start + (char.IsHighSurrogate(text[start]) ? 2 : 1);
            Add(text.AsSpan(start, stop - start), start, stop, sink);
            start = stop;
        }
    }
}
