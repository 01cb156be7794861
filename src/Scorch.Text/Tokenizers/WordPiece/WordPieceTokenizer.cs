using System.Text;
using Scorch.Checkpoints;

namespace Scorch.Text;

/// <summary>BERT's WordPiece (Devlin et al. 2018): basic tokenisation, then the longest token that fits, from the left.</summary>
/// <remarks>Reads BERT's <c>vocab.txt</c>. Decoding joins words with spaces: capitals, accents and spacing do not come back.
/// Control and format characters (categories Cc and Cf) are dropped, as in Google's code.</remarks>
public sealed class WordPieceTokenizer : Tokenizer
{
    private static readonly string[] UsualSpecials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

    private readonly string[] tokens;
    private readonly Dictionary<string, int> ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> firsts;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> continuations;
    private readonly int longestToken;
    private readonly int unknown;
    private readonly PieceCache<(int Id, int Start, int End)[]> cache = new();

    /// <summary>A tokeniser over a vocabulary.</summary>
    /// <param name="vocabulary">Tokens in the order of their ids.</param>
    /// <param name="config">How text is read; by default as in BERT's uncased models.</param>
    /// <param name="specialTokens">By default those of [PAD], [UNK], [CLS], [SEP] and [MASK] that the vocabulary has.</param>
    /// <exception cref="ArgumentException">The unknown token or a special token is not in the vocabulary, or a token stands twice.</exception>
    public WordPieceTokenizer(IReadOnlyList<string> vocabulary, WordPieceConfig? config = null, params IReadOnlyList<string> specialTokens)
        : base(Specials(vocabulary, specialTokens))
    {
        Config = config ?? new WordPieceConfig();
        if (Config.LongestWord < 1) throw new ArgumentException($"LongestWord: {Config.LongestWord}; at least 1 code point.", nameof(config));
        tokens = [.. vocabulary];
        ids = VocabularyFile.Index(tokens, nameof(vocabulary));
        unknown = ids.TryGetValue(Config.UnknownToken, out var id) ? id
            : throw new ArgumentException($"WordPieceTokenizer: the vocabulary of {tokens.Length} tokens lacks '{Config.UnknownToken}'; name its unknown token in {nameof(WordPieceConfig)}.{nameof(WordPieceConfig.UnknownToken)}.", nameof(vocabulary));
        var rest = new Dictionary<string, int>(StringComparer.Ordinal);
        var prefix = Config.ContinuationPrefix;
        foreach (var (token, number) in ids)
            if (prefix.Length == 0 || (token.Length > prefix.Length && token.StartsWith(prefix, StringComparison.Ordinal))) rest.Add(token[prefix.Length..], number);
        firsts = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        continuations = rest.GetAlternateLookup<ReadOnlySpan<char>>();
        longestToken = tokens.Max(token => token.Length);
    }

    /// <summary>How text is read.</summary>
    public WordPieceConfig Config { get; }

    /// <inheritdoc/>
    public override int Count => tokens.Length;

    /// <summary>Reads <c>vocab.txt</c>, a token a line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="config">How text is read; cased models want <c>LowerCase = false</c>.</param>
    /// <exception cref="TextFormatException">The file is not UTF-8, or a token stands twice.</exception>
    public static WordPieceTokenizer Load(string path, WordPieceConfig? config = null)
    {
        var vocabulary = new List<string>();
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (line, number) in VocabularyFile.ReadLines(path))
        {
            if (!lines.TryAdd(line, number))
                throw new TextFormatException($"{path}, line {number}: the token '{Excerpt.Of(line)}' stands in line {lines[line]} too; every token has one line.");
            vocabulary.Add(line);
        }
        return new(vocabulary, config);
    }

    /// <summary>Writes <c>vocab.txt</c>, to a temporary name first.</summary>
    public void Save(string path) => AtomicFile.WriteText(path, string.Concat(tokens.Select(token => token + "\n")));

    /// <inheritdoc/>
    public override string TokenOf(int id)
    {
        CheckId(id);
        return tokens[id];
    }

    /// <inheritdoc/>
    public override int? IdOf(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <inheritdoc/>
    public override string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = false)
    {
        var result = new StringBuilder();
        foreach (var id in ids)
        {
            CheckId(id);
            if (skipSpecialTokens && IsSpecial(id)) continue;
            var token = tokens[id];
            var prefix = Config.ContinuationPrefix;
            var continues = prefix.Length > 0 && token.Length > prefix.Length && token.StartsWith(prefix, StringComparison.Ordinal);
            if (result.Length > 0 && !continues) result.Append(' ');
            result.Append(continues ? token.AsSpan(prefix.Length) : token);
        }
        return result.ToString();
    }

    private protected override void EncodePart(string text, int start, int end, TokenSink sink)
    {
        while (start < end)
        {
            if (BasicWords.IsSpace(text[start]))
            {
                start++;
                continue;
            }
            var stop = start + 1;
            while (stop < end && !BasicWords.IsSpace(text[stop])) stop++;
            var raw = text.AsSpan(start, stop - start);
            if (!cache.TryGet(raw, out var found))
            {
                found = [.. BasicWords.Split(text, start, stop, Config).SelectMany(word => Greedy(word, start))];
                cache.Add(raw, found);
            }
            foreach (var (id, from, to) in found) sink.Add(id, start + from, start + to);
            start = stop;
        }
    }

    /// <summary>The tokens of a word, their spans counted from <paramref name="origin"/>.</summary>
    private List<(int Id, int Start, int End)> Greedy(List<SourceRune> word, int origin)
    {
        List<(int, int, int)> whole = [(unknown, word[0].Start - origin, word[^1].End - origin)];
        if (word.Count > Config.LongestWord) return whole;
        var letters = new char[word.Count * 2];
        var owners = new int[word.Count * 2];
        var length = 0;
        for (var i = 0; i < word.Count; i++)
        {
            var width = new Rune(word[i].Code).EncodeToUtf16(letters.AsSpan(length));
            owners.AsSpan(length, width).Fill(i);
            length += width;
        }
        var result = new List<(int, int, int)>();
        for (var start = 0; start < length;)
        {
            var stop = Math.Min(length, start + longestToken);
            var id = 0;
            while (stop > start && !(start == 0 ? firsts : continuations).TryGetValue(letters.AsSpan(start, stop - start), out id)) stop--;
            if (stop == start) return whole;
            result.Add((id, word[owners[start]].Start - origin, word[owners[stop - 1]].End - origin));
            start = stop;
        }
        return result;
    }

    private static IEnumerable<KeyValuePair<string, int>> Specials(IReadOnlyList<string> vocabulary, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(names);
        return VocabularyFile.Specials(vocabulary, names.Count > 0 ? names : [.. UsualSpecials.Where(vocabulary.Contains)], nameof(WordPieceTokenizer));
    }
}
