namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>How far a training is.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Epochs">How many there are.</param>
/// <param name="Step">Batches done.</param>
/// <param name="Steps">How many there are in all.</param>
/// <param name="Energy">The last batch's energy a window, before its step; it falls as neurons find the words that go together.</param>
public readonly record struct FlyVecProgress(int Epoch, int Epochs, long Step, long Steps, double Energy);

/// <summary>Trains the fruit fly's network: each window of words wakes one neuron, and that neuron alone moves towards the window.</summary>
/// <remarks>
/// Liang and others, <i>Can a Fruit Fly Learn Word Embeddings?</i> (arXiv 2101.06887). For a window v (its context words, and its
/// centre word in a block of its own) the winner is <c>m = argmax &lt;W_mu, v&gt;</c>; its weights move by
/// <c>v/p - &lt;W_m, v/p&gt; W_m</c>, p the words' counts, and the whole step is divided by its largest entry.
/// </remarks>
public static class FlyVec
{
    /// <summary>Counts the words of a text, then trains on it.</summary>
    /// <param name="corpus">The text; it is read twice.</param>
    /// <param name="config">The settings.</param>
    /// <param name="progress">Told after every batch; may be null.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <exception cref="ArgumentException">A setting is wrong, the text has fewer distinct words than the vocabulary, or fewer windows than a batch.</exception>
    public static Task<FlyVecModel> FitAsync(FlyCorpus corpus, FlyVecConfig config, IProgress<FlyVecProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return Task.Run(
            () =>
            {
                var vocabulary = FlyVocabulary.FromCorpus(corpus, config.VocabularySize, config.DropMostFrequent, cancellationToken);
                return Fit(FlyTokens.FromCorpus(corpus, vocabulary, cancellationToken), vocabulary, config, progress, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>Trains on a text that is numbered already; frequencies are the counts in that text.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="vocabulary">Its words; <see cref="FlyVecConfig.VocabularySize"/> and <see cref="FlyVecConfig.DropMostFrequent"/> are not looked at.</param>
    /// <param name="config">The settings.</param>
    /// <param name="progress">Told after every batch; may be null.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <exception cref="ArgumentException">A setting is wrong, a number lies beyond the vocabulary, or the text has fewer windows than a batch.</exception>
    public static Task<FlyVecModel> FitAsync(
        FlyTokens tokens, FlyVocabulary vocabulary, FlyVecConfig config, IProgress<FlyVecProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return Task.Run(() => Fit(tokens, vocabulary, config, progress, cancellationToken), cancellationToken);
    }

    /// <summary>The normally distributed first weights, <c>[K, 2V]</c>.</summary>
    internal static float[] InitialWeights(FlyVecConfig config, int words) =>
        new RandomSource(config.Seed).Normal([config.Neurons, 2 * words], config.InitialMean, config.InitialDeviation).ToArray<float>();

    internal static FlyVecModel Fit(FlyTokens tokens, FlyVocabulary vocabulary, FlyVecConfig config, IProgress<FlyVecProgress>? progress, CancellationToken cancellationToken)
    {
        var counts = tokens.CountWords(vocabulary.Count);
        var trainer = new FlyVecTrainer<float>(config, counts, InitialWeights(config, vocabulary.Count));
        Run(trainer, tokens, config, progress, int.MaxValue, cancellationToken);
        return FlyVecModel.FromTransposed(trainer.Weights, trainer.Stride, new FlyVocabulary(vocabulary.Words, counts), config with { VocabularySize = vocabulary.Count - 1 }, vocabulary.Dropped.Count == 0);
    }

    /// <summary>The epochs over the text; windows in order, a last part batch left out.</summary>
    internal static void Run<T>(
        FlyVecTrainer<T> trainer, FlyTokens tokens, FlyVecConfig config, IProgress<FlyVecProgress>? progress, long mostSteps, CancellationToken cancellationToken)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var windows = tokens.CountWindows(config.Window);
        if (windows < config.BatchSize)
            throw new ArgumentException(
                $"FlyVecConfig: BatchSize is {config.BatchSize}, but the text has only {windows} windows of {config.Window} words; give more text, a smaller batch, or longer chunks.", nameof(tokens));
        var ids = tokens.Ids.ToArray();
        var offsets = tokens.Offsets.ToArray();
        var steps = windows / config.BatchSize * config.Epochs;
        var starts = new int[config.BatchSize];
        var step = 0L;
        for (var epoch = 0; epoch < config.Epochs; epoch++)
        {
            // eps_t = eps_0 (1 - epoch / epochs)
            var rate = config.LearningRate * (1 - ((double)epoch / config.Epochs));
            var filled = 0;
            for (var chunk = 1; chunk < offsets.Length; chunk++)
            {
                for (var start = offsets[chunk - 1]; start + config.Window <= offsets[chunk]; start++)
                {
                    starts[filled++] = (int)start;
                    if (filled < starts.Length)
                        continue;
                    cancellationToken.ThrowIfCancellationRequested();
                    var energy = trainer.Step(ids, starts, rate);
                    filled = 0;
                    step++;
                    progress?.Report(new FlyVecProgress(epoch + 1, config.Epochs, step, steps, energy / config.BatchSize));
                    if (step == mostSteps)
                        return;
                }
            }
        }
    }
}
