using Scorch.Autograd;
using Scorch.Checkpoints;
using Scorch.Probability;

namespace Scorch.Tests.Probability;

/// <summary>Draws of the gamma family as functions of their parameters, against oracles/engine/gamma_paths.py and closed forms.</summary>
public class ReparameterizationTests
{
    private static readonly IReadOnlyDictionary<string, Tensor> Recorded = Npz.Load(RepositoryFiles.Oracle("engine/gamma_paths.npz"));

    // Relative, as the slopes span a hundred orders of magnitude: mpmath to rounding, SciPy's difference quotient to its truncation, PyTorch to what it
    // says of its own approximation (worst in far tails).
    [Theory]
    [InlineData("slope", 1e-11)]
    [InlineData("bend", 1e-9)]
    [InlineData("quantile", 3e-6)]
    [InlineData("torch", 2e-2)]
    public void A_gamma_draw_moves_with_its_concentration_as_mpmath_SciPy_and_PyTorch_say(string oracle, double tolerance)
    {
        var (a, x, expected) = (Numbers("a"), Numbers("x"), Numbers(oracle));
        var checkedPoints = 0;
        for (var i = 0; i < a.Length; i++)
        {
            if (double.IsNaN(expected[i])) continue;
            var (slope, bend) = Derivatives(a[i], x[i]);
            var found = oracle == "bend" ? bend : slope;
            Assert.True(Math.Abs(found - expected[i]) <= tolerance * Math.Abs(expected[i]), $"a = {a[i]:R}, x = {x[i]:R}: {expected[i]:R} expected, {found:R} found");
            checkedPoints++;
        }
        Assert.InRange(checkedPoints, 30, int.MaxValue);
    }

    [Fact]
    public void The_series_and_the_integral_meet()
    {
        foreach (var a in new[] { 0.1, 1, 7.5, 300 })
        {
            var (below, above) = (Derivatives(a, (a + 1) * (1 - 1e-13)), Derivatives(a, (a + 1) * (1 + 1e-13)));
            Assert.Equal(1, above.Slope / below.Slope, 11);
            Assert.Equal(1, above.Bend / below.Bend, 8);
        }
    }

    public static TheoryData<string> Families => ["gamma", "beta", "dirichlet", "student_t"];

    [Theory]
    [MemberData(nameof(Families))]
    public void The_gradient_of_a_mean_over_samples_is_that_of_the_closed_form(string family)
    {
        // f is chosen with a closed-form mean; the gradient of each draw is an unbiased estimate of the mean's.
        const int Count = 20000;
        Tensor[] parameters = family switch
        {
            "gamma" => [Vector(0.3, 1, 6), Vector(2, 0.5, 3)],
            "beta" => [Vector(0.4, 1, 5), Vector(0.7, 2, 3)],
            "dirichlet" => [Vector(0.3, 1, 4)],
            _ => [Vector(5, 9, 30), Vector(0, -1, 2), Vector(1, 0.5, 3)],
        };
        foreach (var parameter in parameters) parameter.RequiresGradient = true;
        Distribution distribution = family switch
        {
            "gamma" => new Gamma(parameters[0], parameters[1]),
            "beta" => new Beta(parameters[0], parameters[1]),
            "dirichlet" => new Dirichlet(parameters[0]),
            _ => new StudentT(parameters[0], parameters[1], parameters[2]),
        };
        var weights = Vector(1, -2, 0.5);
        Tensor Statistic(Tensor x) => family == "student_t" ? (x - parameters[1].Detach()).Square() * weights : x * weights;
        var sample = distribution.ReparameterizedSample(new(5), Count);
        var exact = family == "student_t" ? (distribution.Variance + (parameters[1] - parameters[1].Detach()).Square()) * weights : distribution.Mean * weights;
        var expected = Differentiation.Gradients([exact.Sum()], parameters, allowUnused: true);
        for (var p = 0; p < parameters.Length; p++)
        {
            if (expected[p] is not { } mean) continue;
            // Per-draw gradients by giving every draw parameters of its own.
            var own = parameters.Select(parameter => parameter.Detach().Expand(Count, 3).Clone()).ToArray();
            foreach (var parameter in own) parameter.RequiresGradient = true;
            Distribution each = family switch
            {
                "gamma" => new Gamma(own[0], own[1]),
                "beta" => new Beta(own[0], own[1]),
                "dirichlet" => new Dirichlet(own[0]),
                _ => new StudentT(own[0], own[1], own[2]),
            };
            var draws = each.ReparameterizedSample(new(5));
            Assert.Equal(sample.ToArray<double>(), draws.ToArray<double>());
            var slopes = Differentiation.Gradients([Statistic(draws).Sum()], [own[p]])[0]!;
            var error = (slopes - slopes.Mean(0)).Square().Mean(0).Sqrt() / Math.Sqrt(Count);
            // Six standard errors: a chance of 2e-9 an element.
            var distance = ((slopes.Mean(0) - mean).Abs() / error).Maximum().Item();
            Assert.True(distance < 6, $"{family}, parameter {p}: {distance} standard errors from the closed form's gradient");
        }
    }

    [Fact]
    public void A_gamma_draw_has_a_second_derivative_and_refuses_a_third()
    {
        var a = Vector(0.6, 3, 40);
        a.RequiresGradient = true;
        var x = new Gamma(a, Tensor.Ones([3], DataType.Float64)).ReparameterizedSample(new(3));
        var first = Differentiation.Gradient(x.Sum(), a, createGraph: true);
        var second = Differentiation.Gradient(first.Sum(), a, createGraph: true);
        // Along the path x(a) at a fixed level: d2x/da2 = D_a + D D_x.
        var (concentrations, draws) = (a.ToArray<double>(), x.ToArray<double>());
        for (var i = 0; i < 3; i++)
        {
            var (slope, _) = Derivatives(concentrations[i], draws[i]);
            var h = 1e-5 * concentrations[i];
            // Second-order steps along the path, so that the quotient's error is of order h^2.
            double Along(double step) => Derivatives(concentrations[i] + step, draws[i] + (step * slope) + (0.5 * step * step * second.ToArray<double>()[i])).Slope;
            Assert.Equal(1, (Along(h) - Along(-h)) / (2 * h) / second.ToArray<double>()[i], 6);
        }
        Assert.Contains("third", Assert.Throws<NotSupportedException>(() => Differentiation.Gradient(second.Sum(), a)).Message);
    }

    [Fact]
    public void Small_concentrations_give_shares_and_finite_gradients_in_float32()
    {
        var a = Tensor.Full([200, 4], 0.003);
        a.RequiresGradient = true;
        var shares = new Dirichlet(a).ReparameterizedSample(new(1));
        Assert.True(shares.Sum(-1).ToArray<float>().All(sum => Math.Abs(sum - 1) < 1e-5));
        Assert.True(Differentiation.Gradient(shares.Square().Sum(), a).ToArray<float>().All(float.IsFinite));
    }

    // From y = log x: D = x E, D_a = x E_a.
    private static (double Slope, double Bend) Derivatives(double a, double x) => GammaPath.LogDerivatives(a, Math.Log(x)) is var (slope, bend) ? (x * slope, x * bend) : default;

    private static double[] Numbers(string name) => Recorded[name].ToArray<double>();

    private static Tensor Vector(params double[] values) => Tensor.From(values);
}
