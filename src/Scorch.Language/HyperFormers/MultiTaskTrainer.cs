using Scorch.Autograd;
using Scorch.Data;
using Scorch.Modules;
using Scorch.Optimizers;
using Scorch.Training;

namespace Scorch.Language.HyperFormers;

/// <summary>How a training ended.</summary>
/// <param name="Steps">Steps taken.</param>
/// <param name="Loss">The loss of the last step's batch.</param>
/// <param name="BestStep">The step whose weights the model has now.</param>
/// <param name="Validation">Scores of the tasks' validation parts at that step, in percent; empty where there was none.</param>
public sealed record MultiTaskReport(long Steps, double Loss, long BestStep, IReadOnlyDictionary<string, double> Validation)
{
    /// <summary>The mean of <see cref="Validation"/>; NaN where there was none.</summary>
    public double MeanValidation => Validation.Count == 0 ? double.NaN : Validation.Values.Average();
}

/// <summary>Trains models of several tasks.</summary>
public static class MultiTaskTrainer
{
    private const string Mean = "mean";

    /// <summary>Trains on all of the model's tasks, and leaves the model in evaluation mode with the weights of the best evaluation.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tasks">Its tasks' examples; every task of the model must be there.</param>
    /// <param name="options">Steps and rates.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or a task is missing.</exception>
    public static Task<MultiTaskReport> FitAsync(
        MultiTaskModel model, TaskSet tasks, MultiTaskOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Fit(model, tasks, options, progress, cancellationToken), cancellationToken);

    /// <summary>Adapts a trained model to a new task from a few examples: only what <see cref="MultiTaskModel.FewShotParameters"/> names is changed.</summary>
    /// <param name="model">The model, to which the task was added.</param>
    /// <param name="task">The new task.</param>
    /// <param name="shots">A set with the new task, whose training part are the few examples.</param>
    /// <param name="options">Steps and rates.</param>
    /// <param name="progress">Told of steps; may be null.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    /// <exception cref="ArgumentException">A setting is out of range, or the task is unknown.</exception>
    public static Task<MultiTaskReport> FewShotAsync(
        MultiTaskModel model, string task, TaskSet shots, MultiTaskOptions options, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => FewShot(model, task, shots, options, progress, cancellationToken), cancellationToken);

    internal static MultiTaskReport Fit(MultiTaskModel model, TaskSet tasks, MultiTaskOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Run(model, tasks, model.Tasks, model.TrainableParameters(), options, progress, cancellationToken);
    }

    internal static MultiTaskReport FewShot(MultiTaskModel model, string task, TaskSet shots, MultiTaskOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Run(model, shots, [task], model.FewShotParameters(task), options, progress, cancellationToken);
    }

    private static MultiTaskReport Run(
        MultiTaskModel model, TaskSet tasks, IReadOnlyList<string> trained, IReadOnlyList<Parameter> parameters, MultiTaskOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var examples = trained.Select(name => tasks[name]).ToArray();
        var sampler = new TaskSampler([.. examples.Select(task => task.Train.Count)], options.Temperature, options.BatchSize, options.Seed, options.MixesTasks);
        var loader = new DataLoader<TextBatch>(
            checked((int)(sampler.BatchesPerEpoch * options.BatchSize)),
            (position, _) => tasks.Batch(sampler.Draw(position.Epoch, position.Batch), trained, model),
            new DataLoaderConfig(options.BatchSize, Shuffle: false));
        var validated = options.EvaluateEvery == 0 ? [] : examples.Where(task => task.Validation.Count > 0).ToArray();
        using var frozen = new Trainability(model, parameters);
        var best = new BestWeights(parameters);
        var predictor = new TaskPredictor(model, tasks.Text);
        Trainer<TextBatch>? trainer = null;
        trainer = new Trainer<TextBatch>(
            model,
            new AdamW(parameters, AdamW.Defaults with { LearningRate = options.LearningRate, WeightDecay = options.WeightDecay }),
            loader,
            batch => model.Loss(batch, options.LabelSmoothing),
            new TrainerConfig(options.Steps)
            {
                Schedule = Schedule.Of((step, rate) => rate * Share(step, options)),
                GradientNorm = options.GradientNorm,
                ReportEvery = 10,
                EvaluateEvery = validated.Length == 0 ? 0 : options.EvaluateEvery,
                Watch = validated.Length == 0 ? "loss" : Mean,
                GreaterIsBetter = validated.Length > 0,
                CheckpointPath = options.CheckpointPath,
                CheckpointEvery = options.CheckpointPath is null ? 0 : options.CheckpointEvery,
            },
            validated.Length == 0 ? null : Evaluate);
        trainer.Checkpoint.Add("best", best.State, best.Load);
        trainer.Resume();
        var result = trainer.Run(progress, cancellationToken);
        best.Restore();
        model.Evaluate();
        return new(result.Step, result.Loss, best.Step == 0 ? result.Step : best.Step, validated.Zip(best.Scores).ToDictionary(entry => entry.First.Name, entry => entry.Second));

        IReadOnlyDictionary<string, double> Evaluate()
        {
            var scores = validated.Select(task => predictor.Score(task, task.Validation, cancellationToken: cancellationToken)).ToArray();
            best.Offer(trainer!.Step, scores);
            var metrics = validated.Zip(scores).ToDictionary(entry => entry.First.Name, entry => entry.Second);
            metrics[Mean] = scores.Average();
            return metrics;
        }
    }

    /// <summary>The share of the greatest rate: even growth, then even fall.</summary>
    private static double Share(long step, MultiTaskOptions options)
    {
        // A short run warms up over a tenth of it at most.
        var warmUp = Math.Min(options.WarmUp, options.Steps / 10);
        return step < warmUp ? (step + 1.0) / warmUp : Math.Max(0, (options.Steps - step) / (double)Math.Max(1, options.Steps - warmUp));
    }

    /// <summary>Only some parameters take gradients while it lasts.</summary>
    private sealed class Trainability : IDisposable
    {
        private readonly (Parameter Parameter, bool Before)[] all;

        public Trainability(Module model, IEnumerable<Parameter> trained)
        {
            all = [.. model.Parameters().Select(parameter => (parameter, parameter.RequiresGradient))];
            var wanted = trained.ToHashSet(ReferenceEqualityComparer.Instance);
            foreach (var (parameter, _) in all) parameter.RequiresGradient = wanted.Contains(parameter);
        }

        public void Dispose()
        {
            foreach (var (parameter, before) in all)
            {
                parameter.Gradient = null;
                parameter.RequiresGradient = before;
            }
        }
    }

    /// <summary>Copies of the trained parameters at the best evaluation so far.</summary>
    private sealed class BestWeights(IReadOnlyList<Parameter> parameters)
    {
        private Tensor[] values = [];

        public long Step { get; private set; }

        public double[] Scores { get; private set; } = [];

        public void Offer(long step, double[] scores)
        {
            if (values.Length > 0 && scores.Average() <= Scores.Average()) return;
            (Step, Scores) = (step, scores);
            values = [.. parameters.Select(parameter => parameter.Detach().Clone())];
        }

        public void Restore()
        {
            using var mode = GradientMode.Disable();
            for (var i = 0; i < values.Length; i++) parameters[i].CopyFrom(values[i]);
        }

        public IReadOnlyDictionary<string, Tensor> State()
        {
            var state = values.Select((value, i) => KeyValuePair.Create($"value.{i}", value)).ToDictionary();
            state["step"] = Tensor.From(Step);
            state["scores"] = Tensor.From(Scores);
            return state;
        }

        public void Load(IReadOnlyDictionary<string, Tensor> state)
        {
            (Step, Scores) = (state["step"].ToArray<long>()[0], state["scores"].ToArray<double>());
            values = Step == 0 ? [] : [.. parameters.Select((_, i) => state[$"value.{i}"])];
        }
    }
}
