namespace Scorch.Tabular;

/// <summary>A random forest for regression (Breiman 2001): the mean of trees grown on bootstrap samples with few features a split.</summary>
/// <param name="Trees">The number of trees.</param>
/// <param name="MinLeaf">Fewest rows in a leaf.</param>
/// <param name="FeaturesPerSplit">Features drawn for each split; null for a third of them.</param>
/// <param name="MaxDepth">Most splits from root to leaf; null for no limit.</param>
public sealed record RandomForest(int Trees = 500, int MinLeaf = 5, int? FeaturesPerSplit = null, int? MaxDepth = null) : IRegressor
{
    /// <inheritdoc/>
    public string Name => $"random forest ({Trees} trees, leaf {MinLeaf})";

    /// <inheritdoc/>
    public IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default)
    {
        LearnerInput.Check(features, target);
        return ForestGrowing.Grow(nameof(RandomForest), Trees, MinLeaf, FeaturesPerSplit ?? Math.Max(1, features.Columns / 3), MaxDepth, features, target, context);
    }
}

/// <summary>A random forest for probabilities (Malley et al. 2012): the mean over trees of the leaf's share of label 1.</summary>
/// <param name="Trees">The number of trees.</param>
/// <param name="MinLeaf">Fewest rows in a leaf.</param>
/// <param name="FeaturesPerSplit">Features drawn for each split; null for the square root of their number.</param>
/// <param name="MaxDepth">Most splits from root to leaf; null for no limit.</param>
public sealed record RandomForestClassifier(int Trees = 500, int MinLeaf = 5, int? FeaturesPerSplit = null, int? MaxDepth = null) : IProbabilisticClassifier
{
    /// <inheritdoc/>
    public string Name => $"random forest classifier ({Trees} trees, leaf {MinLeaf})";

    /// <inheritdoc/>
    public IPredictor FitProbability(DenseMatrix features, double[] labels, FitContext context = default)
    {
        LearnerInput.CheckLabels(features, labels);
        return ForestGrowing.Grow(nameof(RandomForestClassifier), Trees, MinLeaf, FeaturesPerSplit ?? Math.Max(1, (int)Math.Sqrt(features.Columns)), MaxDepth, features, labels, context);
    }
}

internal static class ForestGrowing
{
    public static IPredictor Grow(string learner, int trees, int minLeaf, int featuresPerSplit, int? maxDepth, DenseMatrix features, double[] target, FitContext context)
    {
        if (trees < 1)
            throw new ArgumentException($"{learner}: {trees} trees were asked for; at least 1 is needed.");
        var shape = TreeGrowing.Shape(learner, maxDepth, minLeaf, 2, featuresPerSplit, features.Columns);
        var coded = new CodedFeatures(features);
        var grown = new Tree[trees];
        // Each tree draws from a stream of its own: which thread grows it makes no difference.
        Parallel.For(0, trees, new ParallelOptions { CancellationToken = context.CancellationToken }, () => new TreeBuilder(coded, shape), (index, _, builder) =>
        {
            var random = new RandomSource(context.Seed).Fork(index);
            var times = new int[features.Rows];
            for (var i = 0; i < times.Length; i++)
                times[random.NextInt64(times.Length)]++;
            // In ascending order, neighbours in memory are visited together.
            var rows = new int[times.Length];
            var drawn = 0;
            for (var i = 0; i < times.Length; i++)
                for (var again = 0; again < times[i]; again++)
                    rows[drawn++] = i;
            grown[index] = builder.Grow(rows, target, random);
            return builder;
        }, _ => { });
        return new ForestPredictor(grown, features.Columns);
    }
}

internal sealed class ForestPredictor(Tree[] trees, int columns) : IPredictor
{
    public double[] Predict(DenseMatrix features)
    {
        LearnerInput.CheckColumns(features, columns);
        var result = new double[features.Rows];
        Parallel.For(0, result.Length, i =>
        {
            var sum = 0.0;
            foreach (var tree in trees)
                sum += tree.Predict(features.Row(i));
            result[i] = sum / trees.Length;
        });
        return result;
    }
}
