using Scorch.Text;

namespace Scorch.Language.HyperFormers;

/// <summary>Texts and targets of a batch, as tensors.</summary>
/// <param name="Ids">Int64 [batch, time].</param>
/// <param name="Mask">Bool [batch, time]: true where a token is real; none where all are.</param>
/// <param name="Targets">Int64 [batch, steps]; -100 behind a target's end.</param>
/// <param name="Tasks">The number of each row's task: int64 [batch].</param>
public sealed record TextBatch(Tensor Ids, Tensor? Mask, Tensor Targets, Tensor Tasks);

/// <summary>Cuts texts and targets into tokens: each ends with the end token, and is cut to a length before it.</summary>
public sealed class TaskText
{
    /// <summary>Padding, the end of a text, and a word that is not known, in vocabularies of <see cref="WordsOf"/>.</summary>
    internal const string Padding = "<pad>", End = "</s>", Unknown = "<unk>";

    private const int IgnoredTarget = -100;
    private readonly int? unknown;

    /// <summary>A way to cut.</summary>
    /// <param name="tokenizer">The backbone's tokeniser, such as T5's SentencePiece model or <see cref="WordsOf"/>; padding has number 0.</param>
    /// <param name="endToken">Ends texts and targets; T5's is 1.</param>
    /// <param name="maximumLength">The most tokens of a text or target, its end included; the paper's is 128.</param>
    /// <exception cref="ArgumentException">The end token is not one of the tokeniser's, or the length leaves no room.</exception>
    public TaskText(ITokenizer tokenizer, int endToken = 1, int maximumLength = 128)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (endToken < 0 || endToken >= tokenizer.Count) throw new ArgumentException($"TaskText: the end token {endToken} is not one of the tokeniser's {tokenizer.Count}.", nameof(endToken));
        if (maximumLength < 2) throw new ArgumentException($"TaskText: a length of {maximumLength} leaves no room for a token and the end; give 2 at least.", nameof(maximumLength));
        (Tokenizer, EndToken, MaximumLength) = (tokenizer, endToken, maximumLength);
        unknown = tokenizer switch
        {
            UnigramTokenizer pieces => pieces.UnknownId,
            VocabularyTokenizer words => words.UnknownId,
            _ => null,
        };
    }

    /// <summary>The tokeniser.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>Ends texts and targets.</summary>
    public int EndToken { get; }

    /// <summary>The most tokens of a text or target, its end included.</summary>
    public int MaximumLength { get; }

    /// <summary>A vocabulary of the frequent words of texts: padding 0, end 1, the unknown word 2, sentinels for span corruption, then words.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="required">Words that are kept however rare, such as labels.</param>
    /// <param name="size">Tokens in all.</param>
    /// <param name="sentinels">Sentinels <c>&lt;extra_id_0&gt;</c>, ….</param>
    /// <exception cref="ArgumentException">Special tokens and required words alone exceed the size.</exception>
    public static WordTokenizer WordsOf(IEnumerable<string> texts, IEnumerable<string> required, int size, int sentinels = 16)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(required);
        ArgumentOutOfRangeException.ThrowIfNegative(sentinels);
        string[] specials = [Padding, End, Unknown, .. Enumerable.Range(0, sentinels).Select(SentinelName)];
        var counts = texts.SelectMany(text => WordTokenizer.Words(text)).CountBy(word => word, StringComparer.Ordinal).ToDictionary(entry => entry.Key, entry => (long)entry.Value, StringComparer.Ordinal);
        var kept = required.SelectMany(text => WordTokenizer.Words(text)).Distinct(StringComparer.Ordinal).ToArray();
        if (specials.Length + kept.Length > size)
            throw new ArgumentException($"WordsOf: {specials.Length} special tokens and {kept.Length} words of labels do not fit a vocabulary of {size}; give more.", nameof(size));
        // Ahead of every other word.
        var most = counts.Values.DefaultIfEmpty().Max() + 1;
        foreach (var word in kept) counts[word] = most;
        return new(Vocabulary.FromCounts(counts, size, 1, specials));
    }

    internal static string SentinelName(int index) => $"<extra_id_{index}>";

    /// <summary>The tokens of a text or target, its end included.</summary>
    public int[] Encode(string text)
    {
        var ids = Tokenizer.Encode(text);
        return [.. ids.AsSpan(0, Math.Min(ids.Length, MaximumLength - 1)), EndToken];
    }

    /// <summary>Whether a text holds what the tokeniser does not know.</summary>
    public bool HoldsUnknown(string text) => unknown is { } id && Tokenizer.Encode(text).Contains(id);

    /// <summary>The text of generated tokens, up to the first end.</summary>
    /// <param name="tokens">Tokens.</param>
    public string Decode(IEnumerable<long> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        // A model may have more outputs than the tokeniser tokens; such a token stands for nothing.
        return Tokenizer.Decode([.. tokens.TakeWhile(token => token != EndToken).Where(token => token < Tokenizer.Count).Select(token => (int)token)]);
    }

    /// <summary>A batch of encoded texts and targets.</summary>
    /// <param name="texts">Tokens of each text, not empty.</param>
    /// <param name="targets">Tokens of each target, as many.</param>
    /// <param name="tasks">The number of each row's task, as many.</param>
    public static TextBatch Batch(IReadOnlyList<int[]> texts, IReadOnlyList<int[]> targets, IReadOnlyList<int> tasks)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(targets);
        ArgumentNullException.ThrowIfNull(tasks);
        if (texts.Count == 0 || targets.Count != texts.Count || tasks.Count != texts.Count)
            throw new ArgumentException($"TaskText: {texts.Count} texts, {targets.Count} targets and {tasks.Count} tasks; give as many of each, and one at least.", nameof(targets));
        var longest = texts.Max(text => text.Length);
        return new(TokenBatch.Matrix(texts), MaskOf(texts, longest), TokenBatch.Matrix(targets, IgnoredTarget), Tensor.From(tasks.Select(task => (long)task).ToArray()));
    }

    /// <summary>Bool [texts, longest], or none where all have that length.</summary>
    internal static Tensor? MaskOf(IReadOnlyList<int[]> texts, int longest) => texts.All(text => text.Length == longest)
        ? null
        : Tensor.From(texts.SelectMany(text => Enumerable.Range(0, longest).Select(place => place < text.Length)).ToArray(), [texts.Count, longest]);
}
