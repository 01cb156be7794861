namespace Scorch.Statistics.DoubleML;

/// <summary>Draws the splits that a configuration asks for.</summary>
internal static class SplitDrawing
{
    public static SampleSplits Draw(DmlConfig config, CausalData data, IReadOnlyList<int>? strata)
    {
        config.Check(data.Rows);
        if (data.Clusters.Count > 0)
            return DrawClusters(config, data);
        if (!config.CrossFit)
            return SampleSplits.FromFolds([[config.Folds == 1 ? InSample(data.Rows) : Holdout(config, data.Rows)]], data.Rows);
        return SampleSplits.FromFoldNumbers([.. Enumerable.Range(0, config.Repetitions).Select(repetition =>
            FoldNumbers(data.Rows, config.Folds, RandomSource.Derive(config.Seed, 1, repetition), config.StratifyFolds ? strata : null))]);
    }

    // Rows in random order, dealt out one fold after the other; with strata, one stratum after the other.
    private static int[] FoldNumbers(int rows, int folds, long seed, IReadOnlyList<int>? strata)
    {
        var order = new RandomSource(seed).Permutation(rows);
        if (strata is not null)
            order = [.. order.OrderBy(row => strata[row])];
        var numbers = new int[rows];
        for (var i = 0; i < rows; i++)
            numbers[order[i]] = i % folds;
        return numbers;
    }

    private static Fold InSample(int rows)
    {
        int[] all = [.. Enumerable.Range(0, rows)];
        return new Fold(all, all);
    }

    private static Fold Holdout(DmlConfig config, int rows)
    {
        var order = new RandomSource(RandomSource.Derive(config.Seed, 1, 0)).Permutation(rows);
        return new Fold([.. order[..(rows / 2)].Order()], [.. order[(rows / 2)..].Order()]);
    }

    private static SampleSplits DrawClusters(DmlConfig config, CausalData data)
    {
        if (!config.CrossFit)
            throw new ArgumentException("DmlConfig: clustered data is always cross-fitted; set CrossFit to true.");
        foreach (var (codes, name) in data.Clusters.Zip(data.Roles.Clusters))
            if (codes.Max() + 1 < config.Folds)
                throw new ArgumentException($"DmlConfig: {config.Folds} folds of the {codes.Max() + 1} clusters of '{name}'; use at most as many folds as clusters.");
        return SampleSplits.FromClusterFolds(data.Clusters, [.. Enumerable.Range(0, config.Repetitions).Select(repetition =>
            (IReadOnlyList<int[]>)[.. data.Clusters.Select((codes, variable) =>
                FoldNumbers(codes.Max() + 1, config.Folds, RandomSource.Derive(config.Seed, 2, repetition, variable), null))])]);
    }
}
