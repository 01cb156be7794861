namespace Scorch.Text;

/// <summary>Levenshtein's distance: the fewest insertions, deletions and substitutions.</summary>
public static class EditDistance
{
    /// <summary>Between sequences, such as words or ids.</summary>
    public static int Between<T>(IReadOnlyList<T> first, IReadOnlyList<T> second)
        where T : IEquatable<T>
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var row = Enumerable.Range(0, second.Count + 1).ToArray();
        for (var i = 1; i <= first.Count; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= second.Count; j++)
            {
                var substituted = diagonal + (first[i - 1].Equals(second[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j] + 1, row[j - 1] + 1));
            }
        }
        return row[^1];
    }

    /// <summary>Between texts, in Unicode characters.</summary>
    public static int Between(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Between([.. first.EnumerateRunes()], (IReadOnlyList<System.Text.Rune>)[.. second.EnumerateRunes()]);
    }

    /// <summary>Errors over the words of the references (word error rate).</summary>
    /// <param name="hypotheses">Texts to judge.</param>
    /// <param name="references">The true texts, as many.</param>
    public static double WordErrorRate(IReadOnlyList<string> hypotheses, IReadOnlyList<string> references)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        ArgumentNullException.ThrowIfNull(references);
        if (hypotheses.Count != references.Count) throw new ArgumentException($"WordErrorRate: {hypotheses.Count} hypotheses for {references.Count} references; give as many.", nameof(hypotheses));
        string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var words = references.Sum(reference => (long)Words(reference).Length);
        if (words == 0) throw new ArgumentException("WordErrorRate: the references hold no words; a rate needs some.", nameof(references));
        return hypotheses.Zip(references, (hypothesis, reference) => (long)Between(Words(hypothesis), Words(reference))).Sum() / (double)words;
    }
}
