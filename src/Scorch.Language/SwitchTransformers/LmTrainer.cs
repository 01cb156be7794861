using System.Diagnostics;
using Scorch.Data;
using Scorch.Models.Transformers;
using Scorch.Modules;
using Scorch.Optimizers;
using Scorch.Training;

namespace Scorch.Language.SwitchTransformers;

/// <summary>How a language model is trained.</summary>
public sealed record TrainOptions
{
    /// <summary>Steps of the whole run, those before a resumption included.</summary>
    public int Steps { get; init; } = 1500;

    /// <summary>Windows of a step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Adam's, after the warm-up.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Steps in which the rate grows evenly from near 0.</summary>
    public int WarmUpSteps { get; init; } = 100;

    /// <summary>Steps between two evaluations on held-out windows.</summary>
    public int EvaluateEvery { get; init; } = 50;

    /// <summary>Held-out windows that are evaluated, the first of them.</summary>
    public int ValidationWindows { get; init; } = 192;

    /// <summary>Fixes the order of windows.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Train in bfloat16: every operation rounds, Adam steps float32 copies; the router computes as its configuration says.</summary>
    public bool UsesBFloat16 { get; init; }

    /// <summary>Where the run is saved (safetensors), at the end, when cancelled and every <see cref="CheckpointEvery"/> steps; a file that is there is continued.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Steps between two checkpoints; 0 for none but the last.</summary>
    public int CheckpointEvery { get; init; }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">A setting is impossible; the message names it.</exception>
    public void Validate()
    {
        foreach (var (name, value, least) in new[]
        {
            (nameof(Steps), Steps, 1), (nameof(BatchSize), BatchSize, 1), (nameof(WarmUpSteps), WarmUpSteps, 1), (nameof(EvaluateEvery), EvaluateEvery, 1),
            (nameof(ValidationWindows), ValidationWindows, 1), (nameof(CheckpointEvery), CheckpointEvery, 0),
        })
        {
            if (value < least) throw new ArgumentException($"TrainOptions: {name} is {value}; it must be at least {least}.", name);
        }
        if (!(LearningRate > 0) || !double.IsFinite(LearningRate)) throw new ArgumentException($"TrainOptions: LearningRate is {LearningRate}; it is finite and above 0.", nameof(LearningRate));
    }
}

/// <summary>What came of training.</summary>
/// <param name="Curve">Held-out loss by step.</param>
/// <param name="Final">The last evaluation.</param>
/// <param name="TrainingDroppedFraction">Share of choices that found their expert full, over all training steps of this call.</param>
/// <param name="Duration">Time of this call's training steps, evaluations left out.</param>
public sealed record LmTrainingResult(IReadOnlyList<(long Step, double Loss)> Curve, LmEvaluation Final, double TrainingDroppedFraction, TimeSpan Duration)
{
    /// <summary>Steps until the held-out loss first was at most a level, linear between two evaluations; none where it never was.</summary>
    /// <param name="level">The level.</param>
    public double? StepsTo(double level)
    {
        var (before, last) = (0L, double.NaN);
        foreach (var (step, loss) in Curve)
        {
            // What came before the first evaluation is not known.
            if (loss <= level) return double.IsNaN(last) ? step : before + ((step - before) * (last - level) / (last - loss));
            (before, last) = (step, loss);
        }
        return null;
    }
}

/// <summary>Trains language models with layers of experts, or dense ones, on the losses of layers too.</summary>
public static class LmTrainer
{
    /// <summary>Trains a model and leaves it in evaluation mode.</summary>
    /// <param name="model">The model.</param>
    /// <param name="corpus">Text to learn from and to evaluate on.</param>
    /// <param name="options">The settings.</param>
    /// <param name="progress">Hears of the run.</param>
    /// <param name="cancellation">Ends it between two steps, after a checkpoint.</param>
    /// <param name="optimizer">Makes the optimizer, in float32; by default <see cref="Adam"/>.</param>
    /// <exception cref="ArgumentException">A setting is impossible, or the corpus is not the model's.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task<LmTrainingResult> FitAsync<TModel>(
        TModel model,
        LmCorpus corpus,
        TrainOptions options,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default,
        Func<TModel, AdamConfig, Optimizer>? optimizer = null)
        where TModel : Module, ITrainedLanguageModel =>
        Task.Run(() => Fit(model, corpus, options, null, progress, cancellation, optimizer), cancellation);

    /// <summary>The same with a loss of the caller's own, such as a distillation's.</summary>
    internal static LmTrainingResult Fit<TModel>(
        TModel model,
        LmCorpus corpus,
        TrainOptions options,
        Func<Tensor, TransformerContext, Tensor>? loss,
        IProgress<TrainingProgress>? progress,
        CancellationToken cancellation,
        Func<TModel, AdamConfig, Optimizer>? makeOptimizer = null)
        where TModel : Module, ITrainedLanguageModel
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (corpus.Tokenizer.Count > model.VocabularySize || corpus.Context > model.MaximumLength)
            throw new ArgumentException($"LmTrainer: the corpus has {corpus.Tokenizer.Count} tokens and windows of {corpus.Context}, the model {model.VocabularySize} and {model.MaximumLength}; build one for the other.", nameof(corpus));
        if (options.UsesBFloat16 && makeOptimizer is not null)
            throw new ArgumentException("LmTrainer: bfloat16 steps float32 copies with Adam; leave the optimizer out, or train in float32.", nameof(makeOptimizer));
        if (options.UsesBFloat16) SwitchPrecision.ToBFloat16(model);
        Optimizer optimizer = options.UsesBFloat16
            ? new MasterWeights(model.Parameters(), options.LearningRate, masters => new Adam(masters, new AdamConfig(options.LearningRate)))
            : makeOptimizer?.Invoke(model, new(options.LearningRate)) ?? new Adam(model.Parameters(), new AdamConfig(options.LearningRate));
        var loader = new DataLoader<Tensor>(
            corpus.Training.Count, indices => LmCorpus.Batch(corpus.Training, indices), new(Math.Min(options.BatchSize, corpus.Training.Count), DropLast: true, Seed: options.Seed));
        var held = corpus.Validation.Take(options.ValidationWindows).ToArray();
        loss ??= (windows, context) => model.TrainingLoss(windows, context);
        var telemetry = new RouterTelemetry();
        var curve = new List<(long, double)>();
        LmEvaluation? last = null;
        var evaluating = new Stopwatch();
        Trainer<Tensor>? trainer = null;
        Dictionary<string, double> Evaluate()
        {
            evaluating.Start();
            last = LmEvaluation.Of(model, held, options.BatchSize, cancellation);
            evaluating.Stop();
            curve.Add((trainer!.Step, last.Loss));
            return new() { ["loss"] = last.Loss };
        }
        trainer = new(
            model,
            optimizer,
            loader,
            windows =>
            {
                var context = new TransformerContext();
                var value = loss(windows, context);
                telemetry.Add(context);
                return value;
            },
            new(options.Steps)
            {
                Schedule = Schedule.LinearWarmUp(options.WarmUpSteps, 1.0 / options.WarmUpSteps),
                ReportEvery = Math.Max(1, Math.Min(options.EvaluateEvery, options.Steps / 20)),
                EvaluateEvery = options.EvaluateEvery,
                CheckpointPath = options.CheckpointPath,
                CheckpointEvery = options.CheckpointEvery,
            },
            Evaluate);
        if (trainer.Resume() && trainer.Step >= options.Steps)
            throw new ArgumentException($"LmTrainer: {options.CheckpointPath} has {trainer.Step} steps already; ask for more than these, or name another file.", nameof(options));
        var clock = Stopwatch.StartNew();
        trainer.Run(progress, cancellation);
        var duration = clock.Elapsed - evaluating.Elapsed;
        model.Evaluate();
        return new(curve, last!, telemetry.DroppedFraction, duration);
    }
}
