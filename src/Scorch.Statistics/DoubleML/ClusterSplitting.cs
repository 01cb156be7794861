namespace Scorch.Statistics.DoubleML;

/// <summary>Folds over one or two cluster variables (Chiang, Kato, Ma, Sasaki 2022).</summary>
internal static class ClusterSplitting
{
    public static IReadOnlyList<Fold> Folds(IReadOnlyList<int[]> clusters, IReadOnlyList<int[]> foldOfCluster)
    {
        if (clusters.Count is not (1 or 2) || foldOfCluster.Count != clusters.Count)
            throw new ArgumentException($"{clusters.Count} cluster variables and folds for {foldOfCluster.Count} were given; one or two of each are needed.", nameof(foldOfCluster));
        for (var variable = 0; variable < clusters.Count; variable++)
            if (foldOfCluster[variable].Length != clusters[variable].Max() + 1)
                throw new ArgumentException($"Cluster variable {variable} has {clusters[variable].Max() + 1} clusters, but folds were given for {foldOfCluster[variable].Length}.", nameof(foldOfCluster));
        var counts = foldOfCluster.Select(folds => folds.Max() + 1).ToArray();
        var rows = clusters[0].Length;
        var result = new List<Fold>();
        for (var index = 0; index < counts.Aggregate(1, (product, count) => product * count); index++)
        {
            // The first variable's fold runs slowest; train on rows that share no cluster fold with the test rows.
            int[] cell = clusters.Count == 1 ? [index] : [index / counts[1], index % counts[1]];
            bool Shares(int row, int variable) => foldOfCluster[variable][clusters[variable][row]] == cell[variable];
            var variables = Enumerable.Range(0, clusters.Count).ToArray();
            result.Add(new Fold(
                [.. Enumerable.Range(0, rows).Where(row => !variables.Any(variable => Shares(row, variable)))],
                [.. Enumerable.Range(0, rows).Where(row => variables.All(variable => Shares(row, variable)))],
                [.. variables.Select(variable => Enumerable.Range(0, foldOfCluster[variable].Length).Where(cluster => foldOfCluster[variable][cluster] == cell[variable]).ToArray())]));
        }
        return result;
    }
}
