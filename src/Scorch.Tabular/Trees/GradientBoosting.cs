namespace Scorch.Tabular;

/// <summary>Gradient boosting for regression (Friedman 2001): trees fitted one after the other to the residuals.</summary>
/// <param name="Trees">The number of trees.</param>
/// <param name="LearningRate">The share of each tree's prediction that is added, in (0, 1].</param>
/// <param name="MaxDepth">Most splits from root to leaf of a tree.</param>
/// <param name="MinLeaf">Fewest rows in a leaf.</param>
/// <param name="Subsample">The share of rows, drawn without replacement, that each tree sees, in (0, 1].</param>
/// <param name="FeaturesPerSplit">Features drawn for each split; null for all.</param>
public sealed record GradientBoosting(int Trees = 100, double LearningRate = 0.1, int MaxDepth = 3, int MinLeaf = 1, double Subsample = 1, int? FeaturesPerSplit = null) : IRegressor
{
    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"gradient boosting ({Trees} trees, rate {LearningRate}, depth {MaxDepth})");

    /// <inheritdoc/>
    public IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default)
    {
        LearnerInput.Check(features, target);
        var settings = new BoostingSettings(nameof(GradientBoosting), Trees, LearningRate, MaxDepth, MinLeaf, Subsample, FeaturesPerSplit);
        return Boosting.Fit(settings, features, target, isLogistic: false, context);
    }
}

/// <summary>Gradient boosting for probabilities (Friedman 2001): trees on the gradient of the log-loss, leaves set by one Newton step.</summary>
/// <param name="Trees">The number of trees.</param>
/// <param name="LearningRate">The share of each tree's prediction that is added, in (0, 1].</param>
/// <param name="MaxDepth">Most splits from root to leaf of a tree.</param>
/// <param name="MinLeaf">Fewest rows in a leaf.</param>
/// <param name="Subsample">The share of rows, drawn without replacement, that each tree sees, in (0, 1].</param>
/// <param name="FeaturesPerSplit">Features drawn for each split; null for all.</param>
public sealed record GradientBoostingClassifier(int Trees = 100, double LearningRate = 0.1, int MaxDepth = 3, int MinLeaf = 1, double Subsample = 1, int? FeaturesPerSplit = null) : IProbabilisticClassifier
{
    /// <inheritdoc/>
    public string Name => FormattableString.Invariant($"gradient boosting classifier ({Trees} trees, rate {LearningRate}, depth {MaxDepth})");

    /// <inheritdoc/>
    public IPredictor FitProbability(DenseMatrix features, double[] labels, FitContext context = default)
    {
        LearnerInput.CheckLabels(features, labels);
        var settings = new BoostingSettings(nameof(GradientBoostingClassifier), Trees, LearningRate, MaxDepth, MinLeaf, Subsample, FeaturesPerSplit);
        return Boosting.Fit(settings, features, labels, isLogistic: true, context);
    }
}

internal sealed record BoostingSettings(string Learner, int Trees, double LearningRate, int MaxDepth, int MinLeaf, double Subsample, int? FeaturesPerSplit);

internal static class Boosting
{
    public static IPredictor Fit(BoostingSettings settings, DenseMatrix features, double[] target, bool isLogistic, FitContext context)
    {
        if (settings.Trees < 1 || !(settings.LearningRate > 0 && settings.LearningRate <= 1) || !(settings.Subsample > 0 && settings.Subsample <= 1))
            throw new ArgumentException($"{settings.Learner}: {settings.Trees} trees, rate {settings.LearningRate}, subsample {settings.Subsample}; they must be at least 1, in (0, 1], and in (0, 1].");
        var shape = TreeGrowing.Shape(settings.Learner, settings.MaxDepth, settings.MinLeaf, 2, settings.FeaturesPerSplit ?? features.Columns, features.Columns);
        var n = features.Rows;
        var builder = new TreeBuilder(new CodedFeatures(features), shape);
        var mean = Numeric.Mean(target);
        // One label alone leaves the log odds infinite; they are held where a float's resolution of probabilities ends.
        var clipped = Math.Clamp(mean, 1.1920929e-7, 1 - 1.1920929e-7);
        var start = isLogistic ? Math.Log(clipped / (1 - clipped)) : mean;
        var scores = new double[n];
        Array.Fill(scores, start);
        var residuals = new double[n];
        var leafOf = new int[n];
        var trees = new Tree[settings.Trees];
        var sampled = Math.Max(1, (int)(settings.Subsample * n));
        for (var t = 0; t < trees.Length; t++)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < n; i++)
                residuals[i] = target[i] - (isLogistic ? Numeric.Sigmoid(scores[i]) : scores[i]);
            var random = new RandomSource(context.Seed).Fork(t);
            int[] rows = sampled < n ? random.Permutation(n)[..sampled] : [.. Enumerable.Range(0, n)];
            Array.Sort(rows);
            var tree = builder.Grow((int[])rows.Clone(), residuals, random);
            for (var i = 0; i < n; i++)
                leafOf[i] = tree.Leaf(features.Row(i));
            if (isLogistic)
                NewtonLeaves(tree, rows, leafOf, target, residuals);
            for (var i = 0; i < n; i++)
                scores[i] += settings.LearningRate * tree.Value[leafOf[i]];
            trees[t] = tree;
        }
        return new BoostingPredictor(trees, start, settings.LearningRate, isLogistic, features.Columns);
    }

    // A leaf's step: sum of residuals over sum of p (1 - p), both over the rows that grew the tree.
    private static void NewtonLeaves(Tree tree, int[] rows, int[] leafOf, double[] labels, double[] residuals)
    {
        var numerator = new double[tree.Value.Length];
        var denominator = new double[tree.Value.Length];
        foreach (var i in rows)
        {
            var probability = labels[i] - residuals[i];
            numerator[leafOf[i]] += residuals[i];
            denominator[leafOf[i]] += probability * (1 - probability);
        }
        for (var node = 0; node < numerator.Length; node++)
            tree.Value[node] = Math.Abs(denominator[node]) < 1e-150 ? 0 : numerator[node] / denominator[node];
    }
}

internal sealed class BoostingPredictor(Tree[] trees, double start, double learningRate, bool isLogistic, int columns) : IPredictor
{
    public double[] Predict(DenseMatrix features)
    {
        LearnerInput.CheckColumns(features, columns);
        var result = new double[features.Rows];
        Parallel.For(0, result.Length, i =>
        {
            var score = start;
            foreach (var tree in trees)
                score += learningRate * tree.Predict(features.Row(i));
            result[i] = isLogistic ? Numeric.Sigmoid(score) : score;
        });
        return result;
    }
}
