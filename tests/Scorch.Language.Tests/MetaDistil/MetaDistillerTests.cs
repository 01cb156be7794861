using Scorch.Checkpoints;
using Scorch.Data;
using Scorch.Language.MetaDistil;
using Scorch.Models;
using Scorch.Modules;

namespace Scorch.Language.Tests.MetaDistil;

public sealed class MetaDistillerTests
{
    private static readonly FitOptions Short = new() { Epochs = 3, BatchSize = 8, QuizBatchSize = 8 };

    private readonly TensorDataSet train = Set(1, 24), quiz = Set(2, 12), validation = Set(3, 20);

    [Fact]
    public void The_same_seed_gives_the_same_bits_at_any_number_of_threads()
    {
        var threads = Parallelism.ThreadCount;
        try
        {
            var runs = ((int[])[1, 2, 7]).Select(count =>
            {
                Parallelism.ThreadCount = count;
                var (teacher, student) = Pair();
                new MetaDistiller(teacher, student, new() { TeacherWarmupFraction = 0 }).Fit(train, quiz, validation, Short);
                return (float[])[.. student.Parameters().Concat(teacher.Parameters()).SelectMany(parameter => parameter.ToArray<float>())];
            }).ToArray();
            Assert.Equal(runs[0], runs[1]);
            Assert.Equal(runs[0], runs[2]);
        }
        finally
        {
            Parallelism.ThreadCount = threads;
        }
    }

    [Fact]
    public void A_frozen_teacher_is_plain_distillation_bit_for_bit()
    {
        var (teacher, student) = Pair();
        var report = new MetaDistiller(teacher, student, new() { TeacherWarmupFraction = 1 }).Fit(train, quiz, validation, Short);
        Assert.Equal(0, report.MetaSteps);
        var (fixedTeacher, other) = Pair();
        var plain = new KnowledgeDistiller(fixedTeacher, other, new DistillLoss()).Fit(train, validation, Short);
        Assert.Equal(Weights(other), Weights(student));
        Assert.Equal(plain.LossByEpoch, report.LossByEpoch);
        Assert.Equal(3, plain.Cost.PassesPerStep);
    }

    [Fact]
    public void The_teacher_learns_as_often_as_the_settings_say_and_the_passes_are_counted()
    {
        var (teacher, student) = Pair();
        var start = Weights(teacher);
        var report = new MetaDistiller(teacher, student, new() { TeacherWarmupFraction = 1.0 / 3, MetaEvery = 2 }).Fit(train, quiz, validation, Short);
        Assert.Equal(3, report.MetaSteps);
        Assert.Equal(2, report.QuizLossBeforeAfterPilot.Count);
        Assert.NotEqual(start, Weights(teacher));
        Assert.Equal(4, report.TeacherAccuracyByEpoch.Count);
        // 9 steps of 3 passes; 3 meta-steps of 2 student and 1 teacher forward, 2 first-order, 1 second-order and 1 teacher backward.
        Assert.Equal(((9 * 3) + (3 * 7)) / 9.0, report.Cost.PassesPerStep, 1e-12);
    }

    [Fact]
    public void Without_pilot_update_the_trial_student_stays()
    {
        var (teacher, student) = Pair();
        var config = new MetaDistilConfig { TeacherWarmupFraction = 0, PilotUpdate = false, PilotRate = 0.1, TeacherRate = 0 };
        new MetaDistiller(teacher, student, config).Fit(train, quiz, validation, Short with { Epochs = 1 });
        var (_, frozen) = Pair();
        new MetaDistiller(Pair().Teacher, frozen, config with { TeacherWarmupFraction = 1 }).Fit(train, quiz, validation, Short with { Epochs = 1 });
        var (_, descent) = Pair();
        new KnowledgeDistiller(Pair().Teacher, descent).Fit(train, validation, Short with { Epochs = 1, StudentOptimizer = new(OptimizerKind.Sgd, 0.1) });
        Near(Weights(descent), Weights(student));
        Near(Weights(descent), Weights(frozen));
    }

    [Fact]
    public void In_the_usual_order_the_student_steps_from_the_teacher_as_it_was()
    {
        // One round: the student's step is that of plain distillation, and the teacher moves as it does in MetaDistil.
        var one = Short with { Epochs = 1, BatchSize = 24, Shuffle = false };
        var config = new MetaDistilConfig { TeacherWarmupFraction = 0 };
        var (teacher, student) = Pair();
        new MetaDistiller(teacher, student, config with { StudentFirst = true }).Fit(train, quiz, validation, one);
        var (fixedTeacher, plain) = Pair();
        new KnowledgeDistiller(fixedTeacher, plain).Fit(train, validation, one);
        Assert.Equal(Weights(plain), Weights(student));
        var (moved, taught) = Pair();
        new MetaDistiller(moved, taught, config).Fit(train, quiz, validation, one);
        Assert.Equal(Weights(moved), Weights(teacher));
        Assert.NotEqual(Weights(taught), Weights(student));
    }

    [Fact]
    public void Both_networks_learn_in_mutual_learning()
    {
        var (teacher, student) = Pair();
        var start = Weights(teacher);
        var report = new MutualLearning(teacher, student).Fit(train, validation, Short with { Epochs = 20, StudentOptimizer = new(OptimizerKind.Adam, 0.02) });
        Assert.NotEqual(start, Weights(teacher));
        Assert.True(report.LossByEpoch[^1] < report.LossByEpoch[0]);
        Assert.Equal(4, report.Cost.PassesPerStep);
    }

    [Fact]
    public void A_teacher_worse_than_chance_is_told()
    {
        var (teacher, student) = Pair();
        // A teacher that always says the class that validation does not have.
        using (Scorch.Autograd.GradientMode.Disable()) teacher.Layers[1].Bias!.CopyFrom(Tensor.From([0f, 0f, 99f]));
        var lacking = new TensorDataSet(validation.Tensors[0], validation.Tensors[1].Remainder(2));
        Assert.Contains("worse than chance", Assert.Single(new KnowledgeDistiller(teacher, student).Fit(train, lacking, Short).Warnings));
    }

    [Fact]
    public void Wrong_data_and_settings_are_named()
    {
        var (teacher, student) = Pair();
        var distiller = new MetaDistiller(teacher, student, new());
        string Message(Action action) => Assert.ThrowsAny<Exception>(action).Message;
        Assert.Contains("quiz set is empty", Message(() => distiller.Fit(train, new(Tensor.Zeros([0, 4]), Tensor.Zeros([0], DataType.Int64)), validation)));
        var shared = new TensorDataSet(Tensor.Concatenate([quiz.Tensors[0].Narrow(0, 0, 3), train.Tensors[0].Narrow(0, 5, 1)]), Tensor.Zeros([4], DataType.Int64));
        Assert.Contains("quiz example 3 is training example 5", Message(() => distiller.Fit(train, shared, validation)));
        Assert.Contains("the teacher tells 4 classes, the student 3", Message(() => new MetaDistiller(new MultilayerPerceptron([4, 6, 4], new(1)), student, new()).Fit(train, quiz, validation)));
        Assert.Contains("PilotRate is 0", Message(() => new MetaDistiller(teacher, student, new() { PilotRate = 0 })));
        Assert.Contains("no gradient", Message(() => new MetaDistiller(teacher, student, new() { DistillWeight = 0 })));
        Assert.Contains("layer LayerNorm3 has no functional forward", Message(() => new MetaDistiller(teacher, new LayerNorm3(), new())));
        Assert.Contains("one module", Message(() => new MetaDistiller(teacher, teacher, new())));
        Assert.Contains("labels of the training data run from", Message(() => distiller.Fit(new(train.Tensors[0], train.Tensors[1] + 2), quiz, validation)));
        Assert.Contains("Int64 labels", Message(() => distiller.Fit(new(train.Tensors[0], train.Tensors[0]), quiz, validation)));
        // A forward that goes past the given parameters.
        var past = new FunctionalModule(student, inputs => new(inputs[0].Affine(student.Layers[0].Weight.Detach()).Affine(student.Layers[1].Weight.Detach())));
        Assert.Contains("has no functional forward", Message(() => new MetaDistiller(FunctionalModule.Of(teacher), past, new() { TeacherWarmupFraction = 0 }).Fit(train, quiz, validation, Short)));
    }

    [Fact]
    public void A_gradient_that_is_not_finite_is_skipped_and_ten_in_a_row_end_the_run()
    {
        var (teacher, student) = Pair();
        var blown = new Blown(new DistillLoss(), from: 2, to: 4);
        var config = new MetaDistilConfig { TeacherWarmupFraction = 0 };
        var report = new MetaDistiller(FunctionalModule.Of(teacher), FunctionalModule.Of(student), config, blown).Fit(train, quiz, validation, Short);
        Assert.Equal((7, 2), (report.MetaSteps, report.SkippedMetaSteps));
        Assert.All(Weights(teacher), weight => Assert.True(float.IsFinite(weight)));
        var always = new MetaDistiller(FunctionalModule.Of(teacher), FunctionalModule.Of(student), config, new Blown(new DistillLoss(), 0, int.MaxValue));
        Assert.Contains("10 rounds in a row", Assert.Throws<ArithmeticException>(() => always.Fit(train, quiz, validation, Short with { Epochs = 9 })).Message);
    }

    [Fact]
    public void Copies_of_an_example_stay_in_one_part()
    {
        var rows = Tensor.Concatenate([train.Tensors[0], train.Tensors[0], train.Tensors[0]]);
        var data = new TensorDataSet(rows, Tensor.Zeros([72], DataType.Int64));
        var parts = QuizOverlap.Split(data, [0.2, 0.3], new RandomSource(1));
        Assert.Equal(Enumerable.Range(0, 72), parts.SelectMany(part => part).Order());
        Assert.All(parts, part => Assert.All(part.GroupBy(row => row % 24), group => Assert.Equal(3, group.Count())));
        Assert.Null(QuizOverlap.Find(DistillTask.Take(data, parts[2]), DistillTask.Take(data, parts[0])));
    }

    [Fact]
    public void A_saved_classifier_is_the_same_again_and_a_damaged_one_is_refused()
    {
        var folder = Directory.CreateTempSubdirectory("scorch-distil-").FullName;
        try
        {
            var network = new ClassifierConfig { Kind = ClassifierKind.Perceptron, Inputs = 4, Classes = 3, Hidden = [6] };
            var saved = new DistilledClassifier(new() { Network = network, Classes = ["a", "b", "c"], Columns = ["w", "x", "y", "z"], Means = [0, 0, 0, 0], Deviations = [1, 1, 1, 1] }, network.Create(new(1)));
            saved.Save(folder);
            var again = DistilledClassifier.Load(folder);
            Assert.Equal(saved.Predict(validation.Tensors[0]), again.Predict(validation.Tensors[0]));
            var path = Path.Combine(folder, "config.json");
            File.WriteAllText(path, File.ReadAllText(path).Replace("\"inputs\": 4", "\"inputs\": 2000000000", StringComparison.Ordinal));
            Assert.Contains("2000000000", Assert.Throws<CheckpointException>(() => DistilledClassifier.Load(folder)).Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Digits_are_all_there()
    {
        var digits = DigitsData.Load();
        Assert.Equal(1797, digits.Count);
        // scikit-learn: load_digits().data.sum() = 561718, target counts 178 of 0 and 182 of 1.
        Assert.Equal(561718, digits.Tensors[0].To(DataType.Float64).Sum().Item() * 16, 1e-6);
        Assert.Equal(178, digits.Tensors[1].EqualTo(0).To(DataType.Int64).Sum().ItemInt64());
        Assert.Equal(182, digits.Tensors[1].EqualTo(1).To(DataType.Int64).Sum().ItemInt64());
    }

    private static (MultilayerPerceptron Teacher, MultilayerPerceptron Student) Pair() => (new([4, 12, 3], new(1)), new([4, 5, 3], new(2)));

    private static float[] Weights(Module module) => [.. module.Parameters().SelectMany(parameter => parameter.ToArray<float>())];

    // A step of descent that is written as an update or as a subtraction rounds alike but for the last bit.
    private static void Near(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-6f);
    }

    private static TensorDataSet Set(long seed, int count)
    {
        var random = new RandomSource(seed);
        var x = random.Normal([count, 4]);
        return new(x, x.Narrow(1, 0, 3).ArgMax(1));
    }

    private sealed class LayerNorm3 : Module
    {
        public LayerNorm Norm { get; } = new([3]);
    }

    /// <summary>A quiz loss that is not a number in some of its calls; each meta-step of the first epoch asks once more, for the loss before.</summary>
    private sealed class Blown(IDistillLoss inner, int from, int to) : IDistillLoss
    {
        private int recorded;

        public Tensor Compute(NetworkOutput student, NetworkOutput teacher, Tensor labels) => inner.Compute(student, teacher, labels);

        public Tensor Quiz(NetworkOutput student, Tensor labels)
        {
            var loss = inner.Quiz(student, labels);
            if (!loss.RequiresGradient) return loss;
            var call = recorded++;
            return call >= from && call < to ? loss * double.NaN : loss;
        }
    }
}
