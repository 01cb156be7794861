using Scorch.Probability;

namespace Scorch.Tests.Probability;

/// <summary>Bad parameters and values are named, with what would be right.</summary>
public class ArgumentCheckTests
{
    private static readonly Tensor One = Tensor.Ones([2]);

    private static readonly Tensor Missing = Tensor.From(1f, float.NaN);

    public static TheoryData<string, string, Func<object>> Refused => new()
    {
        { "scale", "Softplus", () => new Normal(One, -One) },
        { "scale", "NaN", () => new Laplace(One, Missing) },
        { "location", "NaN", () => new Normal(Missing, One) },
        { "high - low", "positive", () => new Uniform(One, One) },
        { "concentration", "element 1", () => new Gamma(Tensor.From(1f, 0f), One) },
        { "rate", "positive", () => new Gamma(One, -One) },
        { "first", "positive", () => new Beta(-One, One) },
        { "second", "NaN", () => new Beta(One, Missing) },
        { "degrees", "positive", () => new StudentT(-One, One, One) },
        { "concentration", "positive", () => new Dirichlet(-One) },
        { "concentration", "at least one class", () => new Dirichlet(Tensor.Ones([])) },
        { "logits", "NaN", () => new Bernoulli(Missing) },
        { "logits", "NaN", () => new Categorical(Missing) },
        { "logits", "at least one class", () => new OneHotCategorical(Tensor.Ones([])) },
        { "logits", "To(DataType.Float32)", () => new Bernoulli(Tensor.From(1, 2)) },
        { "probabilities", "from 0 to 1", () => Bernoulli.FromProbabilities(One * 2) },
        { "factor", "[batch..., n, n]", () => new MultivariateNormal(One, Tensor.Ones([3, 3])) },
        { "factor", "Cholesky", () => new MultivariateNormal(One, -Tensor.Identity(2)) },
        { "factor", "LowerTriangle", () => new MultivariateNormal(One, Tensor.Ones([2, 2])) },
        { "value", "do not fit", () => new Normal(One, One).LogProbability(Tensor.Ones([3])) },
        { "value", "do not fit", () => new Dirichlet(One).LogProbability(Tensor.Ones([1])) },
        { "value", "NaN", () => new Normal(One, One).LogProbability(Missing) },
        { "value", "at least 0", () => new Gamma(One, One).LogProbability(-One) },
        { "value", "in [0, 1]", () => new Beta(One, One).LogProbability(One * 2) },
        { "value", "sum to 1", () => new Dirichlet(One).LogProbability(One) },
        { "value", "0 or 1", () => new Bernoulli(One).LogProbability(One * 0.5) },
        { "value", "from 0 to 1", () => new Categorical(One).LogProbability(Tensor.From(2L)) },
        { "value", "from 0 to 3", () => new Binomial(3, One).LogProbability(One * 4) },
        { "value", "whole numbers from 0", () => new Poisson(One).LogProbability(One * 0.5) },
        { "value", "single 1", () => new OneHotCategorical(One).LogProbability(One) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_is_wrong_is_named_with_its_remedy(string argument, string part, Func<object> act)
    {
        var error = Assert.ThrowsAny<ArgumentException>(act);
        Assert.Equal(argument, error.ParamName);
        Assert.Contains(part, error.Message);
    }
}
