namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>A word in two sentences, and whether it means the same in both.</summary>
/// <param name="Word">The word.</param>
/// <param name="First">A sentence with it.</param>
/// <param name="Second">Another.</param>
/// <param name="IsSame">Whether the word means the same.</param>
public readonly record struct WordInContextPair(string Word, string First, string Second, bool IsSame);

/// <summary>What came of an evaluation.</summary>
/// <param name="Accuracy">Share of the covered pairs that were told right; NaN when none is covered.</param>
/// <param name="Covered">Pairs whose word is known.</param>
/// <param name="Skipped">Pairs whose word is not known; they were left out.</param>
public readonly record struct WordInContextReport(double Accuracy, int Covered, int Skipped);

/// <summary>Tells whether a word means the same in two sentences: it does when its two codes overlap by at least a threshold.</summary>
/// <param name="Threshold">The least overlap that counts as the same meaning.</param>
/// <param name="ActiveNeurons">Active neurons k of the codes.</param>
public sealed record WordInContext(double Threshold, int ActiveNeurons)
{
    /// <summary>Chooses the threshold with the highest accuracy on judged pairs, the lowest among equals.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The judged pairs, others than those of the evaluation.</param>
    /// <param name="k">Active neurons.</param>
    /// <exception cref="ArgumentException">No pair's word is known.</exception>
    public static WordInContext Fit(FlyVecModel model, IReadOnlyList<WordInContextPair> pairs, int k = 32)
    {
        var (overlaps, _) = Overlaps(model, pairs, k);
        if (overlaps.Count == 0)
            throw new ArgumentException("WordInContext: no pair's word is known to the model; there is nothing to choose a threshold from.", nameof(pairs));
        var best = overlaps.Select(entry => entry.Overlap).Append(double.PositiveInfinity).Distinct().Order()
            .Select(threshold => (Threshold: threshold, Right: overlaps.Count(entry => entry.Overlap >= threshold == entry.IsSame)))
            .Aggregate((a, b) => b.Right > a.Right ? b : a);
        return new WordInContext(best.Threshold, k);
    }

    /// <summary>Measures the accuracy on judged pairs.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The judged pairs.</param>
    public WordInContextReport Evaluate(FlyVecModel model, IReadOnlyList<WordInContextPair> pairs)
    {
        var (overlaps, skipped) = Overlaps(model, pairs, ActiveNeurons);
        return new WordInContextReport(overlaps.Count == 0 ? double.NaN : overlaps.Average(entry => entry.Overlap >= Threshold == entry.IsSame ? 1.0 : 0), overlaps.Count, skipped);
    }

    private static (List<(double Overlap, bool IsSame)> Overlaps, int Skipped) Overlaps(FlyVecModel model, IReadOnlyList<WordInContextPair> pairs, int k)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        var known = pairs.Where(pair => model.Vocabulary.NumberOf(pair.Word) > 0)
            .Select(pair => (SparseCode.Overlap(model.EncodeInContext(pair.Word, pair.First, k), model.EncodeInContext(pair.Word, pair.Second, k)), pair.IsSame)).ToList();
        return (known, pairs.Count - known.Count);
    }
}
