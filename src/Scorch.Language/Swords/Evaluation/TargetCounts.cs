using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>What one target adds to every score; sums of these are all that the scores need.</summary>
internal sealed class TargetCounts
{
    /// <summary>Lenient acceptable, lenient conceivable, strict acceptable, strict conceivable.</summary>
    public (int Found, int Given, int Reachable, int References)[] Cut { get; }

    /// <summary>Found and given at rank 1, strict, conceivable.</summary>
    public (int Found, int Given) First { get; }

    public double GapByShare { get; }

    public double GapByCount { get; }

    /// <summary>NaN where there is no reference.</summary>
    public double AveragePrecision { get; }

    public SemEvalCredit Best { get; }

    public SemEvalCredit OutOfTen { get; }

    public bool IsAnswered { get; }

    public TargetCounts(EvaluationTarget target, EvalOptions options)
    {
        var known = target.Candidates.ToDictionary(candidate => candidate.Lemma, StringComparer.Ordinal);
        var acceptable = References(target, options.Acceptable);
        var conceivable = References(target, options.Conceivable);
        // First filtered, then cut: a word that nobody judged takes no place.
        var lenient = target.System.Where(known.ContainsKey).Take(options.K).ToList();
        var strict = target.System.Take(options.K).ToList();
        Cut = [Count(lenient, acceptable, options.K), Count(lenient, conceivable, options.K), Count(strict, acceptable, options.K), Count(strict, conceivable, options.K)];
        First = (target.System.Take(1).Count(conceivable.Contains), Math.Min(1, target.System.Count));
        GapByShare = Gap(candidate => candidate.Score);
        GapByCount = Gap(candidate => candidate.Positive);
        AveragePrecision = conceivable.Count == 0 ? double.NaN : Average(target.System, conceivable);
        Best = SemEvalCredit.Best(target);
        OutOfTen = SemEvalCredit.OutOfTen(target);
        IsAnswered = target.System.Count > 0;

        // The public script has -1 where no candidate has a weight, and that enters the mean.
        double Gap(Func<EvaluationCandidate, double> weight)
        {
            var value = Ranking.GeneralizedAveragePrecision(
                [.. target.System.Select(word => known.TryGetValue(word, out var candidate) ? weight(candidate) : 0)],
                [.. target.Candidates.Select(weight)]);
            return double.IsNaN(value) ? -1 : value;
        }
    }

    private static HashSet<string> References(EvaluationTarget target, double least) =>
        [.. target.Candidates.Where(candidate => candidate.Score >= least).Select(candidate => candidate.Lemma)];

    private static (int, int, int, int) Count(List<string> words, HashSet<string> references, int k) =>
        (words.Count(references.Contains), words.Count, Math.Min(k, references.Count), references.Count);

    private static double Average(IReadOnlyList<string> words, HashSet<string> references)
    {
        var (found, sum) = (0, 0.0);
        for (var i = 0; i < words.Count; i++)
            if (references.Contains(words[i])) sum += (double)++found / (i + 1);
        return sum / references.Count;
    }
}
