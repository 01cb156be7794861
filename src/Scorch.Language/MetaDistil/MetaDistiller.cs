using Scorch.Data;
using Scorch.Modules;

namespace Scorch.Language.MetaDistil;

/// <summary>MetaDistil: a teacher that learns to teach from how well a trial student does on quiz data (arXiv 2106.04570).</summary>
/// <remarks>
/// A round, over <see cref="MetaDistilConfig.PilotSteps"/> training batches and some of the quiz set:
/// <code>
/// 1 pilot   theta_S' = theta_S - lambda dL_S/dtheta_S (theta_S, theta_T)      plain gradient descent, recorded
/// 2 teach   theta_T  = theta_T - mu dQ(theta_S')/dtheta_T                      through the pilot
/// 3 restore theta_S, its optimiser's moments, running statistics and dropout: the pilot has changed none of them
/// 4 learn   theta_S  = Opt(dL_S/dtheta_S (theta_S, new theta_T))               on the same batches
/// </code>
/// </remarks>
/// <example><code>
/// var distiller = new MetaDistiller(teacher, student, new MetaDistilConfig { PilotRate = 0.02, TeacherRate = 3e-4 });
/// var report = await distiller.FitAsync(train, quiz, validation, new FitOptions { Epochs = 30 });
/// Console.WriteLine(report.StudentAccuracy);
/// </code></example>
public sealed partial class MetaDistiller
{
    private readonly IFunctionalModule teacher;
    private readonly IFunctionalModule student;
    private readonly MetaDistilConfig config;
    private readonly IDistillLoss loss;

    /// <summary>A distiller of two modules from one tensor to logits.</summary>
    /// <param name="teacher">The teacher, trained on the task.</param>
    /// <param name="student">The student.</param>
    /// <param name="config">The settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or a module is no <see cref="IForward"/>.</exception>
    public MetaDistiller(Module teacher, Module student, MetaDistilConfig config)
        : this(FunctionalModule.Of(teacher), FunctionalModule.Of(student), config)
    {
    }

    /// <summary>A distiller of any two networks.</summary>
    /// <param name="teacher">The teacher, trained on the task.</param>
    /// <param name="student">The student.</param>
    /// <param name="config">The settings.</param>
    /// <param name="loss">The student's loss; null for that of the settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its range, or teacher and student are one module.</exception>
    public MetaDistiller(IFunctionalModule teacher, IFunctionalModule student, MetaDistilConfig config, IDistillLoss? loss = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        if (ReferenceEquals(teacher.Module, student.Module)) throw new ArgumentException("MetaDistiller: teacher and student are one module; give two.", nameof(student));
        (this.teacher, this.student, this.config, this.loss) = (teacher, student, config, loss ?? config.Loss());
    }

    /// <summary>Trains student and teacher, on another thread.</summary>
    /// <param name="train">Input tensors and, last, Int64 labels.</param>
    /// <param name="quiz">Of the same form: held-out data, neither trained on nor the test set.</param>
    /// <param name="validation">Of the same form; accuracies are reported on it.</param>
    /// <param name="options">Epochs, batches, the student's optimiser.</param>
    /// <param name="progress">Hears of every epoch.</param>
    /// <param name="cancellationToken">Stops between two rounds.</param>
    /// <exception cref="ArgumentException">Data are empty or of another form, quiz rows stand in the training data, or class counts differ.</exception>
    /// <exception cref="InvalidOperationException">The teacher receives no gradient, or the student's loss is not finite.</exception>
    /// <exception cref="ArithmeticException">The teacher's gradient was not finite ten rounds in a row.</exception>
    public Task<DistillReport> FitAsync(
        TensorDataSet train, TensorDataSet quiz, TensorDataSet validation, FitOptions? options = null, IProgress<DistillProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Fit(train, quiz, validation, options, progress, cancellationToken), cancellationToken);

    /// <summary>The same on this thread.</summary>
    /// <param name="train">Input tensors and, last, Int64 labels.</param>
    /// <param name="quiz">Of the same form: held-out data, neither trained on nor the test set.</param>
    /// <param name="validation">Of the same form; accuracies are reported on it.</param>
    /// <param name="options">Epochs, batches, the student's optimiser.</param>
    /// <param name="progress">Hears of every epoch.</param>
    /// <param name="cancellationToken">Stops between two rounds.</param>
    /// <exception cref="ArgumentException">Data are empty or of another form, quiz rows stand in the training data, or class counts differ.</exception>
    /// <exception cref="InvalidOperationException">The teacher receives no gradient, or the student's loss is not finite.</exception>
    /// <exception cref="ArithmeticException">The teacher's gradient was not finite ten rounds in a row.</exception>
    public DistillReport Fit(
        TensorDataSet train, TensorDataSet quiz, TensorDataSet validation, FitOptions? options = null, IProgress<DistillProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(quiz);
        ArgumentNullException.ThrowIfNull(validation);
        options ??= new();
        var loop = new DistillLoop(student, teacher, options, new());
        if (quiz.Count == 0) throw new ArgumentException("MetaDistiller: the quiz set is empty; hold some examples out of the training data (QuizOverlap.Split).", nameof(quiz));
        loop.Check(train, validation);
        DistillLoop.Labels(quiz, int.MaxValue, "quiz");
        if (QuizOverlap.Find(train, quiz) is { } shared)
            throw new ArgumentException($"MetaDistiller: quiz example {shared.Quiz} is training example {shared.Train} too; quiz data must not be trained on. Split with QuizOverlap.Split, which keeps copies together.", nameof(quiz));
        var run = new Rounds(this, loop, options, quiz);
        loop.Run(train, validation, config.PilotSteps, run.Round, progress, cancellationToken);
        return loop.Report() with { QuizLossBeforeAfterPilot = run.QuizLosses, MetaSteps = run.MetaSteps, SkippedMetaSteps = run.Skipped };
    }

    /// <summary>The teacher's gradient on one batch, by every way there is: exact, by finite differences, and (for the Kullback-Leibler loss) by the closed form of its cross Hessian.</summary>
    /// <param name="batch">Input tensors and, last, labels.</param>
    /// <param name="quiz">A quiz batch of the same form.</param>
    /// <returns>How far the ways lie apart.</returns>
    public MetaCheck Verify(IReadOnlyList<Tensor> batch, IReadOnlyList<Tensor> quiz)
    {
        var solver = new MetaGradient(teacher, student, loss);
        var before = student.Module.NamedRandomSources().Select(entry => (entry.Source, entry.Source.Counter)).ToArray();
        MetaGradientResult Compute(MetaSolver by)
        {
            foreach (var (source, counter) in before) source.Counter = counter;
            return solver.Compute([batch], [quiz], config.PilotRate, by, config.QuizInTraining);
        }
        var (exact, differences) = (Compute(MetaSolver.Exact), Compute(MetaSolver.FiniteDifference));
        foreach (var (source, counter) in before) source.Counter = counter;
        var closed = loss is DistillLoss { HasClosedForm: true } known
            ? ClosedForm.TeacherGradient(teacher, student, known, batch, quiz, config.PilotRate, config.QuizInTraining)
            : null;
        foreach (var (source, counter) in before) source.Counter = counter;
        return MetaCheck.Of(exact.TeacherGradient, differences.TeacherGradient, closed, exact.QuizLoss);
    }
}
