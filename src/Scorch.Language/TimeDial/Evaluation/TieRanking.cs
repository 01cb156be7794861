namespace Scorch.Language.TimeDial;

/// <summary>What a ranking by scores is worth when equal scores are put in a random order: exact, by counting.</summary>
public static class TieRanking
{
    /// <summary>Probability that the best options are exactly the right ones, all orders that agree with the scores being equally likely.</summary>
    /// <param name="scores">A score for each option, larger for better; infinities are scores like others, NaN is none.</param>
    /// <param name="isCorrect">Which options are right; as many places at the top count.</param>
    /// <returns>In [0, 1]; 1/6 for four equal scores and two right options.</returns>
    /// <exception cref="ArgumentException">A score is NaN, or the counts differ.</exception>
    public static double TopIsCorrect(IReadOnlyList<double> scores, IReadOnlyList<bool> isCorrect)
    {
        ArgumentNullException.ThrowIfNull(isCorrect);
        Check(scores, nameof(scores));
        if (isCorrect.Count != scores.Count) throw new ArgumentException($"TopIsCorrect: {scores.Count} scores for {isCorrect.Count} options; give one each.", nameof(scores));
        var places = isCorrect.Count(right => right);
        if (places == 0) throw new ArgumentException("TopIsCorrect: no option is right; at least one is expected.", nameof(isCorrect));
        var border = Border(scores, places);
        var (above, tied) = Around(scores, border);
        for (var i = 0; i < scores.Count; i++)
            if (scores[i] > border && !isCorrect[i]) return 0;
        var open = places - above;
        var tiedCorrect = Enumerable.Range(0, scores.Count).Count(i => scores[i] == border && isCorrect[i]);
        // The tied ones that are right must be those that come first: one choice of C(tied, open).
        return tiedCorrect == open ? 1 / Binomial(tied, open) : 0;
    }

    /// <summary>Probability of each option to be among the best.</summary>
    /// <param name="scores">A score for each option.</param>
    /// <param name="places">How many places count.</param>
    /// <exception cref="ArgumentException">A score is NaN, or there are fewer options than places.</exception>
    public static double[] InTop(IReadOnlyList<double> scores, int places)
    {
        Check(scores, nameof(scores));
        if (places < 1 || places > scores.Count) throw new ArgumentOutOfRangeException(nameof(places), places, $"InTop: {scores.Count} options have 1 to {scores.Count} places.");
        var border = Border(scores, places);
        var (above, tied) = Around(scores, border);
        return [.. scores.Select(score => score > border ? 1 : score == border ? (double)(places - above) / tied : 0)];
    }

    /// <summary>Expected place of each option, from 1.</summary>
    /// <param name="scores">A score for each option.</param>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static double[] ExpectedRanks(IReadOnlyList<double> scores)
    {
        Check(scores, nameof(scores));
        return [.. scores.Select(score => 1 + scores.Count(other => other > score) + ((scores.Count(other => other == score) - 1) / 2.0))];
    }

    private static void Check(IReadOnlyList<double> scores, string name)
    {
        ArgumentNullException.ThrowIfNull(scores, name);
        for (var i = 0; i < scores.Count; i++)
            if (double.IsNaN(scores[i])) throw new ArgumentException($"the score of option {i + 1} is NaN; a scorer gives a number, or negative infinity for what it excludes.", name);
    }

    private static double Border(IReadOnlyList<double> scores, int places) => scores.OrderDescending().ElementAt(places - 1);

    private static (int Above, int Tied) Around(IReadOnlyList<double> scores, double border) => (scores.Count(score => score > border), scores.Count(score => score == border));

    private static double Binomial(int n, int k)
    {
        var result = 1.0;
        for (var i = 1; i <= k; i++) result = result * (n - k + i) / i;
        return Math.Round(result);
    }
}
