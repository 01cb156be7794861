using System.Text.RegularExpressions;

namespace Scorch.Text;

/// <summary>BLEU of a corpus and what it is made of.</summary>
/// <param name="Score">0 … 100.</param>
/// <param name="Precisions">Of 1 to 4 words, in percent, smoothed.</param>
/// <param name="BrevityPenalty">0 … 1.</param>
/// <param name="HypothesisLength">Tokens of all hypotheses.</param>
/// <param name="ReferenceLength">Tokens of the references nearest in length.</param>
public sealed record BleuScore(double Score, IReadOnlyList<double> Precisions, double BrevityPenalty, long HypothesisLength, long ReferenceLength);

/// <summary>Corpus BLEU as sacreBLEU defines it (Post 2018): 13a tokenisation, case kept, up to 4 words, exponential smoothing of zero counts.</summary>
public static partial class Bleu
{
    private const int Orders = 4;

    /// <summary>The score of hypotheses against one or more references each.</summary>
    /// <param name="hypotheses">One text a segment.</param>
    /// <param name="references">For each segment its references, at least one.</param>
    /// <exception cref="ArgumentException">The numbers differ, there is no segment, or one has no reference.</exception>
    public static BleuScore Corpus(IReadOnlyList<string> hypotheses, IReadOnlyList<IReadOnlyList<string>> references)
    {
        ArgumentNullException.ThrowIfNull(hypotheses);
        ArgumentNullException.ThrowIfNull(references);
        if (hypotheses.Count != references.Count || hypotheses.Count == 0)
            throw new ArgumentException($"Bleu: {hypotheses.Count} hypotheses and {references.Count} segments of references; give as many, and at least one.", nameof(references));
        var correct = new long[Orders];
        var total = new long[Orders];
        long hypothesisLength = 0, referenceLength = 0;
        for (var i = 0; i < hypotheses.Count; i++)
        {
            if (references[i].Count == 0) throw new ArgumentException($"Bleu: segment {i} has no reference; give at least one.", nameof(references));
            var words = Tokenize(hypotheses[i]);
            var answers = references[i].Select(Tokenize).ToList();
            hypothesisLength += words.Length;
            // The reference nearest in length, of equally near ones the shorter.
            referenceLength += answers.Select(answer => answer.Length).OrderBy(length => Math.Abs(length - words.Length)).ThenBy(length => length).First();
            for (var order = 1; order <= Orders; order++)
            {
                var best = new Dictionary<string, int>(StringComparer.Ordinal);
                foreach (var answer in answers)
                    foreach (var (gram, count) in NgramCounts.Of(answer, order)) best[gram] = Math.Max(count, best.GetValueOrDefault(gram));
                correct[order - 1] += NgramCounts.Overlap(NgramCounts.Of(words, order), best);
                total[order - 1] += Math.Max(0, words.Length - order + 1);
            }
        }
        return Score(correct, total, hypothesisLength, referenceLength);
    }

    /// <summary>mteval's 13a tokenisation.</summary>
    public static string[] Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = text.TrimEnd().Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ');
        line = line.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        line = Symbols().Replace($" {line} ", " $1 ");
        line = MarkAfterNonDigit().Replace(line, "$1 $2 ");
        line = MarkBeforeNonDigit().Replace(line, " $1 $2");
        line = DashAfterDigit().Replace(line, "$1 $2 ");
        return line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private static BleuScore Score(long[] correct, long[] total, long hypothesisLength, long referenceLength)
    {
        var penalty = hypothesisLength >= referenceLength ? 1 : hypothesisLength > 0 ? Math.Exp(1 - ((double)referenceLength / hypothesisLength)) : 0;
        var precisions = new double[Orders];
        if (correct.All(count => count == 0)) return new(0, precisions, penalty, hypothesisLength, referenceLength);
        var smoothing = 1.0;
        for (var i = 0; i < Orders && total[i] > 0; i++)
        {
            if (correct[i] == 0) smoothing *= 2;
            precisions[i] = correct[i] == 0 ? 100 / (smoothing * total[i]) : 100.0 * correct[i] / total[i];
        }
        var score = precisions.Contains(0) ? 0 : penalty * Math.Exp(precisions.Sum(Math.Log) / Orders);
        return new(score, precisions, penalty, hypothesisLength, referenceLength);
    }

    [GeneratedRegex(@"([\{-\~\[-\` -\&\(-\+\:-\@\/])")]
    private static partial Regex Symbols();

    [GeneratedRegex(@"([^0-9])([\.,])")]
    private static partial Regex MarkAfterNonDigit();

    [GeneratedRegex(@"([\.,])([^0-9])")]
    private static partial Regex MarkBeforeNonDigit();

    [GeneratedRegex(@"([0-9])(-)")]
    private static partial Regex DashAfterDigit();
}
