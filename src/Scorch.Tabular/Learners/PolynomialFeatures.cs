namespace Scorch.Tabular;

/// <summary>All products of up to a number of features: what a lasso chooses from.</summary>
public static class PolynomialFeatures
{
    private const int MostColumns = 100_000;

    /// <summary>Every monomial of degree 1 to <paramref name="degree"/>, in order of degree, then of features.</summary>
    /// <param name="features">An <c>[n, p]</c> matrix.</param>
    /// <param name="degree">The highest degree, at least 1.</param>
    /// <returns>The expanded matrix; for degree 2, <c>p + p (p + 1) / 2</c> columns.</returns>
    /// <exception cref="ArgumentException">The degree is below 1, or there would be more than 100,000 columns.</exception>
    public static DenseMatrix Expand(DenseMatrix features, int degree)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentOutOfRangeException.ThrowIfLessThan(degree, 1);
        var monomials = new List<int[]>();
        var layer = Enumerable.Range(0, features.Columns).Select(j => new[] { j }).ToList();
        for (var d = 1; d <= degree; d++)
        {
            monomials.AddRange(layer);
            if (monomials.Count > MostColumns)
                throw new ArgumentException($"Degree {degree} of {features.Columns} features gives more than {MostColumns} columns; lower the degree.", nameof(degree));
            if (d < degree)
                layer = [.. layer.SelectMany(monomial => Enumerable.Range(monomial[^1], features.Columns - monomial[^1]).Select(j => (int[])[.. monomial, j]))];
        }
        var result = new DenseMatrix(features.Rows, monomials.Count);
        for (var i = 0; i < features.Rows; i++)
        {
            var source = features.Row(i);
            var target = result.Row(i);
            for (var m = 0; m < target.Length; m++)
            {
                var product = 1.0;
                foreach (var j in monomials[m])
                    product *= source[j];
                target[m] = product;
            }
        }
        return result;
    }
}

/// <summary>A regressor on polynomial features, which are scaled to unit variance before they are multiplied.</summary>
/// <param name="Inner">What is fitted on the expanded features.</param>
/// <param name="Degree">The highest degree.</param>
public sealed record PolynomialRegressor(IRegressor Inner, int Degree = 2) : IRegressor
{
    /// <inheritdoc/>
    public string Name => $"{Inner.Name} on polynomials of degree {Degree}";

    /// <inheritdoc/>
    public IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default)
    {
        LearnerInput.Check(features, target);
        var (means, scales) = Numeric.Moments(features);
        return new PolynomialPredictor(Inner.Fit(PolynomialFeatures.Expand(Numeric.Standardize(features, means, scales), Degree), target, context), means, scales, Degree);
    }
}

/// <summary>A classifier on polynomial features, which are scaled to unit variance before they are multiplied.</summary>
/// <param name="Inner">What is fitted on the expanded features.</param>
/// <param name="Degree">The highest degree.</param>
public sealed record PolynomialClassifier(IProbabilisticClassifier Inner, int Degree = 2) : IProbabilisticClassifier
{
    /// <inheritdoc/>
    public string Name => $"{Inner.Name} on polynomials of degree {Degree}";

    /// <inheritdoc/>
    public IPredictor FitProbability(DenseMatrix features, double[] labels, FitContext context = default)
    {
        LearnerInput.CheckLabels(features, labels);
        var (means, scales) = Numeric.Moments(features);
        return new PolynomialPredictor(Inner.FitProbability(PolynomialFeatures.Expand(Numeric.Standardize(features, means, scales), Degree), labels, context), means, scales, Degree);
    }
}

internal sealed class PolynomialPredictor(IPredictor inner, double[] means, double[] scales, int degree) : IPredictor
{
    public double[] Predict(DenseMatrix features)
    {
        LearnerInput.CheckColumns(features, means.Length);
        return inner.Predict(PolynomialFeatures.Expand(Numeric.Standardize(features, means, scales), degree));
    }
}
