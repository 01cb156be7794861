namespace Scorch.Language.Swords;

/// <summary>One target's credit under SemEval 2007's lexical substitution task (McCarthy and Navigli 2007, section 4).</summary>
/// <param name="HasReference">Whether anybody found a substitute; targets without one are not counted.</param>
/// <param name="IsAnswered">Whether the system gave a word.</param>
/// <param name="Credit">The share of judgements that the system's words earn.</param>
/// <param name="HasMode">Whether one reference is more frequent than all others.</param>
/// <param name="FindsMode">Whether the system found it.</param>
internal readonly record struct SemEvalCredit(bool HasReference, bool IsAnswered, double Credit, bool HasMode, bool FindsMode)
{
    private const int Ten = 10;

    /// <summary>sum of the words' frequencies / number of words / all frequencies; the mode must be the first word.</summary>
    public static SemEvalCredit Best(EvaluationTarget target) =>
        Of(target, target.System, target.System.Count, mode => target.System.Count > 0 && target.System[0] == mode);

    /// <summary>sum of the frequencies of the first ten words / all frequencies; the mode may be any of them.</summary>
    public static SemEvalCredit OutOfTen(EvaluationTarget target)
    {
        var words = target.System.Take(Ten).ToList();
        return Of(target, words, 1, words.Contains);
    }

    public static SemEvalScores Mean(IReadOnlyCollection<SemEvalCredit> credits)
    {
        var (sum, modes) = (credits.Where(credit => credit.HasReference).Sum(credit => credit.Credit), credits.Count(credit => credit is { HasMode: true, FindsMode: true }));
        return new(
            Percent(sum, credits.Count(credit => credit is { HasReference: true, IsAnswered: true })),
            Percent(sum, credits.Count(credit => credit.HasReference)),
            Percent(modes, credits.Count(credit => credit is { HasMode: true, IsAnswered: true })),
            Percent(modes, credits.Count(credit => credit.HasMode)));
    }

    private static SemEvalCredit Of(EvaluationTarget target, IReadOnlyCollection<string> words, int shares, Func<string, bool> findsMode)
    {
        var frequencies = target.Candidates.Where(candidate => candidate.Positive > 0).ToDictionary(candidate => candidate.Lemma, candidate => candidate.Positive, StringComparer.Ordinal);
        if (frequencies.Count == 0) return default;
        var most = frequencies.Values.Max();
        var modes = frequencies.Where(entry => entry.Value == most).Select(entry => entry.Key).ToList();
        double found = words.Sum(word => frequencies.GetValueOrDefault(word));
        return new(true, words.Count > 0, found / Math.Max(1, shares) / frequencies.Values.Sum(), modes.Count == 1, modes.Count == 1 && findsMode(modes[0]));
    }

    private static double Percent(double part, int whole) => whole > 0 ? 100 * part / whole : 0;
}
