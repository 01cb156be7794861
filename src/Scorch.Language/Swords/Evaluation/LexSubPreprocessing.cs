using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>What happens to benchmark and result before they are compared; the order of the steps matters.</summary>
/// <remarks>
/// Benchmark: substitutes and targets get their dictionary form for the target's part of speech, then lower case and no outer blanks;
/// substitutes that are the target's form leave; equal ones put their labels together; unsure labels leave, and substitutes without a
/// label after that. Result: the same forms, without the target's; equal ones keep the first place and the largest score.
/// </remarks>
public static class LexSubPreprocessing
{
    /// <summary>Prepares both.</summary>
    /// <param name="dataset">The benchmark.</param>
    /// <param name="result">The system's lists.</param>
    /// <param name="lemmatizer">Finds dictionary forms.</param>
    /// <returns>The targets that keep a candidate, in the order of the benchmark's substitutes.</returns>
    /// <exception cref="ArgumentException">The result answers targets that the benchmark does not have (three are named), or none.</exception>
    public static IReadOnlyList<EvaluationTarget> Prepare(LexSubDataset dataset, LexSubResult result, ILemmatizer lemmatizer)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(lemmatizer);
        if (result.TargetIds.Count == 0) throw new ArgumentException("the result is empty: there is no list for any target. Add the lists first.", nameof(result));
        var unknown = result.TargetIds.Where(id => !dataset.HasTarget(id)).ToList();
        if (unknown.Count > 0)
            throw new ArgumentException(
                $"the result answers {unknown.Count} of its {result.TargetIds.Count} targets that the benchmark does not have: {string.Join(", ", unknown.Take(3))}{(unknown.Count > 3 ? ", …" : "")}. "
                    + "Do result and benchmark (part and version) belong together?",
                nameof(result));
        var forms = new LemmaCache(lemmatizer);
        var prepared = new List<EvaluationTarget>();
        foreach (var target in Order(dataset))
        {
            var own = forms.Of(target.Word, target.PartOfSpeech);
            var merged = new OrderedDictionary<string, (int Positive, int Labels)>(StringComparer.Ordinal);
            foreach (var substitute in dataset.SubstitutesOf(target.Id))
            {
                var lemma = forms.Of(substitute.Text, target.PartOfSpeech);
                if (lemma == own) continue;
                var (positive, labels) = merged.TryGetValue(lemma, out var known) ? known : default;
                merged[lemma] = (positive + substitute.Labels.Count(SubstituteLabels.IsPositive), labels + substitute.Labels.Count(label => label != SubstituteLabel.Unsure));
            }
            var candidates = merged.Where(entry => entry.Value.Labels > 0).Select(entry => new EvaluationCandidate(entry.Key, entry.Value.Positive, entry.Value.Labels)).ToList();
            if (candidates.Count == 0) continue;
            prepared.Add(new(target.Id, target.Word, target.PartOfSpeech, candidates, SystemList(result.Of(target.Id), target, own, forms)));
        }
        return prepared;
    }

    private static List<string> SystemList(IReadOnlyList<Suggestion> suggestions, LexSubTarget target, string own, LemmaCache forms)
    {
        var best = new OrderedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (text, score) in suggestions)
        {
            var lemma = forms.Of(text, target.PartOfSpeech);
            if (lemma == own) continue;
            if (!best.TryGetValue(lemma, out var known) || score > known) best[lemma] = score;
        }
        return [.. best.OrderByDescending(entry => entry.Value).Select(entry => entry.Key)];
    }

    private static IEnumerable<LexSubTarget> Order(LexSubDataset dataset) =>
        dataset.Substitutes.Select(substitute => substitute.TargetId).Distinct(StringComparer.Ordinal).Select(dataset.Target);

    /// <summary>Forms that were asked for before: a benchmark asks for most of them many times.</summary>
    private sealed class LemmaCache(ILemmatizer lemmatizer)
    {
        private readonly Dictionary<(string Word, WordNetPart Part), string> known = [];

        public string Of(string word, PartOfSpeech? part)
        {
            var key = (word, part.ToWordNet());
            if (!known.TryGetValue(key, out var form)) known[key] = form = lemmatizer.Lemmatize(word, key.Item2).ToLowerInvariant().Trim();
            return form;
        }
    }
}
