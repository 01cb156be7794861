using Scorch.Autograd;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.Tests.Autograd;

public class DifferentiationTests
{
    [Fact]
    public void The_third_derivative_of_tanh_follows_its_closed_form()
    {
        var x = Tensor.From([0.1, -0.7, 1.3]);
        x.RequiresGradient = true;
        var first = Differentiation.Gradient(x.Tanh().Sum(), x, createGraph: true);
        var second = Differentiation.Gradient(first.Sum(), x, createGraph: true);
        var third = Differentiation.Gradient(second.Sum(), x);
        var values = x.ToArray<double>();
        for (var i = 0; i < values.Length; i++)
        {
            var t = Math.Tanh(values[i]);
            var slope = 1 - (t * t);
            Assert.Equal((-2 * slope * slope) + (4 * t * t * slope), third[i].Item(), 1e-13);
        }
    }

    [Fact]
    public void The_Laplacian_of_a_product_of_sines_is_minus_two_pi_squared_times_it()
    {
        var points = new RandomSource(1).Uniform([17, 2], dataType: DataType.Float64);
        var (value, _, laplacian) = Differentiation.Laplacian(x => (x[.., 0] * Math.PI).Sin() * (x[.., 1] * Math.PI).Sin(), points);
        var error = (laplacian + (value * (2 * Math.PI * Math.PI))).Abs().Maximum().Item();
        Assert.InRange(error, 0, 1e-12);
    }

    [Fact]
    public void A_small_network_learns_a_curve()
    {
        var random = new RandomSource(7);
        var network = new Sequential(new Linear(1, 32, random), new Function(x => x.Tanh()), new Linear(32, 1, random));
        var x = Tensor.Linspace(-1, 1, 64).Reshape(64, 1);
        var target = (x * 3).Sin();
        var optimizer = new Adam(network.Parameters(), new AdamConfig(LearningRate: 0.02));
        var loss = 1.0;
        for (var step = 0; step < 400; step++)
        {
            optimizer.ClearGradients();
            var error = (network.Forward(x) - target).Square().Mean();
            error.Backward();
            optimizer.Step();
            loss = error.Item();
        }
        Assert.InRange(loss, 0, 1e-3);
    }

    [Fact]
    public void A_matrix_product_equals_the_plain_sum_over_awkward_shapes()
    {
        var random = new RandomSource(3);
        foreach (var (m, k, n) in new[] { (1, 1, 1), (13, 7, 5), (97, 385, 31), (12, 33, 64), (200, 1, 400) })
        {
            var a = random.Normal([m, k], dataType: DataType.Float64);
            var b = random.Normal([n, k], dataType: DataType.Float64).T;
            var expected = (a.Unsqueeze(2) * b.Unsqueeze(0)).Sum(1);
            Assert.InRange((a.MatMul(b) - expected).Abs().Maximum().Item(), 0, 1e-12 * k);
        }
    }

    [Fact]
    public void Writing_over_a_saved_tensor_is_refused_by_name()
    {
        var x = Tensor.From([1.0, 2.0]);
        x.RequiresGradient = true;
        var y = x.Exp();
        var z = y.Sum();
        y.MultiplyInPlace(2);
        var error = Assert.Throws<InvalidOperationException>(() => z.Backward());
        Assert.Contains("Exp", error.Message);
    }

    [Fact]
    public void Assigning_a_slice_sends_gradients_to_both_sides()
    {
        var x = Tensor.From([1.0, 2.0, 3.0]);
        var v = Tensor.From([5.0]);
        (x.RequiresGradient, v.RequiresGradient) = (true, true);
        var y = x * 2;
        y[..1] = v * 3;
        (y * y).Sum().Backward();
        Assert.Equal([0.0, 16.0, 24.0], x.Gradient!.ToArray<double>());
        Assert.Equal([90.0], v.Gradient!.ToArray<double>());
    }

    [Fact]
    public void Writing_to_a_view_changes_the_history_of_its_base()
    {
        var x = Tensor.From([1.0, 2.0, 3.0]);
        x.RequiresGradient = true;
        var y = x * 1;
        var tail = y[1..];
        tail.MultiplyInPlace(10);
        (y * Tensor.From([1.0, 1.0, 2.0])).Sum().Backward();
        Assert.Equal([1.0, 10.0, 20.0], x.Gradient!.ToArray<double>());
    }

    [Fact]
    public void A_view_taken_before_its_base_is_written_follows_the_new_history()
    {
        var x = Tensor.From([1.0, 2.0, 3.0]);
        x.RequiresGradient = true;
        var y = x * 1;
        var head = y[..2];
        y.MultiplyInPlace(3);
        using (GradientMode.Disable()) Assert.True(head.RequiresGradient);
        head.Sum().Backward();
        Assert.Equal([3.0, 3.0, 0.0], x.Gradient!.ToArray<double>());

        var buffer = Tensor.Zeros([2], DataType.Float64);
        var first = buffer[..1];
        var value = Tensor.From([4.0]);
        value.RequiresGradient = true;
        buffer[..1] = value * 2;
        first.Sum().Backward();
        Assert.Equal(2.0, value.Gradient!.Item());
    }
}
