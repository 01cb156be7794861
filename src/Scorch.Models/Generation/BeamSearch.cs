namespace Scorch.Models.Generation;

/// <summary>Beam search over a batch of prompts.</summary>
internal sealed class BeamSearch(IAutoregressiveModel model, GenerationConfig config, NextToken next)
{
    public IReadOnlyList<IReadOnlyList<GeneratedText>> Run(IReadOnlyList<IReadOnlyList<long>> prompts)
    {
        var searches = prompts.Select((prompt, i) => new Search(i, model.ContinuesPrompt ? prompt : [])).ToArray();
        var session = model.Begin(prompts, config.UsesCache);
        // Rows of the session: the running beams of all unfinished searches, one search after the other.
        var running = searches.ToList();
        while (true)
        {
            var logits = session.Logits().To(DataType.Float64).ToArray<double>();
            var (rows, tokens, first) = (new List<int>(), new List<long>(), 0);
            foreach (var search in running)
            {
                var count = search.Beams.Count;
                foreach (var (parent, token) in Advance(search, logits.AsSpan(first * model.VocabularySize, count * model.VocabularySize)))
                {
                    rows.Add(first + parent);
                    tokens.Add(token);
                }
                first += count;
            }
            running.RemoveAll(search => search.Beams.Count == 0);
            if (running.Count == 0) break;
            session.Keep(rows);
            session.Append(tokens);
        }
        return [.. searches.Select(search => search.Best())];
    }

    /// <summary>One step of one search: its new beams as parents and tokens; none when it is over.</summary>
    private List<(int Parent, long Token)> Advance(Search search, Span<double> logits)
    {
        var vocabulary = model.VocabularySize;
        var candidates = new List<(double Sum, int Parent, int Token)>();
        // As many again as there are stop tokens: so many non-stop candidates remain in any case.
        var wanted = config.Beams * (config.StopTokens.Distinct().Count() + 1);
        for (var i = 0; i < search.Beams.Count; i++)
        {
            var own = logits.Slice(i * vocabulary, vocabulary);
            var beam = search.Beams[i];
            next.LogProbabilities(own, search.Prompt.Concat(beam.Tokens), beam.Tokens.Count, search.Number);
            foreach (var token in Greatest(own, wanted)) candidates.Add((beam.Sum + own[token], i, token));
        }
        candidates.Sort((a, b) => a.Sum != b.Sum ? b.Sum.CompareTo(a.Sum) : a.Parent != b.Parent ? a.Parent.CompareTo(b.Parent) : a.Token.CompareTo(b.Token));
        var length = search.Beams[0].Tokens.Count + 1;
        var (beams, origins) = (new List<Beam>(), new List<(int, long)>());
        for (var rank = 0; rank < candidates.Count && beams.Count < config.Beams; rank++)
        {
            var (sum, parent, token) = candidates[rank];
            var beam = new Beam([.. search.Beams[parent].Tokens, token], sum);
            if (config.StopTokens.Contains(token))
            {
                // A text ends only where it is among the best of all continuations.
                if (rank < config.Beams) search.Finish(beam, true, config);
            }
            else if (length == config.MaximumNewTokens)
            {
                search.Finish(beam, false, config);
                beams.Add(beam);
            }
            else
            {
                beams.Add(beam);
                origins.Add((parent, token));
            }
        }
        var isOver = origins.Count == 0 || (search.Finished.Count >= config.Beams && (config.StopsEarly || search.WorstFinished >= Bound(beams[0].Sum, length)));
        search.Beams = isOver ? [] : beams;
        return isOver ? [] : origins;
    }

    /// <summary>The best score that a running text can still reach: its sum only falls; its length may grow to the greatest.</summary>
    private double Bound(double sum, int length) =>
        Score(sum, config.LengthPenalty > 0 ? config.MaximumNewTokens : length + 1, config);

    private static double Score(double sum, int length, GenerationConfig config) => sum / Math.Pow(length, config.LengthPenalty);

    /// <summary>The tokens of the greatest values that are not minus infinity, in no order.</summary>
    private static IEnumerable<int> Greatest(ReadOnlySpan<double> values, int count)
    {
        var queue = new PriorityQueue<int, (double, int)>();
        for (var token = 0; token < values.Length; token++)
        {
            if (double.IsNegativeInfinity(values[token])) continue;
            // Of equal values the lower number is the greater.
            if (queue.Count < count) queue.Enqueue(token, (values[token], -token));
            else queue.EnqueueDequeue(token, (values[token], -token));
        }
        return queue.UnorderedItems.Select(item => item.Element);
    }

    private sealed record Beam(List<long> Tokens, double Sum);

    private sealed class Search(int number, IReadOnlyList<long> prompt)
    {
        public int Number => number;

        public IReadOnlyList<long> Prompt => prompt;

        public List<Beam> Beams { get; set; } = [new([], 0)];

        /// <summary>The best finished texts, at most as many as beams, best first; of equal ones the earlier.</summary>
        public List<(double Score, GeneratedText Text)> Finished { get; } = [];

        public double WorstFinished => Finished[^1].Score;

        public void Finish(Beam beam, bool isStopped, GenerationConfig config)
        {
            var score = Score(beam.Sum, beam.Tokens.Count, config);
            var place = Finished.FindIndex(other => other.Score < score);
            Finished.Insert(place < 0 ? Finished.Count : place, (score, new(beam.Tokens, beam.Sum, isStopped)));
            if (Finished.Count > config.Beams) Finished.RemoveAt(config.Beams);
        }

        public GeneratedText[] Best() => [.. Finished.Select(entry => entry.Text)];
    }
}
