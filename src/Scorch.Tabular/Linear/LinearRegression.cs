namespace Scorch.Tabular;

/// <summary>Ordinary least squares with an intercept; the solution of smallest norm when features are dependent.</summary>
public sealed record LinearRegression : IRegressor
{
    /// <inheritdoc/>
    public string Name => "linear regression";

    /// <inheritdoc/>
    public IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default) => RidgeRegression.FitRidge(features, target, 0);
}

/// <summary>Ridge regression: least squares plus <c>Penalty |b|^2</c>, the intercept free (Hoerl and Kennard 1970).</summary>
/// <param name="Penalty">The weight of the squared norm of the coefficients, at least 0; the loss is a sum over rows.</param>
public sealed record RidgeRegression(double Penalty = 1) : IRegressor
{
    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"ridge regression (penalty {Penalty})");

    /// <inheritdoc/>
    public IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default)
    {
        if (!(Penalty >= 0 && double.IsFinite(Penalty)))
            throw new ArgumentException($"RidgeRegression: the penalty is {Penalty}; it must be at least 0.");
        return FitRidge(features, target, Penalty);
    }

    internal static LinearPredictor FitRidge(DenseMatrix features, double[] target, double penalty)
    {
        LearnerInput.Check(features, target);
        int n = features.Rows, p = features.Columns;
        var (means, _) = Numeric.Moments(features);
        var targetMean = Numeric.Mean(target);

        // min |Xc b - yc|^2 + a |b|^2 is the least-squares problem of [Xc; sqrt(a) I] and [yc; 0].
        var extra = penalty > 0 ? p : 0;
        var design = new DenseMatrix(n + extra, p);
        var right = new double[n + extra];
        for (var i = 0; i < n; i++)
        {
            var source = features.Row(i);
            var row = design.Row(i);
            for (var j = 0; j < p; j++)
                row[j] = source[j] - means[j];
            right[i] = target[i] - targetMean;
        }
        for (var j = 0; j < extra; j++)
            design[n + j, j] = Math.Sqrt(penalty);

        var coefficients = LeastSquares.Solve(design, right);
        return new LinearPredictor(targetMean - Numeric.Dot(means, coefficients), coefficients, penalty > 0 ? penalty : null, isLogistic: false);
    }
}
