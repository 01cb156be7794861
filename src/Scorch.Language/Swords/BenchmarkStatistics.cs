namespace Scorch.Language.Swords;

/// <summary>How many substitutes a benchmark has, and how good they are, against those from one of its sources.</summary>
/// <param name="Targets">Targets.</param>
/// <param name="Conceivable">Conceivable substitutes per target (share of positive labels at least 0.1).</param>
/// <param name="ConceivableOfSource">Those of them from the source.</param>
/// <param name="Acceptable">Acceptable substitutes per target (share above 0.5).</param>
/// <param name="AcceptableOfSource">Those of them from the source.</param>
/// <param name="BestScore">Mean score of each target's best n substitutes, n being the number that the source has for it; the mean over targets.</param>
/// <param name="SourceScore">Mean score of the source's substitutes; the mean over targets with one.</param>
public sealed record BenchmarkStatistics(
    int Targets, double Conceivable, double ConceivableOfSource, double Acceptable, double AcceptableOfSource, double BestScore, double SourceScore)
{
    /// <summary>Counts a benchmark; scores are shares of all labels, the unsure ones included.</summary>
    /// <param name="dataset">The benchmark.</param>
    /// <param name="source">The source it is compared with, such as <c>coinco</c>.</param>
    /// <param name="options">The least scores; null for the official ones.</param>
    public static BenchmarkStatistics Of(LexSubDataset dataset, string source, EvalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentException.ThrowIfNullOrEmpty(source);
        options ??= new();
        var isFrom = dataset.Substitutes.ToLookup(substitute => substitute.Sources.Contains(source));
        double PerTarget(IEnumerable<LexSubSubstitute> substitutes, double least) => dataset.Targets.Count == 0 ? 0 : (double)substitutes.Count(substitute => substitute.Score >= least) / dataset.Targets.Count;
        var pairs = new List<(double Best, double Source)>();
        foreach (var target in dataset.Targets)
        {
            var all = dataset.SubstitutesOf(target.Id);
            var own = all.Where(substitute => substitute.Sources.Contains(source)).ToList();
            if (own.Count > 0) pairs.Add((all.Select(substitute => substitute.Score).OrderDescending().Take(own.Count).Average(), own.Average(substitute => substitute.Score)));
        }
        return new(
            dataset.Targets.Count,
            PerTarget(dataset.Substitutes, options.Conceivable),
            PerTarget(isFrom[true], options.Conceivable),
            PerTarget(dataset.Substitutes, options.Acceptable),
            PerTarget(isFrom[true], options.Acceptable),
            pairs.Count == 0 ? double.NaN : pairs.Average(pair => pair.Best),
            pairs.Count == 0 ? double.NaN : pairs.Average(pair => pair.Source));
    }
}
