namespace Scorch.Language.MetaDistil;

/// <summary>The quiz loss around a pilot.</summary>
/// <param name="Before">Of the student as it was.</param>
/// <param name="After">Of the pilot.</param>
public readonly record struct QuizLosses(double Before, double After);

/// <summary>What a fit gave.</summary>
public sealed record DistillReport
{
    /// <summary>Share of validation examples that the student classifies rightly, at the end.</summary>
    public double StudentAccuracy => StudentAccuracyByEpoch.Count == 0 ? double.NaN : StudentAccuracyByEpoch[^1];

    /// <summary>The same after every epoch.</summary>
    public required IReadOnlyList<double> StudentAccuracyByEpoch { get; init; }

    /// <summary>The teacher's, before training and after every epoch. It may fall: the teacher learns to teach. Empty without a teacher.</summary>
    public required IReadOnlyList<double> TeacherAccuracyByEpoch { get; init; }

    /// <summary>Mean loss of the student over each epoch, of each batch before its step.</summary>
    public required IReadOnlyList<double> LossByEpoch { get; init; }

    /// <summary>The quiz loss before and after the first pilot of each epoch in which the teacher learns.</summary>
    public IReadOnlyList<QuizLosses> QuizLossBeforeAfterPilot { get; init; } = [];

    /// <summary>Rounds in which the teacher learnt.</summary>
    public int MetaSteps { get; init; }

    /// <summary>Rounds whose gradient of the teacher was not finite, so that it did not learn.</summary>
    public int SkippedMetaSteps { get; init; }

    /// <summary>What the user should know, such as a teacher that is worse than chance.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Passes and memory.</summary>
    public required DistillCost Cost { get; init; }
}
