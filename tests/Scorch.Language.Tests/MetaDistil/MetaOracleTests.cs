using Scorch.Data;
using Scorch.Language.MetaDistil;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Testing;

namespace Scorch.Language.Tests.MetaDistil;

public sealed class MetaOracleTests
{
    // The README of the golden values: float64, 1e-9.
    private const double Tolerance = 1e-9;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Kullback_Leibler_with_its_gradients_and_cross_Hessian_is_that_of_the_authors(int temperature)
    {
        var golden = new OracleArchive("metadistil/distill_kl.npz");
        var (student, teacher) = (Leaf(golden, "in.student"), Leaf(golden, "in.teacher"));
        var loss = DistillLoss.Teacher(student, teacher, temperature);
        Near(golden.Values($"tau{temperature}.loss"), [loss.Item()]);
        var gradients = Scorch.Autograd.Differentiation.Gradients([loss], [student, teacher], createGraph: true);
        Near(golden.Values($"tau{temperature}.grad_student"), gradients[0]!);
        Near(golden.Values($"tau{temperature}.grad_teacher"), gradients[1]!);

        // d(dL/ds_0i)/dt_0j = -J_t / n
        var p = (teacher.Detach() / temperature).Softmax(1).Select(0, 0);
        var rows = Enumerable.Range(0, 5).Select(i => Scorch.Autograd.Differentiation.Gradient(gradients[0]!.Select(0, 0).Select(0, i), teacher, retainGraph: true).Select(0, 0)).ToArray();
        Near(golden.Values($"tau{temperature}.cross_hessian_row0"), Tensor.Stack(rows));
        Near((((p.Unsqueeze(1) * p.Unsqueeze(0)) - (Tensor.Identity(5, DataType.Float64) * p)) * (1.0 / 4)).ToArray<double>(), Tensor.Stack(rows));
    }

    [Fact]
    public void The_first_round_agrees_in_every_intermediate()
    {
        var golden = new OracleArchive("metadistil/train_distill_3rounds.npz");
        var (student, teacher) = (Network("train_distill_3rounds.student"), Network("train_distill_3rounds.teacher"));
        IReadOnlyList<Tensor> batch = [.. Data(golden, "in.x", "in.y").Batch([0, 1, 2, 3])];
        var quiz = Data(golden, "in.quiz_x", "in.quiz_y");
        IReadOnlyList<IReadOnlyList<Tensor>> quizBatches = [quiz.Batch([0, 1, 2, 3]), quiz.Batch([4, 5, 6, 7])];
        var (logits, told) = (student.Forward(batch[0]), teacher.Forward(batch[0]));
        Near(golden.Values("round1.loss_ce"), [Loss.CrossEntropy(logits, batch[1]).Item()]);
        Near(golden.Values("round1.loss_kd"), [DistillLoss.Teacher(logits, told, 4).Item()]);
        var loss = new DistillLoss(0.9, 4);
        var value = loss.Compute(new(logits), new(told), batch[1]);
        Near(golden.Values("round1.loss"), [value.Item()]);
        var gradients = Scorch.Autograd.Differentiation.Gradients([value], [.. student.Parameters()]);
        foreach (var ((name, _), gradient) in student.NamedParameters().Zip(gradients)) Near(golden.Values($"round1.student_grad.{name}"), gradient!);

        var before = quizBatches.Average(part => Loss.CrossEntropy(student.Forward(part[0]), part[1]).Item());
        Near(golden.Values("round1.quiz_loss_before"), [before]);
        var result = new MetaGradient(FunctionalModule.Of(teacher), FunctionalModule.Of(student), loss).Compute([batch], quizBatches, 0.1);
        Near(golden.Values("round1.loss"), [result.PilotLosses[0]]);
        Near(golden.Values("round1.quiz_loss"), [result.QuizLoss]);
        for (var i = 0; i < result.Pilot.Names.Count; i++) Near(golden.Values($"round1.pilot.{result.Pilot.Names[i]}"), result.Pilot.Values[i]);
        foreach (var ((name, _), gradient) in teacher.NamedParameters().Zip(result.TeacherGradient)) Near(golden.Values($"round1.teacher_grad.{name}"), gradient);
    }

    [Theory]
    [InlineData("train_distill_3rounds", MetaSolver.Exact)]
    [InlineData("train_distill_2meta", MetaSolver.Exact)]
    [InlineData("train_distill_3rounds", MetaSolver.FiniteDifference)]
    [InlineData("train_distill_2meta", MetaSolver.FiniteDifference)]
    public void Weights_after_the_authors_loop_are_the_same(string file, MetaSolver solver)
    {
        var golden = new OracleArchive($"metadistil/{file}.npz");
        var (student, teacher) = (Network($"{file}.student"), Network($"{file}.teacher"));
        var isChained = file == "train_distill_2meta";
        var config = new MetaDistilConfig
        {
            DistillWeight = golden.Values("in.alpha")[0],
            Temperature = golden.Values("in.temperature")[0],
            PilotRate = golden.Values("in.pilot_rate")[0],
            PilotSteps = (int)golden.Values("in.num_meta_batches")[0],
            QuizBatches = 0,
            TeacherWarmupFraction = 0,
            TeacherRate = isChained ? 1e-2 : 0.02,
            TeacherOptimizer = new(isChained ? OptimizerKind.Adam : OptimizerKind.Sgd, 0),
            Solver = solver,
        };
        var options = new FitOptions
        {
            Epochs = 1,
            BatchSize = (int)golden.Values("in.batch")[0],
            QuizBatchSize = (int)golden.Values("in.quiz_batch")[0],
            Shuffle = false,
            StudentOptimizer = isChained ? new(OptimizerKind.Sgd, 0.05) : new(OptimizerKind.Sgd, 0.05, 0.9, 5e-4),
        };
        var (train, quiz) = (Data(golden, "in.x", "in.y"), Data(golden, "in.quiz_x", "in.quiz_y"));
        var report = new MetaDistiller(teacher, student, config).Fit(train, quiz, quiz, options);
        // Finite differences: 1e-3 of an update that is itself about 1e-3 (and Adam divides by the gradient's size).
        var tolerance = solver == MetaSolver.Exact ? Tolerance : 1e-5;
        Near(golden.Values("out.mean_real_loss"), [report.LossByEpoch[0]], tolerance);
        foreach (var (name, parameter) in student.NamedParameters()) Near(golden.Values($"epoch1.student.{name}"), parameter, tolerance);
        foreach (var (name, parameter) in teacher.NamedParameters()) Near(golden.Values($"epoch1.teacher.{name}"), parameter, tolerance);
    }

    [Fact]
    public void A_one_layer_transformer_agrees_with_PyTorch()
    {
        var golden = new OracleArchive("metadistil/transformer.npz");
        OneLayer Loaded(string name)
        {
            var network = new OneLayer();
            network.LoadState(network.State().Keys.ToDictionary(key => key, key => Leaf(golden, $"{name}.{key}").Detach()));
            return network;
        }
        var (student, teacher) = (Loaded("student"), Loaded("teacher"));
        Tensor Ids(string name) => Tensor.From(golden.Values(name).Select(value => (long)value).ToArray(), [.. golden.Read(name).Shape]);
        IReadOnlyList<Tensor> batch = [Ids("in.ids"), Ids("in.labels")], quiz = [Ids("in.quiz_ids"), Ids("in.quiz_labels")];
        var solver = new MetaGradient(FunctionalModule.Of(teacher), FunctionalModule.Of(student), new DistillLoss(0.9, 2));
        var result = solver.Compute([batch], [quiz], 0.05);
        Near(golden.Values("loss"), [result.PilotLosses[0]]);
        Near(golden.Values("quiz_loss"), [result.QuizLoss]);
        for (var i = 0; i < result.Pilot.Names.Count; i++) Near(golden.Values($"pilot.{result.Pilot.Names[i]}"), result.Pilot.Values[i]);
        foreach (var ((name, _), gradient) in teacher.NamedParameters().Zip(result.TeacherGradient)) Near(golden.Values($"teacher_grad.{name}"), gradient);
        var check = new MetaDistiller(teacher, student, new() { Temperature = 2, PilotRate = 0.05 }).Verify(batch, quiz);
        Assert.True(check.Agrees(), check.ToString());
    }

    internal static Tensor Leaf(OracleArchive golden, string name)
    {
        var (shape, values) = golden.Read(name);
        var tensor = Tensor.From(values, [.. shape]);
        tensor.RequiresGradient = true;
        return tensor;
    }

    internal static TensorDataSet Data(OracleArchive golden, string inputs, string labels) =>
        new(Leaf(golden, inputs).Detach(), Tensor.From(golden.Values(labels).Select(value => (long)value).ToArray()));

    /// <summary>A network as it was before training: the golden files hold the weights after it (see the README).</summary>
    private static TwoLayers Network(string name)
    {
        var golden = new OracleArchive("metadistil/recovered.npz");
        var (hidden, outputs) = (golden.Read($"{name}.fc1.weight").Shape, golden.Read($"{name}.fc2.weight").Shape);
        var network = new TwoLayers(hidden[1], hidden[0], outputs[0]);
        network.LoadState(network.State().Keys.ToDictionary(key => key, key => Leaf(golden, $"{name}.{key}").Detach()));
        return network;
    }

    internal static void Near(double[] expected, Tensor actual, double tolerance = Tolerance) => Near(expected, actual.Detach().ToArray<double>(), tolerance);

    internal static void Near(double[] expected, double[] actual, double tolerance = Tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.InRange(actual[i] - expected[i], -tolerance, tolerance);
    }
}

/// <summary>The networks of the golden values: two layers with tanh between, float64.</summary>
internal sealed class TwoLayers(int inputs, int hidden, int outputs, long seed = 1) : Module, IForward
{
    private readonly RandomSource random = new(seed);

    public Linear Fc1 { get => field ??= new(inputs, hidden, random, dataType: DataType.Float64); }

    public Linear Fc2 { get => field ??= new(hidden, outputs, random, dataType: DataType.Float64); }

    public Tensor Forward(Tensor x) => Fc2.Forward(Fc1.Forward(x).Tanh());
}

/// <summary>One block of an encoder, normalised after each sum, mean of the tokens, linear head; float64.</summary>
internal sealed class OneLayer : Module, IForward
{
    private static readonly RandomSource Random = new(1);

    public Parameter Embedding { get; } = Parameter.Full([11, 8], 0, DataType.Float64);

    public Linear Query { get; } = Map(8, 8);

    public Linear Key { get; } = Map(8, 8);

    public Linear Value { get; } = Map(8, 8);

    public Linear Output { get; } = Map(8, 8);

    public LayerNorm Norm1 { get; } = new([8], dataType: DataType.Float64);

    public Linear First { get; } = Map(8, 12);

    public Linear Second { get; } = Map(12, 8);

    public LayerNorm Norm2 { get; } = new([8], dataType: DataType.Float64);

    public Linear Head { get; } = Map(8, 3);

    public Tensor Forward(Tensor x)
    {
        var hidden = Embedding.Embedding(x);
        Tensor Split(Linear map) => map.Forward(hidden).Reshape(x.Shape[0], x.Shape[1], 2, 4).Permute(0, 2, 1, 3);
        var attended = Split(Query).ScaledDotProductAttention(Split(Key), Split(Value)).Permute(0, 2, 1, 3).Reshape(x.Shape[0], x.Shape[1], 8);
        hidden = Norm1.Forward(hidden + Output.Forward(attended));
        hidden = Norm2.Forward(hidden + Second.Forward(First.Forward(hidden).Gelu()));
        return Head.Forward(hidden.Mean(1));
    }

    private static Linear Map(int inputs, int outputs) => new(inputs, outputs, Random, dataType: DataType.Float64);
}
