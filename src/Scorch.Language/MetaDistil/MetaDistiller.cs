using Scorch.Autograd;
using Scorch.Data;
using Scorch.Modules;
using Scorch.Optimizers;

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
public sealed class MetaDistiller
{
    private const int MostSkippedInARow = 10;

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

    /// <summary>The state of one fit.</summary>
    private sealed class Rounds
    {
        private readonly MetaDistiller owner;
        private readonly DistillLoop loop;
        private readonly FitOptions options;
        private readonly DataLoader<IReadOnlyList<Tensor>> quiz;
        private readonly MetaGradient solver;
        private readonly Optimizer optimizer;
        private readonly Parameter[] teacherParameters;
        private readonly Parameter[] studentParameters;
        private readonly RandomSource[] sources;
        private readonly int frozenEpochs;
        private IEnumerator<IReadOnlyList<Tensor>>? quizBatches;
        private int rounds;
        private int quizEpoch = -1;
        private int skippedInARow;

        public Rounds(MetaDistiller owner, DistillLoop loop, FitOptions options, TensorDataSet quiz)
        {
            (this.owner, this.loop, this.options) = (owner, loop, options);
            // A stream of its own: quiz batches do not follow the training batches' order.
            this.quiz = DataLoader.Of(quiz, new DataLoaderConfig(Math.Min(options.QuizBatchSize, quiz.Count), options.Shuffle, Seed: RandomSource.Derive(options.Seed, 1)));
            solver = new(owner.teacher, owner.student, owner.loss, loop.Cost);
            teacherParameters = [.. owner.teacher.Module.Parameters()];
            studentParameters = [.. owner.student.Module.Parameters()];
            sources = [.. owner.student.Module.NamedRandomSources().Select(entry => entry.Source).Distinct()];
            optimizer = (owner.config.TeacherOptimizer with { LearningRate = owner.config.TeacherRate }).Create(teacherParameters);
            frozenEpochs = (int)Math.Round(owner.config.TeacherWarmupFraction * options.Epochs);
        }

        public List<QuizLosses> QuizLosses { get; } = [];

        public int MetaSteps { get; private set; }

        public int Skipped { get; private set; }

        public IReadOnlyList<double> Round(int epoch, IReadOnlyList<IReadOnlyList<Tensor>> batches)
        {
            var learns = epoch >= frozenEpochs && rounds++ % owner.config.MetaEvery == 0;
            if (!learns) return owner.config.PilotUpdate ? Learn(batches) : KeepPilot(batches);
            if (owner.config.StudentFirst) return LearnFirst(epoch, batches);
            var start = Counters();
            var result = Compute(epoch, batches);
            var end = Counters();
            Teach(result);
            if (!owner.config.PilotUpdate) return Keep(result, batches.Count);
            // The same masks as in the pilot.
            Restore(start);
            var losses = Learn(batches);
            Restore(end);
            return losses;
        }

        /// <summary>The usual order: the student's step from the teacher as it was, then the teacher learns from a pilot that starts where the student stood.</summary>
        private List<double> LearnFirst(int epoch, IReadOnlyList<IReadOnlyList<Tensor>> batches)
        {
            var start = Counters();
            Tensor[] before = [.. studentParameters.Select(parameter => parameter.Detach().Clone())];
            var losses = Learn(batches);
            Tensor[] after = [.. studentParameters.Select(parameter => parameter.Detach().Clone())];
            Write(before);
            Restore(start);
            Teach(Compute(epoch, batches));
            Write(after);
            return losses;
        }

        private MetaGradientResult Compute(int epoch, IReadOnlyList<IReadOnlyList<Tensor>> batches)
        {
            var some = NextQuiz();
            var isFirst = quizEpoch != epoch;
            var before = isFirst ? QuizLoss(some) : double.NaN;
            var result = solver.Compute(batches, some, owner.config.PilotRate, owner.config.Solver, owner.config.QuizInTraining);
            if (isFirst) QuizLosses.Add(new(before, result.QuizLoss));
            quizEpoch = epoch;
            return result;
        }

        private void Teach(MetaGradientResult result)
        {
            if (!result.IsFinite)
            {
                Skipped++;
                if (++skippedInARow >= MostSkippedInARow)
                    throw new ArithmeticException(FormattableString.Invariant($"MetaDistil: the teacher's gradient was not finite {MostSkippedInARow} rounds in a row; lower the pilot rate ({owner.config.PilotRate}) or the teacher's ({owner.config.TeacherRate})."));
                return;
            }
            skippedInARow = 0;
            MetaSteps++;
            options.Schedule.Apply(optimizer, [owner.config.TeacherRate], loop.Step);
            for (var i = 0; i < teacherParameters.Length; i++) teacherParameters[i].Gradient = result.TeacherGradient[i];
            optimizer.Step();
            optimizer.ClearGradients();
            loop.TeacherHasLearnt = true;
        }

        private List<double> Learn(IReadOnlyList<IReadOnlyList<Tensor>> batches)
        {
            var losses = new List<double>(batches.Count);
            foreach (var batch in batches)
            {
                var (inputs, labels) = MetaGradient.Split(batch);
                losses.Add(loop.Learn(() => owner.loss.Compute(owner.student.Forward(inputs), loop.Told(inputs), labels)));
            }
            return losses;
        }

        /// <summary>A frozen teacher's round of the ablation: plain gradient descent at the pilot's rate, as the pilot would have done.</summary>
        private List<double> KeepPilot(IReadOnlyList<IReadOnlyList<Tensor>> batches)
        {
            var losses = new List<double>(batches.Count);
            MetaGradient.Mode(owner.student.Module, training: true);
            foreach (var batch in batches)
            {
                var (inputs, labels) = MetaGradient.Split(batch);
                var value = owner.loss.Compute(owner.student.Forward(inputs), loop.Told(inputs), labels);
                var gradients = Differentiation.Gradients([value], studentParameters, allowUnused: true);
                using (GradientMode.Disable())
                    for (var i = 0; i < studentParameters.Length; i++)
                        if (gradients[i] is { } gradient) studentParameters[i].SubtractInPlace(gradient * owner.config.PilotRate);
                loop.Cost.StudentForward++;
                loop.Cost.StudentBackward++;
                loop.Count();
                losses.Add(value.Item());
            }
            return losses;
        }

        private IReadOnlyList<double> Keep(MetaGradientResult result, int count)
        {
            Write(result.Pilot.Values);
            using (GradientMode.Disable())
                foreach (var (name, buffer) in owner.student.Module.NamedBuffers()) buffer.CopyFrom(result.Pilot.Buffers[name]);
            for (var j = 0; j < count; j++) loop.Count();
            return result.PilotLosses;
        }

        private void Write(IReadOnlyList<Tensor> values)
        {
            using var mode = GradientMode.Disable();
            for (var i = 0; i < values.Count; i++) studentParameters[i].CopyFrom(values[i].Detach());
        }

        private List<IReadOnlyList<Tensor>> NextQuiz()
        {
            if (owner.config.QuizBatches == 0) return [.. quiz.Epoch()];
            var some = new List<IReadOnlyList<Tensor>>();
            while (some.Count < owner.config.QuizBatches)
            {
                quizBatches ??= quiz.Epoch().GetEnumerator();
                if (quizBatches.MoveNext())
                {
                    some.Add(quizBatches.Current);
                    continue;
                }
                quizBatches.Dispose();
                quizBatches = null;
            }
            return some;
        }

        private double QuizLoss(List<IReadOnlyList<Tensor>> some)
        {
            var start = Counters();
            MetaGradient.Mode(owner.student.Module, owner.config.QuizInTraining);
            using var mode = GradientMode.Disable();
            // Copies of the running statistics take what the pass would write.
            var own = ParameterSet.Of(owner.student.Module);
            var sum = 0.0;
            foreach (var batch in some)
            {
                var (inputs, labels) = MetaGradient.Split(batch);
                sum += owner.loss.Quiz(owner.student.Forward(inputs, own), labels).Item();
            }
            Restore(start);
            return sum / some.Count;
        }

        private long[] Counters() => [.. sources.Select(source => source.Counter)];

        private void Restore(long[] counters)
        {
            for (var i = 0; i < sources.Length; i++) sources[i].Counter = counters[i];
        }
    }
}
