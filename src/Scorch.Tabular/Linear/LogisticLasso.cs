namespace Scorch.Tabular;

/// <summary>Logistic regression with an L1 or elastic-net penalty by proximal Newton steps on an active set (Friedman, Hastie, Tibshirani 2010):
/// minimises <c>mean log-loss + Penalty (Mix |b|_1 + (1 - Mix) |b|^2 / 2)</c>, the intercept free.</summary>
/// <param name="Penalty">The weight of the penalty; null to choose it by cross-validated log-loss.</param>
/// <param name="Mix">1 for the lasso, down to (not including) 0.</param>
/// <param name="Standardize">Whether features are scaled to unit variance first.</param>
/// <param name="Choice">Which penalty of the cross-validated path is taken.</param>
/// <param name="Folds">Inner folds of the cross-validation.</param>
/// <param name="PathSteps">Penalties on the path.</param>
/// <param name="PathRatio">The smallest penalty of the path over the largest.</param>
/// <param name="Tolerance">Stops when a step moves no logit's root-mean-square by more than this.</param>
public sealed record LogisticLasso(
    double? Penalty = null,
    double Mix = 1,
    bool Standardize = true,
    PenaltyChoice Choice = PenaltyChoice.Minimum,
    int Folds = 10,
    int PathSteps = 100,
    double PathRatio = 1e-3,
    double Tolerance = 1e-9) : IProbabilisticClassifier
{
    private const double PathTolerance = 1e-5;

    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"logistic {(Mix == 1 ? "lasso" : $"elastic net (mix {Mix})")}, penalty {(Penalty is { } fixedPenalty ? fixedPenalty.ToString("R", System.Globalization.CultureInfo.InvariantCulture) : $"by {Folds}-fold CV ({(Choice == PenaltyChoice.Minimum ? "min" : "1se")})")}");

    /// <inheritdoc/>
    public IPredictor FitProbability(DenseMatrix features, double[] labels, FitContext context = default)
    {
        LearnerInput.CheckLabels(features, labels);
        if (Penalty is { } given && !(given > 0 && double.IsFinite(given)))
            throw new ArgumentException($"LogisticLasso: the penalty is {given}; it must be positive. For 0 use LogisticRegression.");
        if (!(Mix > 0 && Mix <= 1))
            throw new ArgumentException($"LogisticLasso: the mix is {Mix}; it must be in (0, 1]. For 0 use LogisticRegression with a penalty.");
        if (PathSteps < 1 || !(PathRatio > 0 && PathRatio < 1) || !(Tolerance > 0))
            throw new ArgumentException($"LogisticLasso: {PathSteps} path steps, path ratio {PathRatio}, tolerance {Tolerance}; they must be at least 1, in (0, 1), and positive.");
        var (means, scales) = Numeric.Moments(features);
        if (!Standardize)
            Array.Fill(scales, 1);
        var x = Numeric.Standardize(features, means, scales);
        var all = new LogisticProblem(x, labels, Mix);

        double penalty;
        var b = all.Start();
        if (labels.Min() == labels.Max())
            penalty = Penalty ?? 1;
        else if (Penalty is { } fixedPenalty)
        {
            penalty = fixedPenalty;
            all.Minimize(b, penalty, Tolerance, context.CancellationToken);
        }
        else
        {
            PenaltySelection.CheckFolds(Folds, features.Rows, "LogisticLasso");
            var path = PenaltySelection.Path(all.LargestPenalty(), PathRatio, PathSteps);
            var fold = PenaltySelection.Folds(features.Rows, Folds, context.Seed);
            var errors = new double[Folds][];
            var sizes = new int[Folds];
            Parallel.For(0, Folds, new ParallelOptions { CancellationToken = context.CancellationToken }, k =>
            {
                var (train, test) = PenaltySelection.Split(fold, k);
                sizes[k] = test.Length;
                errors[k] = PathErrors(x, labels, train, test, path, context.CancellationToken);
            });
            var chosen = PenaltySelection.Choose(errors, sizes, Choice);
            penalty = path[chosen];
            for (var s = 0; s <= chosen; s++)
                all.Minimize(b, path[s], s == chosen ? Tolerance : PathTolerance, context.CancellationToken);
        }

        var coefficients = new double[features.Columns];
        for (var j = 0; j < coefficients.Length; j++)
            coefficients[j] = b[j + 1] / scales[j];
        return new LinearPredictor(b[0] - Numeric.Dot(means, coefficients), coefficients, penalty, isLogistic: true);
    }

    private double[] PathErrors(DenseMatrix x, double[] labels, int[] train, int[] test, double[] path, CancellationToken cancellation)
    {
        var trainLabels = Array.ConvertAll(train, i => labels[i]);
        var problem = new LogisticProblem(x.SelectRows(train), trainLabels, Mix);
        var b = problem.Start();
        var bothLabels = trainLabels.Min() != trainLabels.Max();
        var errors = new double[path.Length];
        for (var s = 0; s < path.Length; s++)
        {
            if (bothLabels)
                problem.Minimize(b, path[s], PathTolerance, cancellation);
            foreach (var i in test)
            {
                var logit = b[0] + Numeric.Dot(x.Row(i), b.AsSpan(1));
                errors[s] += Numeric.Softplus(labels[i] == 1 ? -logit : logit) / test.Length;
            }
        }
        return errors;
    }
}
