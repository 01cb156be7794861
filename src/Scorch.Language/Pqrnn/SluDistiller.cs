namespace Scorch.Language.Pqrnn;

/// <summary>How a student learns from a teacher.</summary>
public sealed record DistillConfig
{
    /// <summary>T: logits are divided by it before the softmax.</summary>
    public double Temperature { get; init; } = 2;

    /// <summary>w: the teacher's weight in the loss; the labels have the rest.</summary>
    public double TeacherWeight { get; init; } = 0.9;

    /// <summary>Steps, batches and learning rate.</summary>
    public SluFitConfig Fit { get; init; } = new();

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (!(Temperature > 0) || !double.IsFinite(Temperature)) throw new ArgumentException(FormattableString.Invariant($"DistillConfig: Temperature is {Temperature}; it must be finite and above 0."), nameof(Temperature));
        if (!(TeacherWeight is >= 0 and <= 1)) throw new ArgumentException(FormattableString.Invariant($"DistillConfig: TeacherWeight is {TeacherWeight}; it must lie in [0, 1]."), nameof(TeacherWeight));
        if (Fit is null) throw new ArgumentException("DistillConfig: Fit is missing.", nameof(Fit));
        Fit.Validate();
    }
}

/// <summary>Distils a teacher's reading of requests into a student: the teacher's logits are computed once, then the student learns from them and from labels.</summary>
public static class SluDistiller
{
    /// <summary>Trains a student by a teacher.</summary>
    /// <param name="student">The student; it is in evaluation mode afterwards.</param>
    /// <param name="teacher">The teacher, which tells the same intents and tags in the same order.</param>
    /// <param name="train">Labelled requests.</param>
    /// <param name="augmented">Further requests, labelled or not; the teacher's logits stand in for labels that are missing.</param>
    /// <param name="config">How.</param>
    /// <param name="progress">Hears of the loss.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ArgumentException">Names differ, there is no request, or a setting is out of its range.</exception>
    public static Task FitAsync(
        SluModel student, SluModel teacher, IReadOnlyList<SluUtterance> train, IReadOnlyList<SluUtterance> augmented, DistillConfig config,
        IProgress<SluProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(augmented);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        SluUtterance[] all = [.. train, .. augmented];
        return Task.Run(() => Fit(student, TeacherLogits.Of(teacher, all, cancellation), all, config, progress, cancellation), cancellation);
    }

    /// <summary>The same by logits that were computed elsewhere.</summary>
    /// <param name="student">The student; it is in evaluation mode afterwards.</param>
    /// <param name="teacher">The logits of every request.</param>
    /// <param name="utterances">The requests, labelled or not.</param>
    /// <param name="config">How.</param>
    /// <param name="progress">Hears of the loss.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ArgumentException">Names or counts differ, there is no request, or a setting is out of its range.</exception>
    public static void Fit(
        SluModel student, TeacherLogits teacher, IReadOnlyList<SluUtterance> utterances, DistillConfig config, IProgress<SluProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(utterances);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        teacher.RequireNamesOf(student);
        if (teacher.Count != utterances.Count) throw new ArgumentException($"SluDistiller: logits of {teacher.Count} requests for {utterances.Count}; give as many.", nameof(teacher));
        SluTrainer.Run(student, utterances, teacher, config.Fit, config, progress, cancellation);
    }
}
