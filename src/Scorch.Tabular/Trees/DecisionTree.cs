namespace Scorch.Tabular;

/// <summary>A regression tree (CART): least squared error, prediction by the mean of a leaf.</summary>
/// <param name="MaxDepth">Most splits from root to leaf; null for no limit.</param>
/// <param name="MinLeaf">Fewest rows in a leaf.</param>
/// <param name="MinSplit">Fewest rows in a node that is split.</param>
public sealed record DecisionTree(int? MaxDepth = null, int MinLeaf = 1, int MinSplit = 2) : IRegressor
{
    /// <inheritdoc/>
    public string Name => $"decision tree (depth {MaxDepth?.ToString() ?? "free"}, leaf {MinLeaf})";

    /// <inheritdoc/>
    public IPredictor Fit(DenseMatrix features, double[] target, FitContext context = default)
    {
        LearnerInput.Check(features, target);
        return new TreePredictor(TreeGrowing.Grow(features, target, TreeGrowing.Shape(nameof(DecisionTree), MaxDepth, MinLeaf, MinSplit, features.Columns, features.Columns)), features.Columns);
    }
}

/// <summary>A classification tree (CART): least Gini impurity, prediction by the share of label 1 in a leaf.</summary>
/// <param name="MaxDepth">Most splits from root to leaf; null for no limit.</param>
/// <param name="MinLeaf">Fewest rows in a leaf.</param>
/// <param name="MinSplit">Fewest rows in a node that is split.</param>
public sealed record DecisionTreeClassifier(int? MaxDepth = null, int MinLeaf = 1, int MinSplit = 2) : IProbabilisticClassifier
{
    /// <inheritdoc/>
    public string Name => $"decision tree classifier (depth {MaxDepth?.ToString() ?? "free"}, leaf {MinLeaf})";

    /// <inheritdoc/>
    public IPredictor FitProbability(DenseMatrix features, double[] labels, FitContext context = default)
    {
        LearnerInput.CheckLabels(features, labels);
        return new TreePredictor(TreeGrowing.Grow(features, labels, TreeGrowing.Shape(nameof(DecisionTreeClassifier), MaxDepth, MinLeaf, MinSplit, features.Columns, features.Columns)), features.Columns);
    }
}

internal sealed class TreePredictor(Tree tree, int columns) : IPredictor
{
    public double[] Predict(DenseMatrix features)
    {
        LearnerInput.CheckColumns(features, columns);
        var result = new double[features.Rows];
        for (var i = 0; i < result.Length; i++)
            result[i] = tree.Predict(features.Row(i));
        return result;
    }
}

/// <summary>Checked settings and single trees.</summary>
internal static class TreeGrowing
{
    public static TreeShape Shape(string learner, int? maxDepth, int minLeaf, int minSplit, int featuresPerSplit, int columns)
    {
        if (maxDepth < 0 || minLeaf < 1 || minSplit < 2)
            throw new ArgumentException($"{learner}: depth {maxDepth}, leaf {minLeaf}, split {minSplit}; they must be at least 0, 1 and 2.");
        if (columns > 0 && (featuresPerSplit < 1 || featuresPerSplit > columns))
            throw new ArgumentException($"{learner}: {featuresPerSplit} features a split were asked for, but there are {columns}.");
        return new TreeShape(maxDepth ?? int.MaxValue, minLeaf, minSplit, featuresPerSplit);
    }

    public static Tree Grow(DenseMatrix features, double[] target, TreeShape shape) =>
        new TreeBuilder(new CodedFeatures(features), shape).Grow([.. Enumerable.Range(0, features.Rows)], target, random: null);
}
