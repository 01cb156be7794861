using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Tests.Autograd;

/// <summary>A checkpointed function has the derivatives of the function, of any order and by whatever it captures.</summary>
public class CheckpointTests
{
    private readonly Tensor x = Leaf([3, 2], 1);
    private readonly Tensor weight = Leaf([2, 4], 2);
    private readonly Tensor shift = Leaf([4], 3);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Derivatives_by_inputs_and_captured_tensors_are_those_without_it(int order)
    {
        // The captured product depends on the shift and on x, so that gradients meet in both on several ways.
        Tensor Loss(bool checkpoint)
        {
            var captured = shift.Exp() * x.Sum();
            Tensor Body(Tensor[] inputs) => (inputs[0].MatMul(weight) + captured + shift).Sin() * weight.Square().Sum();
            var hidden = x * x;
            var y = checkpoint ? Differentiation.Checkpoint(Body, hidden) : Body([hidden]);
            return (y * y.Tanh()).Sum();
        }
        var (expected, found) = (Derivatives(Loss(false), order), Derivatives(Loss(true), order));
        for (var i = 0; i < expected.Length; i++)
        {
            var scale = Math.Max(1, expected[i].Abs().Maximum().Item());
            Assert.True((expected[i] - found[i]).Abs().Maximum().Item() <= 1e-11 * scale, $"derivative of order {order} by tensor {i}");
        }
    }

    [Fact]
    public void Gradients_asked_for_leave_the_parameters_own_alone()
    {
        var layer = new Linear(2, 3, new(1), dataType: DataType.Float64);
        var y = Differentiation.Checkpoint(inputs => layer.Forward(inputs[0]).Tanh(), x);
        var found = Differentiation.Gradients([y.Sum()], [layer.Weight]);
        Assert.NotNull(found[0]);
        Assert.Null(layer.Weight.Gradient);
    }

    [Fact]
    public void Backward_gathers_in_captured_parameters_when_no_input_requires_gradients()
    {
        var layer = new Linear(2, 3, new(1), dataType: DataType.Float64);
        Differentiation.Checkpoint(inputs => layer.Forward(inputs[0]).Tanh(), x.Detach()).Sum().Backward();
        var expected = Differentiation.Gradient(layer.Forward(x.Detach()).Tanh().Sum(), layer.Weight);
        Assert.Equal(expected.ToArray<double>(), layer.Weight.Gradient!.ToArray<double>());
    }

    [Fact]
    public void Checkpoints_nest_and_the_identity_is_one()
    {
        var y = Differentiation.Checkpoint(outer => Differentiation.Checkpoint(inner => inner[0].Sin() * weight.Sum(), outer[0] * 2), x);
        var expected = (x * 2).Cos() * 2 * weight.Sum();
        Assert.Equal(0, (Differentiation.Gradient(y.Sum(), x) - expected).Abs().Maximum().Item(), 12);
        Assert.Equal(1, Differentiation.Gradient(Differentiation.Checkpoint(inputs => inputs[0], x).Sum(), x).ToArray<double>().Min());
    }

    [Fact]
    public void A_captured_parameter_that_was_written_to_is_noticed()
    {
        var layer = new Linear(2, 3, new(1), dataType: DataType.Float64);
        var y = Differentiation.Checkpoint(inputs => layer.Forward(inputs[0]).Tanh(), x);
        using (GradientMode.Disable()) layer.Weight.MultiplyInPlace(2);
        Assert.Contains("Checkpoint", Assert.Throws<InvalidOperationException>(() => y.Sum().Backward()).Message);
    }

    private Tensor[] Derivatives(Tensor loss, int order)
    {
        Tensor[] all = [x, weight, shift];
        var result = Differentiation.Gradients([loss], all, createGraph: order > 1);
        for (var i = 1; i < order; i++)
        {
            var sum = result.Select(gradient => (gradient! * gradient!.Cos()).Sum()).Aggregate((a, b) => a + b);
            result = Differentiation.Gradients([sum], all, createGraph: i + 1 < order);
        }
        return [.. result!];
    }

    private static Tensor Leaf(Shape shape, int seed)
    {
        var leaf = new RandomSource(seed).Normal(shape, dataType: DataType.Float64);
        leaf.RequiresGradient = true;
        return leaf;
    }
}
