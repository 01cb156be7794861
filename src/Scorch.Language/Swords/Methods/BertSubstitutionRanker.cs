using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>How BERT-LS scores substitutes.</summary>
public sealed record BertSubstitutionConfig
{
    /// <summary>Of the proposal score; the authors' 0.01. 0 leaves it out.</summary>
    public double ProposalWeight { get; init; } = 0.01;

    /// <summary>Of the validation score; the authors' 1. 0 leaves it out.</summary>
    public double ValidationWeight { get; init; } = 1;

    /// <summary>So many blocks' hidden states are compared, those before the last; the model's number of blocks bounds it.</summary>
    public int Blocks { get; init; } = 4;

    /// <summary>What the proposal sees at the target's place.</summary>
    public MaskedInfillingConfig Proposal { get; init; } = new();

    /// <summary>Candidates that are run at once.</summary>
    public int BatchSize { get; init; } = 32;
}

/// <summary>BERT-LS (Zhou and others 2019, <em>BERT-based lexical substitution</em>): how likely a substitute is, and how little it changes what the model makes of the text.</summary>
/// <remarks>
/// <c>s = w_v s_v + w_p s_p</c>; proposal <c>s_p = ln P(x'|x~, k) - ln(1 - P(x|x~, k))</c>, x~ the text with the target's embedding partly
/// dropped; validation <c>s_v = sum_i a_{i,k} cos(h(x_i|x), h(x_i|x'))</c>, a the mean attention of all heads and blocks that position i
/// pays to the target k, h hidden states of the last blocks side by side. Of a word of several pieces the longest stands for it.
/// </remarks>
public sealed class BertSubstitutionRanker : ILexSubRanker
{
    private readonly MaskedTarget model;
    private readonly BertSubstitutionConfig config;
    private readonly EnglishInflector? inflector;

    /// <summary>A ranker.</summary>
    /// <param name="model">The model; it is put into evaluation mode.</param>
    /// <param name="tokenizer">Its tokeniser.</param>
    /// <param name="inflector">Gives candidates that are dictionary forms the form of the target; null leaves them.</param>
    /// <param name="config">Weights and sizes.</param>
    /// <exception cref="ArgumentException">The tokeniser does not belong to the model, or a setting is out of range.</exception>
    public BertSubstitutionRanker(BertMaskedLanguageModel model, WordPieceTokenizer tokenizer, EnglishInflector? inflector = null, BertSubstitutionConfig? config = null)
    {
        this.config = config ?? new();
        this.config.Proposal.Validate();
        if (this.config.Blocks < 1 || this.config.BatchSize < 1 || !double.IsFinite(this.config.ProposalWeight) || !double.IsFinite(this.config.ValidationWeight))
            throw new ArgumentException($"BertSubstitutionConfig: Blocks and BatchSize are at least 1 and weights finite ({this.config}).", nameof(config));
        (this.model, this.inflector) = (new(model, tokenizer), inflector);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The target or a candidate has no token in the vocabulary.</exception>
    public IReadOnlyList<double> Rank(LexSubQuery query, IReadOnlyList<string> candidates, bool areLemmas)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(candidates);
        var tokens = model.Encode(query, config.Proposal.Window);
        var words = candidates.Select(candidate => model.Encode(areLemmas ? Inflected(candidate, query) : candidate)).ToArray();
        if (Array.FindIndex(words, word => word.Length == 0) is >= 0 and var empty)
            throw new ArgumentException($"The candidate '{candidates[empty]}' has no token in the model's vocabulary.", nameof(candidates));
        var scores = new double[candidates.Count];
        if (config.ProposalWeight != 0)
        {
            var proposals = Proposals(query, tokens, words);
            for (var i = 0; i < scores.Length; i++) scores[i] += config.ProposalWeight * proposals[i];
        }
        if (config.ValidationWeight != 0)
        {
            var validations = Validations(tokens, words);
            for (var i = 0; i < scores.Length; i++) scores[i] += config.ValidationWeight * validations[i];
        }
        return scores;
    }

    private string Inflected(string candidate, LexSubQuery query) => inflector is null ? candidate : inflector.InflectLike(candidate, query.Word, query.PartOfSpeech.ToWordNet(), query.WordBefore);

    // s_p = ln P(x'|x~, k) - ln(1 - P(x|x~, k)), by the first piece of the substitute; pieces that are no words have probability 0.
    private double[] Proposals(LexSubQuery query, (int[] Before, int[] Target, int[] After) tokens, int[][] words)
    {
        var logarithms = model.LogProbabilities(query, tokens, config.Proposal);
        var rest = Math.Log(1 - Math.Exp(logarithms[model.Longest(tokens.Target)]));
        return [.. words.Select(word => logarithms[word[0]] - (double.IsFinite(rest) ? rest : 0))];
    }

    private double[] Validations((int[] Before, int[] Target, int[] After) tokens, int[][] words)
    {
        int[] Row(int token) => [.. tokens.Before, token, .. tokens.After];
        var place = tokens.Before.Length;
        var original = model.Trace([Row(model.Longest(tokens.Target))], keepsAttentions: true);
        var length = place + 1 + tokens.After.Length;
        // Mean over blocks and heads of the attention from i to the target: [1, length].
        var weights = original.Attentions.Select(attention => (attention ?? throw new InvalidOperationException("BERT-LS needs attention weights; a replaced attention part has none to show.")).Mean(1).Select(2, place))
            .Aggregate((a, b) => a + b) / original.Attentions.Count;
        var states = Side(original);
        var scores = new double[words.Length];
        for (var start = 0; start < words.Length; start += config.BatchSize)
        {
            var batch = words.Skip(start).Take(config.BatchSize).Select(word => Row(model.Longest(word))).ToArray();
            var changed = Side(model.Trace(batch, keepsAttentions: false));
            var cosines = Losses.Loss.CosineSimilarity(states.Expand(batch.Length, length, states.Shape[2]), changed, 2);
            (cosines * weights).Sum(1).To(DataType.Float64).ToArray<double>().CopyTo(scores, start);
        }
        return scores;
    }

    /// <summary>Hidden states of the blocks before the last, side by side; of a model of one block, its input.</summary>
    private Tensor Side(BertTrace trace)
    {
        var count = Math.Min(config.Blocks, trace.HiddenStates.Count - 1);
        return Tensor.Concatenate([.. trace.HiddenStates.Skip(trace.HiddenStates.Count - 1 - count).Take(count)], 2);
    }
}
