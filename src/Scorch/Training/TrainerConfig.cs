namespace Scorch.Training;

/// <summary>Settings of <see cref="Trainer{TBatch}"/>.</summary>
/// <param name="Steps">Steps of the whole run, those before a resumption included.</param>
public sealed record TrainerConfig(long Steps)
{
    /// <summary>The learning rate by step.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>The greatest norm of all gradients together, if any.</summary>
    public double? GradientNorm { get; init; }

    /// <summary>The greatest magnitude of a gradient's entry, if any.</summary>
    public double? GradientValue { get; init; }

    /// <summary>Progress is reported after so many steps, and after the last.</summary>
    public long ReportEvery { get; init; } = 1;

    /// <summary>Metrics are computed after so many steps, and after the last; 0 for after the last alone.</summary>
    public long EvaluateEvery { get; init; }

    /// <summary>The metric by which a run is the best so far and may stop early.</summary>
    public string Watch { get; init; } = "loss";

    /// <summary>Whether a greater watched metric is better.</summary>
    public bool GreaterIsBetter { get; init; }

    /// <summary>Stop after so many evaluations in a row without a new best; none for never.</summary>
    public int? Patience { get; init; }

    /// <summary>A new best is better by more than this.</summary>
    public double LeastImprovement { get; init; }

    /// <summary>Where the weights of the best evaluation are written (safetensors), if anywhere.</summary>
    public string? BestPath { get; init; }

    /// <summary>Where the run is saved, if anywhere: every <see cref="CheckpointEvery"/> steps, at the end, and when cancelled.</summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Steps between two checkpoints; 0 for none but at the end and when cancelled.</summary>
    public long CheckpointEvery { get; init; }

    /// <summary>The folder for TensorBoard event files, if any; written with every checkpoint and at the end.</summary>
    public string? EventFolder { get; init; }
}

/// <summary>Where a run stands.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Loss">The loss of the last step's batch.</param>
/// <param name="LearningRate">The rate of the last step, first group.</param>
/// <param name="Metrics">The metrics of the last evaluation.</param>
/// <param name="Elapsed">Time since this call began.</param>
public readonly record struct TrainingProgress(
    long Step, long Steps, long Epoch, double Loss, double LearningRate, IReadOnlyDictionary<string, double> Metrics, TimeSpan Elapsed);

/// <summary>How a run ended.</summary>
/// <param name="Step">Steps taken.</param>
/// <param name="StoppedEarly">Whether patience ended it.</param>
/// <param name="Loss">The loss of the last step's batch; NaN when no step was left to take.</param>
/// <param name="Metrics">The metrics of the last evaluation.</param>
/// <param name="BestStep">The step of the best evaluation; 0 without one.</param>
/// <param name="BestValue">Its watched metric.</param>
public sealed record TrainingResult(long Step, bool StoppedEarly, double Loss, IReadOnlyDictionary<string, double> Metrics, long BestStep, double BestValue);
