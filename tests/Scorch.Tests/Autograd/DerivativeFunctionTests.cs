using Scorch.Autograd;
using Scorch.Modules;

namespace Scorch.Tests.Autograd;

public class DerivativeFunctionTests
{
    private static readonly Tensor Point = Tensor.From([0.3, -1.2, 0.7]);

    // f(x) = sin(x0) x1^2 + exp(x2 x0): all derivatives by hand.
    private static Tensor F(Tensor x) => (x[0].Sin() * x[1].Square()) + (x[2] * x[0]).Exp();

    private static double[,] HessianByHand()
    {
        var (a, b, c) = (0.3, -1.2, 0.7);
        var e = Math.Exp(c * a);
        return new[,]
        {
            { (-Math.Sin(a) * b * b) + (c * c * e), 2 * b * Math.Cos(a), e * (1 + (a * c)) },
            { 2 * b * Math.Cos(a), 2 * Math.Sin(a), 0 },
            { e * (1 + (a * c)), 0, a * a * e },
        };
    }

    [Fact]
    public void The_Hessian_equals_the_one_by_hand()
    {
        var hessian = Differentiation.Hessian(F, Point).ToMatrix<double>();
        var expected = HessianByHand();
        for (var i = 0; i < 3; i++)
            for (var j = 0; j < 3; j++) Assert.Equal(expected[i, j], hessian[i, j], 1e-13);
    }

    [Fact]
    public void A_Hessian_vector_product_equals_the_product_with_the_Hessian()
    {
        var v = Tensor.From([0.5, -0.2, 1.1]);
        var (_, product) = Differentiation.HessianVectorProduct(F, Point, v);
        var expected = Differentiation.Hessian(F, Point).MatMul(v);
        Assert.InRange((product - expected).Abs().Maximum().Item(), 0, 1e-13);
    }

    [Fact]
    public void Both_products_with_the_Jacobian_equal_the_products_with_the_matrix()
    {
        static Tensor G(Tensor x) => Tensor.Stack([x[0] * x[1], x[1].Exp(), x[2].Tanh() * x[0]]);
        var jacobian = Differentiation.Jacobian(G, Point);
        var v = Tensor.From([0.5, -0.2, 1.1]);
        Assert.InRange((Differentiation.JacobianVectorProduct(G, Point, v).Product - jacobian.MatMul(v)).Abs().Maximum().Item(), 0, 1e-13);
        Assert.InRange((Differentiation.VectorJacobianProduct(G, Point, v).Product - v.MatMul(jacobian)).Abs().Maximum().Item(), 0, 1e-13);
    }

    [Fact]
    public void Checkpointing_gives_the_same_gradients_for_inputs_and_parameters()
    {
        var layer = new Linear(3, 2, new RandomSource(1), dataType: DataType.Float64);
        double[] Run(bool checkpoint)
        {
            layer.ClearGradients();
            var x = Point.Clone();
            x.RequiresGradient = true;
            Tensor Body(Tensor[] inputs) => layer.Forward(inputs[0]).Tanh();
            var y = checkpoint ? Differentiation.Checkpoint(Body, x) : Body([x]);
            y.Square().Sum().Backward();
            return [.. x.Gradient!.ToArray<double>(), .. layer.Weight.Gradient!.ToArray<double>()];
        }

        Assert.Equal(Run(false), Run(true));
    }

    [Fact]
    public void A_custom_derivative_is_used_in_place_of_the_true_one()
    {
        var x = Point.Clone();
        x.RequiresGradient = true;
        var y = Differentiation.Custom([x], inputs => inputs[0].Round(), (inputs, output, gradient) => [gradient]);
        (y * 3).Sum().Backward();
        Assert.Equal([0.0, -1.0, 1.0], y.ToArray<double>());
        Assert.Equal([3.0, 3.0, 3.0], x.Gradient!.ToArray<double>());
    }

    [Fact]
    public void Anomaly_mode_names_the_operation_that_first_made_a_NaN()
    {
        var x = Tensor.From([-1.0, 2.0]);
        x.RequiresGradient = true;
        using var scope = GradientMode.DetectAnomaly();
        Assert.Contains("Log", Assert.Throws<ArithmeticException>(() => (x.Log() * 2).Sum()).Message);
        var zero = Tensor.From([0.0]);
        zero.RequiresGradient = true;
        var loss = (zero.Sqrt() * 0).Sum();
        Assert.Contains("Sqrt made a NaN in the backward pass", Assert.Throws<ArithmeticException>(() => loss.Backward()).Message);
    }

    [Fact]
    public async Task No_gradient_scopes_follow_await_and_end_with_their_scope()
    {
        var x = Point.Clone();
        x.RequiresGradient = true;
        using (GradientMode.Disable())
        {
            await Task.Yield();
            Assert.False((x * 2).RequiresGradient);
            using (GradientMode.Enable()) Assert.True((x * 2).RequiresGradient);
        }
        Assert.True((x * 2).RequiresGradient);
    }

    [Fact]
    public void A_second_pass_over_a_freed_record_says_what_to_do()
    {
        var x = Point.Clone();
        x.RequiresGradient = true;
        var loss = x.Exp().Sum();
        loss.Backward();
        Assert.Contains("retainGraph", Assert.Throws<InvalidOperationException>(() => loss.Backward()).Message);
    }

    [Fact]
    public void Gradients_with_respect_to_results_in_the_middle_are_those_of_the_rest()
    {
        var x = Point.Clone();
        x.RequiresGradient = true;
        var middle = x * 3;
        var loss = middle.Square().Sum();
        var gradients = Differentiation.Gradients([loss], [middle, x]);
        Assert.Equal((middle * 2).ToArray<double>(), gradients[0]!.ToArray<double>());
        Assert.Equal((middle * 6).ToArray<double>(), gradients[1]!.ToArray<double>());
        Assert.Null(x.Gradient);
    }

    [Fact]
    public void Unused_inputs_are_refused_by_number_or_null()
    {
        var (x, other) = (Point.Clone(), Point.Clone());
        (x.RequiresGradient, other.RequiresGradient) = (true, true);
        Assert.Contains("input 1", Assert.Throws<InvalidOperationException>(() => Differentiation.Gradients([x.Sum()], [x, other])).Message);
        Assert.Null(Differentiation.Gradients([x.Sum()], [x, other], allowUnused: true)[1]);
    }
}
