using Scorch.Autograd;
using Scorch.Optimizers;
using Scorch.Training;

namespace Scorch.Language.Pqrnn;

/// <summary>How a model is trained.</summary>
public sealed record SluFitConfig
{
    /// <summary>Steps of the optimiser (Adam); every model of a comparison gets as many.</summary>
    public int Steps { get; init; } = 1500;

    /// <summary>Utterances of a batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>The greatest learning rate; it grows over the first twentieth of the steps and falls along a cosine.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>The greatest norm of all gradients together.</summary>
    public double GradientNorm { get; init; } = 5;

    /// <summary>Fixes order, distortion and what else is drawn.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        Require(Steps >= 1, nameof(Steps), Steps, "at least 1");
        Require(BatchSize >= 1, nameof(BatchSize), BatchSize, "at least 1");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), nameof(LearningRate), LearningRate, "finite and above 0");
        Require(GradientNorm > 0, nameof(GradientNorm), GradientNorm, "above 0");
    }

    private static void Require(bool holds, string name, IFormattable value, string expected)
    {
        if (!holds) throw new ArgumentException(FormattableString.Invariant($"SluFitConfig: {name} is {value}; it must be {expected}."), name);
    }
}

/// <summary>What training says of itself.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Loss">Mean loss since the last word.</param>
public sealed record SluProgress(int Step, int Steps, double Loss);

/// <summary>Trains a model on labels, on a teacher's logits, or on both.</summary>
public static class SluTrainer
{
    private const int ReportEvery = 50;

    /// <summary>Trains on labelled requests.</summary>
    /// <param name="model">The model; it is in evaluation mode afterwards.</param>
    /// <param name="train">Labelled requests.</param>
    /// <param name="config">How.</param>
    /// <param name="progress">Hears of the loss.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ArgumentException">There is no request, one has no labels, or a label is unknown to the model.</exception>
    public static void Fit(SluModel model, IReadOnlyList<SluUtterance> train, SluFitConfig config, IProgress<SluProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        for (var i = 0; i < train.Count; i++)
            if (train[i].Tags is null) throw new ArgumentException($"SluTrainer: request {i} has no labels; give its tags and intent, or distil from a teacher.", nameof(train));
        Run(model, train, null, config, new DistillConfig { TeacherWeight = 0 }, progress, cancellation);
    }

    internal static void Run(
        SluModel model, IReadOnlyList<SluUtterance> train, TeacherLogits? teacher, SluFitConfig config, DistillConfig distill, IProgress<SluProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        if (train.Count == 0) throw new ArgumentException("SluTrainer: there is no request to train on; give at least one.", nameof(train));
        var labels = new LabelRows(model, train);
        var optimizer = new Adam(model.Parameters(), new(config.LearningRate));
        var warm = Math.Max(1, config.Steps / 20);
        var schedule = Schedule.LinearWarmUp(warm, 0.1).Then(warm, Schedule.Cosine(Math.Max(1, config.Steps - warm)));
        var lengths = train.Select(utterance => utterance.Tokens.Count).ToArray();
        using var gradients = GradientMode.Enable();
        var (step, sum, counted) = (0, 0.0, 0);
        for (var epoch = 0; step < config.Steps; epoch++)
        {
            foreach (var batch in SluBatches.Of(lengths, config.BatchSize, new RandomSource(RandomSource.Derive(config.Seed, 1, epoch))))
            {
                if (step == config.Steps) break;
                cancellation.ThrowIfCancellationRequested();
                model.Train();
                schedule.Apply(optimizer, [config.LearningRate], step);
                var input = model.Read([.. batch.Select(i => train[i].Tokens)], new RandomSource(RandomSource.Derive(config.Seed, 2, step)));
                var loss = labels.Loss(model.Forward(input), input, batch, teacher, distill);
                var value = loss.Item();
                if (!double.IsFinite(value)) throw new InvalidOperationException(FormattableString.Invariant($"SluTrainer: the loss in step {step + 1} is {value}; lower the learning rate ({config.LearningRate})."));
                optimizer.ClearGradients();
                loss.Backward();
                GradientClipping.ByNorm(model.Parameters(), config.GradientNorm);
                optimizer.Step();
                (sum, counted) = (sum + value, counted + 1);
                if (++step % ReportEvery != 0 && step != config.Steps) continue;
                progress?.Report(new(step, config.Steps, sum / counted));
                (sum, counted) = (0, 0);
            }
        }
        optimizer.ClearGradients();
        model.Evaluate();
    }
}
