namespace Scorch.Probability;

/// <summary>The normal distribution of vectors.</summary>
/// <param name="location">[batch..., n].</param>
/// <param name="factor">Lower Cholesky factors of the covariances [batch..., n, n].</param>
public sealed class MultivariateNormal(Tensor location, Tensor factor)
    : Distribution(Vectors(location, factor), location.Shape[^1..], location.DataType)
{
    /// <summary>[batch..., n].</summary>
    public Tensor Location { get; } = location.Expand([.. Shape.Broadcast(location.Shape[..^1], factor.Shape[..^2]), location.Shape[-1]]);

    /// <summary>[batch..., n, n], lower triangular.</summary>
    public Tensor Factor { get; } = factor.Expand([.. Shape.Broadcast(location.Shape[..^1], factor.Shape[..^2]), .. factor.Shape[^2..]]);

    /// <summary>From covariances [batch..., n, n].</summary>
    /// <exception cref="ArithmeticException">A covariance is not positive definite.</exception>
    public static MultivariateNormal FromCovariance(Tensor location, Tensor covariance)
    {
        ArgumentNullException.ThrowIfNull(covariance);
        return new(location, covariance.Cholesky());
    }

    /// <inheritdoc/>
    public override bool IsReparameterized => true;

    /// <inheritdoc/>
    public override Tensor Mean => Location;

    /// <inheritdoc/>
    public override Tensor Variance => Factor.Square().Sum(-1);

    internal Tensor HalfLogDeterminant => Factor.Diagonal().Log().Sum(-1);

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value)
    {
        Checked(value);
        var white = Factor.TriangularSolve((value - Location).Unsqueeze(-1), upper: false).Squeeze(-1);
        return (white.Square().Sum(-1) * -0.5) - HalfLogDeterminant - (0.5 * EventShape[0] * Math.Log(2 * Math.PI));
    }

    /// <inheritdoc/>
    public override Tensor Entropy() => HalfLogDeterminant + (0.5 * EventShape[0] * (1 + Math.Log(2 * Math.PI)));

    private static Shape Vectors(Tensor location, Tensor factor)
    {
        Number(location, nameof(MultivariateNormal), nameof(location));
        Number(factor, nameof(MultivariateNormal), nameof(factor));
        if (location.Rank < 1 || factor.Rank < 2 || factor.Shape[-1] != factor.Shape[-2] || factor.Shape[-1] != location.Shape[-1])
            throw new ArgumentException($"MultivariateNormal: locations {location.Shape} and factors {factor.Shape}; give [batch..., n] and [batch..., n, n].", nameof(factor));
        Holds(factor.Diagonal(), x => x.GreaterThan(0), nameof(MultivariateNormal), nameof(factor), "a positive diagonal element; give a Cholesky factor, or the covariance to FromCovariance");
        Holds(factor.UpperTriangle(1), x => x.EqualTo(0), nameof(MultivariateNormal), nameof(factor), "0 above the diagonal; give LowerTriangle() of it");
        return Shape.Broadcast(location.Shape[..^1], factor.Shape[..^2]);
    }

    private protected override Tensor Draw(RandomSource random, Shape shape) =>
        Location + Factor.MatMul(random.Normal(shape, dataType: DataType).Unsqueeze(-1)).Squeeze(-1);
}

/// <summary>Another distribution whose last batch dimensions count as one draw.</summary>
/// <param name="inner">The other.</param>
/// <param name="dimensions">How many batch dimensions.</param>
public sealed class Independent(Distribution inner, int dimensions)
    : Distribution(inner.BatchShape[..^dimensions], [.. inner.BatchShape[^dimensions..], .. inner.EventShape], inner.DataType)
{
    /// <summary>The other.</summary>
    public Distribution Inner { get; } = inner;

    /// <summary>How many of its batch dimensions count as one draw.</summary>
    public int Dimensions { get; } = dimensions;

    /// <inheritdoc/>
    public override bool IsReparameterized => Inner.IsReparameterized;

    /// <inheritdoc/>
    public override Tensor Mean => Inner.Mean;

    /// <inheritdoc/>
    public override Tensor Variance => Inner.Variance;

    /// <inheritdoc/>
    public override Tensor LogProbability(Tensor value) => Summed(Inner.LogProbability(value));

    /// <inheritdoc/>
    public override Tensor Entropy() => Summed(Inner.Entropy());

    internal Tensor Summed(Tensor x) => Dimensions == 0 ? x : x.Sum([.. Enumerable.Range(x.Rank - Dimensions, Dimensions)]);

    private protected override Tensor Draw(RandomSource random, Shape shape)
    {
        var sample = shape[..(shape.Rank - BatchShape.Rank - EventShape.Rank)].ToArray();
        return IsReparameterized ? Inner.ReparameterizedSample(random, sample) : Inner.Sample(random, sample);
    }
}
