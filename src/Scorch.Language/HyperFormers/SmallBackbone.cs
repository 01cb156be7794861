using Scorch.Models.Training;
using Scorch.Models.Transformers;
using Scorch.Text;
using Scorch.Training;

namespace Scorch.Language.HyperFormers;

/// <summary>Sizes and pre-training of a small T5.</summary>
public sealed record SmallBackboneConfig
{
    /// <summary>Features of hidden states.</summary>
    public int Features { get; init; } = 64;

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Blocks of the encoder.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>Blocks of the decoder.</summary>
    public int DecoderLayers { get; init; } = 2;

    /// <summary>Steps of span corruption.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Texts of a step.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The greatest learning rate.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>The share of tokens in corrupted spans; T5's is 0.15.</summary>
    public double NoiseDensity { get; init; } = 0.15;

    /// <summary>Fixes weights and draws.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The T5 of these sizes for a vocabulary.</summary>
    /// <param name="vocabulary">Tokens known.</param>
    /// <param name="endToken">Ends a text.</param>
    /// <exception cref="ArgumentException">The heads do not divide the features.</exception>
    public T5Config Shape(int vocabulary, int endToken)
    {
        if (Heads < 1 || Features % Heads != 0) throw new ArgumentException($"SmallBackboneConfig: {Heads} heads do not divide {Features} features; choose a divisor.", nameof(Heads));
        return new()
        {
            VocabularySize = vocabulary,
            Features = Features,
            HeadFeatures = Features / Heads,
            Heads = Heads,
            Inner = checked(4 * Features),
            Layers = Layers,
            DecoderLayers = DecoderLayers,
            Dropout = 0,
            EndToken = endToken,
        };
    }
}

/// <summary>Pre-trains a small T5 on plain texts by span corruption (Raffel and others 2020), where no published one is at hand.</summary>
public static class SmallBackbone
{
    // A text of one token has no room for a gap beside what is kept.
    private const int LeastTokens = 4;

    /// <summary>Pre-trains, and gives the T5 in evaluation mode.</summary>
    /// <param name="texts">The texts, without labels.</param>
    /// <param name="text">Cuts them; its tokeniser has sentinels (<see cref="TaskText.WordsOf"/>).</param>
    /// <param name="config">Sizes and steps.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, the tokeniser has no sentinels, or there are fewer texts of four tokens than a batch.</exception>
    public static T5Model Pretrain(IEnumerable<string> texts, TaskText text, SmallBackboneConfig config, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(config);
        var model = new T5Model(config.Shape(text.Tokenizer.Count, text.EndToken), new RandomSource(config.Seed));
        var sentinels = Enumerable.Range(0, text.Tokenizer.SpecialTokens.Count).Select(i => text.Tokenizer.IdOf(TaskText.SentinelName(i))).TakeWhile(id => id is not null).Select(id => id!.Value).ToArray();
        if (sentinels.Length == 0) throw new ArgumentException("SmallBackbone: the tokeniser has no sentinels <extra_id_0>, …; make it with TaskText.WordsOf.", nameof(text));
        var corruption = new SpanCorruptionConfig { Sentinels = sentinels, EndToken = text.EndToken, NoiseDensity = config.NoiseDensity };
        // No more spans than there are sentinels.
        var longest = Math.Min(text.MaximumLength - 1, Math.Max(LeastTokens, (int)(sentinels.Length * corruption.MeanSpanLength / corruption.NoiseDensity)));
        var series = texts.Select(line => text.Tokenizer.Encode(line)).Where(ids => ids.Length >= LeastTokens).Select(ids => ids.Length <= longest ? ids : ids[..longest]).ToArray();
        ShortTraining.Run(
            model,
            series.Length,
            (indices, random) =>
            {
                var rows = indices.Select(index => SpanCorruption.Corrupt(series[index], corruption, random)).ToArray();
                return TaskText.Batch([.. rows.Select(row => row.Inputs)], [.. rows.Select(row => row.Targets)], new int[rows.Length]);
            },
            batch => model.Loss(batch.Ids, batch.Targets, batch.Mask),
            new ShortTrainingConfig { Steps = config.Steps, BatchSize = config.BatchSize, LearningRate = config.LearningRate, WeightDecay = 0, Seed = config.Seed },
            progress,
            cancellationToken);
        return model;
    }

    /// <summary>A T5 of its own with the same weights, in evaluation mode.</summary>
    /// <param name="model">A T5 without adapters.</param>
    /// <param name="seed">Fixes dropout in later training.</param>
    public static T5Model Copy(T5Model model, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        var copy = new T5Model(model.Config, new RandomSource(seed));
        copy.LoadState(model.State());
        copy.Evaluate();
        return copy;
    }
}
