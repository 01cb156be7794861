namespace Scorch.Language.Swords;

/// <summary>Proposes substitutes for a word in a text.</summary>
public interface ILexSubGenerator
{
    /// <summary>Whether its words are dictionary forms; else they have the form that the text wants.</summary>
    bool GivesLemmas { get; }

    /// <summary>Substitutes of a word, in any order; an empty list where it knows none.</summary>
    /// <param name="query">The word in its text.</param>
    IReadOnlyList<Suggestion> Generate(LexSubQuery query);
}

/// <summary>Scores given substitutes of a word in a text.</summary>
public interface ILexSubRanker
{
    /// <summary>A score for each candidate, larger for better ones; negative infinity where it can say nothing. Not NaN.</summary>
    /// <param name="query">The word in its text.</param>
    /// <param name="candidates">The candidates.</param>
    /// <param name="areLemmas">Whether the candidates are dictionary forms.</param>
    IReadOnlyList<double> Rank(LexSubQuery query, IReadOnlyList<string> candidates, bool areLemmas);
}

/// <summary>Runs generators and rankers over benchmarks.</summary>
public static class LexSubRunner
{
    /// <summary>Asks a generator for every target.</summary>
    /// <param name="dataset">The benchmark.</param>
    /// <param name="generator">The generator.</param>
    /// <param name="progress">Told how many targets are done; may be null.</param>
    /// <param name="cancellationToken">Stops between two targets.</param>
    /// <returns>A list for every target for which the generator knew a word.</returns>
    public static Task<LexSubResult> RunAsync(LexSubDataset dataset, ILexSubGenerator generator, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(generator);
        return Task.Run(() => ForTargets(dataset, dataset.Targets, generator.GivesLemmas, generator.Generate, progress, cancellationToken), cancellationToken);
    }

    /// <summary>Lets a ranker order the benchmark's own candidates.</summary>
    /// <param name="dataset">The benchmark.</param>
    /// <param name="ranker">The ranker.</param>
    /// <param name="progress">Told how many targets are done; may be null.</param>
    /// <param name="cancellationToken">Stops between two targets.</param>
    public static Task<LexSubResult> RankAsync(LexSubDataset dataset, ILexSubRanker ranker, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(ranker);
        return Task.Run(
            () => ForTargets(dataset, dataset.Targets, dataset.SubstitutesAreLemmas, query => Ranked(ranker, query, [.. Candidates(dataset, query.TargetId!)], dataset.SubstitutesAreLemmas), progress, cancellationToken),
            cancellationToken);
    }

    /// <summary>Lets a ranker order the lists of a result.</summary>
    /// <param name="dataset">The benchmark.</param>
    /// <param name="result">The lists; their scores are replaced.</param>
    /// <param name="ranker">The ranker.</param>
    /// <param name="progress">Told how many targets are done; may be null.</param>
    /// <param name="cancellationToken">Stops between two targets.</param>
    public static Task<LexSubResult> RankAsync(LexSubDataset dataset, LexSubResult result, ILexSubRanker ranker, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(ranker);
        return Task.Run(
            () => ForTargets(
                dataset,
                [.. result.TargetIds.Select(dataset.Target)],
                result.SubstitutesAreLemmas,
                query => Ranked(ranker, query, [.. result.Of(query.TargetId!).Select(suggestion => suggestion.Text)], result.SubstitutesAreLemmas),
                progress,
                cancellationToken),
            cancellationToken);
    }

    /// <summary>The candidates of a target that somebody could judge: those with unsure labels alone are left out.</summary>
    internal static IEnumerable<string> Candidates(LexSubDataset dataset, string targetId) =>
        dataset.SubstitutesOf(targetId).Where(substitute => substitute.Labels.Any(label => label != SubstituteLabel.Unsure)).Select(substitute => substitute.Text);

    internal static IReadOnlyList<Suggestion> Ranked(ILexSubRanker ranker, LexSubQuery query, IReadOnlyList<string> candidates, bool areLemmas)
    {
        if (candidates.Count == 0) return [];
        var scores = ranker.Rank(query, candidates, areLemmas);
        return scores.Count == candidates.Count
            ? [.. candidates.Zip(scores, (text, score) => new Suggestion(text, score))]
            : throw new InvalidOperationException($"{ranker.GetType().Name} gave {scores.Count} scores for {candidates.Count} candidates; it must give one each.");
    }

    private static LexSubResult ForTargets(
        LexSubDataset dataset, IReadOnlyCollection<LexSubTarget> targets, bool areLemmas, Func<LexSubQuery, IReadOnlyList<Suggestion>> answer, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var result = new LexSubResult(areLemmas);
        var done = 0;
        foreach (var target in targets)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var suggestions = answer(dataset.Query(target));
            if (suggestions.Count > 0) result.Add(target.Id, suggestions);
            progress?.Report(++done);
        }
        return result;
    }
}
