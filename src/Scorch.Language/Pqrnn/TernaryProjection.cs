using System.Collections.Concurrent;
using System.Text;

namespace Scorch.Language.Pqrnn;

/// <summary>Tokens as ternary vectors by hashing: no vocabulary and no table. The same token has the same features on every machine.</summary>
/// <remarks>Safe to use from several threads.</remarks>
public sealed class TernaryProjection
{
    /// <summary>The token before the first one, where the configuration adds it.</summary>
    public const string Begin = "<BOS>";

    /// <summary>The token behind the last one, where the configuration adds it.</summary>
    public const string End = "<EOS>";

    private const int MostRemembered = 65_536;

    private readonly ConcurrentDictionary<string, sbyte[]> remembered = new(StringComparer.Ordinal);
    private readonly HashSet<Rune>? allowed;

    /// <summary>A projection.</summary>
    /// <param name="config">Its settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public TernaryProjection(ProjectionConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        Config = config;
        allowed = config.AllowedCharacters is { } characters ? [.. characters.EnumerateRunes()] : null;
    }

    /// <summary>The settings.</summary>
    public ProjectionConfig Config { get; }

    /// <summary>The features of a token, each -1, 0 or 1.</summary>
    /// <param name="token">Any text; an empty one hashes <c>&lt;null&gt;</c>.</param>
    /// <exception cref="ArgumentException">The token holds half of a surrogate pair; the position is named.</exception>
    public sbyte[] Hash(string token) => [.. Remembered(token)];

    /// <summary>The features of a token's UTF-8 bytes, as they stand: nothing is lower-cased or left out.</summary>
    /// <param name="utf8">The bytes.</param>
    public sbyte[] Hash(ReadOnlySpan<byte> utf8)
    {
        var features = new sbyte[Config.FeatureSize];
        ProjectionHash.Features(Codes(utf8, (Config.FeatureSize + ProjectionHash.FeaturesOfCode - 1) / ProjectionHash.FeaturesOfCode), features);
        return features;
    }

    /// <summary>The 64-bit codes behind the features: low, high, then those of the next pair, and so on.</summary>
    /// <param name="utf8">A token's bytes, as they stand.</param>
    /// <param name="count">How many codes, at least 1.</param>
    public ulong[] Codes(ReadOnlySpan<byte> utf8, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, ProjectionConfig.MostFeatures / ProjectionHash.FeaturesOfCode);
        var codes = new ulong[count];
        ProjectionHash.Codes(utf8, Config.Bytes, codes);
        return codes;
    }

    /// <summary>A token as it is hashed: lower-cased, characters that are not allowed left out, repetitions cut.</summary>
    /// <exception cref="ArgumentException">The token holds half of a surrogate pair; the position is named.</exception>
    public string Normalize(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        for (var i = 0; i < token.Length; i++)
        {
            if (char.IsHighSurrogate(token[i]) && i + 1 < token.Length && char.IsLowSurrogate(token[i + 1])) i++;
            else if (char.IsSurrogate(token[i])) throw new ArgumentException($"TernaryProjection: the token has half of a surrogate pair at position {i}, which is no UTF-8; take it out.", nameof(token));
        }
        var text = Config.LowerCase ? token.ToLowerInvariant() : token;
        if (allowed is null && Config.MaximumRepetition == 0) return text;
        var kept = new StringBuilder(text.Length);
        var (last, run) = (default(Rune), 0);
        foreach (var rune in text.EnumerateRunes())
        {
            if (allowed?.Contains(rune) == false) continue;
            run = run > 0 && rune == last ? run + 1 : 1;
            last = rune;
            if (Config.MaximumRepetition == 0 || run <= Config.MaximumRepetition) kept.Append(rune.ToString());
        }
        return kept.ToString();
    }

    /// <summary>Utterances as the network reads them.</summary>
    /// <param name="utterances">The tokens of each.</param>
    /// <param name="distortion">Draws which tokens are changed, with the configured probability; null changes none.</param>
    /// <returns>Features, float32 [utterances, tokens of the longest, features], 0 behind an utterance's end; and which tokens are there, float32 [utterances, tokens].</returns>
    /// <exception cref="ArgumentException">An utterance has no token, or there is none; it is named.</exception>
    public (Tensor Features, Tensor Mask) Project(IReadOnlyList<IReadOnlyList<string>> utterances, RandomSource? distortion = null)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        if (utterances.Count == 0) throw new ArgumentException("TernaryProjection: there is no utterance; give at least one.", nameof(utterances));
        for (var i = 0; i < utterances.Count; i++)
            if (utterances[i].Count == 0) throw new ArgumentException($"TernaryProjection: utterance {i} has no token; leave it out.", nameof(utterances));
        var (added, size) = ((Config.AddsBegin ? 1 : 0) + (Config.AddsEnd ? 1 : 0), Config.FeatureSize);
        var longest = utterances.Max(utterance => utterance.Count) + added;
        var (features, mask) = (new float[checked(utterances.Count * longest * size)], new float[utterances.Count * longest]);
        for (var i = 0; i < utterances.Count; i++)
        {
            var place = i * longest;
            if (Config.AddsBegin) Write(Begin);
            foreach (var token in utterances[i])
                Write(distortion is not null && Config.Distortion > 0 && distortion.NextDouble() < Config.Distortion ? CharacterDistortion.Change(token, distortion) : token);
            if (Config.AddsEnd) Write(End);

            void Write(string token)
            {
                var values = Remembered(token);
                var row = features.AsSpan(place * size, size);
                for (var j = 0; j < size; j++) row[j] = values[j];
                mask[place++] = 1;
            }
        }
        return (Tensor.From(features, [utterances.Count, longest, size]), Tensor.From(mask, [utterances.Count, longest]));
    }

    private sbyte[] Remembered(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (remembered.TryGetValue(token, out var features)) return features;
        // The two added tokens are hashed as they stand.
        var text = token is Begin or End ? token : Normalize(token);
        features = Hash(Encoding.UTF8.GetBytes(text));
        if (remembered.Count < MostRemembered) remembered.TryAdd(token, features);
        return features;
    }
}
