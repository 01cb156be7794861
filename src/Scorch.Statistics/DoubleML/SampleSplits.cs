namespace Scorch.Statistics.DoubleML;

/// <summary>One fold: the nuisance functions are learned on the training rows and used on the test rows.</summary>
/// <param name="Train">Row numbers, ascending.</param>
/// <param name="Test">Row numbers, ascending.</param>
/// <param name="TestClusters">For clustered data, the clusters of each cluster variable that belong to the fold; else null.</param>
public sealed record Fold(int[] Train, int[] Test, IReadOnlyList<int[]>? TestClusters = null);

/// <summary>The folds of every repetition.</summary>
public sealed class SampleSplits
{
    private SampleSplits(IReadOnlyList<IReadOnlyList<Fold>> repetitions, bool crossFit) => (Repetitions, IsCrossFit) = (repetitions, crossFit);

    /// <summary>The folds, <c>[repetition][fold]</c>.</summary>
    public IReadOnlyList<IReadOnlyList<Fold>> Repetitions { get; }

    /// <summary>True when the test rows of a repetition's folds are all rows and no training row is tested by its own fold.</summary>
    public bool IsCrossFit { get; }

    /// <summary>Splits from each row's test fold; each fold trains on the other folds' rows.</summary>
    /// <param name="foldOfRow">Fold numbers from 0, <c>[repetition][row]</c>.</param>
    /// <returns>The splits.</returns>
    /// <exception cref="ArgumentException">A fold is empty, a number negative, or rows or folds differ between repetitions.</exception>
    public static SampleSplits FromFoldNumbers(params IReadOnlyList<int[]> foldOfRow)
    {
        ArgumentNullException.ThrowIfNull(foldOfRow);
        if (foldOfRow.Count == 0 || foldOfRow[0].Length == 0)
            throw new ArgumentException("At least one repetition of at least one row is needed.", nameof(foldOfRow));
        var rows = foldOfRow[0].Length;
        var repetitions = foldOfRow.Select((numbers, repetition) =>
        {
            if (numbers.Length != rows)
                throw new ArgumentException($"Repetition {repetition} gives folds for {numbers.Length} rows, repetition 0 for {rows}.", nameof(foldOfRow));
            if (numbers.Min() < 0 || numbers.Max() >= rows)
                throw new ArgumentException($"Repetition {repetition} has fold number {(numbers.Min() < 0 ? numbers.Min() : numbers.Max())}; folds are numbered from 0 and there are at most as many as rows.", nameof(foldOfRow));
            return (IReadOnlyList<Fold>)[.. Enumerable.Range(0, numbers.Max() + 1).Select(fold => new Fold(
                [.. Enumerable.Range(0, rows).Where(row => numbers[row] != fold)],
                [.. Enumerable.Range(0, rows).Where(row => numbers[row] == fold)]))];
        });
        return FromFolds([.. repetitions], rows);
    }

    /// <summary>Splits as given: either folds whose test rows partition all rows, or one fold (no cross-fitting).</summary>
    /// <param name="repetitions">The folds, <c>[repetition][fold]</c>.</param>
    /// <param name="rows">The number of observations.</param>
    /// <returns>The splits.</returns>
    /// <exception cref="ArgumentException">The splits are no partition, or train and test overlap in part; says where.</exception>
    public static SampleSplits FromFolds(IReadOnlyList<IReadOnlyList<Fold>> repetitions, int rows)
    {
        ArgumentNullException.ThrowIfNull(repetitions);
        if (repetitions.Count == 0 || repetitions.Any(folds => folds.Count == 0))
            throw new ArgumentException("Every repetition needs at least one fold.", nameof(repetitions));
        if (repetitions.Any(folds => folds.Count != repetitions[0].Count))
            throw new ArgumentException($"Repetitions have {string.Join(", ", repetitions.Select(folds => folds.Count))} folds; give each the same number.", nameof(repetitions));
        for (var r = 0; r < repetitions.Count; r++)
            for (var k = 0; k < repetitions[r].Count; k++)
                CheckRows(repetitions[r][k], r, k, rows);

        var isPartition = repetitions.All(folds => MissingOrRepeated(folds, rows) is null);
        var single = repetitions[0].Count == 1;
        if (!single && !isPartition)
        {
            var broken = repetitions.Select((folds, r) => (r, row: MissingOrRepeated(folds, rows))).First(pair => pair.row is not null);
            throw new ArgumentException($"The test folds of repetition {broken.r} are not a partition: row {broken.row} is in none, or in more than one.", nameof(repetitions));
        }
        if (single && repetitions.Count > 1)
            throw new ArgumentException("Repeated splits without cross-fitting are not offered; give at least two folds a repetition.", nameof(repetitions));
        var inSample = single && isPartition && repetitions[0][0].Train.Length == rows;
        for (var r = 0; r < repetitions.Count && !inSample; r++)
            for (var k = 0; k < repetitions[r].Count; k++)
                if (repetitions[r][k].Train.Intersect(repetitions[r][k].Test).Any())
                    throw new ArgumentException($"Fold {k} of repetition {r}: row {repetitions[r][k].Train.Intersect(repetitions[r][k].Test).First()} is both trained on and tested; keep them apart.", nameof(repetitions));
        return new SampleSplits(repetitions, crossFit: !single);
    }

    /// <summary>Splits over clusters: a row is tested with its cluster's fold (two-way: in the product of both), and trained on by folds that share none of its clusters.</summary>
    /// <param name="clusters">One array a cluster variable: the number of each row's cluster, from 0.</param>
    /// <param name="foldOfCluster">Fold numbers from 0, <c>[repetition][variable][cluster]</c>.</param>
    /// <returns>The splits.</returns>
    /// <exception cref="ArgumentException">Sizes disagree, or a fold has no rows to test or to train on.</exception>
    public static SampleSplits FromClusterFolds(IReadOnlyList<int[]> clusters, IReadOnlyList<IReadOnlyList<int[]>> foldOfCluster)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        ArgumentNullException.ThrowIfNull(foldOfCluster);
        return FromFolds([.. foldOfCluster.Select(folds => ClusterSplitting.Folds(clusters, folds))], clusters[0].Length);
    }

    private static void CheckRows(Fold fold, int repetition, int index, int rows)
    {
        foreach (var (name, list) in new[] { ("training", fold.Train), ("test", fold.Test) })
        {
            if (list.Length == 0)
                throw new ArgumentException($"Fold {index} of repetition {repetition} has no {name} rows; use fewer folds.", nameof(fold));
            if (Array.Exists(list, row => row < 0 || row >= rows))
                throw new ArgumentException($"Fold {index} of repetition {repetition}: {name} row {Array.Find(list, row => row < 0 || row >= rows)} does not exist; rows are 0 to {rows - 1}.", nameof(fold));
            if (list.Distinct().Count() != list.Length)
                throw new ArgumentException($"Fold {index} of repetition {repetition} names a {name} row twice.", nameof(fold));
        }
    }

    private static int? MissingOrRepeated(IReadOnlyList<Fold> folds, int rows)
    {
        var tested = new int[rows];
        foreach (var row in folds.SelectMany(fold => fold.Test))
            tested[row]++;
        var bad = Array.FindIndex(tested, count => count != 1);
        return bad < 0 ? null : bad;
    }
}
