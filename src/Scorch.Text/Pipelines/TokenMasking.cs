namespace Scorch.Text;

/// <summary>How tokens are masked; the shares are BERT's.</summary>
public sealed record MaskingConfig
{
    /// <summary>What takes the place of most chosen tokens.</summary>
    public required int MaskToken { get; init; }

    /// <summary>Random tokens are drawn from 0 … VocabularySize-1.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Tokens that are never chosen: ends, padding.</summary>
    public IReadOnlySet<int> Untouched { get; init; } = new HashSet<int>();

    /// <summary>The share of tokens to predict.</summary>
    public double Rate { get; init; } = 0.15;

    /// <summary>The share of chosen tokens that become <see cref="MaskToken"/>.</summary>
    public double MaskShare { get; init; } = 0.8;

    /// <summary>The share of chosen tokens that become a random token; the rest stay.</summary>
    public double RandomShare { get; init; } = 0.1;

    /// <summary>The most tokens to predict in one window.</summary>
    public int MostPredictions { get; init; } = int.MaxValue;
}

/// <summary>A window to fill in.</summary>
/// <param name="Inputs">The tokens with some replaced.</param>
/// <param name="Labels">The true token where one was chosen, <see cref="TokenMasking.Ignored"/> elsewhere.</param>
public sealed record MaskedTokens(int[] Inputs, int[] Labels);

/// <summary>BERT's masked language modelling (Devlin et al. 2018, 3.1).</summary>
public static class TokenMasking
{
    /// <summary>The label of tokens that are not to be predicted, which losses ignore.</summary>
    public const int Ignored = -100;

    /// <summary>Chooses round(Rate · n) of the n tokens that may be chosen, at least one, and replaces them by the config's shares.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="config">Rates and special tokens.</param>
    /// <param name="random">Draws places and replacements.</param>
    /// <exception cref="ArgumentException">A rate is out of range, or the mask token is not in the vocabulary.</exception>
    public static MaskedTokens Mask(IReadOnlyList<int> ids, MaskingConfig config, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        if (!(config.Rate is >= 0 and <= 1)) throw new ArgumentException($"Rate: {config.Rate}; between 0 and 1.", nameof(config));
        if (!(config.MaskShare >= 0 && config.RandomShare >= 0 && config.MaskShare + config.RandomShare <= 1 + 1e-12))
            throw new ArgumentException($"MaskShare {config.MaskShare} and RandomShare {config.RandomShare}: neither is negative, and together they are at most 1.", nameof(config));
        if (config.VocabularySize < 1 || (uint)config.MaskToken >= (uint)config.VocabularySize)
            throw new ArgumentException($"MaskToken: {config.MaskToken} is not in a vocabulary of {config.VocabularySize}; take the tokeniser's Count and its mask token's id.", nameof(config));
        int[] inputs = [.. ids];
        var labels = new int[inputs.Length];
        Array.Fill(labels, Ignored);
        var places = Enumerable.Range(0, inputs.Length).Where(place => !config.Untouched.Contains(inputs[place])).ToArray();
        if (places.Length == 0 || config.Rate == 0) return new(inputs, labels);
        var count = Math.Min(config.MostPredictions, Math.Max(1, (int)Math.Round(config.Rate * places.Length)));
        random.Shuffle<int>(places);
        foreach (var place in places.Take(count))
        {
            labels[place] = inputs[place];
            var draw = random.NextDouble();
            if (draw < config.MaskShare) inputs[place] = config.MaskToken;
            else if (draw < config.MaskShare + config.RandomShare) inputs[place] = (int)random.NextInt64(config.VocabularySize);
        }
        return new(inputs, labels);
    }
}
