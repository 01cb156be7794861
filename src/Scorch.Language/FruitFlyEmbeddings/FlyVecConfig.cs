namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>What is counted as one piece of text; windows never reach across two.</summary>
public enum ChunkUnit
{
    /// <summary>A whole file (or, for text in memory, a whole text).</summary>
    Document,

    /// <summary>Lines up to the next empty one.</summary>
    Paragraph,

    /// <summary>One line.</summary>
    Line,

    /// <summary>One sentence; sentences end at <c>.</c>, <c>!</c> or <c>?</c> before white space.</summary>
    Sentence,
}

/// <summary>Settings of the fruit fly's network. The defaults are those of the authors' released training script.</summary>
/// <remarks>
/// The published learning rate of 2e-4 belongs to hundreds of thousands of batches an epoch. On some hundred thousand words take about 1
/// with batches of 1,000, and leave out the 100 to 200 most frequent words; <see cref="FlyVecModel.Norms"/> near 1 tell that the neurons
/// have learnt. The first weights should give norms above 1: a neuron that wins shrinks towards 1, so that each gets its turn.
/// </remarks>
public sealed record FlyVecConfig
{
    /// <summary>Kenyon cells K.</summary>
    public int Neurons { get; init; } = 400;

    /// <summary>Words of a window w, odd, at least 3; the middle one is the centre.</summary>
    public int Window { get; init; } = 11;

    /// <summary>Words that are kept, the unknown word <c>&lt;UNK&gt;</c> (number 0) not counted.</summary>
    public int VocabularySize { get; init; } = 20_000;

    /// <summary>Passes over the text.</summary>
    public int Epochs { get; init; } = 15;

    /// <summary>Windows whose updates are summed.</summary>
    public int BatchSize { get; init; } = 10_000;

    /// <summary>Learning rate of the first epoch; it falls linearly to 0 over the epochs.</summary>
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>
    /// The most frequent words leave the text before windows are cut. When any do, so does <c>&lt;UNK&gt;</c>, which on a small
    /// vocabulary is more frequent than all of them.
    /// </summary>
    public int DropMostFrequent { get; init; }

    /// <summary>Count a context word once a window, however often it stands there.</summary>
    public bool BinaryContext { get; init; }

    /// <summary>Factor delta of the anti-Hebbian step of the neuron that <see cref="AntiHebbianRank"/> names; 0 (as in all published runs) for none.</summary>
    public double AntiHebbianFactor { get; init; }

    /// <summary>Which neuron unlearns: 2 for the runner-up.</summary>
    public int AntiHebbianRank { get; init; } = 2;

    /// <summary>Mean of the normally distributed first weights.</summary>
    public double InitialMean { get; init; }

    /// <summary>Standard deviation of the first weights.</summary>
    public double InitialDeviation { get; init; } = 0.02;

    /// <summary>Fixes every bit of the result, at any number of threads.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range; the message names it.</exception>
    public void Validate()
    {
        Require(Neurons is >= 2 and <= 65_536, nameof(Neurons), Neurons, "between 2 and 65536");
        Require(Window >= 3 && Window % 2 == 1, nameof(Window), Window, "odd and at least 3, so that a window has a centre");
        Require(VocabularySize is >= 2 and <= 10_000_000, nameof(VocabularySize), VocabularySize, "between 2 and 10 million");
        Require((Neurons + 15) / 16 * 16 * 2 * (VocabularySize + 1L) <= Array.MaxLength, nameof(VocabularySize), VocabularySize, "small enough that Neurons x 2 x VocabularySize stays below 2^31");
        Require(Epochs >= 1, nameof(Epochs), Epochs, "at least 1");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "a positive number");
        Require(DropMostFrequent >= 0 && DropMostFrequent < VocabularySize, nameof(DropMostFrequent), DropMostFrequent, "at least 0 and below VocabularySize");
        Require(AntiHebbianFactor >= 0 && double.IsFinite(AntiHebbianFactor), nameof(AntiHebbianFactor), AntiHebbianFactor, "at least 0");
        Require(AntiHebbianRank >= 2 && AntiHebbianRank <= Neurons, nameof(AntiHebbianRank), AntiHebbianRank, "between 2 and Neurons");
        Require(double.IsFinite(InitialMean), nameof(InitialMean), InitialMean, "a finite number");
        Require(InitialDeviation >= 0 && double.IsFinite(InitialDeviation), nameof(InitialDeviation), InitialDeviation, "at least 0");
    }

    private static void Require(bool holds, string name, IFormattable value, string expected)
    {
        if (!holds)
            throw new ArgumentException(FormattableString.Invariant($"FlyVecConfig: {name} is {value}; it must be {expected}."), name);
    }
}
