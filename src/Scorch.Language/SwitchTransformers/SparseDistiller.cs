using Scorch.Autograd;
using Scorch.Training;

namespace Scorch.Language.SwitchTransformers;

/// <summary>How a dense student learns from a sparse teacher (section 4.2); defaults are the paper's shares.</summary>
public sealed record DistillOptions
{
    /// <summary>Share of the teacher's probabilities in the loss; the rest is the true token's. In [0, 1].</summary>
    public double TeacherWeight { get; init; } = 0.25;

    /// <summary>Start from the teacher's weights outside its experts.</summary>
    public bool StartsFromTeacher { get; init; } = true;

    /// <summary>The student's training.</summary>
    public TrainOptions Training { get; init; } = new() { Steps = 300 };
}

/// <summary>Turns a model with experts into the dense model of the same operations a token, which keeps a part of what the experts gained.</summary>
public static class SparseDistiller
{
    /// <summary>Trains a dense student.</summary>
    /// <param name="teacher">The model with experts; it is put into evaluation mode and not changed.</param>
    /// <param name="options">How.</param>
    /// <param name="corpus">Text to learn from.</param>
    /// <param name="progress">Hears of the run.</param>
    /// <param name="cancellation">Ends it between two steps.</param>
    /// <returns>The student, in evaluation mode, and its training.</returns>
    /// <exception cref="ArgumentException">The teacher is dense, or a share lies outside [0, 1].</exception>
    public static Task<(SwitchLanguageModel Student, LmTrainingResult Training)> ToDenseAsync(
        SwitchLanguageModel teacher, DistillOptions options, LmCorpus corpus, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        Task.Run(() => ToDense(teacher, options, corpus, progress, cancellation), cancellation);

    /// <summary>A dense model with the teacher's weights outside its experts; dense parts in their place start at random.</summary>
    /// <param name="teacher">The model with experts.</param>
    /// <param name="seed">Fixes the parts that start at random.</param>
    /// <param name="startsFromTeacher">Whether weights are taken over at all.</param>
    /// <exception cref="ArgumentException">The teacher is dense.</exception>
    public static SwitchLanguageModel StudentOf(SwitchLanguageModel teacher, long seed = 0, bool startsFromTeacher = true)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        if (teacher.Config.IsDense) throw new ArgumentException("SparseDistiller: the teacher has no experts; it is dense already.", nameof(teacher));
        var student = SwitchLanguageModel.CreateDense(teacher.Config.Language, teacher.Config.Experts, seed);
        if (!startsFromTeacher) return student;
        // Experts have names that the student lacks; all its other names are the teacher's.
        var own = student.State();
        student.LoadState(teacher.State().Where(entry => own.ContainsKey(entry.Key)).ToDictionary(), strict: false);
        return student;
    }

    /// <summary>(1 - w) CE(true tokens) + w CE(teacher's probabilities).</summary>
    /// <param name="student">The student.</param>
    /// <param name="teacher">The teacher, in evaluation mode.</param>
    /// <param name="windows">Int64 [batch, time + 1].</param>
    /// <param name="teacherWeight">w, in [0, 1].</param>
    public static Tensor Loss(SwitchLanguageModel student, SwitchLanguageModel teacher, Tensor windows, double teacherWeight)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        if (!(teacherWeight is >= 0 and <= 1)) throw new ArgumentException($"SparseDistiller: the teacher's weight is {teacherWeight}; it lies in [0, 1].", nameof(teacherWeight));
        var (logits, targets) = student.LogitsAndTargets(windows, null);
        Tensor soft;
        using (GradientMode.Disable()) soft = teacher.LogitsAndTargets(windows, null).Logits.Softmax(-1);
        return (Losses.Loss.CrossEntropy(logits, targets) * (1 - teacherWeight)) + (Losses.Loss.CrossEntropy(logits, soft) * teacherWeight);
    }

    private static (SwitchLanguageModel, LmTrainingResult) ToDense(
        SwitchLanguageModel teacher, DistillOptions options, LmCorpus corpus, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        var student = StudentOf(teacher, options.Training.Seed, options.StartsFromTeacher);
        teacher.Evaluate();
        var result = LmTrainer.Fit(student, corpus, options.Training, (windows, _) => Loss(student, teacher, windows, options.TeacherWeight), progress, cancellation);
        return (student, result);
    }
}
