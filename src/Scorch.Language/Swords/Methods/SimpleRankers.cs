using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>Scores by chance: what a ranking is worth that knows nothing. The same for the same seed, text, word and candidate.</summary>
/// <param name="seed">Fixes the scores.</param>
public sealed class RandomRanker(long seed) : ILexSubRanker
{
    /// <inheritdoc/>
    public IReadOnlyList<double> Rank(LexSubQuery query, IReadOnlyList<string> candidates, bool areLemmas)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(candidates);
        var own = StableHash.Of(query.Text, query.Start);
        return [.. candidates.Select(candidate => new RandomSource(RandomSource.Derive(seed, own, StableHash.Of(candidate, 0))).NextDouble())];
    }
}

/// <summary>Scores by how often a word stands in a text: common words first.</summary>
/// <param name="counts">How often each word, in lower case, was seen.</param>
public sealed class FrequencyRanker(IReadOnlyDictionary<string, long> counts) : ILexSubRanker
{
    /// <summary>Counts the words of texts: runs of letters and apostrophes, in lower case.</summary>
    public static FrequencyRanker FromTexts(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var word in texts.SelectMany(WordRuns.Of))
            System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;
        return new(counts);
    }

    /// <inheritdoc/>
    /// <remarks>A phrase is as rare as its rarest word.</remarks>
    public IReadOnlyList<double> Rank(LexSubQuery query, IReadOnlyList<string> candidates, bool areLemmas)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        return [.. candidates.Select(candidate => (double)WordRuns.Of(candidate).Select(word => counts.GetValueOrDefault(word)).DefaultIfEmpty(0).Min())];
    }
}

/// <summary>Scores by the cosine of static word vectors; the context is not looked at.</summary>
/// <param name="vectors">The vectors, such as word2vec's or GloVe's.</param>
public sealed class EmbeddingRanker(WordVectors vectors) : ILexSubRanker
{
    /// <inheritdoc/>
    /// <remarks>Phrases have the mean of their words' vectors; a candidate without a known word comes last.</remarks>
    public IReadOnlyList<double> Rank(LexSubQuery query, IReadOnlyList<string> candidates, bool areLemmas)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(candidates);
        // A form that was never seen may have a known dictionary form.
        var word = vectors.Contains(query.Word) || query.Lemma is null ? query.Word : query.Lemma;
        return [.. candidates.Select(candidate => vectors.Cosine(word, candidate) ?? double.NegativeInfinity)];
    }
}

/// <summary>Orders candidates by what a generator gives for them; candidates that it does not name come last.</summary>
/// <param name="generator">The generator.</param>
public sealed class GeneratorRanker(ILexSubGenerator generator) : ILexSubRanker
{
    /// <inheritdoc/>
    public IReadOnlyList<double> Rank(LexSubQuery query, IReadOnlyList<string> candidates, bool areLemmas)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        var best = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        foreach (var (text, score) in generator.Generate(query))
            if (!best.TryGetValue(text, out var known) || score > known) best[text] = score;
        return [.. candidates.Select(candidate => best.GetValueOrDefault(candidate, double.NegativeInfinity))];
    }
}

/// <summary>Runs of letters and apostrophes in lower case.</summary>
internal static class WordRuns
{
    public static IEnumerable<string> Of(string text)
    {
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var isLetter = i < text.Length && (char.IsLetter(text[i]) || (text[i] == '\'' && start >= 0));
            if (isLetter && start < 0) start = i;
            if (isLetter || start < 0) continue;
            yield return text[start..i].TrimEnd('\'').ToLowerInvariant();
            start = -1;
        }
    }
}

/// <summary>A hash that is the same in every process (FNV-1a), to draw from the same stream for the same text.</summary>
internal static class StableHash
{
    public static long Of(string text, int place)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in text) hash = unchecked((hash ^ letter) * 1099511628211UL);
        return unchecked((long)((hash ^ (uint)place) * 1099511628211UL));
    }
}
