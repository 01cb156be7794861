using Scorch.Autograd;
using Scorch.Language.MetaDistil;
using Scorch.Models;
using Scorch.Modules;

namespace Scorch.Language.Tests.MetaDistil;

public sealed class MetaGradientTests
{
    private readonly TwoLayers student = new(4, 5, 3, 1);
    private readonly TwoLayers teacher = new(4, 6, 3, 2);

    [Theory]
    [InlineData(MetaSolver.Exact)]
    [InlineData(MetaSolver.FiniteDifference)]
    public void Scalars_follow_the_closed_form(MetaSolver solver)
    {
        // L_S = (s - t)^2 / 2, lambda 0.1, quiz (s' - q)^2 / 2, s = 1, t = 3, q = 2: s' = 1.2, dQ/dt = lambda (s' - q) = -0.08.
        var (s, t) = (new Number(1), new Number(3));
        IReadOnlyList<Tensor> batch = [Tensor.Zeros([1], DataType.Float64), Tensor.From(2.0)];
        var result = new MetaGradient(FunctionalModule.Of(t), FunctionalModule.Of(s), new Squares()).Compute([batch], [batch], 0.1, solver);
        Assert.Equal(1.2, result.Pilot.Values[0].Item(), 1e-12);
        Assert.Equal(-0.08, result.TeacherGradient[0].Item(), 1e-9);
        Assert.Equal(1, s.Value.Item());
        Assert.Equal(3, t.Value.Item());
    }

    [Fact]
    public void The_gradient_is_that_of_the_quiz_loss_as_a_function_of_the_teacher()
    {
        var (batches, quiz) = (new[] { Batch(1), Batch(2) }, new[] { Batch(3), Batch(4) });
        var solver = Solver(new DistillLoss(0.8, 3));
        var exact = solver.Compute(batches, quiz, 0.3);
        var random = new RandomSource(5);
        foreach (var _ in Enumerable.Range(0, 20))
        {
            var parameters = teacher.Parameters().ToArray();
            var i = (int)random.NextInt64(parameters.Length);
            var entry = (int)random.NextInt64(parameters[i].ElementCount);
            Assert.Equal((Moved(1e-5) - Moved(-1e-5)) / 2e-5, exact.TeacherGradient[i].Detach().ToArray<double>()[entry], 1e-8);

            double Moved(double distance)
            {
                var own = parameters[i].ToArray<double>();
                Write(own[entry] + distance);
                var value = solver.Compute(batches, quiz, 0.3).QuizLoss;
                Write(own[entry]);
                return value;

                void Write(double number)
                {
                    var values = (double[])own.Clone();
                    values[entry] = number;
                    using var mode = GradientMode.Disable();
                    parameters[i].CopyFrom(Tensor.From(values, parameters[i].Shape));
                }
            }
        }
    }

    [Theory]
    [InlineData(DistillKind.KullbackLeibler, 1)]
    [InlineData(DistillKind.Logits, 2)]
    [InlineData(DistillKind.Probabilities, 3)]
    public void Exact_and_finite_difference_solvers_agree_for_every_kind_and_chained_pilots(DistillKind kind, int steps)
    {
        var batches = Enumerable.Range(0, steps).Select(i => Batch(10 + i)).ToArray();
        var solver = Solver(new DistillLoss(0.9, 2, kind));
        var (exact, differences) = (solver.Compute(batches, [Batch(3)], 0.1), solver.Compute(batches, [Batch(3)], 0.1, MetaSolver.FiniteDifference));
        Assert.InRange(Distance(exact.TeacherGradient, differences.TeacherGradient), 0, 1e-3);
        Assert.Equal(exact.QuizLoss, differences.QuizLoss, 1e-12);
    }

    [Fact]
    public void Verify_holds_three_ways_together()
    {
        var check = new MetaDistiller(teacher, student, new() { PilotRate = 0.1 }).Verify(Batch(1), Batch(2));
        Assert.True(check.Agrees(), check.ToString());
        Assert.InRange(check.ClosedFormError!.Value, 0, 1e-9);
        Assert.Null(new MetaDistiller(teacher, student, new() { Kind = DistillKind.Logits }).Verify(Batch(1), Batch(2)).ClosedFormError);
    }

    [Theory]
    [InlineData(MetaSolver.Exact)]
    [InlineData(MetaSolver.FiniteDifference)]
    public void Without_weight_the_teacher_gets_exactly_nothing(MetaSolver by)
    {
        var result = Solver(new DistillLoss(0)).Compute([Batch(1)], [Batch(2)], 0.1, by);
        Assert.All(result.TeacherGradient.SelectMany(gradient => gradient.Detach().ToArray<double>()), entry => Assert.Equal(0, entry));
    }

    [Fact]
    public void Patient_distillation_reaches_the_teachers_hidden_states()
    {
        FunctionalModule Network(TwoLayers network) => new(network, inputs =>
        {
            var hidden = network.Fc1.Forward(inputs[0]).Tanh();
            return new(network.Fc2.Forward(hidden)) { Hidden = [hidden] };
        });
        var twin = new TwoLayers(4, 5, 3, 7);
        var loss = new DistillLoss(0, patientWeight: 2);
        var solver = new MetaGradient(Network(twin), Network(student), loss);
        var (exact, differences) = (solver.Compute([Batch(1)], [Batch(2)], 0.2), solver.Compute([Batch(1)], [Batch(2)], 0.2, MetaSolver.FiniteDifference));
        Assert.InRange(Distance(exact.TeacherGradient, differences.TeacherGradient), 0, 1e-3);
        Assert.NotEqual(0, exact.TeacherGradient[0].Detach().Square().Sum().Item());

        // mse of unit vectors: (2 - 2 cos) / features.
        var (a, b) = (Tensor.From([3.0, 4.0], [1, 2]), Tensor.From([1.0, 0.0], [1, 2]));
        Assert.Equal((2 - (2 * 0.6)) / 2, DistillLoss.Patient([a], [b]).Item(), 1e-12);
        Assert.Equal(0, DistillLoss.Patient([a], [b, b * 2, a * 7, a]).Item(), 1e-12);
        Assert.Contains("as many features", Assert.Throws<ArgumentException>(() => DistillLoss.Patient([a], [Tensor.Ones([1, 3], DataType.Float64)])).Message);
        Assert.Contains("layers [4]", Assert.Throws<ArgumentException>(() => DistillLoss.Patient([a], [b], [4])).Message);
    }

    [Theory]
    [InlineData(MetaSolver.Exact)]
    [InlineData(MetaSolver.FiniteDifference)]
    public void The_pilot_changes_neither_running_statistics_nor_weights_and_repeats_dropout(MetaSolver by)
    {
        var random = new RandomSource(4);
        var network = new Sequential(
            new Linear(4, 6, random, dataType: DataType.Float64), new BatchNorm(6, dataType: DataType.Float64), new Dropout(0.4, new RandomSource(9)),
            new Function(x => x.Tanh()), new Linear(6, 3, random, dataType: DataType.Float64));
        var before = network.State().ToDictionary(entry => entry.Key, entry => entry.Value.To(DataType.Float64).ToArray<double>());
        var solver = new MetaGradient(FunctionalModule.Of(teacher), FunctionalModule.Of(network), new DistillLoss());
        var source = network.NamedRandomSources().Single().Source;
        MetaGradientResult Compute(MetaSolver solved)
        {
            source.Counter = 0;
            return solver.Compute([Batch(1), Batch(2)], [Batch(3)], 0.1, solved);
        }
        var result = Compute(by);
        foreach (var (name, values) in before) Assert.Equal(values, network.State()[name].To(DataType.Float64).ToArray<double>());
        // Other masks in the two displaced passes would make differences as large as the gradient.
        Assert.InRange(Distance(Compute(MetaSolver.Exact).TeacherGradient, result.TeacherGradient), 0, 1e-3);
        Assert.Equal(2 + 1, result.Pilot.Buffers["1.num_batches_tracked"].ItemInt64() + (by == MetaSolver.Exact ? 0 : 2));
    }

    [Fact]
    public void Finite_differences_keep_a_smaller_graph()
    {
        long Peak(MetaSolver by)
        {
            var cost = new DistillCost();
            new MetaGradient(FunctionalModule.Of(teacher), FunctionalModule.Of(student), new DistillLoss(), cost).Compute([Batch(1)], [Batch(2)], 0.1, by);
            return cost.PeakGraphBytes;
        }
        Assert.InRange(Peak(MetaSolver.FiniteDifference), 1, Peak(MetaSolver.Exact) - 1);
    }

    [Fact]
    public void Residual_networks_with_batch_normalisation_are_differentiated_twice()
    {
        var random = new RandomSource(6);
        IReadOnlyList<Tensor> Pictures() => [random.Normal([4, 3, 8, 8], dataType: DataType.Float64), random.Integers([4], 0, 5)];
        var (large, small) = (new CifarResNet(14, 5, 1), new CifarResNet(8, 5, 2));
        large.ConvertTo(DataType.Float64);
        small.ConvertTo(DataType.Float64);
        // The teacher is asked by its running statistics; they are to be those of its layers.
        using (Scorch.Autograd.GradientMode.Disable())
            for (var i = 0; i < 30; i++) large.Forward(Pictures()[0]);
        var check = new MetaDistiller(large, small, new() { PilotRate = 0.01 }).Verify(Pictures(), Pictures());
        Assert.InRange(check.GradientNorm, 1e-6, 1e6);
        Assert.InRange(check.ClosedFormError!.Value, 0, 1e-9);
    }

    private MetaGradient Solver(IDistillLoss loss) => new(FunctionalModule.Of(teacher), FunctionalModule.Of(student), loss);

    internal static IReadOnlyList<Tensor> Batch(long seed, int count = 6)
    {
        var random = new RandomSource(seed);
        return [random.Normal([count, 4], dataType: DataType.Float64), random.Integers([count], 0, 3)];
    }

    internal static double Distance(IReadOnlyList<Tensor> first, IReadOnlyList<Tensor> second) =>
        Math.Sqrt(first.Zip(second).Sum(pair => (pair.First.Detach() - pair.Second.Detach()).Square().Sum().Item()) / first.Sum(part => part.Detach().Square().Sum().Item()));

    private sealed class Number(double value) : Module, IForward
    {
        public Parameter Value { get; } = new(Tensor.From(value));

        public Tensor Forward(Tensor x) => Value + x;
    }

    private sealed class Squares : IDistillLoss
    {
        public Tensor Compute(NetworkOutput student, NetworkOutput teacher, Tensor labels) => (student.Logits - teacher.Logits).Square().Sum() * 0.5;

        public Tensor Quiz(NetworkOutput student, Tensor labels) => (student.Logits - labels).Square().Sum() * 0.5;
    }
}
