using Scorch.Tabular;

namespace Scorch.Language.TimeDial;

/// <summary>A logistic regression that sees the options alone, trained on other items of the same set.</summary>
/// <remarks>Features: unit, kind, magnitude, how numbers are written, and how an option stands among its rivals.</remarks>
public static class OptionOnlyClassifier
{
    // Of the summed log-loss: as much as one more example would weigh.
    private const double Ridge = 1;

    /// <summary>Probabilities of being right for every item from a model that was fitted without the item's fold.</summary>
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
            var training = order.Where((_, place) => place % folds != fold).SelectMany(item => features[item].Select((row, option) => (Row: row, Label: option < 2 ? 1.0 : 0))).ToList();
            var model = new LogisticRegression(Ridge / training.Count).FitProbability(Rows([.. training.Select(entry => entry.Row)]), [.. training.Select(entry => entry.Label)]);
            foreach (var item in order.Where((_, place) => place % folds == fold)) result[item] = model.Predict(Rows(features[item]));
        }
        return result;
    }

    private static DenseMatrix Rows(IReadOnlyList<double[]> rows) => new(rows.Count, OptionFeatures.Count, [.. rows.SelectMany(row => row)]);
}
