using Scorch.Models.Training;
using Scorch.Models.Transformers;

namespace Scorch.Language.TimeDial;

/// <summary>Sizes and training of small models of temporal dialogs.</summary>
public sealed record DialogTrainingConfig
{
    /// <summary>Tokens of the vocabulary.</summary>
    public int VocabularySize { get; init; } = 6000;

    /// <summary>Features of the hidden states.</summary>
    public int Features { get; init; } = 96;

    /// <summary>Blocks; of an encoder-decoder, on either side.</summary>
    public int Layers { get; init; } = 3;

    /// <summary>Attention heads.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Tokens that are read at once.</summary>
    public int Length { get; init; } = 160;

    /// <summary>Texts of a step.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Training steps.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>The greatest learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Of mask filling, the share of examples whose whole temporal expression is masked; in the others random tokens are.</summary>
    public double SpanShare { get; init; } = 0.5;

    /// <summary>Of mask filling, the share of tokens masked in the other examples.</summary>
    public double MaskRate { get; init; } = 0.15;

    /// <summary>Of the classifier, wrong fillings for each right one.</summary>
    public int Negatives { get; init; } = 2;

    /// <summary>Fixes every bit of the result.</summary>
    public long Seed { get; init; } = 1;

    internal void Validate()
    {
        if (VocabularySize < 32 || Length < 8 || BatchSize < 1 || Steps < 1 || Negatives < 1 || !(SpanShare is >= 0 and <= 1) || !(MaskRate is > 0 and < 1) || !(LearningRate > 0 && double.IsFinite(LearningRate)))
            throw new ArgumentException($"DialogTrainingConfig: VocabularySize is at least 32, Length 8, BatchSize, Steps and Negatives 1, SpanShare 0 to 1, MaskRate between 0 and 1, LearningRate above 0 ({this}).");
    }

    // Adam, as on the paper's side: no weight decay. So short a training sees little text twice: no dropout.
    internal ShortTrainingConfig Training => new() { Steps = Steps, BatchSize = BatchSize, LearningRate = LearningRate, WeightDecay = 0, Seed = Seed };

    internal BertConfig Bert(int vocabulary) => new()
    {
        VocabularySize = vocabulary,
        Features = Features,
        Layers = Layers,
        Heads = Heads,
        Inner = 4 * Features,
        Positions = Length,
        HiddenDropout = 0,
        AttentionDropout = 0,
    };

    internal T5Config T5(int vocabulary, int end) => new()
    {
        VocabularySize = vocabulary,
        Features = Features,
        HeadFeatures = Math.Max(1, Features / Heads),
        Layers = Layers,
        Heads = Heads,
        Inner = 4 * Features,
        Dropout = 0,
        EndToken = end,
    };
}
