using System.Globalization;
using Scorch.Text;

namespace Scorch.Language.FruitFlyEmbeddings;

/// <summary>Two words and how alike people find them.</summary>
/// <param name="First">A word.</param>
/// <param name="Second">Another.</param>
/// <param name="Score">The people's score, larger for more alike.</param>
public readonly record struct WordPair(string First, string Second, double Score);

/// <summary>How well similarities follow people's.</summary>
/// <param name="Correlation">Spearman's rank correlation over the covered pairs; NaN when fewer than two are covered or all scores are equal.</param>
/// <param name="Covered">Pairs of which both words are known.</param>
/// <param name="Skipped">Pairs with an unknown word; they were left out.</param>
public readonly record struct WordSimilarityReport(double Correlation, int Covered, int Skipped);

/// <summary>Compares models with people's judgements of word pairs.</summary>
public static class WordSimilarity
{
    /// <summary>Evaluates a model's codes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pairs">The judged pairs.</param>
    /// <param name="k">Active neurons.</param>
    public static WordSimilarityReport Evaluate(FlyVecModel model, IReadOnlyList<WordPair> pairs, int k = 32)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Evaluate(pairs, model.Vocabulary, (a, b) => SparseCode.Overlap(model.EncodeNumber(a, k), model.EncodeNumber(b, k)));
    }

    /// <summary>Evaluates any similarity of words.</summary>
    /// <param name="pairs">The judged pairs.</param>
    /// <param name="vocabulary">The known words.</param>
    /// <param name="similarity">The similarity of two words by their numbers.</param>
    public static WordSimilarityReport Evaluate(IReadOnlyList<WordPair> pairs, FlyVocabulary vocabulary, Func<int, int, double> similarity)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(similarity);
        var (ours, theirs) = (new List<double>(), new List<double>());
        foreach (var pair in pairs)
        {
            var (a, b) = (vocabulary.NumberOf(pair.First), vocabulary.NumberOf(pair.Second));
            if (a == 0 || b == 0)
                continue;
            ours.Add(similarity(a, b));
            theirs.Add(pair.Score);
        }
        return new WordSimilarityReport(ours.Count < 2 ? double.NaN : Ranking.Spearman(ours, theirs), ours.Count, pairs.Count - ours.Count);
    }

    /// <summary>Reads pairs from a text file: two words and a score a line, between tabs or blanks; empty lines and lines that begin with # are passed over.</summary>
    /// <exception cref="FormatException">A line has another form; it is named.</exception>
    public static IReadOnlyList<WordPair> ReadPairs(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var pairs = new List<WordPair>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line.StartsWith('#'))
                continue;
            var parts = line.Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (parts.Length < 3 || !double.TryParse(parts[2], NumberStyles.Float, CultureInfo.InvariantCulture, out var score) || !double.IsFinite(score))
                throw new FormatException($"{path}, line {number}: '{line}' is not two words and a score.");
            pairs.Add(new WordPair(parts[0], parts[1], score));
        }
        return pairs;
    }
}
