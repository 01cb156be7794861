namespace Scorch.Language.Swords;

/// <summary>The benchmark's own substitutes, by their scores: what nobody can beat on it, or people, when the judgements are another group's.</summary>
/// <param name="dataset">The judgements.</param>
/// <param name="least">The least share of positive labels, unsure ones left out; 0 for all candidates.</param>
public sealed class OracleGenerator(LexSubDataset dataset, double least) : ILexSubGenerator
{
    /// <inheritdoc/>
    public bool GivesLemmas => dataset.SubstitutesAreLemmas;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query is no target of a benchmark.</exception>
    public IReadOnlyList<Suggestion> Generate(LexSubQuery query)
    {
        var id = TargetIds.Require(query, nameof(OracleGenerator));
        if (!dataset.HasTarget(id)) return [];
        return
        [
            .. dataset.SubstitutesOf(id)
                .Select(substitute => (substitute.Text, Labels: substitute.Labels.Where(label => label != SubstituteLabel.Unsure).ToList()))
                .Where(entry => entry.Labels.Count > 0 && entry.Labels.Score() >= least)
                .Select(entry => new Suggestion(entry.Text, entry.Labels.Score())),
        ];
    }
}

/// <summary>The benchmark's substitutes from one source, such as CoInCo, in the order of the file.</summary>
/// <param name="dataset">The benchmark, whose substitutes say where they come from.</param>
/// <param name="source">The source's name, such as <c>coinco</c>.</param>
public sealed class SourceGenerator(LexSubDataset dataset, string source) : ILexSubGenerator
{
    /// <inheritdoc/>
    public bool GivesLemmas => dataset.SubstitutesAreLemmas;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query is no target of a benchmark.</exception>
    public IReadOnlyList<Suggestion> Generate(LexSubQuery query)
    {
        var id = TargetIds.Require(query, nameof(SourceGenerator));
        return dataset.HasTarget(id)
            ? [.. dataset.SubstitutesOf(id).Where(substitute => substitute.Sources.Contains(source)).Select((substitute, i) => new Suggestion(substitute.Text, -i))]
            : [];
    }
}

/// <summary>Lists that another program made before, by target.</summary>
/// <param name="lists">The lists.</param>
public sealed class CachedGenerator(LexSubResult lists) : ILexSubGenerator
{
    /// <inheritdoc/>
    public bool GivesLemmas => lists.SubstitutesAreLemmas;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query is no target of a benchmark.</exception>
    public IReadOnlyList<Suggestion> Generate(LexSubQuery query) => lists.Of(TargetIds.Require(query, nameof(CachedGenerator)));
}

internal static class TargetIds
{
    public static string Require(LexSubQuery query, string generator)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.TargetId ?? throw new ArgumentException($"{generator}: the query is no target of a benchmark; this generator only answers those.", nameof(query));
    }
}
