namespace Scorch.Tabular;

/// <summary>What a grid search found.</summary>
/// <typeparam name="TLearner">Regressors or classifiers.</typeparam>
/// <param name="Best">The candidate with the smallest error; the first among equals.</param>
/// <param name="Errors">Each candidate's cross-validated mean loss: squared error, or log-loss for classifiers.</param>
public sealed record GridSearchResult<TLearner>(TLearner Best, IReadOnlyList<double> Errors);

/// <summary>A learner that tries candidates by inner cross-validation and fits the best one.</summary>
public interface ITunedLearner : ILearner
{
    /// <summary>Chooses once, on the given data, and returns the chosen learner.</summary>
    /// <param name="features">An <c>[n, p]</c> matrix.</param>
    /// <param name="target">n targets.</param>
    /// <param name="context">Seed and cancellation.</param>
    /// <returns>The best candidate.</returns>
    ILearner Choose(DenseMatrix features, double[] target, FitContext context = default);
}

/// <summary>Grid search for regressors by inner cross-validation of the squared error.</summary>
/// <param name="Candidates">What is tried, at least one.</param>
/// <param name="Folds">Inner folds.</param>
public sealed record GridSearchRegressor(IReadOnlyList<IRegressor> Candidates, int Folds = 5) : IRegressor, ITunedLearner
{
    /// <inheritdoc/>
    public string Name => $"best of {Candidates.Count} by {Folds}-fold CV ({Candidates[0].Name}, ...)";

    /// <inheritdoc/>
    public IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default) =>
        Search(features, target, context).Best.Fit(features, target, context);

    /// <inheritdoc/>
    public ILearner Choose(DenseMatrix features, double[] target, FitContext context = default) => Search(features, target, context).Best;

    /// <summary>Cross-validates all candidates on the same folds.</summary>
    /// <param name="features">An <c>[n, p]</c> matrix.</param>
    /// <param name="target">n targets.</param>
    /// <param name="context">Seed and cancellation.</param>
    /// <returns>The best candidate and all errors.</returns>
    public GridSearchResult<IRegressor> Search(DenseMatrix features, double[] target, FitContext context = default)
    {
        LearnerInput.Check(features, target);
        return GridSearching.Search(Candidates, Folds, features, target, context, (learner, x, y, inner) => learner.Fit(x, y, inner),
            (prediction, truth) => (prediction - truth) * (prediction - truth));
    }
}

/// <summary>Grid search for classifiers by inner cross-validation of the log-loss.</summary>
/// <param name="Candidates">What is tried, at least one.</param>
/// <param name="Folds">Inner folds.</param>
public sealed record GridSearchClassifier(IReadOnlyList<IProbabilisticClassifier> Candidates, int Folds = 5) : IProbabilisticClassifier, ITunedLearner
{
    /// <inheritdoc/>
    public string Name => $"best of {Candidates.Count} by {Folds}-fold CV ({Candidates[0].Name}, ...)";

    /// <inheritdoc/>
    public IPredictor FitProbability(DenseMatrix features, double[] labels, FitContext context = default) =>
        Search(features, labels, context).Best.FitProbability(features, labels, context);

    /// <inheritdoc/>
    public ILearner Choose(DenseMatrix features, double[] target, FitContext context = default) => Search(features, target, context).Best;

    /// <summary>Cross-validates all candidates on the same folds.</summary>
    /// <param name="features">An <c>[n, p]</c> matrix.</param>
    /// <param name="labels">n labels, each 0 or 1.</param>
    /// <param name="context">Seed and cancellation.</param>
    /// <returns>The best candidate and all errors.</returns>
    public GridSearchResult<IProbabilisticClassifier> Search(DenseMatrix features, double[] labels, FitContext context = default)
    {
        LearnerInput.CheckLabels(features, labels);
        // A probability of exactly 0 or 1 that is wrong costs log(10^15), not infinity.
        return GridSearching.Search(Candidates, Folds, features, labels, context, (learner, x, y, inner) => learner.FitProbability(x, y, inner),
            (probability, label) => -Math.Log(Math.Max(1e-15, label == 1 ? probability : 1 - probability)));
    }
}

internal static class GridSearching
{
    public static GridSearchResult<TLearner> Search<TLearner>(
        IReadOnlyList<TLearner> candidates, int folds, DenseMatrix features, double[] target, FitContext context,
        Func<TLearner, DenseMatrix, double[], FitContext, IPredictor> fit, Func<double, double, double> loss)
    {
        if (candidates is null || candidates.Count == 0)
            throw new ArgumentException("A grid search needs at least one candidate.");
        PenaltySelection.CheckFolds(folds, features.Rows, "The grid search");
        var fold = PenaltySelection.Folds(features.Rows, folds, RandomSource.Derive(context.Seed, 0x6121D));
        var errors = new double[candidates.Count];
        for (var k = 0; k < folds; k++)
        {
            var (train, test) = PenaltySelection.Split(fold, k);
            var (trainX, testX) = (features.SelectRows(train), features.SelectRows(test));
            var trainY = Array.ConvertAll(train, i => target[i]);
            for (var c = 0; c < errors.Length; c++)
            {
                var predictions = fit(candidates[c], trainX, trainY, context).Predict(testX);
                for (var i = 0; i < test.Length; i++)
                    errors[c] += loss(predictions[i], target[test[i]]) / target.Length;
            }
        }
        return new GridSearchResult<TLearner>(candidates[Array.IndexOf(errors, errors.Min())], errors);
    }
}
