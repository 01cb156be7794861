using Scorch.Autograd;
using Scorch.Data;
using Scorch.Losses;
using Scorch.Media;
using Scorch.Modules;
using Scorch.Training;

namespace Scorch.Vision.RepVgg;

/// <summary>One step of training.</summary>
/// <param name="Epoch">Passes over the data that were complete before it.</param>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">The loss of the step's batch.</param>
public readonly record struct TrainingStep(int Epoch, long Step, long Steps, double Loss);

/// <summary>How a training run is carried out; nothing here changes its numbers.</summary>
public sealed record RepVggRunOptions
{
    /// <summary>Where the run is saved, and from where it continues when the file is there; null for nowhere.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Steps between two checkpoints; 0 for none but at the end and when stopped.</summary>
    public long CheckpointEvery { get; init; }

    /// <summary>Folder for TensorBoard event files; null for none.</summary>
    public string? EventFolder { get; init; }

    /// <summary>Threads that prepare batches; null to choose by the data.</summary>
    public int? Workers { get; init; }
}

/// <summary>How well a classifier does.</summary>
/// <param name="Count">Pictures.</param>
/// <param name="Top1">Share whose most probable class is theirs.</param>
/// <param name="Top5">Share whose class is among the five most probable (of fewer classes: all).</param>
public sealed record ClassificationScore(int Count, double Top1, double Top5);

/// <summary>Trains classifiers by a recipe. A seed fixes the result bit for bit, also across a stop and resumption.</summary>
public static class RepVggTrainer
{
    // Streams of random numbers beside those of the loader and the pictures.
    private const long MixupStream = -1;

    /// <summary>Trains in the background.</summary>
    /// <param name="network">A network from images to logits; any, so that a baseline gets the same recipe.</param>
    /// <param name="data">Pictures and classes.</param>
    /// <param name="recipe">Steps, rates and augmentation.</param>
    /// <param name="seed">Fixes the order of pictures and the augmentation.</param>
    /// <param name="progress">Told of each step; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps, after a checkpoint.</param>
    /// <param name="options">Checkpoints and threads; null for none and the usual.</param>
    /// <exception cref="ArgumentException">The recipe does not fit the data.</exception>
    /// <exception cref="InvalidOperationException">The loss is not finite any more.</exception>
    public static Task FitAsync<T>(
        T network, IImageCollection data, RepVggRecipe recipe, long seed = 0, IProgress<TrainingStep>? progress = null, CancellationToken cancellationToken = default, RepVggRunOptions? options = null)
        where T : Module, IForward => Task.Run(() => Fit(network, data, recipe, seed, progress, cancellationToken, options), cancellationToken);

    /// <summary>Trains; see <see cref="FitAsync"/>.</summary>
    public static void Fit<T>(
        T network, IImageCollection data, RepVggRecipe recipe, long seed = 0, IProgress<TrainingStep>? progress = null, CancellationToken cancellationToken = default, RepVggRunOptions? options = null)
        where T : Module, IForward
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(recipe);
        options ??= new();
        if (recipe.BatchSize < 1 || recipe.BatchSize > data.Count)
            throw new ArgumentException($"RepVggTrainer: the batch has {recipe.BatchSize} pictures, the data {data.Count}; a batch of 1 to {data.Count} is needed.", nameof(recipe));
        if (recipe.Epochs < 1) throw new ArgumentException($"RepVggTrainer: {recipe.Epochs} epochs; at least 1 is needed.", nameof(recipe));
        var stepsPerEpoch = data.Count / recipe.BatchSize;
        var trainer = new Trainer<ImageBatch>(
            network,
            recipe.CreateOptimizer(network),
            Loader(data, recipe, seed, options.Workers ?? DefaultWorkers(data)),
            batch => Objective(network, recipe, batch.Images, batch.Labels).Total,
            new((long)recipe.Epochs * stepsPerEpoch)
            {
                Schedule = recipe.Schedule(stepsPerEpoch),
                CheckpointPath = options.CheckpointPath,
                CheckpointEvery = options.CheckpointPath is null ? 0 : options.CheckpointEvery,
                EventFolder = options.EventFolder,
            });
        trainer.Resume();
        trainer.Run(progress is null ? null : new Steps(progress, stepsPerEpoch), cancellationToken);
        network.Evaluate();
    }

    /// <summary>How standardised pictures of a collection are: by its own statistics where it lies in memory, else by ImageNet's.</summary>
    public static ImageNormalisation Normalisation(IImageCollection data) => data is LabelledImages held ? held.ChannelStatistics() : ImageNormalisation.ImageNet;

    /// <summary>Scores a classifier.</summary>
    /// <param name="network">In evaluation mode.</param>
    /// <param name="data">Pictures and classes.</param>
    /// <param name="transforms">What is done to each picture.</param>
    /// <param name="normalisation">That of the training pictures.</param>
    /// <param name="batchSize">Pictures at a time.</param>
    /// <param name="progress">Told how many pictures are done; may be null.</param>
    /// <param name="cancellationToken">Stops between two batches.</param>
    /// <exception cref="InvalidOperationException">The network is in training mode.</exception>
    public static ClassificationScore Score<T>(
        T network, IImageCollection data, IReadOnlyList<IImageTransform> transforms, ImageNormalisation normalisation, int batchSize = 100, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
        where T : Module, IForward
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        if (network.IsTraining) throw new InvalidOperationException("Score: the network is in training mode: switch to evaluation first (Evaluate()).");
        var loader = new ImagePipeline(data, transforms, normalisation).Loader(new(Math.Min(batchSize, data.Count), Shuffle: false, Workers: DefaultWorkers(data), Prefetch: 1));
        using var mode = GradientMode.Disable();
        var (count, first, fifth) = (0, 0, 0);
        foreach (var batch in loader.Epoch(cancellationToken))
        {
            var logits = network.Forward(batch.Images);
            var labels = batch.Labels.ToArray<long>();
            var kept = Math.Min(5, logits.Shape[1]);
            var found = logits.TopK(kept, 1).Indices.ToArray<long>();
            for (var i = 0; i < labels.Length; i++)
            {
                var place = Array.IndexOf(found, labels[i], i * kept, kept);
                if (place >= 0) fifth++;
                if (place == i * kept) first++;
            }
            count += labels.Length;
            progress?.Report(count);
        }
        return new(count, (double)first / count, (double)fifth / count);
    }

    /// <summary>One step on one batch; returns the cross-entropy before it.</summary>
    internal static double Step<T>(T network, Optimizers.Optimizer optimizer, RepVggRecipe recipe, Tensor images, Tensor targets)
        where T : Module, IForward
    {
        optimizer.ClearGradients();
        var (total, crossEntropy) = Objective(network, recipe, images, targets);
        total.Backward();
        optimizer.Step();
        return crossEntropy.Item();
    }

    /// <summary>Cross-entropy, and with it the custom penalty where the recipe has one.</summary>
    internal static (Tensor Total, Tensor CrossEntropy) Objective<T>(T network, RepVggRecipe recipe, Tensor images, Tensor targets)
        where T : Module, IForward
    {
        var loss = Loss.CrossEntropy(network.Forward(images), targets, labelSmoothing: recipe.LabelSmoothing);
        return (recipe.Penalty(network) is { } penalty ? loss + penalty : loss, loss);
    }

    private static DataLoader<ImageBatch> Loader(IImageCollection data, RepVggRecipe recipe, long seed, int workers)
    {
        var pipeline = new ImagePipeline(data, recipe.TrainingTransforms(data), Normalisation(data), seed);
        var config = new DataLoaderConfig(recipe.BatchSize, DropLast: true, Seed: seed, Workers: workers, Prefetch: 1);
        if (recipe.MixupAlpha <= 0) return pipeline.Loader(config);
        var mixup = new RandomSource(seed).Fork(MixupStream);
        return new(data.Count, (position, indices) => Mix(pipeline.Batch(position.Epoch, indices), data.Classes.Count, recipe.MixupAlpha, mixup.Fork(position.Epoch).Fork(position.Batch)), config);
    }

    /// <summary>Pictures and one-hot targets mixed with those of a random order by a share from Beta(alpha, alpha).</summary>
    private static ImageBatch Mix(ImageBatch batch, int classes, double alpha, RandomSource random)
    {
        // Jöhnk (1964): x = u^(1/a), y = v^(1/a), accepted below x + y = 1, gives x / (x + y).
        double x, y;
        do (x, y) = (Math.Pow(random.NextDouble(), 1 / alpha), Math.Pow(random.NextDouble(), 1 / alpha));
        while (x + y is > 1 or 0);
        var share = x / (x + y);
        var targets = batch.Labels.OneHot(classes);
        var other = Tensor.From(random.Permutation(batch.Images.Shape[0]).Select(i => (long)i).ToArray());
        return new((batch.Images * share) + (batch.Images.IndexSelect(0, other) * (1 - share)), (targets * share) + (targets.IndexSelect(0, other) * (1 - share)));
    }

    // Decoding is worth many threads; pictures in memory need one, to have the next batch ready.
    private static int DefaultWorkers(IImageCollection data) => data.Size is null ? Math.Clamp(Environment.ProcessorCount, 1, 8) : 1;

    private sealed class Steps(IProgress<TrainingStep> progress, int stepsPerEpoch) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => progress.Report(new((int)((value.Step - 1) / stepsPerEpoch), value.Step, value.Steps, value.Loss));
    }
}
