using System.Runtime.CompilerServices;

namespace Scorch.Models.Generation;

/// <summary>Generates token sequences: greedily, by drawing, or by beam search.</summary>
/// <remarks>
/// Every prompt draws from a stream of its own, so that its text does not depend on those generated beside it, up to the rounding of a batch.
/// </remarks>
public sealed class TextGenerator
{
    private readonly IAutoregressiveModel model;
    private readonly NextToken next;

    /// <summary>A generator.</summary>
    /// <param name="model">The model, in evaluation mode.</param>
    /// <param name="config">How text is generated.</param>
    /// <exception cref="ArgumentException">A setting is impossible, or two contradict each other.</exception>
    public TextGenerator(IAutoregressiveModel model, GenerationConfig config)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate(model.VocabularySize);
        (this.model, Config, next) = (model, config, new(config));
    }

    /// <summary>How text is generated.</summary>
    public GenerationConfig Config { get; }

    /// <summary>The best text for each prompt.</summary>
    /// <param name="prompts">Token ids; lengths may differ.</param>
    /// <param name="random">Fixes what is drawn; needed where <see cref="GenerationConfig.IsSampling"/> is set.</param>
    /// <exception cref="ArgumentException">A prompt is empty, holds an unknown token, or is too long for the model and the tokens wanted.</exception>
    /// <exception cref="InvalidOperationException">The model gives NaN, or is in training mode.</exception>
    public IReadOnlyList<GeneratedText> Generate(IReadOnlyList<IReadOnlyList<long>> prompts, RandomSource? random = null)
    {
        RequirePrompts(prompts);
        if (Config.Beams > 1) return [.. Search(prompts).Select(texts => texts[0])];
        var rows = Rows(prompts, random);
        if (rows.Count == 0) return [];
        var session = model.Begin(prompts, Config.UsesCache);
        var running = rows;
        while (true)
        {
            var ended = Step(session, running);
            if (!ended) continue;
            var kept = Enumerable.Range(0, running.Count).Where(i => !running[i].IsEnded).ToArray();
            if (kept.Length == 0) break;
            session.Keep(kept);
            session.Append([.. kept.Select(i => running[i].Tokens[^1])]);
            running = [.. kept.Select(i => running[i])];
        }
        return [.. rows.Select(row => row.Text())];
    }

    /// <summary>The best texts of a beam search for each prompt, best first, as many as beams where there are so many.</summary>
    /// <param name="prompts">Token ids; lengths may differ.</param>
    /// <exception cref="ArgumentException">A prompt is empty, holds an unknown token, or is too long; or the configuration draws.</exception>
    /// <exception cref="InvalidOperationException">The model gives NaN, or is in training mode.</exception>
    public IReadOnlyList<IReadOnlyList<GeneratedText>> Search(IReadOnlyList<IReadOnlyList<long>> prompts)
    {
        RequirePrompts(prompts);
        if (Config.IsSampling) throw new InvalidOperationException("Search: beams are searched without drawing; switch IsSampling off.");
        return prompts.Count == 0 ? [] : new BeamSearch(model, Config, next).Run(prompts);
    }

    /// <summary>New tokens of one text as they come, greedily or drawn.</summary>
    /// <param name="prompt">Token ids.</param>
    /// <param name="random">Fixes what is drawn, the same as in <see cref="Generate"/> for one prompt.</param>
    /// <param name="cancellation">Ends the text between two tokens.</param>
    /// <exception cref="ArgumentException">As in <see cref="Generate"/>.</exception>
    /// <exception cref="InvalidOperationException">The configuration has several beams, the model gives NaN or is in training mode.</exception>
    public IAsyncEnumerable<long> StreamAsync(IReadOnlyList<long> prompt, RandomSource? random = null, CancellationToken cancellation = default)
    {
        RequirePrompts([prompt]);
        if (Config.Beams > 1) throw new InvalidOperationException("StreamAsync: a beam search knows its text at the end only; give one beam.");
        return Stream(prompt, Rows([prompt], random)[0], cancellation);
    }

    private async IAsyncEnumerable<long> Stream(IReadOnlyList<long> prompt, Row row, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var session = await Task.Run(() => model.Begin([prompt], Config.UsesCache), cancellation).ConfigureAwait(false);
        while (!row.IsEnded)
        {
            await Task.Run(() => Step(session, [row]), cancellation).ConfigureAwait(false);
            yield return row.Tokens[^1];
        }
    }

    /// <summary>One token for each row; true when a row ended, and then nothing was appended.</summary>
    private bool Step(IDecodingSession session, List<Row> rows)
    {
        var logits = session.Logits().To(DataType.Float64).ToArray<double>();
        var vocabulary = model.VocabularySize;
        for (var i = 0; i < rows.Count; i++)
        {
            var own = logits.AsSpan(i * vocabulary, vocabulary);
            next.LogProbabilities(own, rows[i].History, rows[i].Tokens.Count, rows[i].Number);
            rows[i].Add(rows[i].Random is { } random ? next.Draw(own, random) : NextToken.Likeliest(own), own, Config);
        }
        if (rows.Any(row => row.IsEnded)) return true;
        session.Append([.. rows.Select(row => row.Tokens[^1])]);
        return false;
    }

    private List<Row> Rows(IReadOnlyList<IReadOnlyList<long>> prompts, RandomSource? random)
    {
        if (Config.IsSampling && random is null) throw new ArgumentNullException(nameof(random), "TextGenerator: drawing needs a random source.");
        // A new stream for every call, so that a second call draws other texts.
        var call = Config.IsSampling ? new RandomSource(unchecked((long)random!.NextUInt64())) : null;
        return [.. prompts.Select((prompt, i) => new Row(i, model.ContinuesPrompt ? prompt : [], call?.Fork(i)))];
    }

    private void RequirePrompts(IReadOnlyList<IReadOnlyList<long>> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        for (var i = 0; i < prompts.Count; i++)
        {
            if (prompts[i] is not { Count: > 0 }) throw new ArgumentException($"TextGenerator: prompt {i} is empty; give one token at least, such as the one that begins texts.", nameof(prompts));
            foreach (var token in prompts[i])
                if (token < 0 || token >= model.VocabularySize)
                    throw new ArgumentOutOfRangeException(nameof(prompts), token, $"TextGenerator: token {token} of prompt {i} lies outside the vocabulary of {model.VocabularySize}.");
        }
        if (prompts.Count == 0) return;
        // The last token of all is never fed back; a text that starts anew has a start token before it.
        var longest = (model.ContinuesPrompt ? prompts.Max(prompt => prompt.Count) : 1) + (long)Config.MaximumNewTokens - 1;
        if (longest > model.MaximumLength)
            throw new ArgumentException($"TextGenerator: the longest prompt and {Config.MaximumNewTokens} new tokens need {longest} positions, the model has {model.MaximumLength}; shorten one of them.", nameof(prompts));
    }

    private sealed class Row(int number, IReadOnlyList<long> prompt, RandomSource? random)
    {
        private double logProbability;
        private bool isStopped;

        public int Number => number;

        public List<long> Tokens { get; } = [];

        public IEnumerable<long> History => prompt.Concat(Tokens);

        public RandomSource? Random => random;

        public bool IsEnded { get; private set; }

        public void Add(int token, ReadOnlySpan<double> logProbabilities, GenerationConfig config)
        {
            Tokens.Add(token);
            logProbability += logProbabilities[token];
            isStopped = config.StopTokens.Contains(token);
            IsEnded = isStopped || Tokens.Count == config.MaximumNewTokens;
        }

        public GeneratedText Text() => new(Tokens, logProbability, isStopped);
    }
}
