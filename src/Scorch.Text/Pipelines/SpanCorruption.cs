namespace Scorch.Text;

/// <summary>How spans are corrupted; the defaults are T5's.</summary>
public sealed record SpanCorruptionConfig
{
    /// <summary>The tokens that stand for the spans, the first for the first span: <c>&lt;extra_id_0&gt;</c>, ….</summary>
    public required IReadOnlyList<int> Sentinels { get; init; }

    /// <summary>The share of tokens in corrupted spans.</summary>
    public double NoiseDensity { get; init; } = 0.15;

    /// <summary>The mean length of corrupted spans.</summary>
    public double MeanSpanLength { get; init; } = 3;

    /// <summary>A token to end inputs and targets with; none by default.</summary>
    public int? EndToken { get; init; }
}

/// <summary>A text with gaps, and what fills them.</summary>
/// <param name="Inputs">The tokens, each corrupted span replaced by its sentinel.</param>
/// <param name="Targets">Each sentinel followed by the tokens of its span.</param>
public sealed record CorruptedTokens(int[] Inputs, int[] Targets);

/// <summary>T5's span corruption (Raffel et al. 2020, 3.3.4; <c>random_spans_noise_mask</c> of its preprocessors).</summary>
public static class SpanCorruption
{
    /// <summary>Which of <paramref name="length"/> tokens are noise: spans of random lengths, kept and noise in turn, kept first, noise last.</summary>
    /// <param name="length">The number of tokens.</param>
    /// <param name="config">Density and mean length.</param>
    /// <param name="random">Draws the lengths; all ways to cut into the given number of spans are equally likely.</param>
    public static bool[] NoiseMask(int length, SpanCorruptionConfig config, RandomSource random)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentNullException.ThrowIfNull(random);
        // T5 masks at least two tokens' worth and cuts the mask to the true length.
        var (noise, spans) = NoiseCounts(Math.Max(length, 2), config);
        var noiseLengths = RandomSegmentation(noise, spans, random);
        var keptLengths = RandomSegmentation(Math.Max(length, 2) - noise, spans, random);
        return MaskOf(keptLengths, noiseLengths)[..length];
    }

    /// <summary>Corrupts random spans.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="config">Density, mean length and sentinels.</param>
    /// <param name="random">Draws the spans.</param>
    /// <exception cref="ArgumentException">More spans than sentinels.</exception>
    public static CorruptedTokens Corrupt(IReadOnlyList<int> ids, SpanCorruptionConfig config, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(ids);
        return Apply(ids, NoiseMask(ids.Count, config, random), config);
    }

    /// <summary>Inputs and targets for a given mask.</summary>
    /// <param name="ids">The tokens.</param>
    /// <param name="noise">Which are noise.</param>
    /// <param name="config">The sentinels.</param>
    /// <exception cref="ArgumentException">The mask has another length, or more spans than sentinels.</exception>
    public static CorruptedTokens Apply(IReadOnlyList<int> ids, IReadOnlyList<bool> noise, SpanCorruptionConfig config)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(noise);
        ArgumentNullException.ThrowIfNull(config);
        if (noise.Count != ids.Count) throw new ArgumentException($"Apply: a mask of {noise.Count} for {ids.Count} tokens; one entry for each.", nameof(noise));
        return new(Replace(wanted: true), Replace(wanted: false));

        int[] Replace(bool wanted)
        {
            var result = new List<int>(ids.Count);
            var span = 0;
            for (var i = 0; i < ids.Count; i++)
            {
                if (noise[i] != wanted)
                {
                    result.Add(ids[i]);
                    continue;
                }
                if (i > 0 && noise[i - 1] == wanted) continue;
                if (span == config.Sentinels.Count)
                    throw new ArgumentException($"Sentinels: {config.Sentinels.Count} do not name all spans of {ids.Count} tokens; give more (T5 has 100), or shorter texts.", nameof(config));
                result.Add(config.Sentinels[span++]);
            }
            if (config.EndToken is { } end) result.Add(end);
            return [.. result];
        }
    }

    /// <summary>How many tokens become noise, in how many spans; rounded in float32 and to even, as T5 does.</summary>
    internal static (int Noise, int Spans) NoiseCounts(int length, SpanCorruptionConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (!(config.NoiseDensity is > 0 and < 1)) throw new ArgumentException($"NoiseDensity: {config.NoiseDensity}; between 0 and 1.", nameof(config));
        if (!(config.MeanSpanLength >= 1)) throw new ArgumentException($"MeanSpanLength: {config.MeanSpanLength}; at least 1.", nameof(config));
        var noise = Math.Clamp((int)MathF.Round(length * (float)config.NoiseDensity, MidpointRounding.ToEven), 1, length - 1);
        var spans = Math.Max(1, (int)MathF.Round(noise / (float)config.MeanSpanLength, MidpointRounding.ToEven));
        // Where most is noise there may be fewer kept tokens than spans; every span between noise has at least one.
        return (noise, Math.Min(spans, length - noise));
    }

    /// <summary>Cuts items into non-empty segments: which of the items after the first begin one is a random choice.</summary>
    internal static int[] RandomSegmentation(int items, int segments, RandomSource random)
    {
        var begins = Enumerable.Range(0, items - 1).Select(item => item < segments - 1).ToArray();
        random.Shuffle<bool>(begins);
        var lengths = new int[segments];
        var segment = 0;
        lengths[0] = 1;
        foreach (var begin in begins) lengths[begin ? ++segment : segment]++;
        return lengths;
    }

    private static bool[] MaskOf(int[] kept, int[] noise)
    {
        var mask = new List<bool>();
        for (var span = 0; span < kept.Length; span++)
        {
            mask.AddRange(Enumerable.Repeat(false, kept[span]));
            mask.AddRange(Enumerable.Repeat(true, noise[span]));
        }
        return [.. mask];
    }
}
