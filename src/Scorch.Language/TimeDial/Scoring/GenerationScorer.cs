using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>How options are scored by generation.</summary>
public sealed record GenerationConfig
{
    /// <summary>How token log-probabilities become one score.</summary>
    public LengthHandling Length { get; init; } = LengthHandling.Mean;

    /// <summary>How much of the dialog the model sees.</summary>
    public DialogContext Context { get; init; } = DialogContext.Full;

    /// <summary>Shares of lengths, for <see cref="LengthHandling.MeanWithPrior"/>.</summary>
    public LengthPrior? Prior { get; init; }

    /// <summary>The most tokens that the encoder reads.</summary>
    public int MaximumLength { get; init; } = 512;

    /// <summary>Options that are run at once.</summary>
    public int BatchSize { get; init; } = 32;
}

/// <summary>Generation (paper, section 5.3): the dialog with T5's first sentinel in the gap; the score is the log-probability that the decoder writes the option there.</summary>
/// <remarks>The decoder writes <c>&lt;extra_id_0&gt; option &lt;extra_id_1&gt;</c>; log-probabilities of the option's tokens and of the closing sentinel, given the opening one, count.</remarks>
public sealed class GenerationScorer : IOptionScorer
{
    private readonly T5Model model;
    private readonly ITokenizer tokenizer;
    private readonly GenerationConfig config;

    /// <summary>A scorer.</summary>
    /// <param name="model">The model; it is put into evaluation mode.</param>
    /// <param name="tokenizer">Its tokeniser, with <c>&lt;extra_id_0&gt;</c>, <c>&lt;extra_id_1&gt;</c> and <c>&lt;/s&gt;</c>.</param>
    /// <param name="config">Lengths and context.</param>
    /// <exception cref="ArgumentException">The tokeniser has more tokens than the model or lacks a special one, or a setting is out of range.</exception>
    public GenerationScorer(T5Model model, ITokenizer tokenizer, GenerationConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        this.config = config ?? new();
        LengthPrior.Require(this.config.Length, this.config.Prior);
        if (this.config.BatchSize < 1 || this.config.MaximumLength < 3) throw new ArgumentException($"GenerationConfig: BatchSize is at least 1, MaximumLength 3 ({this.config}).", nameof(config));
        // Published T5 vocabularies are padded to a multiple of 128: the model may have more tokens.
        if (tokenizer.Count > model.VocabularySize) throw new ArgumentException($"The tokeniser has {tokenizer.Count} tokens, the model {model.VocabularySize}; give the vocabulary that belongs to the model.", nameof(tokenizer));
        (this.model, this.tokenizer) = (model, tokenizer);
        foreach (var token in (string[])[DialogVocabulary.Gap, DialogVocabulary.AfterGap, DialogVocabulary.End]) DialogVocabulary.Require(tokenizer, token);
        model.Evaluate();
    }

    /// <inheritdoc/>
    public int Truncations { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<double>> Score(IReadOnlyList<ClozeQuestion> questions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        using var mode = GradientMode.Disable();
        Truncations = 0;
        var scores = questions.Select(question => new double[question.Options.Count]).ToArray();
        var rows = new List<(int Question, int Option, int[] Source, int[] Target)>();
        for (var i = 0; i < questions.Count; i++)
        {
            var options = DialogVocabulary.EncodeOptions(tokenizer, questions[i]);
            var around = GapTokens.Of(questions[i], config.Context, tokenizer, config.MaximumLength - 2);
            if (around.IsCut) Truncations++;
            for (var k = 0; k < options.Length; k++) rows.Add((i, k, Source(tokenizer, around), Target(tokenizer, options[k])));
        }
        foreach (var batch in rows.OrderBy(row => row.Source.Length).Chunk(config.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (ids, mask, targets) = Batch([.. batch.Select(row => (row.Source, row.Target))]);
            var logits = model.Forward(ids, model.ShiftRight(targets), mask);
            var (steps, vocabulary) = (logits.Shape[1], logits.Shape[2]);
            // The opening sentinel and the text's end are given.
            var places = batch.SelectMany((row, k) => Enumerable.Range(1, row.Target.Length - 2).Select(step => ((((long)k * steps) + step) * vocabulary) + row.Target[step])).ToArray();
            var values = logits.LogSoftmax(2).Reshape(-1).IndexSelect(0, Tensor.From(places)).To(DataType.Float64).ToArray<double>();
            var next = 0;
            foreach (var row in batch)
            {
                scores[row.Question][row.Option] = LengthPrior.Combine(values[next..(next + row.Target.Length - 2)], config.Length, config.Prior);
                next += row.Target.Length - 2;
            }
        }
        return scores;
    }

    /// <summary>What the encoder reads.</summary>
    internal static int[] Source(ITokenizer tokenizer, GapTokens around) =>
        [.. around.Left, DialogVocabulary.Require(tokenizer, DialogVocabulary.Gap), .. around.Right, DialogVocabulary.Require(tokenizer, DialogVocabulary.End)];

    /// <summary>What the decoder writes.</summary>
    internal static int[] Target(ITokenizer tokenizer, int[] span) =>
        [DialogVocabulary.Require(tokenizer, DialogVocabulary.Gap), .. span, DialogVocabulary.Require(tokenizer, DialogVocabulary.AfterGap), DialogVocabulary.Require(tokenizer, DialogVocabulary.End)];

    internal static (Tensor Ids, Tensor? Mask, Tensor Targets) Batch(IReadOnlyList<(int[] Source, int[] Target)> rows)
    {
        var time = rows.Max(row => row.Source.Length);
        var mask = rows.SelectMany(row => Enumerable.Range(0, time).Select(i => i < row.Source.Length)).ToArray();
        return (TokenBatch.Matrix([.. rows.Select(row => row.Source)]), mask.Contains(false) ? Tensor.From(mask, [rows.Count, time]) : null, TokenBatch.Matrix([.. rows.Select(row => row.Target)], (int)T5Model.IgnoredTarget));
    }
}
