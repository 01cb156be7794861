using Scorch.Probability;
using Scorch.Tests.Operations;

namespace Scorch.Tests.Probability;

/// <summary>Densities, moments, entropies and divergences: oracles/engine/distributions.py.</summary>
internal static class DistributionCases
{
    public static IReadOnlyDictionary<string, Func<Tensor[], Distribution>> Makers { get; } = new Dictionary<string, Func<Tensor[], Distribution>>
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
        ["bernoulli_probabilities"] = x => Bernoulli.FromProbabilities(x[0]),
        ["multivariate_factor"] = x => new MultivariateNormal(x[0], x[1]),
        ["categorical"] = x => new Categorical(x[0]),
        ["one_hot"] = x => new OneHotCategorical(x[0]),
        ["binomial"] = x => new Binomial(5, x[0]),
        ["poisson"] = x => new Poisson(x[0]),
        ["multivariate_normal"] = x => MultivariateNormal.FromCovariance(x[0], x[1]),
        ["independent"] = x => new Independent(new Normal(x[0], x[1]), 1),
    };

    public static CaseTable Build()
    {
        var all = new CaseTable("distributions");
        foreach (var (name, make) in Makers)
        {
            all.Many(name, x => make(x[1..]) is var d && name == "poisson"
                ? [d.LogProbability(x[0]), d.Mean, d.Variance]
                : [d.LogProbability(x[0]), d.Mean, d.Variance, d.Entropy()]);
            // Neither PyTorch nor we have these in closed form.
            if (name is "cauchy" or "gumbel" or "student_t") continue;
            all.Many($"kl_{name}", x => [KullbackLeibler.Divergence(make(x[..(x.Length / 2)]), make(x[(x.Length / 2)..]))]);
        }
        return all;
    }
}
