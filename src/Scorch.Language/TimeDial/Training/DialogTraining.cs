using Scorch.Losses;
using Scorch.Models.Training;
using Scorch.Models.Transformers;
using Scorch.Text;
using Scorch.Training;

namespace Scorch.Language.TimeDial;

/// <summary>Trains or fine-tunes models of the three families on dialogs whose temporal expressions the tagger found.</summary>
/// <remarks>Dialogs that repeat the test's must be taken out first: see <see cref="ContaminationGuard"/>.</remarks>
public static class DialogTraining
{
    /// <summary>A small model of masked tokens, from nothing.</summary>
    /// <param name="corpus">The dialogs.</param>
    /// <param name="config">Sizes and training.</param>
    /// <param name="tokenizer">The vocabulary; null for one of the corpus.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the corpus has too few expressions.</exception>
    public static DialogModel<BertMaskedLanguageModel> MaskFilling(
        TemporalCorpus corpus, DialogTrainingConfig config, ITokenizer? tokenizer = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(corpus, config);
        tokenizer ??= DialogVocabulary.FromDialogs(corpus.Dialogs, config.VocabularySize);
        var model = new DialogModel<BertMaskedLanguageModel>(new(config.Bert(tokenizer.Count), new RandomSource(config.Seed)), tokenizer);
        FineTune(model, corpus, config, progress, cancellationToken);
        return model;
    }

    /// <summary>Goes on training a model of masked tokens: half of the examples have a whole expression masked, half random tokens.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The dialogs.</param>
    /// <param name="config">Training; sizes are the model's own.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the corpus has too few expressions.</exception>
    public static void FineTune(DialogModel<BertMaskedLanguageModel> model, TemporalCorpus corpus, DialogTrainingConfig config, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        Check(corpus, config);
        var tokenizer = model.Tokenizer;
        var (first, last) = (DialogVocabulary.Require(tokenizer, DialogVocabulary.First), DialogVocabulary.Require(tokenizer, DialogVocabulary.Last));
        var masking = new MaskingConfig { MaskToken = DialogVocabulary.Require(tokenizer, DialogVocabulary.Mask), VocabularySize = tokenizer.Count, Rate = config.MaskRate, Untouched = tokenizer.SpecialTokens.Values.ToHashSet() };
        var examples = new TemporalExamples(corpus, tokenizer, Math.Min(config.Length, model.Model.MaximumLength));
        MaskedTokenTraining.Run(
            model.Model, examples.Spans.Count, (index, random) => examples.Masked(examples.Spans[index], config.SpanShare, masking, first, last, random), config.Training,
            progress: progress, cancellationToken: cancellationToken);
    }

    /// <summary>A small classifier of filled gaps.</summary>
    /// <param name="corpus">The dialogs.</param>
    /// <param name="config">Sizes and training.</param>
    /// <param name="encoder">A model of masked tokens whose encoder it begins with, of the same sizes; null begins from nothing.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, the encoder has other sizes, or the corpus has too few expressions.</exception>
    public static DialogModel<BertClassifier> Classification(
        TemporalCorpus corpus, DialogTrainingConfig config, DialogModel<BertMaskedLanguageModel>? encoder = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(corpus, config);
        var tokenizer = encoder?.Tokenizer ?? DialogVocabulary.FromDialogs(corpus.Dialogs, config.VocabularySize);
        var model = new DialogModel<BertClassifier>(new(encoder?.Model.Bert.Config ?? config.Bert(tokenizer.Count), 1, new RandomSource(config.Seed)), tokenizer);
        if (encoder is not null)
        {
            var known = encoder.Model.State();
            model.Model.LoadState(model.Model.State().ToDictionary(entry => entry.Key, entry => known.GetValueOrDefault(entry.Key, entry.Value)));
        }
        FineTune(model, corpus, config, progress, cancellationToken);
        return model;
    }

    /// <summary>Goes on training a classifier: expressions of the dialogs are right, those that <see cref="DistractorSampler"/> draws are wrong.</summary>
    /// <param name="model">The model, of one class.</param>
    /// <param name="corpus">The dialogs.</param>
    /// <param name="config">Training; sizes are the model's own. A step has <see cref="DialogTrainingConfig.BatchSize"/> texts, right and wrong together.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the corpus has too few expressions.</exception>
    public static void FineTune(DialogModel<BertClassifier> model, TemporalCorpus corpus, DialogTrainingConfig config, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        Check(corpus, config);
        var examples = new TemporalExamples(corpus, model.Tokenizer, Math.Min(config.Length, model.Model.Bert.Config.Positions));
        ShortTraining.Run(
            model.Model,
            examples.Spans.Count,
            (indices, random) => indices.SelectMany(index => examples.Marked(examples.Spans[index], config.Negatives, random)).ToArray(),
            batch =>
            {
                var (ids, mask, segments) = MarkedSpan.Batch([.. batch.Select(row => row.Text)]);
                var labels = Tensor.From(batch.Select(row => row.IsCorrect ? 1f : 0f).ToArray(), [batch.Length, 1]);
                return Loss.BinaryCrossEntropyWithLogits(model.Model.Forward(ids, mask, segments), labels);
            },
            config.Training with { BatchSize = Math.Max(1, config.BatchSize / (1 + config.Negatives)) },
            progress,
            cancellationToken);
    }

    /// <summary>A small encoder-decoder that writes what stands in the gap.</summary>
    /// <param name="corpus">The dialogs.</param>
    /// <param name="config">Sizes and training.</param>
    /// <param name="tokenizer">The vocabulary; null for one of the corpus.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the corpus has too few expressions.</exception>
    public static DialogModel<T5Model> Generation(
        TemporalCorpus corpus, DialogTrainingConfig config, ITokenizer? tokenizer = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        Check(corpus, config);
        tokenizer ??= DialogVocabulary.FromDialogs(corpus.Dialogs, config.VocabularySize);
        var model = new DialogModel<T5Model>(new(config.T5(tokenizer.Count, DialogVocabulary.Require(tokenizer, DialogVocabulary.End)), new RandomSource(config.Seed)), tokenizer);
        FineTune(model, corpus, config, progress, cancellationToken);
        return model;
    }

    /// <summary>Goes on training an encoder-decoder on dialogs whose expressions are masked by a sentinel.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">The dialogs.</param>
    /// <param name="config">Training; sizes are the model's own.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the corpus has too few expressions.</exception>
    public static void FineTune(DialogModel<T5Model> model, TemporalCorpus corpus, DialogTrainingConfig config, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        Check(corpus, config);
        var examples = new TemporalExamples(corpus, model.Tokenizer, config.Length);
        ShortTraining.Run(
            model.Model,
            examples.Spans.Count,
            (indices, _) => GenerationScorer.Batch([.. indices.Select(index => examples.Generated(examples.Spans[index]))]),
            batch => model.Model.Loss(batch.Ids, batch.Targets, batch.Mask),
            config.Training,
            progress,
            cancellationToken);
    }

    /// <summary>How long a corpus's expressions are in a model's tokens.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="tokenizer">The tokeniser.</param>
    public static LengthPrior Lengths(TemporalCorpus corpus, ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return new(corpus.Spans.Select(span => tokenizer.Encode(span.Span.Text).Length).Where(length => length > 0));
    }

    private static void Check(TemporalCorpus corpus, DialogTrainingConfig config)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        if (corpus.Spans.Count == 0) throw new ArgumentException("DialogTraining: the tagger finds no temporal expression in the dialogs; give dialogs that have some.", nameof(corpus));
    }
}
