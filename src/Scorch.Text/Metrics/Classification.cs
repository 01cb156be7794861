namespace Scorch.Text;

/// <summary>Scores of predicted classes.</summary>
/// <param name="Accuracy">The share that is right; with one class an example also micro-averaged F1.</param>
/// <param name="MacroF1">The mean of the classes' F1, over the classes that occur in either list.</param>
/// <param name="Classes">Each class's precision and recall.</param>
public sealed record ClassificationScore(double Accuracy, double MacroF1, IReadOnlyDictionary<string, PrecisionRecall> Classes)
{
    /// <summary>Scores predictions.</summary>
    /// <param name="predicted">The predicted class of each example.</param>
    /// <param name="actual">The true class of each example.</param>
    /// <exception cref="ArgumentException">The numbers differ, or there is no example.</exception>
    public static ClassificationScore Of(IReadOnlyList<string> predicted, IReadOnlyList<string> actual)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(actual);
        if (predicted.Count != actual.Count || predicted.Count == 0)
            throw new ArgumentException($"ClassificationScore: {predicted.Count} predictions for {actual.Count} examples; give as many, and at least one.", nameof(predicted));
        var found = predicted.CountBy(name => name).ToDictionary(StringComparer.Ordinal);
        var wanted = actual.CountBy(name => name).ToDictionary(StringComparer.Ordinal);
        var correct = predicted.Zip(actual).Where(pair => pair.First == pair.Second).CountBy(pair => pair.First).ToDictionary(StringComparer.Ordinal);
        var classes = found.Keys.Union(wanted.Keys).Order(StringComparer.Ordinal)
            .ToDictionary(name => name, name => PrecisionRecall.Of(correct.GetValueOrDefault(name), found.GetValueOrDefault(name), wanted.GetValueOrDefault(name)), StringComparer.Ordinal);
        return new((double)correct.Values.Sum() / actual.Count, classes.Values.Average(score => score.F1), classes);
    }

    /// <summary>Micro-averaged scores where an example may have several classes, or none.</summary>
    /// <param name="predicted">The predicted classes of each example.</param>
    /// <param name="actual">The true classes of each example.</param>
    public static PrecisionRecall Micro(IReadOnlyList<IReadOnlySet<string>> predicted, IReadOnlyList<IReadOnlySet<string>> actual)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(actual);
        if (predicted.Count != actual.Count) throw new ArgumentException($"Micro: {predicted.Count} predictions for {actual.Count} examples; give as many.", nameof(predicted));
        return PrecisionRecall.Of(predicted.Zip(actual, (found, wanted) => found.Count(wanted.Contains)).Sum(), predicted.Sum(found => found.Count), actual.Sum(wanted => wanted.Count));
    }
}
