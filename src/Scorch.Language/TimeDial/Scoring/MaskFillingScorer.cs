using Scorch.Models.Training;
using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>How options are scored by mask filling.</summary>
public sealed record MaskFillingConfig
{
    /// <summary>How token log-probabilities become one score.</summary>
    public LengthHandling Length { get; init; } = LengthHandling.Mean;

    /// <summary>All tokens at once or from the left.</summary>
    public FillingOrder Order { get; init; } = FillingOrder.OnePass;

    /// <summary>How much of the dialog the model sees.</summary>
    public DialogContext Context { get; init; } = DialogContext.Full;

    /// <summary>Shares of lengths, for <see cref="LengthHandling.MeanWithPrior"/>.</summary>
    public LengthPrior? Prior { get; init; }

    /// <summary>The most tokens read at once, where the model reads more.</summary>
    public int MaximumLength { get; init; } = int.MaxValue;

    /// <summary>Questions that are run at once.</summary>
    public int BatchSize { get; init; } = 16;
}

/// <summary>Mask filling (paper, section 5.2): the gap gets as many masks as an option has tokens; the score is the log-probability of these tokens.</summary>
public sealed class MaskFillingScorer : IOptionScorer
{
    private readonly IMaskedTokenModel model;
    private readonly ITokenizer tokenizer;
    private readonly MaskFillingConfig config;
    private readonly int first;
    private readonly int last;
    private readonly int mask;

    /// <summary>A scorer.</summary>
    /// <param name="model">The model; a module is expected in evaluation mode.</param>
    /// <param name="tokenizer">Its tokeniser, with <c>[CLS]</c>, <c>[SEP]</c> and <c>[MASK]</c>.</param>
    /// <param name="config">Lengths and context.</param>
    /// <exception cref="ArgumentException">The tokeniser does not belong to the model, or a setting is out of range.</exception>
    public MaskFillingScorer(IMaskedTokenModel model, ITokenizer tokenizer, MaskFillingConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        this.config = config ?? new();
        LengthPrior.Require(this.config.Length, this.config.Prior);
        if (this.config.BatchSize < 1 || this.config.MaximumLength < 3) throw new ArgumentException($"MaskFillingConfig: BatchSize is at least 1, MaximumLength 3 ({this.config}).", nameof(config));
        if (tokenizer.Count != model.VocabularySize) throw new ArgumentException($"The tokeniser has {tokenizer.Count} tokens, the model {model.VocabularySize}; give the vocabulary that belongs to the model.", nameof(tokenizer));
        (this.model, this.tokenizer) = (model, tokenizer);
        (first, last, mask) = (DialogVocabulary.Require(tokenizer, DialogVocabulary.First), DialogVocabulary.Require(tokenizer, DialogVocabulary.Last), DialogVocabulary.Require(tokenizer, DialogVocabulary.Mask));
    }

    /// <inheritdoc/>
    public int Truncations { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<IReadOnlyList<double>> Score(IReadOnlyList<ClozeQuestion> questions, CancellationToken cancellationToken = default) =>
        Score(questions, [config.Length], cancellationToken)[0];

    /// <summary>Scores by several ways of handling lengths, from the same passes of the model.</summary>
    /// <param name="questions">The questions.</param>
    /// <param name="handlings">The ways.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <returns>For each way, what <see cref="Score(IReadOnlyList{ClozeQuestion}, CancellationToken)"/> gives.</returns>
    public IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> Score(IReadOnlyList<ClozeQuestion> questions, IReadOnlyList<LengthHandling> handlings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(handlings);
        foreach (var handling in handlings) LengthPrior.Require(handling, config.Prior);
        Truncations = 0;
        var room = Math.Min(model.MaximumLength, config.MaximumLength) - 2;
        var gaps = questions.Select(question => Gaps(question, room)).ToArray();
        var logarithms = new double[questions.Count][][];
        // Dialogs of like length share a batch: less padding.
        var order = Enumerable.Range(0, gaps.Length).OrderBy(i => gaps[i][0].Left.Count + gaps[i][0].Right.Count).ThenBy(i => i);
        foreach (var batch in order.Chunk(config.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = MaskFilling.LogProbabilities(model, mask, [.. batch.SelectMany(i => gaps[i])], config.Order);
            var next = 0;
            foreach (var i in batch)
            {
                logarithms[i] = found[next..(next + gaps[i].Length)];
                next += gaps[i].Length;
            }
        }
        return [.. handlings.Select(handling => (IReadOnlyList<IReadOnlyList<double>>)[.. logarithms.Select(options => (IReadOnlyList<double>)[.. options.Select(tokens => LengthPrior.Combine(tokens, handling, config.Prior))])])];
    }

    private MaskFilling.Gap[] Gaps(ClozeQuestion question, int room)
    {
        var options = DialogVocabulary.EncodeOptions(tokenizer, question);
        // All options see the same part of the dialog.
        var around = GapTokens.Of(question, config.Context, tokenizer, room - options.Max(option => option.Length));
        if (around.IsCut) Truncations++;
        int[] left = [first, .. around.Left], right = [.. around.Right, last];
        return [.. options.Select(option => new MaskFilling.Gap(left, option, right))];
    }
}
