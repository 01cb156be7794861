using Scorch.Data;
using Scorch.Modules;
using Scorch.Optimizers;
using Scorch.Training;

namespace Scorch.Models.Training;

/// <summary>Steps and rates of a short training.</summary>
public sealed record ShortTrainingConfig
{
    /// <summary>Training steps.</summary>
    public int Steps { get; init; } = 400;

    /// <summary>Examples of a step.</summary>
    public int BatchSize { get; init; } = 24;

    /// <summary>The greatest learning rate; reached after a tenth of the steps, then falling to 0.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>AdamW's decoupled weight decay; 0 makes it Adam.</summary>
    public double WeightDecay { get; init; } = AdamW.Defaults.WeightDecay;

    /// <summary>Fixes order and draws.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>Trains a network for a fixed number of steps: AdamW, gradients of norm 1 at most, a rate that grows evenly and falls evenly.</summary>
public static class ShortTraining
{
    /// <summary>Trains, and leaves the network in evaluation mode.</summary>
    /// <param name="module">The network.</param>
    /// <param name="examples">How many examples there are.</param>
    /// <param name="collate">Makes a batch of examples' numbers; draws from a stream that seed, epoch and batch fix.</param>
    /// <param name="loss">The loss of a batch, recorded.</param>
    /// <param name="config">Steps and rates.</param>
    /// <param name="progress">Told of every 20th step; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the examples are fewer than a batch.</exception>
    public static TrainingResult Run<TBatch>(
        Module module, int examples, Func<IReadOnlyList<int>, RandomSource, TBatch> collate, Func<TBatch, Tensor> loss, ShortTrainingConfig config,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(collate);
        ArgumentNullException.ThrowIfNull(config);
        if (config.BatchSize < 1 || config.Steps < 1 || !(config.LearningRate > 0 && double.IsFinite(config.LearningRate)) || !(config.WeightDecay >= 0 && double.IsFinite(config.WeightDecay)))
            throw new ArgumentException($"ShortTrainingConfig: BatchSize and Steps are at least 1, LearningRate above 0, WeightDecay at least 0 ({config}).", nameof(config));
        if (examples < config.BatchSize)
            throw new ArgumentException($"ShortTraining: there are {examples} examples, a batch has {config.BatchSize}; give more text or smaller batches.", nameof(examples));
        var loader = new DataLoader<TBatch>(
            examples,
            (position, indices) => collate(indices, new RandomSource(RandomSource.Derive(config.Seed, position.Epoch, position.Batch))),
            new DataLoaderConfig(config.BatchSize, DropLast: true, Seed: config.Seed));
        var warmUp = Math.Max(1, config.Steps / 10);
        var trainer = new Trainer<TBatch>(
            module,
            new AdamW(module.Parameters(), AdamW.Defaults with { LearningRate = config.LearningRate, WeightDecay = config.WeightDecay }),
            loader,
            loss,
            new TrainerConfig(config.Steps)
            {
                Schedule = Schedule.Of((step, rate) => rate * Math.Min((step + 1.0) / warmUp, Math.Max(0, config.Steps - step) / (double)Math.Max(1, config.Steps - warmUp))),
                GradientNorm = 1,
                ReportEvery = 20,
            });
        var result = trainer.Run(progress, cancellationToken);
        module.Evaluate();
        return result;
    }
}
