namespace Scorch.Language.TimeDial;

/// <summary>A logistic regression that sees the options alone, trained on other items of the same set.</summary>
/// <remarks>Features: unit, kind, magnitude, how numbers are written, and how an option stands among its rivals. The ridge log-loss is minimised by Newton's method.</remarks>
public static class OptionOnlyClassifier
{
    private const int Iterations = 25;
    private const double Ridge = 1;

    /// <summary>Logits for every item from a model that was fitted without the item's fold.</summary>
    /// <param name="items">The items, each with two right answers.</param>
    /// <param name="folds">Folds, at least 2 and at most as many as items.</param>
    /// <param name="seed">Fixes the folds.</param>
    /// <exception cref="ArgumentException">The number of folds is out of range.</exception>
    public static IReadOnlyList<IReadOnlyList<double>> CrossValidate(IReadOnlyList<TimeDialItem> items, int folds = 10, long seed = 1)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (folds < 2 || folds > items.Count) throw new ArgumentOutOfRangeException(nameof(folds), folds, $"CrossValidate: {items.Count} items have 2 to {items.Count} folds.");
        var features = items.Select(item => Enumerable.Range(0, item.Question.Options.Count).Select(option => OptionFeatures.Of(item.Question.Options, option)).ToArray()).ToArray();
        var order = new RandomSource(seed).Permutation(items.Count);
        var result = new IReadOnlyList<double>[items.Count];
        for (var fold = 0; fold < folds; fold++)
        {
            var training = order.Where((_, place) => place % folds != fold).SelectMany(item => features[item].Select((row, option) => (row, Label: option < 2))).ToList();
            var weights = Fit([.. training.Select(entry => entry.row)], [.. training.Select(entry => entry.Label)]);
            foreach (var item in order.Where((_, place) => place % folds == fold)) result[item] = [.. features[item].Select(row => Logit(row, weights))];
        }
        return result;
    }

    /// <summary>Weights of a ridge logistic regression, the constant last and not penalised.</summary>
    internal static double[] Fit(IReadOnlyList<double[]> rows, IReadOnlyList<bool> labels)
    {
        var size = rows[0].Length + 1;
        var weights = new double[size];
        var extended = new double[size];
        extended[^1] = 1;
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            var (gradient, hessian) = (new double[size], new double[size, size]);
            for (var row = 0; row < rows.Count; row++)
            {
                rows[row].CopyTo(extended, 0);
                var p = 1 / (1 + Math.Exp(-Logit(rows[row], weights)));
                var residual = p - (labels[row] ? 1 : 0);
                for (var i = 0; i < size; i++)
                {
                    if (extended[i] == 0) continue;
                    gradient[i] += residual * extended[i];
                    for (var j = 0; j <= i; j++) hessian[i, j] += p * (1 - p) * extended[i] * extended[j];
                }
            }
            for (var i = 0; i < size; i++)
            {
                // The constant bears a trace of ridge, so that the system stays solvable.
                var penalty = i == size - 1 ? 1e-9 : Ridge;
                gradient[i] += penalty * weights[i];
                hessian[i, i] += penalty;
            }
            var step = Solve(hessian, gradient);
            for (var i = 0; i < size; i++) weights[i] -= step[i];
            if (step.Max(Math.Abs) < 1e-10) break;
        }
        return weights;
    }

    private static double Logit(double[] row, double[] weights)
    {
        var sum = weights[^1];
        for (var i = 0; i < row.Length; i++) sum += row[i] * weights[i];
        return sum;
    }

    /// <summary>Cholesky of a positive matrix given by its lower half.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var size = right.Length;
        var x = (double[])right.Clone();
        for (var i = 0; i < size; i++)
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i, j];
                for (var k = 0; k < j; k++) sum -= matrix[i, k] * matrix[j, k];
                matrix[i, j] = i == j ? Math.Sqrt(sum) : sum / matrix[j, j];
            }
        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++) x[i] -= matrix[i, k] * x[k];
            x[i] /= matrix[i, i];
        }
        for (var i = size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < size; k++) x[i] -= matrix[k, i] * x[k];
            x[i] /= matrix[i, i];
        }
        return x;
    }
}
