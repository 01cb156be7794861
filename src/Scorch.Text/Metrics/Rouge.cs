using System.Text.RegularExpressions;

namespace Scorch.Text;

/// <summary>ROUGE (Lin 2004) as Google's <c>rouge_score</c> defines it, without stemming: lower-case, words of a-z and 0-9.</summary>
public static partial class Rouge
{
    /// <summary>ROUGE-N: shared sequences of n words.</summary>
    /// <param name="hypothesis">The text to judge.</param>
    /// <param name="reference">The true text.</param>
    /// <param name="order">n, at least 1.</param>
    public static PrecisionRecall N(string hypothesis, string reference, int order)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        var found = NgramCounts.Of(Words(hypothesis), order);
        var wanted = NgramCounts.Of(Words(reference), order);
        return PrecisionRecall.Of(NgramCounts.Overlap(found, wanted), found.Values.Sum(), wanted.Values.Sum());
    }

    /// <summary>ROUGE-L: the longest common subsequence of words.</summary>
    /// <param name="hypothesis">The text to judge.</param>
    /// <param name="reference">The true text.</param>
    public static PrecisionRecall L(string hypothesis, string reference)
    {
        var found = Words(hypothesis);
        var wanted = Words(reference);
        var lengths = new int[wanted.Length + 1];
        foreach (var word in found)
        {
            var diagonal = 0;
            for (var j = 1; j <= wanted.Length; j++)
            {
                var extended = word == wanted[j - 1] ? diagonal + 1 : Math.Max(lengths[j], lengths[j - 1]);
                (diagonal, lengths[j]) = (lengths[j], extended);
            }
        }
        return PrecisionRecall.Of(lengths[^1], found.Length, wanted.Length);
    }

    private static string[] Words(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return NoLetters().Replace(text.ToLowerInvariant(), " ").Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex("[^a-z0-9]+")]
    private static partial Regex NoLetters();
}
