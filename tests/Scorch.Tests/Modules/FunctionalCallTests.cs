using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Tests.Modules;

public sealed class FunctionalCallTests
{
    private readonly Tensor input = new RandomSource(1).Normal([5, 3], dataType: DataType.Float64);
    private readonly Linear layer = new(3, 2, new RandomSource(2), dataType: DataType.Float64);

    [Fact]
    public void A_module_runs_with_given_parameters_and_has_its_own_back()
    {
        var own = layer.Weight.ToArray<double>();
        var given = new ParameterSet([new("weight", Tensor.Ones([2, 3], DataType.Float64))]);
        var result = FunctionalCall.Run(layer, given, () => layer.Forward(input));
        Assert.Equal((input.MatMul(Tensor.Ones([3, 2], DataType.Float64)) + layer.Bias!).ToArray<double>(), result.ToArray<double>());
        Assert.Equal(own, layer.Weight.ToArray<double>());
        Assert.True(layer.Weight.IsLeaf && layer.Weight.RequiresGradient);
    }

    [Fact]
    public void Gradients_of_any_order_flow_to_what_the_parameters_came_from_after_the_call()
    {
        // W = s^3 V: d/ds sum (x W^T)^2 = 6 s^5 sum (x V^T)^2, and again 30 s^4.
        var (scale, direction) = (Tensor.From(0.7), new RandomSource(3).Normal([2, 3], dataType: DataType.Float64));
        scale.RequiresGradient = true;
        var given = new ParameterSet([new("weight", scale.Pow(3) * direction), new("bias", Tensor.Zeros([2], DataType.Float64))]);
        var value = FunctionalCall.Run(layer, given, () => layer.Forward(input).Square().Sum());
        var first = Differentiation.Gradient(value, scale, createGraph: true);
        var second = Differentiation.Gradient(first, scale);
        var whole = input.MatMul(direction.T).Square().Sum().Item();
        Assert.Equal(6 * Math.Pow(0.7, 5) * whole, first.Item(), 1e-9);
        Assert.Equal(30 * Math.Pow(0.7, 4) * whole, second.Item(), 1e-9);
        Assert.Null(layer.Weight.Gradient);
    }

    [Fact]
    public void The_derivative_reads_the_given_values_also_where_the_module_has_changed_since()
    {
        var given = ParameterSet.Of(layer).AsLeaves();
        var deep = new Sequential(layer, new Function(x => x.Tanh()));
        var x = input.Clone();
        x.RequiresGradient = true;
        var expected = Differentiation.Gradient(deep.Forward(x).Sum(), x).ToArray<double>();
        var value = FunctionalCall.Run(layer, given, () => deep.Forward(x).Sum());
        using (GradientMode.Disable()) layer.Weight.FillInPlace(9);
        Assert.Equal(expected, Differentiation.Gradient(value, x).ToArray<double>());
        Assert.All(layer.Weight.ToArray<double>(), entry => Assert.Equal(9, entry));
    }

    [Fact]
    public void A_step_of_descent_is_differentiated_through()
    {
        // Two runs with different parameters of one module in one graph: d/dt of the loss after a step that t has led.
        var target = Tensor.Zeros([5, 2], DataType.Float64);
        target.RequiresGradient = true;
        double After(Tensor t)
        {
            var start = ParameterSet.Of(layer);
            var gradients = Differentiation.Gradients([(FunctionalCall.Run(layer, start, () => layer.Forward(input)) - t).Square().Sum()], start.Values, createGraph: true);
            var value = FunctionalCall.Run(layer, start.Step(gradients, 0.05), () => layer.Forward(input).Square().Sum());
            if (t.RequiresGradient) slope = Differentiation.Gradient(value, t).ToArray<double>();
            return value.Item();
        }
        After(target);
        for (var i = 0; i < 10; i++)
        {
            var step = Tensor.From(Enumerable.Range(0, 10).Select(j => j == i ? 1e-5 : 0).ToArray(), [5, 2]);
            Assert.Equal((After(step) - After(-step)) / 2e-5, slope[i], 1e-6);
        }
    }

    private double[] slope = [];

    [Fact]
    public void Calls_within_calls_and_exceptions_leave_everything_as_it_was()
    {
        var own = layer.Weight.ToArray<double>();
        ParameterSet Filled(double value) => new([new("weight", Tensor.Full([2, 3], value, DataType.Float64))]);
        FunctionalCall.Run(layer, Filled(1), () =>
        {
            Assert.Throws<InvalidOperationException>(() => FunctionalCall.Run<int>(layer, Filled(2), () =>
            {
                Assert.Equal(2, layer.Weight.ToArray<double>()[0]);
                // A backward pass within a call has the values of its own record.
                throw new InvalidOperationException();
            }));
            Assert.Equal(1, layer.Weight.ToArray<double>()[0]);
            var x = input.Clone();
            x.RequiresGradient = true;
            var inner = FunctionalCall.Run(layer, Filled(3), () => layer.Forward(x).Sum());
            Assert.Equal(6, Differentiation.Gradient(inner, x).ToArray<double>()[0]);
            Assert.Equal(1, layer.Weight.ToArray<double>()[0]);
            return 0;
        });
        Assert.Equal(own, layer.Weight.ToArray<double>());
    }

    [Fact]
    public void Training_with_copied_buffers_leaves_the_running_statistics_alone()
    {
        var norm = new BatchNorm(3, dataType: DataType.Float64);
        var set = ParameterSet.Of(norm);
        var given = FunctionalCall.Run(norm, set, () => norm.Forward(input));
        Assert.Equal([0.0, 0, 0], norm.RunningMean.ToArray<double>());
        Assert.Equal(0, norm.BatchCount.ItemInt64());
        Assert.Equal(norm.Forward(input).ToArray<double>(), given.ToArray<double>());
        Assert.Equal(norm.RunningMean.ToArray<double>(), set.Buffers["running_mean"].ToArray<double>());
    }

    [Fact]
    public void What_does_not_fit_is_named()
    {
        Assert.Contains("'wieght'", Assert.Throws<ArgumentException>(() => FunctionalCall.Run(layer, new ParameterSet([new("wieght", input)]), () => 0)).Message);
        Assert.Contains("'weight' is Float64 [2, 3]", Assert.Throws<ArgumentException>(() => FunctionalCall.Run(layer, new ParameterSet([new("weight", input)]), () => 0)).Message);
        Assert.Contains("twice", Assert.Throws<ArgumentException>(() => new ParameterSet([new("a", input), new("a", input)])).Message);
        Assert.Contains("2 parameters", Assert.Throws<ArgumentException>(() => ParameterSet.Of(layer).Step([null], 1)).Message);
    }

    [Fact]
    public void Recorded_bytes_count_each_saved_storage_once_and_no_leaf()
    {
        var x = Tensor.Ones([100], DataType.Float64);
        x.RequiresGradient = true;
        // exp keeps its result; the product keeps both factors, of which one is that result and the other the leaf.
        Assert.Equal(800, Differentiation.RecordedBytes((x.Exp() * x).Sum()));
        Assert.Equal(0, Differentiation.RecordedBytes(x.Detach().Exp()));
    }
}
