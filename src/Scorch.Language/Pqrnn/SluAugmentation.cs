namespace Scorch.Language.Pqrnn;

/// <summary>How further requests are made from labelled ones.</summary>
public sealed record AugmentationConfig
{
    /// <summary>New requests for each given one.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>Probability that a slot's words are those of a slot of the same type in another request of the same intent.</summary>
    public double SlotSwap { get; init; } = 0.7;

    /// <summary>Probability that a word outside all slots is dropped.</summary>
    public double WordDrop { get; init; } = 0.1;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        if (Copies < 0) throw new ArgumentException($"AugmentationConfig: Copies is {Copies}; give 0 or more.", nameof(Copies));
        if (!(SlotSwap is >= 0 and <= 1)) throw new ArgumentException(FormattableString.Invariant($"AugmentationConfig: SlotSwap is {SlotSwap}; a probability is needed."), nameof(SlotSwap));
        if (!(WordDrop is >= 0 and <= 1)) throw new ArgumentException(FormattableString.Invariant($"AugmentationConfig: WordDrop is {WordDrop}; a probability is needed."), nameof(WordDrop));
    }
}

/// <summary>Makes further requests: slot values change places between requests of one intent, words outside slots are dropped.</summary>
public static class SluAugmentation
{
    /// <summary>Makes new labelled requests.</summary>
    /// <param name="utterances">Labelled requests.</param>
    /// <param name="config">How many and how.</param>
    /// <param name="random">Draws all.</param>
    /// <returns><see cref="AugmentationConfig.Copies"/> for each request, in their order; every one has a token.</returns>
    /// <exception cref="ArgumentException">A request has no labels.</exception>
    public static IReadOnlyList<SluUtterance> Make(IReadOnlyList<SluUtterance> utterances, AugmentationConfig config, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        config.Validate();
        var values = new Dictionary<(string Intent, string Type), List<string[]>>();
        for (var i = 0; i < utterances.Count; i++)
        {
            var utterance = utterances[i];
            if (utterance.Tags is not { } tags) throw new ArgumentException($"SluAugmentation: request {i} has no labels; only labelled requests can be changed.", nameof(utterances));
            foreach (var (start, end, type) in Text.SlotScore.ChunksOf(tags))
            {
                if (!values.TryGetValue((utterance.Intent!, type), out var list)) values.Add((utterance.Intent!, type), list = []);
                list.Add([.. utterance.Tokens.Skip(start).Take(end - start)]);
            }
        }
        return [.. utterances.SelectMany(utterance => Enumerable.Range(0, config.Copies).Select(_ => Changed(utterance, values, config, random)))];
    }

    private static SluUtterance Changed(SluUtterance utterance, Dictionary<(string Intent, string Type), List<string[]>> values, AugmentationConfig config, RandomSource random)
    {
        var (tokens, tags) = (new List<string>(), new List<string>());
        var chunks = Text.SlotScore.ChunksOf(utterance.Tags!).ToDictionary(chunk => chunk.Start);
        for (var i = 0; i < utterance.Tokens.Count;)
        {
            if (!chunks.TryGetValue(i, out var chunk))
            {
                if (random.NextDouble() >= config.WordDrop) Add(utterance.Tokens[i], "O");
                i++;
                continue;
            }
            var candidates = values[(utterance.Intent!, chunk.Type)];
            string[] words = random.NextDouble() < config.SlotSwap ? candidates[(int)random.NextInt64(candidates.Count)] : [.. utterance.Tokens.Skip(chunk.Start).Take(chunk.End - chunk.Start)];
            for (var j = 0; j < words.Length; j++)
            {
                // A chunk that opened with I- keeps doing so: its tag B- may be none that a model knows.
                var inside = $"I-{chunk.Type}";
                Add(words[j], j == 0 ? utterance.Tags![chunk.Start] : inside);
            }
            i = chunk.End;
        }
        if (tokens.Count == 0) return utterance;
        return new(tokens, tags, utterance.Intent!);

        void Add(string token, string tag)
        {
            tokens.Add(token);
            tags.Add(tag);
        }
    }
}
