using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Tests;

public class LinearRecurrenceTests
{
    [Theory]
    [InlineData(1, 1, 1, false)]
    [InlineData(3, 7, 19, false)]
    [InlineData(3, 7, 19, true)]
    [InlineData(40, 33, 65, true)]
    public void It_is_the_loop(int batch, int time, int features, bool backwards)
    {
        var random = new RandomSource(1);
        var (x, f) = (random.Normal([batch, time, features], dataType: DataType.Float64), random.Uniform([batch, time, features], dataType: DataType.Float64));
        Same(Loop(x, f, backwards), x.LinearRecurrence(f, backwards), 1e-13);
        Same(Loop(x, f, backwards), x.To(DataType.Float32).LinearRecurrence(f.To(DataType.Float32), backwards), 1e-4);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void First_and_second_derivatives_are_the_loops(bool backwards)
    {
        var random = new RandomSource(2);
        Parameter Draw() => new(random.Normal([2, 5, 3], dataType: DataType.Float64));
        var (x, f, g) = (Draw(), Draw(), Draw());
        Tensor[] Derivatives(Tensor c)
        {
            var first = Differentiation.Gradients([c], [x, f], [g], createGraph: true);
            var penalty = first[0]!.Square().Sum() + (first[1]! * first[1]!.Square()).Sum();
            return [.. first.Select(tensor => tensor!.Detach()), .. Differentiation.Gradients([penalty], [x, f, g]).Select(tensor => tensor!)];
        }
        var (want, have) = (Derivatives(Loop(x, f, backwards)), Derivatives(x.LinearRecurrence(f, backwards)));
        for (var i = 0; i < want.Length; i++) Same(want[i], have[i], 1e-10);
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var random = new RandomSource(3);
        var (x, f) = (random.Normal([64, 40, 50]), random.Uniform([64, 40, 50]));
        var before = Parallelism.ThreadCount;
        try
        {
            var results = new[] { 1, 2, 7 }.Select(threads =>
            {
                Parallelism.ThreadCount = threads;
                return x.LinearRecurrence(f).ToArray<float>();
            }).ToArray();
            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
        }
        finally
        {
            Parallelism.ThreadCount = before;
        }
    }

    [Fact]
    public void Wrong_shapes_and_types_are_named()
    {
        var x = Tensor.Zeros([2, 3, 4]);
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => x.LinearRecurrence(Tensor.Zeros([2, 3]))).Message);
        Assert.Contains("Float64", Assert.Throws<ArgumentException>(() => x.LinearRecurrence(Tensor.Zeros([2, 3, 4], DataType.Float64))).Message);
        Assert.Equal(0, Tensor.Zeros([2, 0, 4]).LinearRecurrence(Tensor.Zeros([2, 0, 4])).ElementCount);
    }

    private static Tensor Loop(Tensor x, Tensor f, bool backwards)
    {
        var time = x.Shape[1];
        var states = new Tensor[time];
        Tensor? c = null;
        for (var i = 0; i < time; i++)
        {
            var t = backwards ? time - 1 - i : i;
            c = states[t] = c is null ? x.Select(1, t) : (f.Select(1, t) * c) + x.Select(1, t);
        }
        return Tensor.Stack(states, 1);
    }

    private static void Same(Tensor expected, Tensor actual, double tolerance)
    {
        var (want, have) = (expected.Detach().ToArray<double>(), actual.Detach().To(DataType.Float64).ToArray<double>());
        Assert.Equal(want.Length, have.Length);
        for (var i = 0; i < want.Length; i++) Assert.True(Math.Abs(want[i] - have[i]) <= tolerance * (1 + Math.Abs(want[i])), $"entry {i}: {have[i]:R} instead of {want[i]:R}");
    }
}
