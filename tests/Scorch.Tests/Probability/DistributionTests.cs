using Scorch.Probability;
using Scorch.Tests.Operations;

namespace Scorch.Tests.Probability;

/// <summary>Distributions against oracles/engine/distributions.py, and their samples against their own moments.</summary>
public class DistributionTests
{
    private static readonly Parity Recorded = new("engine/distributions.npz");

    private static readonly Dictionary<string, Func<Tensor[], Distribution>> Makers = new()
    {
        ["normal"] = x => new Normal(x[0], x[1]),
        ["log_normal"] = x => new LogNormal(x[0], x[1]),
        ["laplace"] = x => new Laplace(x[0], x[1]),
        ["cauchy"] = x => new Cauchy(x[0], x[1]),
        ["gumbel"] = x => new Gumbel(x[0], x[1]),
        ["uniform"] = x => new Uniform(x[0], x[1]),
        ["gamma"] = x => new Gamma(x[0], x[1]),
        ["exponential"] = x => new Exponential(x[0]),
        ["beta"] = x => new Beta(x[0], x[1]),
        ["dirichlet"] = x => new Dirichlet(x[0]),
        ["student_t"] = x => new StudentT(x[0], x[1], x[2]),
        ["bernoulli"] = x => new Bernoulli(x[0]),
        ["categorical"] = x => new Categorical(x[0]),
        ["one_hot"] = x => new OneHotCategorical(x[0]),
        ["binomial"] = x => new Binomial(5, x[0]),
        ["poisson"] = x => new Poisson(x[0]),
        ["multivariate_normal"] = x => MultivariateNormal.FromCovariance(x[0], x[1]),
        ["independent"] = x => new Independent(new Normal(x[0], x[1]), 1),
    };

    public static TheoryData<string> Cases => [.. Recorded.Cases];

    public static TheoryData<string> Sampled => [.. Makers.Keys.Where(name => name is not ("cauchy" or "categorical" or "student_t"))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_distribution_has_PyTorch_s_density_moments_entropy_and_divergence(string name)
    {
        var inputs = Recorded.All(name, "in");
        var expected = Recorded.All(name, "out");
        Tensor[] found;
        if (name.StartsWith("kl_", StringComparison.Ordinal))
        {
            var make = Makers[name[3..]];
            var half = inputs.Length / 2;
            found = [KullbackLeibler.Divergence(make(inputs[..half]), make(inputs[half..]))];
        }
        else
        {
            var distribution = Makers[name](inputs[1..]);
            found = [distribution.LogProbability(inputs[0]), distribution.Mean, distribution.Variance];
            if (expected.Length > 3) found = [.. found, distribution.Entropy()];
        }
        Assert.Equal(expected.Length, found.Length);
        for (var i = 0; i < expected.Length; i++) Parity.AssertClose(expected[i], found[i], $"{name} output {i}");
    }

    [Theory]
    [MemberData(nameof(Sampled))]
    public void Samples_have_the_distribution_s_mean_and_the_seed_fixes_them(string name)
    {
        var distribution = Makers[name](Recorded.All(name, "in")[1..]);
        const int Count = 10000;
        var sample = distribution.Sample(new(1), Count);
        Assert.Equal([Count, .. distribution.BatchShape, .. distribution.EventShape], sample.Shape);
        Assert.Equal(sample.ToArray<double>(), distribution.Sample(new(1), Count).ToArray<double>());
        // Six standard errors: a chance of 2e-9 an element.
        var error = ((sample.Mean(0) - distribution.Mean).Abs() / (distribution.Variance / Count).Sqrt()).Maximum().Item();
        Assert.True(error < 6, $"{name}: the sample mean lies {error} standard errors from the mean");
    }

    [Fact]
    public void Reparameterized_samples_carry_gradients_to_the_parameters()
    {
        var scale = Tensor.Full([2], 3, DataType.Float64);
        scale.RequiresGradient = true;
        var location = Tensor.Zeros([2], DataType.Float64);
        var sample = new Normal(location, scale).ReparameterizedSample(new(1), 4);
        sample.Sum().Backward();
        Parity.AssertClose((sample.Detach() / 3).Sum(0), scale.Gradient!, "d sample / d scale is the noise");
    }

    [Fact]
    public void A_scale_that_is_not_positive_is_refused() =>
        Assert.Contains("scale holds a value that is not positive", Assert.Throws<ArgumentException>(() => new Normal(Tensor.Zeros([2]), Tensor.Zeros([2]))).Message);

    [Fact]
    public void Distributions_without_reparameterised_samples_say_so() =>
        Assert.Throws<NotSupportedException>(() => new Poisson(Tensor.Ones([1])).ReparameterizedSample(new(1)));
}
