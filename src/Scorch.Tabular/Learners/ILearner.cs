namespace Scorch.Tabular;

/// <summary>A learner is the immutable configuration of a method; fitting it gives a predictor.</summary>
/// <remarks>One learner is fitted on several folds at once, so fitting must be safe from several threads.</remarks>
public interface ILearner
{
    /// <summary>A short name with the settings that matter, for summaries.</summary>
    string Name { get; }
}

/// <summary>Learns the mean of a number given features.</summary>
public interface IRegressor : ILearner
{
    /// <summary>Fits the conditional mean.</summary>
    /// <param name="features">A finite <c>[n, p]</c> matrix, n at least 1.</param>
    /// <param name="target">n finite numbers.</param>
    /// <param name="context">Seed and cancellation.</param>
    /// <returns>Predicts the mean for new rows.</returns>
    /// <exception cref="ArgumentException">Sizes disagree, or a value is not finite.</exception>
    IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default);
}

/// <summary>Learns the probability of a label 1 (against 0) given features.</summary>
public interface IProbabilisticClassifier : ILearner
{
    /// <summary>Fits the conditional probability.</summary>
    /// <param name="features">A finite <c>[n, p]</c> matrix, n at least 1.</param>
    /// <param name="labels">n labels, each exactly 0 or 1.</param>
    /// <param name="context">Seed and cancellation.</param>
    /// <returns>Predicts the probability of label 1, in [0, 1], for new rows.</returns>
    /// <exception cref="ArgumentException">Sizes disagree, a value is not finite, or a label is neither 0 nor 1.</exception>
    IPredictor FitProbability(DenseMatrix features, double[] labels, FitContext context = default);
}

/// <summary>A fitted learner.</summary>
public interface IPredictor
{
    /// <summary>One prediction a row.</summary>
    /// <param name="features">A finite <c>[m, p]</c> matrix with the columns of the fit.</param>
    /// <returns>m predictions.</returns>
    /// <exception cref="ArgumentException">The number of columns differs from the fit's.</exception>
    double[] Predict(DenseMatrix features);
}

/// <summary>What a fit needs beside the data.</summary>
/// <param name="Seed">Fixes every random choice; results do not depend on the number of threads.</param>
/// <param name="CancellationToken">Stops long fits.</param>
public readonly record struct FitContext(long Seed = 0, CancellationToken CancellationToken = default);
