using System.Diagnostics;
using Scorch.Checkpoints;
using Scorch.Data;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Training;

/// <summary>The training loop: batch, loss, backward, clip, step, and around it reports, metrics, early stop and checkpoints.</summary>
/// <typeparam name="TBatch">A batch.</typeparam>
public sealed class Trainer<TBatch>
{
    private readonly Module module;
    private readonly Optimizer optimizer;
    private readonly DataLoader<TBatch> loader;
    private readonly Func<TBatch, Tensor> loss;
    private readonly TrainerConfig config;
    private readonly Func<IReadOnlyDictionary<string, double>>? evaluate;
    private readonly WeightAverage? average;
    private readonly double[] startRates;
    private readonly List<(string Series, long Step, double Value)> points = [];
    private IReadOnlyDictionary<string, double> metrics = new Dictionary<string, double>();
    private double lastLoss = double.NaN;
    private double best = double.NaN;
    private long bestStep;
    private long waited;

    /// <summary>A trainer.</summary>
    /// <param name="module">The network.</param>
    /// <param name="optimizer">Changes its parameters.</param>
    /// <param name="loader">Gives the batches.</param>
    /// <param name="loss">The loss of a batch, recorded.</param>
    /// <param name="config">The settings.</param>
    /// <param name="evaluate">Computes metrics; called with the module in evaluation mode and gradients off. Without it the batch's loss is the metric.</param>
    /// <param name="average">Takes in the weights after every step.</param>
    public Trainer(
        Module module, Optimizer optimizer, DataLoader<TBatch> loader, Func<TBatch, Tensor> loss, TrainerConfig config,
        Func<IReadOnlyDictionary<string, double>>? evaluate = null, WeightAverage? average = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(config);
        if (config.Steps < 0 || config.ReportEvery < 1 || config.EvaluateEvery < 0 || config.CheckpointEvery < 0 || config.Patience < 1)
            throw new ArgumentOutOfRangeException(nameof(config), "Trainer: Steps, EvaluateEvery and CheckpointEvery are at least 0, ReportEvery and Patience at least 1.");
        if (config.CheckpointEvery > 0 && config.CheckpointPath is null)
            throw new ArgumentException($"Trainer: CheckpointEvery is {config.CheckpointEvery}, but CheckpointPath is not set.", nameof(config));
        (this.module, this.optimizer, this.loader, this.loss, this.config, this.evaluate, this.average) = (module, optimizer, loader, loss, config, evaluate, average);
        startRates = [.. optimizer.Groups.Select(group => group.LearningRate)];
        Checkpoint = new TrainingCheckpoint().Add("module", module).Add("optimizer", optimizer).Add("loader", loader)
            .Add("watch", Watched, RestoreWatched);
        if (average is not null) Checkpoint.Add("average", average.State, average.LoadState);
    }

    /// <summary>What checkpoints hold; add random sources and other state that the loss uses.</summary>
    public TrainingCheckpoint Checkpoint { get; }

    /// <summary>Steps taken.</summary>
    public long Step => Checkpoint.Step;

    /// <summary>Continues from <see cref="TrainerConfig.CheckpointPath"/> when that file is there.</summary>
    /// <returns>Whether it was.</returns>
    /// <exception cref="CheckpointException">The file is damaged or does not fit.</exception>
    public bool Resume()
    {
        if (config.CheckpointPath is null || !File.Exists(config.CheckpointPath)) return false;
        Checkpoint.Load(config.CheckpointPath);
        return true;
    }

    /// <summary>Trains to <see cref="TrainerConfig.Steps"/> or to an early stop.</summary>
    /// <param name="progress">Hears of the run.</param>
    /// <param name="cancellation">Ends it between two steps, after a checkpoint.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The loss is not finite, or the watched metric is missing.</exception>
    public TrainingResult Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        var firstStep = Step;
        var hasStopped = IsOutOfPatience;
        var isBetweenSteps = true;
        try
        {
            while (Step < config.Steps && !hasStopped)
                foreach (var batch in loader.Epoch(cancellation))
                {
                    module.Train();
                    isBetweenSteps = false;
                    TakeStep(batch);
                    isBetweenSteps = true;
                    var isLast = Step == config.Steps;
                    if (isLast || (config.EvaluateEvery > 0 && Step % config.EvaluateEvery == 0)) hasStopped = Evaluate();
                    if (isLast || hasStopped || Step % config.ReportEvery == 0)
                        progress?.Report(new(Step, config.Steps, loader.Position.Epoch, lastLoss, optimizer.Groups[0].LearningRate, metrics, clock.Elapsed));
                    if (isLast || hasStopped) break;
                    if (config.CheckpointEvery > 0 && Step % config.CheckpointEvery == 0) Save(firstStep);
                    cancellation.ThrowIfCancellationRequested();
                }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // A loss that was itself cancelled has used up its batch; what is saved must be whole.
            if (isBetweenSteps) Save(firstStep);
            throw;
        }
        Save(firstStep);
        return new(Step, hasStopped && Step < config.Steps, lastLoss, metrics, bestStep, best);
    }

    private bool IsOutOfPatience => config.Patience is { } patience && waited >= patience;

    private void TakeStep(TBatch batch)
    {
        config.Schedule.Apply(optimizer, startRates, Step);
        optimizer.ClearGradients();
        var value = loss(batch);
        lastLoss = value.Item();
        if (!double.IsFinite(lastLoss))
            throw new InvalidOperationException($"Trainer: the loss of step {Step + 1} is {lastLoss}; lower the learning rate, clip the gradients, or find the cause with GradientMode.DetectAnomaly().");
        value.Backward();
        if (config.GradientValue is { } most) GradientClipping.ByValue(Parameters(), most);
        if (config.GradientNorm is { } norm) GradientClipping.ByNorm(Parameters(), norm);
        optimizer.Step();
        average?.Update();
        Checkpoint.Step++;
        if (config.EventFolder is null || (Step % config.ReportEvery != 0 && Step != config.Steps)) return;
        points.Add(("loss", Step, lastLoss));
        points.Add(("learning_rate", Step, optimizer.Groups[0].LearningRate));
    }

    private IEnumerable<Parameter> Parameters() => optimizer.Groups.SelectMany(group => group.Parameters);

    private bool Evaluate()
    {
        if (evaluate is null)
        {
            metrics = new Dictionary<string, double> { ["loss"] = lastLoss };
        }
        else
        {
            module.Evaluate();
            using var mode = Autograd.GradientMode.Disable();
            metrics = evaluate();
            module.Train();
        }
        if (config.EventFolder is not null)
            foreach (var (name, metric) in metrics.OrderBy(entry => entry.Key, StringComparer.Ordinal)) points.Add(("metric/" + name, Step, metric));
        if (!metrics.TryGetValue(config.Watch, out var value))
            throw new InvalidOperationException($"Trainer: the watched metric {config.Watch} is not among {string.Join(", ", metrics.Keys)}; set TrainerConfig.Watch to one of them.");
        var gain = config.GreaterIsBetter ? value - best : best - value;
        if (bestStep == 0 || gain > config.LeastImprovement)
        {
            (best, bestStep, waited) = (value, Step, 0);
            if (config.BestPath is not null) SafeTensors.Save(config.BestPath, module.State());
        }
        else
        {
            waited++;
        }
        return IsOutOfPatience;
    }

    private void Save(long firstStep)
    {
        if (config.CheckpointPath is not null) Checkpoint.Save(config.CheckpointPath);
        if (config.EventFolder is not null && points.Count > 0)
            EventFile.Write(Path.Combine(config.EventFolder, $"events.out.tfevents.{firstStep:D12}"), points, DateTimeOffset.UtcNow);
    }

    private Dictionary<string, Tensor> Watched() => new() { ["best"] = Tensor.From(best), ["counts"] = Tensor.From(bestStep, waited) };

    private void RestoreWatched(IReadOnlyDictionary<string, Tensor> state)
    {
        best = state["best"].Item();
        var counts = state["counts"].ToArray<long>();
        if (counts.Length != 2) throw new ArgumentException("two counts are needed", nameof(state));
        (bestStep, waited) = (counts[0], counts[1]);
    }
}
