using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>Makes a benchmark of one's own texts as Swords was made: candidates from a thesaurus and other sources, a first round of judges, more judges for what one of them found fitting.</summary>
/// <example><code>
/// var builder = new BenchmarkBuilder();
/// builder.AddTarget("She gave a brief answer.", "brief", PartOfSpeech.Adjective);
/// builder.AddCandidates(new ThesaurusGenerator(thesaurus), "roget", lemmatizer);
/// builder.ExportTasks("tasks.jsonl");            // people answer: {"substitute_id": …, "annotator": …, "label": "TRUE"}
/// builder.ImportJudgements("answers.jsonl");
/// builder.Build().SaveJson("benchmark.json.gz");
/// </code></example>
public sealed class BenchmarkBuilder
{
    private readonly BenchmarkBuilderConfig config;
    private readonly OrderedDictionary<string, LexSubContext> contexts = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, LexSubTarget> targets = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, Candidate> candidates = new(StringComparer.Ordinal);

    /// <summary>Starts a benchmark.</summary>
    /// <param name="config">Numbers of judges; null for the benchmark's.</param>
    /// <exception cref="ArgumentException">The numbers are impossible.</exception>
    public BenchmarkBuilder(BenchmarkBuilderConfig? config = null)
    {
        this.config = config ?? new();
        this.config.Validate();
    }

    /// <summary>The targets so far.</summary>
    public IReadOnlyCollection<LexSubTarget> Targets => targets.Values;

    /// <summary>How many candidates there are.</summary>
    public int CandidateCount => candidates.Count;

    /// <summary>Adds a word of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="word">The word in it.</param>
    /// <param name="partOfSpeech">Its part of speech; null where it is not known.</param>
    /// <param name="offset">Its place in Unicode code points; null where the word stands in the text once.</param>
    /// <returns>The target's id.</returns>
    /// <exception cref="ArgumentException">The word is not there, or several times and no place is given, or was added before.</exception>
    public string AddTarget(string text, string word, PartOfSpeech? partOfSpeech = null, int? offset = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        ArgumentException.ThrowIfNullOrEmpty(word);
        var context = new LexSubContext(text);
        var target = new LexSubTarget(context.Id, word, offset ?? OnlyPlace(text, word), partOfSpeech);
        // The benchmark's own check, with its message.
        _ = new LexSubDataset([context], [target], [], substitutesAreLemmas: true);
        if (!targets.TryAdd(target.Id, target)) throw new ArgumentException($"BenchmarkBuilder: the target '{word}' at offset {target.Offset} of '{LexSubDataset.Excerpt(text)}' was added before.", nameof(word));
        contexts.TryAdd(context.Id, context);
        return target.Id;
    }

    /// <summary>Adds a candidate; one that is there already only gains a source.</summary>
    /// <param name="targetId">The target's id.</param>
    /// <param name="text">The word or phrase, in dictionary form.</param>
    /// <param name="source">Where it comes from, such as <c>roget</c>.</param>
    /// <exception cref="ArgumentException">There is no such target, or the text is empty.</exception>
    public void AddCandidate(string targetId, string text, string source)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        ArgumentException.ThrowIfNullOrEmpty(source);
        if (!targets.ContainsKey(targetId)) throw new ArgumentException($"BenchmarkBuilder: there is no target {targetId}; add it first.", nameof(targetId));
        var id = LexSubIds.OfSubstitute(targetId, text);
        if (!candidates.TryGetValue(id, out var candidate)) candidates.Add(id, candidate = new(targetId, text));
        if (!candidate.Sources.Contains(source)) candidate.Sources.Add(source);
    }

    /// <summary>Adds what a generator proposes for every target, in dictionary form and lower case, without the target itself.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="source">What it is called in the benchmark.</param>
    /// <param name="lemmatizer">Finds dictionary forms; null for WordNet's.</param>
    /// <param name="atMost">The most candidates of a target from this source.</param>
    /// <returns>How many candidates are new.</returns>
    public int AddCandidates(ILexSubGenerator generator, string source, ILemmatizer? lemmatizer = null, int atMost = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(generator);
        lemmatizer ??= SwordsLemmatizer.Default;
        var before = candidates.Count;
        foreach (var target in targets.Values)
        {
            var text = contexts[target.ContextId].Text;
            var start = LexSubDataset.UnitOf(text, target.Offset);
            string Form(string word) => lemmatizer.Lemmatize(word.ToLowerInvariant().Trim(), target.PartOfSpeech.ToWordNet());
            var proposals = generator.Generate(new LexSubQuery(text, start..(start + target.Word.Length), target.PartOfSpeech, target.Id))
                .OrderByDescending(suggestion => suggestion.Score).Select(suggestion => Form(suggestion.Text)).Where(word => word.Length > 0 && word != Form(target.Word));
            foreach (var word in proposals.Distinct(StringComparer.Ordinal).Take(atMost)) AddCandidate(target.Id, word, source);
        }
        return candidates.Count - before;
    }

    /// <summary>The questions that are still open: judges of the first round, then, where one of them found it fitting, the others.</summary>
    public IReadOnlyList<JudgementTask> OpenTasks() =>
    [
        .. candidates.Select(entry => (entry.Key, entry.Value, Missing: Missing(entry.Value))).Where(entry => entry.Missing > 0).Select(entry =>
        {
            var target = targets[entry.Value.TargetId];
            return new JudgementTask(entry.Key, contexts[target.ContextId].Text, target.Word, target.Offset, entry.Value.Text, entry.Missing);
        }),
    ];

    /// <summary>Adds an answer.</summary>
    /// <exception cref="ArgumentException">There is no such candidate, the person judged it before, or the label is an implicit one.</exception>
    public void Add(Judgement judgement)
    {
        ArgumentNullException.ThrowIfNull(judgement);
        if (!candidates.TryGetValue(judgement.SubstituteId, out var candidate))
            throw new ArgumentException($"BenchmarkBuilder: there is no candidate {judgement.SubstituteId}; do answers and texts belong together?", nameof(judgement));
        if (judgement.Label is SubstituteLabel.TrueImplicit or SubstituteLabel.FalseImplicit)
            throw new ArgumentException($"BenchmarkBuilder: the answer of '{judgement.Annotator}' is {judgement.Label.Name()}; people answer TRUE, FALSE or UNSURE.", nameof(judgement));
        if (string.IsNullOrWhiteSpace(judgement.Annotator) || !candidate.Judges.Add(judgement.Annotator))
            throw new ArgumentException($"BenchmarkBuilder: '{judgement.Annotator}' has no name or judged '{candidate.Text}' ({judgement.SubstituteId}) before; a person judges a candidate once.", nameof(judgement));
        candidate.Labels.Add(judgement.Label);
    }

    /// <summary>Writes the open questions, one JSON object a line.</summary>
    public void ExportTasks(string path) => JudgementFiles.WriteTasks(path, OpenTasks());

    /// <summary>Reads answers, one JSON object a line: <c>{"substitute_id": …, "annotator": …, "label": "TRUE"}</c>.</summary>
    /// <exception cref="TextFormatException">A line has another form, or its answer does not fit; it is named.</exception>
    public void ImportJudgements(string path) => JudgementFiles.ReadJudgements(path, Add);

    /// <summary>How far the judges agree, unsure answers left out.</summary>
    public AgreementStatistics Agreement() => AgreementStatistics.Of<SubstituteLabel>(candidates.Values.Select(candidate => (IReadOnlyCollection<SubstituteLabel>)[.. candidate.Labels.Where(label => label != SubstituteLabel.Unsure)]));

    /// <summary>The benchmark: all candidates with their labels.</summary>
    /// <exception cref="InvalidOperationException">Questions are still open, or there is no candidate.</exception>
    public LexSubDataset Build()
    {
        var open = OpenTasks();
        if (open.Count > 0)
            throw new InvalidOperationException($"BenchmarkBuilder: {open.Count} of {candidates.Count} candidates want {open.Sum(task => task.Missing)} more judgements, such as '{open[0].Substitute}' for '{open[0].Target}'. Export the open tasks and import the answers.");
        if (candidates.Count == 0) throw new InvalidOperationException("BenchmarkBuilder: there is no candidate; add targets and candidates first.");
        return new LexSubDataset(
            contexts.Values,
            targets.Values,
            candidates.Values.Select(candidate => new LexSubSubstitute(candidate.TargetId, candidate.Text, candidate.Labels, candidate.Sources)),
            substitutesAreLemmas: true);
    }

    private int Missing(Candidate candidate)
    {
        var count = candidate.Labels.Count;
        if (count < config.FirstLabels) return config.FirstLabels - count;
        return candidate.Labels.Take(config.FirstLabels).Any(SubstituteLabels.IsPositive) ? Math.Max(0, config.TotalLabels - count) : 0;
    }

    private static int OnlyPlace(string text, string word)
    {
        var first = text.IndexOf(word, StringComparison.OrdinalIgnoreCase);
        if (first < 0) throw new ArgumentException($"BenchmarkBuilder: '{word}' does not stand in '{LexSubDataset.Excerpt(text)}'.", nameof(word));
        if (text.IndexOf(word, first + 1, StringComparison.OrdinalIgnoreCase) >= 0)
            throw new ArgumentException($"BenchmarkBuilder: '{word}' stands several times in '{LexSubDataset.Excerpt(text)}'; give its offset.", nameof(word));
        return LexSubDataset.OffsetOf(text, first);
    }

    private sealed class Candidate(string targetId, string text)
    {
        public string TargetId { get; } = targetId;

        public string Text { get; } = text;

        public List<string> Sources { get; } = [];

        public List<SubstituteLabel> Labels { get; } = [];

        public HashSet<string> Judges { get; } = new(StringComparer.Ordinal);
    }
}
