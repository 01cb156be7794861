using Scorch.Autograd;
using Scorch.Data;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Language.MetaDistil;

public sealed partial class MetaDistiller
{
    /// <summary>The state of one fit.</summary>
    private sealed class Rounds
    {
        private const int MostSkippedInARow = 10;

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
