using Scorch.Autograd;
using Scorch.Models.Transformers;
using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>How options are scored by classification.</summary>
public sealed record ClassifierConfig
{
    /// <summary>How much of the dialog the model sees.</summary>
    public DialogContext Context { get; init; } = DialogContext.Full;

    /// <summary>The most tokens read at once, where the model reads more.</summary>
    public int MaximumLength { get; init; } = int.MaxValue;

    /// <summary>Texts that are run at once.</summary>
    public int BatchSize { get; init; } = 64;
}

/// <summary>Classification (paper, section 5.1): the dialog with an option filled in, marked by the second segment; the score is the logit of being right.</summary>
public sealed class ClassifierScorer : IOptionScorer
{
    private readonly BertClassifier model;
    private readonly ITokenizer tokenizer;
    private readonly ClassifierConfig config;

    /// <summary>A scorer.</summary>
    /// <param name="model">A model of one class; it is put into evaluation mode.</param>
    /// <param name="tokenizer">Its tokeniser, with <c>[CLS]</c> and <c>[SEP]</c>.</param>
    /// <param name="config">The context.</param>
    /// <exception cref="ArgumentException">The model has several classes or one segment, the tokeniser is another model's, or a setting is out of range.</exception>
    public ClassifierScorer(BertClassifier model, ITokenizer tokenizer, ClassifierConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tokenizer);
        this.config = config ?? new();
        if (model.Classifier.Weight.Shape[0] != 1 || model.Bert.Config.Segments < 2)
            throw new ArgumentException($"ClassifierScorer: the model has {model.Classifier.Weight.Shape[0]} classes and {model.Bert.Config.Segments} segments; one class and two segments are needed.", nameof(model));
        if (tokenizer.Count != model.Bert.Config.VocabularySize) throw new ArgumentException($"The tokeniser has {tokenizer.Count} tokens, the model {model.Bert.Config.VocabularySize}; give the vocabulary that belongs to the model.", nameof(tokenizer));
        if (this.config.BatchSize < 1 || this.config.MaximumLength < 3) throw new ArgumentException($"ClassifierConfig: BatchSize is at least 1, MaximumLength 3 ({this.config}).", nameof(config));
        (this.model, this.tokenizer) = (model, tokenizer);
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
        var rows = new List<(int Question, int Option, MarkedSpan Text)>();
        for (var i = 0; i < questions.Count; i++)
        {
            var options = DialogVocabulary.EncodeOptions(tokenizer, questions[i]);
            var room = Math.Min(model.Bert.Config.Positions, config.MaximumLength) - 2 - options.Max(option => option.Length);
            var around = GapTokens.Of(questions[i], config.Context, tokenizer, room);
            if (around.IsCut) Truncations++;
            for (var k = 0; k < options.Length; k++) rows.Add((i, k, MarkedSpan.Of(tokenizer, around, options[k])));
        }
        foreach (var batch in rows.OrderBy(row => row.Text.Ids.Length).Chunk(config.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (ids, mask, segments) = MarkedSpan.Batch([.. batch.Select(row => row.Text)]);
            var logits = model.Forward(ids, mask, segments).To(DataType.Float64).ToArray<double>();
            for (var k = 0; k < batch.Length; k++) scores[batch[k].Question][batch[k].Option] = logits[k];
        }
        return scores;
    }
}

/// <summary>A text for the classifier: ids, and which of them are the span.</summary>
internal sealed record MarkedSpan(int[] Ids, int Start, int Length)
{
    public static MarkedSpan Of(ITokenizer tokenizer, GapTokens around, int[] span) => new(
        [DialogVocabulary.Require(tokenizer, DialogVocabulary.First), .. around.Left, .. span, .. around.Right, DialogVocabulary.Require(tokenizer, DialogVocabulary.Last)],
        1 + around.Left.Length,
        span.Length);

    public static (Tensor Ids, Tensor? Mask, Tensor Segments) Batch(IReadOnlyList<MarkedSpan> texts)
    {
        var time = texts.Max(text => text.Ids.Length);
        var (mask, segments) = (new bool[texts.Count * time], new long[texts.Count * time]);
        for (var row = 0; row < texts.Count; row++)
        {
            mask.AsSpan(row * time, texts[row].Ids.Length).Fill(true);
            segments.AsSpan((row * time) + texts[row].Start, texts[row].Length).Fill(1);
        }
        return (TokenBatch.Matrix([.. texts.Select(text => text.Ids)]), mask.Contains(false) ? Tensor.From(mask, [texts.Count, time]) : null, Tensor.From(segments, [texts.Count, time]));
    }
}
