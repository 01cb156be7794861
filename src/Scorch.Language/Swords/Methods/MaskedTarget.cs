using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>A BERT with its tokeniser, asked about one word of a text.</summary>
internal sealed class MaskedTarget
{
    private readonly BertMaskedLanguageModel model;
    private readonly WordPieceTokenizer tokenizer;
    private readonly int first;
    private readonly int last;
    private readonly int mask;
    private readonly bool[] isWord;

    public MaskedTarget(BertMaskedLanguageModel model, WordPieceTokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        if (tokenizer.Count != model.Bert.Config.VocabularySize)
            throw new ArgumentException($"The tokeniser has {tokenizer.Count} tokens, the model {model.Bert.Config.VocabularySize}; give the vocabulary that belongs to the model.", nameof(tokenizer));
        (this.model, this.tokenizer) = (model, tokenizer);
        (first, last, mask) = (Special("[CLS]"), Special("[SEP]"), Special("[MASK]"));
        // As Python's isalnum: whole words of letters and digits; no piece of a word, no punctuation, no special token.
        isWord = [.. Enumerable.Range(0, tokenizer.Count).Select(id => tokenizer.TokenOf(id) is { Length: > 0 } token && token.All(char.IsLetterOrDigit))];
        model.Evaluate();
    }

    public int Blocks => model.Bert.Config.Layers;

    /// <summary>The tokens around a word, cut to a window, and the word's own.</summary>
    public (int[] Before, int[] Target, int[] After) Encode(LexSubQuery query, int window)
    {
        var encoded = tokenizer.EncodeWithOffsets(query.Text);
        var own = Enumerable.Range(0, encoded.Ids.Count).Where(i => encoded.Spans[i].Start < query.End && encoded.Spans[i].End > query.Start).ToList();
        if (own.Count == 0) throw new ArgumentException($"The word '{query.Word}' has no token in the model's vocabulary.", nameof(query));
        var (from, to) = (own[0], own[^1] + 1);
        // Room for both ends and for the longest form of the target.
        var room = Math.Min(window, model.Bert.Config.Positions) - 2 - own.Count;
        if (room < 0) throw new ArgumentException($"The word '{query.Word}' has {own.Count} tokens; the model reads {Math.Min(window, model.Bert.Config.Positions)} at once.", nameof(query));
        var before = Math.Min(from, Math.Max(room / 2, room - (encoded.Ids.Count - to)));
        var after = Math.Min(encoded.Ids.Count - to, room - before);
        return ([first, .. encoded.Ids.Skip(from - before).Take(before)], [.. own.Select(i => encoded.Ids[i])], [.. encoded.Ids.Skip(to).Take(after), last]);
    }

    /// <summary>The tokens of a word or phrase alone.</summary>
    public int[] Encode(string word) => tokenizer.Encode(word);

    public string TokenOf(int id) => tokenizer.TokenOf(id);

    /// <summary>Of several pieces the one with the most letters stands for the word.</summary>
    public int Longest(IReadOnlyList<int> pieces) => pieces.MaxBy(id => tokenizer.TokenOf(id).Length - (tokenizer.TokenOf(id).StartsWith("##", StringComparison.Ordinal) ? 2 : 0));

    /// <summary>Log-probabilities of whole words at the target's place, negative infinity for all other tokens.</summary>
    public double[] LogProbabilities(LexSubQuery query, (int[] Before, int[] Target, int[] After) tokens, MaskedInfillingConfig config)
    {
        using var mode = GradientMode.Disable();
        var place = tokens.Before.Length;
        var ids = Ids([.. tokens.Before, config.Corruption == TargetCorruption.Mask ? mask : Longest(tokens.Target), .. tokens.After]);
        var change = config is { Corruption: TargetCorruption.Dropout, DropoutRate: > 0 } ? Dropped(query, place, config) : null;
        var hidden = model.Bert.Trace(ids, changeWords: change, keepsAttentions: false).HiddenStates[^1];
        var logits = model.Predict(hidden.Narrow(1, place, 1)).To(DataType.Float64).ToArray<double>();
        var highest = double.NegativeInfinity;
        for (var i = 0; i < logits.Length; i++)
        {
            if (!isWord[i]) logits[i] = double.NegativeInfinity;
            highest = Math.Max(highest, logits[i]);
        }
        var total = 0.0;
        foreach (var logit in logits) total += Math.Exp(logit - highest);
        var shift = highest + Math.Log(total);
        for (var i = 0; i < logits.Length; i++) logits[i] -= shift;
        return logits;
    }

    public BertTrace Trace(IReadOnlyList<int[]> rows, bool keepsAttentions)
    {
        using var mode = GradientMode.Disable();
        return model.Bert.Trace(TokenBatch.Matrix(rows), keepsAttentions: keepsAttentions);
    }

    // The mask depends on text, place and seed alone, so that the same question always has the same answer.
    private Func<Tensor, Tensor> Dropped(LexSubQuery query, int place, MaskedInfillingConfig config)
    {
        var features = model.Bert.Config.Features;
        var kept = new RandomSource(RandomSource.Derive(config.Seed, StableHash.Of(query.Text, query.Start))).Bernoulli([features], 1 - config.DropoutRate).ToArray<float>();
        return words =>
        {
            var factors = Tensor.Ones([words.Shape[1], features]).ToArray<float>();
            for (var i = 0; i < features; i++) factors[(place * features) + i] = (float)(kept[i] / (1 - config.DropoutRate));
            return words * Tensor.From(factors, [1, words.Shape[1], features]).To(words.DataType);
        };
    }

    private static Tensor Ids(int[] ids) => TokenBatch.Matrix([ids]);

    private int Special(string name) => tokenizer.IdOf(name) ?? throw new ArgumentException($"The tokeniser lacks the special token {name}, which BERT's vocabularies have.", nameof(name));
}
