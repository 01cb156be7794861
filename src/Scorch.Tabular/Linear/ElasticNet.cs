namespace Scorch.Tabular;

/// <summary>Lasso and elastic net by coordinate descent (Friedman, Hastie, Tibshirani 2010):
/// minimises <c>|y - Xb|^2 / 2n + Penalty (Mix |b|_1 + (1 - Mix) |b|^2 / 2)</c>, the intercept free.</summary>
/// <param name="Penalty">The weight of the penalty; null to choose it by cross-validation.</param>
/// <param name="Mix">1 for the lasso, down to (not including) 0 for nearly ridge.</param>
/// <param name="Standardize">Whether features are scaled to unit variance first, so that the penalty treats them alike; coefficients come back on the given scale.</param>
/// <param name="Choice">Which penalty of the cross-validated path is taken.</param>
/// <param name="Folds">Inner folds of the cross-validation.</param>
/// <param name="PathSteps">Penalties on the path.</param>
/// <param name="PathRatio">The smallest penalty of the path over the largest (the one at which every coefficient is zero).</param>
/// <param name="Tolerance">Stops when no coefficient moves its fit by more than this times the target's deviation.</param>
public sealed record ElasticNet(
    double? Penalty = null,
    double Mix = 0.5,
    bool Standardize = true,
    PenaltyChoice Choice = PenaltyChoice.Minimum,
    int Folds = 10,
    int PathSteps = 100,
    double PathRatio = 1e-4,
    double Tolerance = 1e-9) : IRegressor
{
    private const int MostSweeps = 100_000;
    private const int MostFeatures = 8_192;

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"{(Mix == 1 ? "lasso" : $"elastic net (mix {Mix})")}, penalty {(Penalty is { } fixedPenalty ? fixedPenalty.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : $"by {Folds}-fold CV ({(Choice == PenaltyChoice.Minimum ? "min" : "1se")})")}");

    /// <inheritdoc/>
    public IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default)
    {
        LearnerInput.Check(features, target);
        CheckSettings(features.Columns);
        var (means, scales) = Numeric.Moments(features);
        if (!Standardize)
            Array.Fill(scales, 1);
        // Centred and scaled once for all folds: the inner fits centre again within their own rows.
        var scaled = Numeric.Standardize(features, means, scales);
        var all = new Gram(scaled, target);

        double penalty;
        double[] b;
        if (Penalty is { } given)
        {
            penalty = given;
            b = new double[features.Columns];
            Descend(all, penalty, b, Tolerance, context.CancellationToken);
        }
        else
        {
            PenaltySelection.CheckFolds(Folds, features.Rows, "ElasticNet");
            var path = PenaltySelection.Path(all.LargestPenalty(Mix), PathRatio, PathSteps);
            var fold = PenaltySelection.Folds(features.Rows, Folds, context.Seed);
            var errors = new double[Folds][];
            var sizes = new int[Folds];
            Parallel.For(0, Folds, new ParallelOptions { CancellationToken = context.CancellationToken }, k =>
            {
                var (train, test) = PenaltySelection.Split(fold, k);
                sizes[k] = test.Length;
                errors[k] = PathErrors(scaled, target, train, test, path, context.CancellationToken);
            });
            var chosen = PenaltySelection.Choose(errors, sizes, Choice);
            penalty = path[chosen];
            b = new double[features.Columns];
            // Warm starts along the path: each solution is near its neighbour's.
            for (var s = 0; s <= chosen; s++)
                Descend(all, path[s], b, s == chosen ? Tolerance : 1e-6, context.CancellationToken);
        }
        for (var j = 0; j < b.Length; j++)
            b[j] /= scales[j];
        return new LinearPredictor(all.TargetMean - Numeric.Dot(means, b), b, penalty, isLogistic: false);
    }

    private double[] PathErrors(DenseMatrix features, double[] target, int[] train, int[] test, double[] path, CancellationToken cancellation)
    {
        var gram = new Gram(features.SelectRows(train), [.. train.Select(i => target[i])]);
        var b = new double[features.Columns];
        var errors = new double[path.Length];
        for (var s = 0; s < path.Length; s++)
        {
            Descend(gram, path[s], b, 1e-6, cancellation);
            foreach (var i in test)
            {
                var row = features.Row(i);
                var residual = target[i] - gram.TargetMean;
                for (var j = 0; j < row.Length; j++)
                    if (b[j] != 0)
                        residual -= (row[j] - gram.Means[j]) * b[j];
                errors[s] += residual * residual;
            }
            errors[s] /= test.Length;
        }
        return errors;
    }

    // Covariance updates: gradient_j = x_j.y/n - sum_k (x_j.x_k/n) b_k, kept up to date for every j.
    private void Descend(Gram gram, double penalty, double[] b, double tolerance, CancellationToken cancellation)
    {
        var p = b.Length;
        var gradient = (double[])gram.CrossTarget.Clone();
        for (var k = 0; k < p; k++)
            if (b[k] != 0)
                Numeric.AddScaled(gradient, -b[k], gram.Products[k]);
        var limit = tolerance * Math.Max(gram.TargetDeviation, double.Epsilon);
        var everything = true;
        for (var sweep = 0; ; sweep++)
        {
            if (sweep == MostSweeps)
                throw new ArithmeticException($"ElasticNet did not converge in {MostSweeps} sweeps at penalty {penalty}; raise the penalty or the tolerance, or standardise the features.");
            if (sweep % 64 == 0)
                cancellation.ThrowIfCancellationRequested();
            var largest = 0.0;
            for (var j = 0; j < p; j++)
            {
                var square = gram.Products[j][j];
                if (square <= 0 || (!everything && b[j] == 0))
                    continue;
                var old = b[j];
                var updated = Numeric.SoftThreshold(gradient[j] + square * old, penalty * Mix) / (square + penalty * (1 - Mix));
                if (updated == old)
                    continue;
                b[j] = updated;
                Numeric.AddScaled(gradient, old - updated, gram.Products[j]);
                largest = Math.Max(largest, Math.Abs(updated - old) * Math.Sqrt(square));
            }
            // Sweeps over the active set until it rests, then over everything; done when that moves nothing.
            if (largest <= limit)
            {
                if (everything)
                    return;
                everything = true;
            }
            else
                everything = false;
        }
    }

    private void CheckSettings(int columns)
    {
        if (Penalty is { } given && !(given >= 0 && double.IsFinite(given)))
            throw new ArgumentException($"ElasticNet: the penalty is {given}; it must be at least 0.");
        if (!(Mix > 0 && Mix <= 1))
            throw new ArgumentException($"ElasticNet: the mix is {Mix}; it must be in (0, 1]. For 0 use RidgeRegression.");
        if (PathSteps < 1 || !(PathRatio > 0 && PathRatio < 1) || !(Tolerance > 0))
            throw new ArgumentException($"ElasticNet: {PathSteps} path steps, path ratio {PathRatio}, tolerance {Tolerance}; they must be at least 1, in (0, 1), and positive.");
        if (columns > MostFeatures)
            throw new ArgumentException($"ElasticNet keeps all products of two features in memory: {columns} features were given, {MostFeatures} are possible.");
    }

    /// <summary>Means and cross products of centred data, all that coordinate descent needs.</summary>
    private sealed class Gram
    {
        public Gram(DenseMatrix features, double[] target)
        {
            int n = features.Rows, p = features.Columns;
            (Means, _) = Numeric.Moments(features);
            TargetMean = Numeric.Mean(target);
            var columns = new double[p][];
            for (var j = 0; j < p; j++)
            {
                columns[j] = features.Column(j);
                for (var i = 0; i < n; i++)
                    columns[j][i] -= Means[j];
            }
            var centred = new double[n];
            for (var i = 0; i < n; i++)
                centred[i] = target[i] - TargetMean;
            TargetDeviation = Math.Sqrt(Numeric.Dot(centred, centred) / n);
            Products = new double[p][];
            CrossTarget = new double[p];
            for (var j = 0; j < p; j++)
                Products[j] = new double[p];
            for (var j = 0; j < p; j++)
            {
                CrossTarget[j] = Numeric.Dot(columns[j], centred) / n;
                for (var k = 0; k <= j; k++)
                    Products[j][k] = Products[k][j] = Numeric.Dot(columns[j], columns[k]) / n;
            }
        }

        public double[] Means { get; }

        public double TargetMean { get; }

        public double TargetDeviation { get; }

        public double[][] Products { get; }

        public double[] CrossTarget { get; }

        // The smallest penalty at which zero is the solution.
        public double LargestPenalty(double mix) => Math.Max(CrossTarget.Select(Math.Abs).DefaultIfEmpty(0).Max() / mix, 1e-12 * TargetDeviation + double.Epsilon);
    }
}
