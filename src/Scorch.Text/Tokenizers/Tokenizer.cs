using System.Buffers;
using System.Text;

namespace Scorch.Text;

/// <summary>What all tokenisers share: checks of the text, special tokens, names of ids.</summary>
public abstract class Tokenizer : ITokenizer
{
    private readonly SearchValues<string>? specialNames;
    private readonly (string Name, int Id)[] specials;
    private readonly HashSet<int> specialIds;

    private protected Tokenizer(IEnumerable<KeyValuePair<string, int>> specialTokens)
    {
        SpecialTokens = new Dictionary<string, int>(specialTokens, StringComparer.Ordinal);
        if (SpecialTokens.ContainsKey("")) throw new ArgumentException("SpecialTokens: a name is empty; every special token needs one.", nameof(specialTokens));
        specials = [.. SpecialTokens.Select(pair => (pair.Key, pair.Value)).OrderByDescending(pair => pair.Key.Length)];
        specialIds = [.. SpecialTokens.Values];
        specialNames = specials.Length > 0 ? SearchValues.Create([.. SpecialTokens.Keys], StringComparison.Ordinal) : null;
    }

    /// <inheritdoc/>
    public abstract int Count { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <inheritdoc/>
    public int[] Encode(string text, SpecialTokenHandling specialTokens = SpecialTokenHandling.AsText) => [.. Run(text, specialTokens, withSpans: false).Ids];

    /// <inheritdoc/>
    public TokenizedText EncodeWithOffsets(string text, SpecialTokenHandling specialTokens = SpecialTokenHandling.AsText)
    {
        var sink = Run(text, specialTokens, withSpans: true);
        return new TokenizedText(sink.Ids, sink.Spans!);
    }

    /// <inheritdoc/>
    public abstract string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false);

    /// <inheritdoc/>
    public abstract string TokenOf(int id);

    /// <inheritdoc/>
    public abstract int? IdOf(string token);

    /// <summary>Encodes text[start..end], which holds no recognised special token.</summary>
    private protected abstract void EncodePart(string text, int start, int end, TokenSink sink);

    private protected bool IsSpecial(int id) => specialIds.Contains(id);

    private protected void CheckId(int id)
    {
        if ((uint)id >= (uint)Count)
            throw new ArgumentOutOfRangeException(nameof(id), id, $"{GetType().Name}: the ids are 0 to {Count - 1}; {id} comes from another tokeniser, or from a model with more outputs than tokens.");
    }

    private TokenSink Run(string text, SpecialTokenHandling handling, bool withSpans)
    {
        ArgumentNullException.ThrowIfNull(text);
        CheckSurrogates(text);
        var sink = new TokenSink(withSpans, (text.Length / 4) + 4);
        var position = 0;
        while (handling == SpecialTokenHandling.Recognize && specialNames is not null)
        {
            var found = text.AsSpan(position).IndexOfAny(specialNames);
            if (found < 0) break;
            found += position;
            if (found > position) EncodePart(text, position, found, sink);
            // The longest name that begins here, so that <extra_id_10> is not <extra_id_1>'s beginning.
            var (name, id) = specials.First(special => string.CompareOrdinal(text, found, special.Name, 0, special.Name.Length) == 0);
            position = found + name.Length;
            sink.Add(id, found, position);
        }
        if (position < text.Length) EncodePart(text, position, text.Length, sink);
        return sink;
    }

    private static void CheckSurrogates(string text)
    {
        for (var i = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length;)
        {
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1]))
                throw new ArgumentException(
                    $"Encode: the surrogate U+{(int)text[i]:X4} at {i} stands alone, which no valid text has. Cut texts between characters, or replace such units with {nameof(Rune)}.{nameof(Rune.ReplacementChar)}.", nameof(text));
            i += 2;
            var next = text.AsSpan(i).IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0) return;
            i += next;
        }
    }
}
