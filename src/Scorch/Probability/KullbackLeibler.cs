namespace Scorch.Probability;

/// <summary>How far one distribution is from another.</summary>
public static class KullbackLeibler
{
    /// <summary>KL(p || q) = E_p[log p - log q] in nats, of the batch's shape, in closed form.</summary>
    /// <exception cref="NotSupportedException">There is no closed form for the pair.</exception>
    public static Tensor Divergence(Distribution p, Distribution q)
    {
        ArgumentNullException.ThrowIfNull(p);
        ArgumentNullException.ThrowIfNull(q);
        return (p, q) switch
        {
            (Normal a, Normal b) => OfNormals(a, b),
            (LogNormal a, LogNormal b) => OfNormals(a.Logarithm, b.Logarithm),
            (MultivariateNormal a, MultivariateNormal b) => OfVectors(a, b),
            (Bernoulli a, Bernoulli b) => (a.Probabilities * (a.Logits - b.Logits)) + b.Logits.Softplus() - a.Logits.Softplus(),
            (Binomial a, Binomial b) when a.Trials == b.Trials => Divergence(a.Trial, b.Trial) * a.Trials,
            (Categorical a, Categorical b) => (a.Probabilities * (a.Logits - b.Logits)).Sum(-1),
            (OneHotCategorical a, OneHotCategorical b) => Divergence(a.Class, b.Class),
            (Exponential a, Exponential b) => (b.Rate / a.Rate) - 1 - (b.Rate / a.Rate).Log(),
            (Poisson a, Poisson b) => (a.Rate * (a.Rate / b.Rate).Log()) - a.Rate + b.Rate,
            (Laplace a, Laplace b) => OfLaplaces(a, b),
            (Uniform a, Uniform b) => Tensor.Where(b.Low.LessOrEqual(a.Low).And(b.High.GreaterOrEqual(a.High)), (b.Scale / a.Scale).Log(), Tensor.Full([], double.PositiveInfinity, a.DataType, a.Low.Device)),
            (Gamma a, Gamma b) => (b.Concentration * (a.Rate / b.Rate).Log()) + b.Concentration.LogGamma() - a.Concentration.LogGamma()
                + ((a.Concentration - b.Concentration) * a.Concentration.Digamma()) + ((b.Rate - a.Rate) * (a.Concentration / a.Rate)),
            (Beta a, Beta b) => Divergence(a.Pair, b.Pair),
            (Dirichlet a, Dirichlet b) => OfDirichlets(a.Concentration, b.Concentration),
            (Independent a, Independent b) when a.Dimensions == b.Dimensions => a.Summed(Divergence(a.Inner, b.Inner)),
            _ => throw new NotSupportedException($"KullbackLeibler: no closed form for {p.GetType().Name} against {q.GetType().Name}; average LogProbability differences over samples instead."),
        };
    }

    private static Tensor OfNormals(Normal p, Normal q)
    {
        var ratio = (p.Scale / q.Scale).Square();
        return (ratio + ((p.Location - q.Location) / q.Scale).Square() - 1 - ratio.Log()) * 0.5;
    }

    private static Tensor OfVectors(MultivariateNormal p, MultivariateNormal q)
    {
        var spread = q.Factor.TriangularSolve(p.Factor, upper: false).Square().Sum([-2, -1]);
        var shift = q.Factor.TriangularSolve((q.Location - p.Location).Unsqueeze(-1), upper: false).Square().Sum([-2, -1]);
        return q.HalfLogDeterminant - p.HalfLogDeterminant + ((spread + shift - p.EventShape[0]) * 0.5);
    }

    private static Tensor OfLaplaces(Laplace p, Laplace q)
    {
        var distance = (p.Location - q.Location).Abs();
        return (q.Scale / p.Scale).Log() + (distance / q.Scale) + (p.Scale / q.Scale * (-distance / p.Scale).Exp()) - 1;
    }

    private static Tensor OfDirichlets(Tensor a, Tensor b)
    {
        var total = a.Sum(-1, keepDimensions: true);
        return total.Squeeze(-1).LogGamma() - b.Sum(-1).LogGamma() - (a.LogGamma() - b.LogGamma()).Sum(-1) + ((a - b) * (a.Digamma() - total.Digamma())).Sum(-1);
    }
}
