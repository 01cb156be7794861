using Scorch.Training;

namespace Scorch.Language.MetaDistil;

/// <summary>How long and in what portions a student is trained.</summary>
public sealed record FitOptions
{
    /// <summary>Passes over the training data.</summary>
    public int Epochs { get; init; } = 30;

    /// <summary>Examples of a batch.</summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>Examples of a quiz batch.</summary>
    public int QuizBatchSize { get; init; } = 64;

    /// <summary>Whether the examples come in a new order every epoch.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>The student's optimiser.</summary>
    public OptimizerSettings StudentOptimizer { get; init; } = new(OptimizerKind.Adam, 3e-3);

    /// <summary>Learning rates over the student's steps, the teacher's too.</summary>
    public Schedule Schedule { get; init; } = Schedule.Constant;

    /// <summary>Changes a training batch before it is used (crops, reflections), drawing from the given source; null for none. Called once a batch.</summary>
    public Func<IReadOnlyList<Tensor>, RandomSource, IReadOnlyList<Tensor>>? Augment { get; init; }

    /// <summary>Fixes the order of examples.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (Epochs < 1) throw new ArgumentException($"FitOptions: Epochs is {Epochs}; it must be at least 1.", nameof(Epochs));
        if (BatchSize < 1) throw new ArgumentException($"FitOptions: BatchSize is {BatchSize}; it must be at least 1.", nameof(BatchSize));
        if (QuizBatchSize < 1) throw new ArgumentException($"FitOptions: QuizBatchSize is {QuizBatchSize}; it must be at least 1.", nameof(QuizBatchSize));
        ArgumentNullException.ThrowIfNull(StudentOptimizer);
        ArgumentNullException.ThrowIfNull(Schedule);
    }
}

/// <summary>How far a fit is.</summary>
/// <param name="Epoch">Epochs done.</param>
/// <param name="Epochs">Epochs in all.</param>
/// <param name="Loss">Mean loss of the student over the last epoch.</param>
/// <param name="StudentAccuracy">Of the student on validation data.</param>
/// <param name="TeacherAccuracy">Of the teacher there; NaN without one.</param>
public readonly record struct DistillProgress(int Epoch, int Epochs, double Loss, double StudentAccuracy, double TeacherAccuracy);
