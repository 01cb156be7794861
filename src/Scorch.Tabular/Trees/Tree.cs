namespace Scorch.Tabular;

/// <summary>A fitted binary tree in arrays: node 0 is the root, a leaf has feature -1.</summary>
internal sealed class Tree(int[] feature, double[] threshold, int[] left, int[] right, double[] value)
{
    /// <summary>The mean target of each node's rows; writable, as boosting sets leaves by a Newton step.</summary>
    public double[] Value => value;

    public int Leaf(ReadOnlySpan<double> row)
    {
        var node = 0;
        while (feature[node] >= 0)
            node = row[feature[node]] <= threshold[node] ? left[node] : right[node];
        return node;
    }

    public double Predict(ReadOnlySpan<double> row) => value[Leaf(row)];
}

/// <summary>How a tree grows.</summary>
/// <param name="MaxDepth">Most splits from root to leaf.</param>
/// <param name="MinLeaf">Fewest rows in a leaf.</param>
/// <param name="MinSplit">Fewest rows in a node that is split.</param>
/// <param name="FeaturesPerSplit">Features drawn for each split.</param>
internal readonly record struct TreeShape(int MaxDepth, int MinLeaf, int MinSplit, int FeaturesPerSplit);
