using System.Globalization;
using System.Runtime.InteropServices;

namespace Scorch.Text;

/// <summary>What a word is.</summary>
public sealed record WordConfig
{
    /// <summary>Lower-case words (Unicode's simple mapping).</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Make each punctuation mark or symbol a token of its own; otherwise only white space separates.</summary>
    public bool SplitPunctuation { get; init; } = true;

    /// <summary>Make each digit a token of its own.</summary>
    public bool SplitDigits { get; init; }
}

/// <summary>A token for every frequent word; the others are <c>&lt;unk&gt;</c>.</summary>
/// <remarks>Decoding joins words with spaces.</remarks>
/// <param name="vocabulary">The words; see <see cref="FromTexts"/>.</param>
/// <param name="config">What a word is; the same as when the vocabulary was made.</param>
/// <param name="unknownToken">The special token for words that the vocabulary lacks; where the vocabulary has none, such a word is an error.</param>
public sealed class WordTokenizer(Vocabulary vocabulary, WordConfig? config = null, string unknownToken = "<unk>") : VocabularyTokenizer(vocabulary, unknownToken)
{
    /// <summary>What a word is.</summary>
    public WordConfig Config { get; } = config ?? new WordConfig();

    private protected override string Separator => " ";

    /// <summary>A tokeniser for the frequent words of texts.</summary>
    /// <param name="texts">The texts, read once.</param>
    /// <param name="maximumSize">The most tokens, special ones included.</param>
    /// <param name="minimumCount">A word must occur so often.</param>
    /// <param name="config">What a word is.</param>
    /// <param name="specialTokens">Tokens that stand for no text; by default <c>&lt;unk&gt;</c>.</param>
    public static WordTokenizer FromTexts(IEnumerable<string> texts, int maximumSize = int.MaxValue, long minimumCount = 1, WordConfig? config = null, params IReadOnlyList<string> specialTokens)
    {
        ArgumentNullException.ThrowIfNull(texts);
        config ??= new WordConfig();
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            var cased = Case(text, config);
            for (var at = 0; Next(cased, ref at, cased.Length, config, out var word);)
                CollectionsMarshal.GetValueRefOrAddDefault(lookup, cased.AsSpan(word.Start, word.Length), out _)++;
        }
        return new(Vocabulary.FromCounts(counts, maximumSize, minimumCount, specialTokens.Count > 0 ? specialTokens : ["<unk>"]), config);
    }

    /// <summary>The words of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="config">What a word is.</param>
    public static IEnumerable<string> Words(string text, WordConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        config ??= new WordConfig();
        var cased = Case(text, config);
        for (var at = 0; Next(cased, ref at, cased.Length, config, out var word);) yield return cased[word.Start..word.End];
    }

    private protected override void EncodePart(string text, int start, int end, TokenSink sink)
    {
        var part = Case(text[start..end], Config);
        for (var at = 0; Next(part, ref at, part.Length, Config, out var word);) Add(part.AsSpan(word.Start, word.Length), start + word.Start, start + word.End, sink);
    }

    /// <summary>The simple mapping keeps every character's length, so that places in the text stay true.</summary>
    private static string Case(string text, WordConfig config) => config.LowerCase ? text.ToLowerInvariant() : text;

    private static bool Next(string text, ref int at, int end, WordConfig config, out TextSpan word)
    {
        while (at < end && char.IsWhiteSpace(text[at])) at++;
        var start = at;
        while (at < end && !char.IsWhiteSpace(text[at]))
        {
            var width = char.IsHighSurrogate(text[at]) && at + 1 < end ? 2 : 1;
            if (StandsAlone(CharUnicodeInfo.GetUnicodeCategory(text, at), config))
            {
                if (at == start) at += width;
                break;
            }
            at += width;
        }
        word = new TextSpan(start, at);
        return at > start;
    }

    private static bool StandsAlone(UnicodeCategory category, WordConfig config) =>
        (config.SplitPunctuation && category is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherSymbol)
        || (config.SplitDigits && category == UnicodeCategory.DecimalDigitNumber);
}
