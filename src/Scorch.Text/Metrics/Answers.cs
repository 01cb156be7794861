using System.Text.RegularExpressions;

namespace Scorch.Text;

/// <summary>SQuAD's scores of short answers (Rajpurkar et al. 2016): case, punctuation, articles and spacing do not count.</summary>
public static partial class Answers
{
    /// <summary>Lower-cased, without ASCII punctuation and the articles a, an, the, single spaces.</summary>
    public static string Normalize(string answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var letters = string.Concat(answer.ToLowerInvariant().Where(letter => !(char.IsAscii(letter) && (char.IsPunctuation(letter) || char.IsSymbol(letter)))));
        return string.Join(' ', Words(Articles().Replace(letters, " ")));
    }

    /// <summary>True when the answers are the same once normalised; of several true answers the best counts.</summary>
    public static bool ExactMatch(string answer, params IReadOnlyList<string> truths)
    {
        Check(truths);
        return truths.Any(truth => Normalize(truth) == Normalize(answer));
    }

    /// <summary>F1 of the words shared; of several true answers the best counts. Where either has no words, 1 if neither has, else 0.</summary>
    public static double F1(string answer, params IReadOnlyList<string> truths)
    {
        Check(truths);
        var found = Words(Normalize(answer));
        return truths.Max(truth =>
        {
            var wanted = Words(Normalize(truth));
            if (found.Length == 0 || wanted.Length == 0) return found.Length == wanted.Length ? 1 : 0;
            return PrecisionRecall.Of(NgramCounts.Overlap(NgramCounts.Of(found, 1), NgramCounts.Of(wanted, 1)), found.Length, wanted.Length).F1;
        });
    }

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static void Check(IReadOnlyList<string> truths)
    {
        ArgumentNullException.ThrowIfNull(truths);
        if (truths.Count == 0) throw new ArgumentException("truths: no true answer was given; give at least one.", nameof(truths));
    }

    [GeneratedRegex(@"\b(a|an|the)\b")]
    private static partial Regex Articles();
}
