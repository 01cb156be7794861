using Scorch.Text;

namespace Scorch.Language.SwitchTransformers;

/// <summary>A text in numbered words, cut into windows of equal length, a part of them held out.</summary>
public sealed class LmCorpus
{
    /// <summary>Ends a text.</summary>
    public const string EndOfText = "<eos>";

    private LmCorpus(WordTokenizer tokenizer, int context, int[][] training, int[][] validation) =>
        (Tokenizer, Context, Training, Validation) = (tokenizer, context, training, validation);

    /// <summary>Numbers words.</summary>
    public WordTokenizer Tokenizer { get; }

    /// <summary>Tokens that a prediction may look back on; windows have one more.</summary>
    public int Context { get; }

    /// <summary>Windows to learn from.</summary>
    public IReadOnlyList<int[]> Training { get; }

    /// <summary>Windows held out.</summary>
    public IReadOnlyList<int[]> Validation { get; }

    /// <summary>Numbers a text and cuts it.</summary>
    /// <param name="texts">The text, a record a line.</param>
    /// <param name="vocabulary">Words kept; the rest is <c>&lt;unk&gt;</c>.</param>
    /// <param name="context">Tokens that a prediction may look back on.</param>
    /// <param name="validationShare">Part of the records that is held out, in (0, 1).</param>
    /// <param name="seed">Fixes which.</param>
    /// <param name="words">What a word is; by default lower case, punctuation apart.</param>
    /// <param name="tokenizer">Numbers words as before, when a run goes on; none to count them.</param>
    /// <exception cref="ArgumentException">The text is too short for one window of each part.</exception>
    public static LmCorpus FromTexts(TextCorpus texts, int vocabulary, int context, double validationShare = 0.05, long seed = 1, WordConfig? words = null, WordTokenizer? tokenizer = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (vocabulary < 3) throw new ArgumentOutOfRangeException(nameof(vocabulary), vocabulary, $"LmCorpus: a vocabulary of {vocabulary}; give at least 3 (two are <unk> and {EndOfText}).");
        if (context < 1) throw new ArgumentOutOfRangeException(nameof(context), context, $"LmCorpus: a context of {context} tokens; give at least 1.");
        var (training, validation) = texts.Split(validationShare, seed, SplitUnit.Record);
        tokenizer ??= WordTokenizer.FromTexts(training, vocabulary, 1, words, "<unk>", EndOfText);
        var end = tokenizer.IdOf(EndOfText) ?? throw new ArgumentException($"LmCorpus: the tokeniser lacks {EndOfText}; use one that a corpus made.", nameof(tokenizer));
        int[][] Windows(TextCorpus part, string name)
        {
            var packing = new PackingConfig { Length = context + 1, EndOfDocument = end, DropIncomplete = true };
            int[][] windows = [.. TokenStream.Pack(part.Select(text => (IReadOnlyList<int>)tokenizer.Encode(text)), packing).Select(window => window.Ids.ToArray())];
            return windows.Length > 0 ? windows : throw new ArgumentException($"LmCorpus: the {name} part has fewer than {context + 1} tokens; give more text, a smaller context, or another share to hold out.", nameof(texts));
        }
        return new(tokenizer, context, Windows(training, "training"), Windows(validation, "held-out"));
    }

    /// <summary>How often each token occurs in the windows to learn from; those held out are not looked at.</summary>
    public long[] UnigramCounts()
    {
        var counts = new long[Tokenizer.Count];
        foreach (var window in Training)
            foreach (var id in window) counts[id]++;
        return counts;
    }

    /// <summary>Some windows as a batch: int64 [windows, context + 1].</summary>
    /// <param name="windows">All windows.</param>
    /// <param name="indices">Which.</param>
    public static Tensor Batch(IReadOnlyList<int[]> windows, IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(windows);
        ArgumentNullException.ThrowIfNull(indices);
        return TokenBatch.Matrix([.. indices.Select(index => windows[index])]);
    }
}
