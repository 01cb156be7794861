namespace Scorch.Digest;

/// <summary>What is looked for: words that a paper must hold, all of them.</summary>
/// <param name="Words">The words, each once, at most <see cref="MostWords"/>.</param>
/// <param name="LastIsBeginning">Whether the last word may also be the beginning of one.</param>
internal sealed record SearchQuery(IReadOnlyList<string> Words, bool LastIsBeginning = false)
{
    /// <summary>Further words of a query are left out.</summary>
    public const int MostWords = 32;

    /// <summary>The words of what a person typed; no character has a meaning of its own.</summary>
    public static SearchQuery Of(string typed)
    {
        // Words repeat, so more are read than are kept; the bound is for queries that are whole books.
        var words = SearchWords.Of(typed, 8 * MostWords).Distinct(StringComparer.Ordinal).Take(MostWords);
        return new SearchQuery([.. words]);
    }

    /// <summary>Whether a word of a text is one of the query's.</summary>
    public bool Matches(int index, ReadOnlySpan<char> word) => LastIsBeginning && index == Words.Count - 1
        ? word.StartsWith(Words[index], StringComparison.Ordinal)
        : word.SequenceEqual(Words[index]);
}
