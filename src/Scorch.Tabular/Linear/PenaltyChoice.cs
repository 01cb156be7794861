namespace Scorch.Tabular;

/// <summary>How a penalty is taken from the cross-validated path.</summary>
public enum PenaltyChoice
{
    /// <summary>The penalty with the smallest cross-validated error.</summary>
    Minimum,

    /// <summary>The largest penalty whose error is within one standard error of the smallest.</summary>
    OneStandardError,
}

/// <summary>Chooses a penalty on a path by cross-validated error.</summary>
internal static class PenaltySelection
{
    /// <summary>Folds of nearly equal size in random order.</summary>
    public static int[] Folds(int rows, int folds, long seed)
    {
        var order = new RandomSource(seed).Fork(0xF01D).Permutation(rows);
        var fold = new int[rows];
        for (var i = 0; i < rows; i++)
            fold[order[i]] = i % folds;
        return fold;
    }

    /// <summary>The rows inside a fold and those outside.</summary>
    public static (int[] Train, int[] Test) Split(int[] fold, int index)
    {
        List<int> train = [], test = [];
        for (var i = 0; i < fold.Length; i++)
            (fold[i] == index ? test : train).Add(i);
        return ([.. train], [.. test]);
    }

    /// <summary>The chosen index on a path that runs from the largest penalty down.</summary>
    /// <param name="errors">Mean loss, <c>[folds][path]</c>.</param>
    /// <param name="sizes">Rows a fold, the weight of its error.</param>
    /// <param name="choice">The rule.</param>
    public static int Choose(double[][] errors, int[] sizes, PenaltyChoice choice)
    {
        var steps = errors[0].Length;
        var total = (double)sizes.Sum();
        var mean = new double[steps];
        var deviation = new double[steps];
        for (var s = 0; s < steps; s++)
        {
            for (var k = 0; k < errors.Length; k++)
                mean[s] += sizes[k] / total * errors[k][s];
            // As glmnet: sd of the fold means, weighted by size, over sqrt(folds - 1).
            for (var k = 0; k < errors.Length; k++)
                deviation[s] += sizes[k] / total * (errors[k][s] - mean[s]) * (errors[k][s] - mean[s]);
            deviation[s] = Math.Sqrt(deviation[s] / (errors.Length - 1));
        }
        var best = Array.IndexOf(mean, mean.Min());
        return choice == PenaltyChoice.Minimum ? best : Array.FindIndex(mean, error => error <= mean[best] + deviation[best]);
    }

    public static void CheckFolds(int folds, int rows, string learner)
    {
        if (folds < 2 || rows < folds)
            throw new ArgumentException($"{learner}: {folds} inner folds of {rows} rows were asked for; use 2 or more folds, and at least as many rows, or give a penalty.");
    }

    /// <summary>Penalties from <paramref name="largest"/> down to its <paramref name="ratio"/>, evenly spaced in the logarithm.</summary>
    public static double[] Path(double largest, double ratio, int steps)
    {
        var path = new double[steps];
        for (var s = 0; s < steps; s++)
            path[s] = largest * Math.Pow(ratio, s / (double)Math.Max(1, steps - 1));
        return path;
    }
}
