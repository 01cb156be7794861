namespace Scorch.Language.Swords;

/// <summary>Scores results as the benchmark's own program does, and says how sure the scores are.</summary>
public static class LexSubEvaluator
{
    /// <summary>Scores a result.</summary>
    /// <param name="dataset">The benchmark.</param>
    /// <param name="result">The system's lists; targets without one count as missed.</param>
    /// <param name="options">Cut, thresholds, lemmatiser; null for the official ones.</param>
    /// <exception cref="ArgumentException">The result is empty or answers targets that the benchmark does not have.</exception>
    /// <exception cref="Reproductions.MissingDataException">No lemmatiser is given and WordNet is not on this machine.</exception>
    public static LexSubMetrics Evaluate(LexSubDataset dataset, LexSubResult result, EvalOptions? options = null)
    {
        options ??= new();
        options.Validate();
        var targets = LexSubPreprocessing.Prepare(dataset, result, options.Lemmatizer ?? SwordsLemmatizer.Default);
        return Evaluate(targets, options);
    }

    /// <summary>Scores prepared targets.</summary>
    /// <param name="targets">From <see cref="LexSubPreprocessing.Prepare"/>.</param>
    /// <param name="options">Cut and thresholds; null for the official ones.</param>
    public static LexSubMetrics Evaluate(IReadOnlyList<EvaluationTarget> targets, EvalOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(targets);
        options ??= new();
        options.Validate();
        var scored = Scored(targets, options);
        return Sum([.. scored.Select(entry => entry.Counts)], options) with
        {
            ByPartOfSpeech = scored.GroupBy(entry => entry.Target.PartOfSpeech ?? PartOfSpeech.Unknown).OrderBy(group => group.Key)
                .ToDictionary(group => group.Key, group => Sum([.. group.Select(entry => entry.Counts)], options)),
            Targets = [.. scored.Select(entry => Row(entry.Target, entry.Counts))],
        };
    }

    /// <summary>Intervals of all scores by the bootstrap: targets are drawn with replacement, as many as there are.</summary>
    /// <param name="metrics">Scores with their targets.</param>
    /// <param name="options">The options they were computed with; null for the official ones.</param>
    /// <param name="samples">How often targets are drawn, at least 100.</param>
    /// <param name="seed">Fixes the draws.</param>
    /// <param name="confidence">The share of samples inside, in (0, 1).</param>
    /// <returns>The lower and upper percentile of each score, by its official name.</returns>
    /// <exception cref="ArgumentException">There is no target, or a setting is out of range.</exception>
    public static IReadOnlyDictionary<string, (double Low, double High)> Bootstrap(
        LexSubMetrics metrics, EvalOptions? options = null, int samples = 1000, long seed = 1, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        if (metrics.Targets.Count == 0) throw new ArgumentException("Bootstrap: the metrics hold no target.", nameof(metrics));
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 100);
        if (!(confidence is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "Bootstrap: the confidence lies in (0, 1).");
        options ??= new() { K = metrics.K };
        var counts = Scored([.. metrics.Targets.Select(row => row.Target)], options).Select(entry => entry.Counts).ToArray();
        var draws = new OrderedDictionary<string, List<double>>(StringComparer.Ordinal);
        var random = new RandomSource(seed);
        var sample = new TargetCounts[counts.Length];
        for (var i = 0; i < samples; i++)
        {
            for (var j = 0; j < sample.Length; j++) sample[j] = counts[random.NextInt64(counts.Length)];
            foreach (var (name, value) in Sum(sample, options).ByName)
            {
                if (!draws.TryGetValue(name, out var values)) draws[name] = values = new(samples);
                values.Add(value);
            }
        }
        return draws.ToDictionary(entry => entry.Key, entry => Percentiles(entry.Value, confidence), StringComparer.Ordinal);
    }

    private static (double Low, double High) Percentiles(List<double> values, double confidence)
    {
        values.Sort();
        return (At((1 - confidence) / 2), At((1 + confidence) / 2));

        double At(double share)
        {
            var place = share * (values.Count - 1);
            var below = (int)place;
            var above = Math.Min(below + 1, values.Count - 1);
            return values[below] + ((place - below) * (values[above] - values[below]));
        }
    }

    private static List<(EvaluationTarget Target, TargetCounts Counts)> Scored(IReadOnlyList<EvaluationTarget> targets, EvalOptions options) =>
        [.. targets.Select(target => (target, new TargetCounts(target, options))).Where(entry => !options.AllowsAbstention || entry.Item2.IsAnswered)];

    private static LexSubMetrics Sum(IReadOnlyCollection<TargetCounts> counts, EvalOptions options)
    {
        var precisions = counts.Select(count => count.AveragePrecision).Where(value => !double.IsNaN(value)).ToList();
        return new()
        {
            K = options.K,
            TargetCount = counts.Count,
            Lenient = new(Pool(0), Pool(1)),
            Strict = new(Pool(2), Pool(3)),
            Gap = counts.Count == 0 ? double.NaN : 100 * counts.Average(count => count.GapByShare),
            GapByCount = counts.Count == 0 ? double.NaN : 100 * counts.Average(count => count.GapByCount),
            MeanAveragePrecision = precisions.Count == 0 ? double.NaN : 100 * precisions.Average(),
            PrecisionAtOne = Percent(counts.Sum(count => count.First.Found), counts.Sum(count => count.First.Given)),
            Best = SemEvalCredit.Mean([.. counts.Select(count => count.Best)]),
            OutOfTen = SemEvalCredit.Mean([.. counts.Select(count => count.OutOfTen)]),
        };

        // P = sum found / sum given, R = sum found / sum min(k, references): pooled, not a mean of each target's.
        PrecisionRecallAtK Pool(int which)
        {
            var found = counts.Sum(count => count.Cut[which].Found);
            return new(Percent(found, counts.Sum(count => count.Cut[which].Given)), Percent(found, counts.Sum(count => count.Cut[which].Reachable)), Percent(found, counts.Sum(count => count.Cut[which].References)));
        }
    }

    private static TargetScore Row(EvaluationTarget target, TargetCounts counts)
    {
        return new(target, F(0), F(1), F(2), F(3), 100 * counts.GapByShare);

        double F(int which)
        {
            var (found, given, reachable, references) = counts.Cut[which];
            return new PrecisionRecallAtK(Percent(found, given), Percent(found, reachable), Percent(found, references)).F;
        }
    }

    private static double Percent(int part, int whole) => whole > 0 ? 100.0 * part / whole : 0;
}
