using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scorch.Checkpoints;

namespace Scorch.Text;

/// <summary>Tokens with ids and how often each was counted: special tokens first, then by falling count, equal counts in ordinal order.</summary>
public sealed class Vocabulary
{
    private const long LargestFile = 512L << 20;
    private readonly string[] tokens;
    private readonly long[] counts;
    private readonly Dictionary<string, int> ids;

    private Vocabulary(string[] tokens, long[] counts, string[] specialTokens)
    {
        this.tokens = tokens;
        this.counts = counts;
        SpecialTokens = specialTokens;
        ids = VocabularyFile.Index(tokens, nameof(tokens));
    }

    /// <summary>The number of tokens.</summary>
    public int Count => tokens.Length;

    /// <summary>The tokens in the order of their ids.</summary>
    public IReadOnlyList<string> Tokens => tokens;

    /// <summary>How often each token was counted; 0 for special tokens.</summary>
    public IReadOnlyList<long> Counts => counts;

    /// <summary>The tokens that stand for no text; they have the ids 0, 1, ….</summary>
    public IReadOnlyList<string> SpecialTokens { get; }

    /// <summary>Counts tokens and keeps the frequent ones.</summary>
    /// <param name="tokens">Every token as often as it occurs.</param>
    /// <param name="maximumSize">The most tokens to keep, special ones included.</param>
    /// <param name="minimumCount">A token must occur so often.</param>
    /// <param name="specialTokens">Tokens that stand for no text.</param>
    public static Vocabulary FromTokens(IEnumerable<string> tokens, int maximumSize = int.MaxValue, long minimumCount = 1, params IReadOnlyList<string> specialTokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var token in tokens) CollectionsMarshal.GetValueRefOrAddDefault(counts, token, out _)++;
        return FromCounts(counts, maximumSize, minimumCount, specialTokens);
    }

    /// <summary>Keeps the frequent ones of counted tokens.</summary>
    /// <param name="counts">Tokens and how often they occur.</param>
    /// <param name="maximumSize">The most tokens to keep, special ones included.</param>
    /// <param name="minimumCount">A token must occur so often.</param>
    /// <param name="specialTokens">Tokens that stand for no text.</param>
    /// <exception cref="ArgumentException">The special tokens alone exceed the size, or one stands twice.</exception>
    public static Vocabulary FromCounts(IEnumerable<KeyValuePair<string, long>> counts, int maximumSize = int.MaxValue, long minimumCount = 1, params IReadOnlyList<string> specialTokens)
    {
        ArgumentNullException.ThrowIfNull(counts);
        ArgumentNullException.ThrowIfNull(specialTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(minimumCount, 1);
        if (maximumSize < Math.Max(1, specialTokens.Count))
            throw new ArgumentException($"maximumSize: {maximumSize} tokens do not hold {specialTokens.Count} special tokens; give more.", nameof(maximumSize));
        var kept = counts.Where(pair => pair.Value >= minimumCount && !specialTokens.Contains(pair.Key))
            .OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take(maximumSize - specialTokens.Count).ToList();
        return new([.. specialTokens, .. kept.Select(pair => pair.Key)], [.. specialTokens.Select(_ => 0L), .. kept.Select(pair => pair.Value)], [.. specialTokens]);
    }

    /// <summary>The id of a token, or null.</summary>
    public int? IdOf(string token) => ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>Writes JSON, to a temporary name first.</summary>
    /// <param name="path">The file; its folder is made when missing.</param>
    public void Save(string path) =>
        AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, new VocabularyContent(tokens, counts, [.. SpecialTokens]), VocabularyJson.Default.VocabularyContent));

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="TextFormatException">The file holds something else.</exception>
    public static Vocabulary Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile) throw new TextFormatException($"{path}: {stream.Length} bytes; a vocabulary has at most {LargestFile}. Is it another file?");
        VocabularyContent? content;
        try
        {
            content = JsonSerializer.Deserialize(stream, VocabularyJson.Default.VocabularyContent);
        }
        catch (JsonException error)
        {
            throw new TextFormatException($"{path}: no vocabulary ({error.Message}). Write it with Vocabulary.Save.", error);
        }
        if (content is not { Tokens: not null, Counts: not null, SpecialTokens: not null } || content.Tokens.Contains(null!)
            || content.Counts.Length != content.Tokens.Length || !content.Tokens.Take(content.SpecialTokens.Length).SequenceEqual(content.SpecialTokens))
            throw new TextFormatException($"{path}: tokens, counts and special tokens do not fit together: as many counts as tokens, and special tokens first. Write it with Vocabulary.Save.");
        try
        {
            return new(content.Tokens, content.Counts, content.SpecialTokens);
        }
        catch (ArgumentException error)
        {
            throw new TextFormatException($"{path}: {error.Message}", error);
        }
    }
}

/// <summary>A vocabulary as its file holds it.</summary>
internal sealed record VocabularyContent(string[] Tokens, long[] Counts, string[] SpecialTokens);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VocabularyContent))]
internal sealed partial class VocabularyJson : JsonSerializerContext;
