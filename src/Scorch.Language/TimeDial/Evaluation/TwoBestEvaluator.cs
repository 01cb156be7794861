namespace Scorch.Language.TimeDial;

/// <summary>How an item was answered.</summary>
/// <param name="Id">The item.</param>
/// <param name="Scores">Of correct1, correct2, incorrect1, incorrect2.</param>
/// <param name="Expected">Probability that the two best are the two right ones, ties broken at random.</param>
/// <param name="InTop2">Probability of each option to be among the two best.</param>
/// <param name="ExpectedRank">Expected place of each option, from 1.</param>
public sealed record TwoBestItem(string Id, IReadOnlyList<double> Scores, double Expected, IReadOnlyList<double> InTop2, IReadOnlyList<double> ExpectedRank);

/// <summary>How often wrong options of a rule came among the two best.</summary>
/// <param name="Count">Wrong options of the rule.</param>
/// <param name="Error">Mean probability to be among the two best; NaN where there is no such option.</param>
public sealed record RuleError(int Count, double Error);

/// <summary>A scorer's 2-best accuracy.</summary>
public sealed record TwoBestReport
{
    /// <summary>Share of items whose two best options are the two right ones; of ties the expected share.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Wilson's 95% interval of the accuracy, over items.</summary>
    public required ShareInterval ConfidenceInterval { get; init; }

    /// <summary>By the rule of wrong options.</summary>
    public required IReadOnlyDictionary<DistractorRule, RuleError> ByRule { get; init; }

    /// <summary>Mean expected place of correct1, correct2, incorrect1, incorrect2.</summary>
    public required IReadOnlyList<double> MeanRanks { get; init; }

    /// <summary>Every item.</summary>
    public required IReadOnlyList<TwoBestItem> PerItem { get; init; }

    /// <summary>Items in which the border of the two best runs through equal scores.</summary>
    public int TiedItems => PerItem.Count(item => item.InTop2.Any(share => share is > 0 and < 1));

    /// <summary>Questions that the scorer had to cut to its model's length.</summary>
    public int Truncations { get; init; }

    /// <summary>What is odd but allowed, such as equal options.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>2-best accuracy (paper, section 4): are the two options that a scorer likes best the two right ones?</summary>
public static class TwoBestEvaluator
{
    private static readonly bool[] IsCorrect = [true, true, false, false];

    /// <summary>Evaluates a scorer on the items with two right answers.</summary>
    /// <param name="set">The set.</param>
    /// <param name="scorer">The scorer.</param>
    /// <param name="cancellationToken">Stops the scorer.</param>
    /// <exception cref="InvalidOperationException">The scorer gave too few values or NaN.</exception>
    public static TwoBestReport Evaluate(TimeDialSet set, IOptionScorer scorer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(scorer);
        if (set.Items.Count == 0) throw new ArgumentException($"TwoBestEvaluator: none of the {set.All.Count} items has two right answers; 2-best accuracy needs them.", nameof(set));
        return Evaluate(set.Items, scorer, cancellationToken);
    }

    /// <summary>Evaluates a scorer on items.</summary>
    /// <param name="items">The items, each with two right answers.</param>
    /// <param name="scorer">The scorer.</param>
    /// <param name="cancellationToken">Stops the scorer.</param>
    /// <exception cref="ArgumentException">There is no item, or some have one right answer only.</exception>
    /// <exception cref="InvalidOperationException">The scorer gave too few values or NaN.</exception>
    public static TwoBestReport Evaluate(IReadOnlyList<TimeDialItem> items, IOptionScorer scorer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        Check(items);
        var scores = scorer.Score([.. items.Select(item => item.Question)], cancellationToken);
        if (scores.Count != items.Count) throw new InvalidOperationException($"{scorer.GetType().Name} answered {scores.Count} of {items.Count} items; a scorer answers all.");
        for (var i = 0; i < scores.Count; i++)
        {
            if (scores[i].Count != IsCorrect.Length) throw new InvalidOperationException($"item {items[i].Id}: {scorer.GetType().Name} gave {scores[i].Count} scores; it must give one for each of the 4 options.");
            if (scores[i].Any(double.IsNaN)) throw new InvalidOperationException($"item {items[i].Id}: {scorer.GetType().Name} gave NaN; a scorer gives a number, or negative infinity for what it excludes.");
        }
        return FromScores(items, scores) with { Truncations = scorer.Truncations };
    }

    /// <summary>A report of given scores.</summary>
    /// <param name="items">The items, each with two right answers.</param>
    /// <param name="scores">Of each item four, of correct1, correct2, incorrect1, incorrect2.</param>
    /// <exception cref="ArgumentException">Counts differ, a score is NaN, or items have one right answer only.</exception>
    public static TwoBestReport FromScores(IReadOnlyList<TimeDialItem> items, IReadOnlyList<IReadOnlyList<double>> scores)
    {
        Check(items);
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count != items.Count) throw new ArgumentException($"FromScores: {scores.Count} rows of scores for {items.Count} items; give one each.", nameof(scores));
        var answered = items.Zip(scores, Answer).ToList();
        var accuracy = answered.Average(item => item.Expected);
        var byRule = DistractorRules.All.ToDictionary(rule => rule, rule =>
        {
            var errors = items.Zip(answered).SelectMany(pair => Enumerable.Range(0, 2).Where(k => pair.First.Rules[k] == rule).Select(k => pair.Second.InTop2[2 + k])).ToList();
            return new RuleError(errors.Count, errors.Count == 0 ? double.NaN : errors.Average());
        });
        return new()
        {
            Accuracy = accuracy,
            ConfidenceInterval = ShareInterval.Wilson(answered.Sum(item => item.Expected), answered.Count),
            ByRule = byRule,
            MeanRanks = [.. Enumerable.Range(0, IsCorrect.Length).Select(option => answered.Average(item => item.ExpectedRank[option]))],
            PerItem = answered,
            Warnings = [.. items.Where(item => item.HasEqualOptions).Select(item => $"item {item.Id}: two options are equal but for capitals and blanks.")],
        };
    }

    private static TwoBestItem Answer(TimeDialItem item, IReadOnlyList<double> scores)
    {
        if (scores.Count != IsCorrect.Length) throw new ArgumentException($"item {item.Id}: {scores.Count} scores; 4 are expected.", nameof(scores));
        try
        {
            return new(item.Id, scores, TieRanking.TopIsCorrect(scores, IsCorrect), TieRanking.InTop(scores, 2), TieRanking.ExpectedRanks(scores));
        }
        catch (ArgumentException error)
        {
            throw new ArgumentException($"item {item.Id}: {error.Message}", nameof(scores), error);
        }
    }

    private static void Check(IReadOnlyList<TimeDialItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items.Count == 0) throw new ArgumentException("TwoBestEvaluator: there is no item; at least one is expected.", nameof(items));
        if (items.Count(item => item.Correct2 is null) is > 0 and var single)
            throw new ArgumentException($"TwoBestEvaluator: {single} of {items.Count} items have one right answer only (correct2 is none); 2-best accuracy needs two. Take TimeDialSet.Items.", nameof(items));
    }
}
