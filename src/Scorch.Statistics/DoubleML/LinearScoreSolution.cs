namespace Scorch.Statistics.DoubleML;

/// <summary>The estimate that a linear score gives on one repetition's folds.</summary>
/// <param name="Theta">The estimate.</param>
/// <param name="StandardError">Its standard error.</param>
/// <param name="Psi">The score at the estimate, NaN outside test rows.</param>
/// <param name="Scaling">N of the variance: rows, test rows without cross-fitting, or the smaller number of clusters.</param>
internal sealed record LinearScoreSolution(double Theta, double StandardError, double[] Psi, int Scaling)
{
    /// <summary>Solves the score and estimates the variance.</summary>
    public static LinearScoreSolution Solve(ScoreElements elements, IReadOnlyList<Fold> folds, bool crossFit, DmlProcedure procedure, IReadOnlyList<int[]> clusters)
    {
        var (a, b) = (elements.PsiA, elements.PsiB);
        var tested = folds.SelectMany(fold => fold.Test).Order().ToArray();
        double theta;
        if (procedure == DmlProcedure.Dml1)
            theta = folds.Average(fold => -Sum(b, fold.Test) / Sum(a, fold.Test));
        else if (clusters.Count == 0)
            theta = -Sum(b, tested) / Sum(a, tested);
        else
            // Each fold's sum is divided by its number of clusters (two-way: of cells), Chiang et al., algorithm 1.
            theta = -folds.Sum(fold => Sum(b, fold.Test) / Cells(fold)) / folds.Sum(fold => Sum(a, fold.Test) / Cells(fold));

        var psi = new double[a.Length];
        Array.Fill(psi, double.NaN);
        foreach (var row in tested)
            psi[row] = a[row] * theta + b[row];
        if (!double.IsFinite(theta) || tested.Any(row => !double.IsFinite(psi[row])))
            throw new ArithmeticException(
                $"The score is not finite ({tested.Count(row => !double.IsFinite(psi[row]))} rows, estimate {theta}): propensities of 0 or 1, or residuals that are all zero; set DmlConfig.TrimAt above 0, or use learners that leave variation in the treatment.");

        if (clusters.Count > 0)
        {
            var (variance, scaling) = ClusterVariance(a, psi, folds, clusters);
            return new(theta, Math.Sqrt(variance), psi, scaling);
        }
        // sigma^2 = mean(psi^2) / J^2 with J = mean(psi_a), over all rows at once (also for DML1).
        var n = crossFit ? a.Length : tested.Length;
        var slope = Sum(a, tested) / n;
        var square = tested.Sum(row => psi[row] * psi[row]) / n;
        return new(theta, Math.Sqrt(square / (slope * slope) / n), psi, n);
    }

    /// <summary>theta = median_r theta_r, se = sqrt(median_r(N se_r^2 + (theta_r - theta)^2) / N).</summary>
    public static (double Theta, double StandardError) Aggregate(IReadOnlyList<LinearScoreSolution> repetitions)
    {
        double scaling = repetitions[0].Scaling;
        var theta = Median([.. repetitions.Select(solution => solution.Theta)]);
        var spread = Median([.. repetitions.Select(solution => scaling * solution.StandardError * solution.StandardError + (solution.Theta - theta) * (solution.Theta - theta))]);
        return (theta, Math.Sqrt(spread / scaling));
    }

    private static (double Variance, int Scaling) ClusterVariance(double[] a, double[] psi, IReadOnlyList<Fold> folds, IReadOnlyList<int[]> clusters)
    {
        double gamma = 0, slope = 0;
        foreach (var fold in folds)
        {
            slope += Sum(a, fold.Test) / Cells(fold);
            // One-way: 1/|I|; two-way: min(|I|, |J|) / (|I||J|)^2.
            var weight = clusters.Count == 1 ? 1.0 / Cells(fold) : Math.Min(fold.TestClusters![0].Length, fold.TestClusters[1].Length) / (Cells(fold) * Cells(fold));
            foreach (var variable in clusters)
            {
                var sums = new SortedDictionary<int, double>();
                foreach (var row in fold.Test)
                    sums[variable[row]] = sums.GetValueOrDefault(variable[row]) + psi[row];
                gamma += weight * sums.Values.Sum(sum => sum * sum);
            }
        }
        // The folds a variable: their number for one variable, the product's number for two; both are the folds' count.
        gamma /= folds.Count;
        slope /= folds.Count;
        var scaling = clusters.Min(variable => variable.Max() + 1);
        return (gamma / (slope * slope) / scaling, scaling);
    }

    private static double Cells(Fold fold) => (fold.TestClusters ?? throw new ArgumentException("Clustered data needs splits over clusters; make them with SampleSplits.FromClusterFolds."))
        .Aggregate(1.0, (product, list) => product * list.Length);

    private static double Sum(double[] values, int[] rows)
    {
        var sum = 0.0;
        foreach (var row in rows)
            sum += values[row];
        return sum;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
