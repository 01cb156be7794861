using System.Collections.Frozen;

namespace Scorch.Digest;

/// <summary>What ranking reads of a paper.</summary>
internal sealed record SearchCandidate(long Id, string ArxivId, string Title, IReadOnlyList<string> Authors, string Abstract);

/// <summary>Orders matches: BM25F over title, authors and abstract.</summary>
/// <remarks>
/// S. Robertson, H. Zaragoza, The probabilistic relevance framework: BM25 and beyond, 2009, eq. 3.17-3.18, with k1 = 1.2 and b = 0.75.
/// Every candidate holds every word, so inverse document frequencies only weigh the words among themselves; they would cost a pass
/// over the whole index, so function words (the, of, ...) count a tenth and all others alike. Words that stand side by side in the
/// title in the query's order add to the score.
/// </remarks>
internal static class SearchRanking
{
    private const double K1 = 1.2;
    private const double B = 0.75;
    private const double FunctionWordWeight = 0.1;
    private const double AdjacentInTitle = 0.5;

    private static readonly FrozenSet<string> FunctionWords = FrozenSet.ToFrozenSet(
    [
        "a", "an", "and", "are", "as", "at", "be", "by", "can", "for", "from", "how", "in", "into", "is", "it", "its", "not", "of", "on",
        "or", "our", "that", "the", "their", "this", "to", "via", "we", "what", "when", "which", "with", "you",
    ], StringComparer.Ordinal);

    /// <summary>Best first; equal scores by identifier.</summary>
    public static IReadOnlyList<SearchCandidate> Order(IEnumerable<SearchCandidate> candidates, SearchQuery query) =>
        [.. candidates
            .Select(candidate => (Candidate: candidate, Score: Score(candidate, query)))
            .OrderByDescending(scored => scored.Score)
            .ThenBy(scored => scored.Candidate.ArxivId, StringComparer.Ordinal)
            .Select(scored => scored.Candidate)];

    private static double Score(SearchCandidate candidate, SearchQuery query)
    {
        var frequencies = new double[query.Words.Count];
        var adjacent = AddField(frequencies, query, [candidate.Title], weight: 5, usualLength: 10);
        AddField(frequencies, query, candidate.Authors, weight: 3, usualLength: 10);
        AddField(frequencies, query, [candidate.Abstract], weight: 1, usualLength: 150);

        // eq. 3.18: sum over words of w * tf~ / (k1 + tf~)
        var score = AdjacentInTitle * adjacent;
        for (var word = 0; word < frequencies.Length; word++)
        {
            var weight = FunctionWords.Contains(query.Words[word]) ? FunctionWordWeight : 1;
            score += weight * frequencies[word] / (K1 + frequencies[word]);
        }

        return score;
    }

    // eq. 3.17: tf~ = sum over fields of weight * tf / (1 - b + b * length / usual length). Returns the weight of adjacent words.
    private static double AddField(double[] frequencies, SearchQuery query, IReadOnlyList<string> texts, double weight, double usualLength)
    {
        var counts = new int[frequencies.Length];
        var length = 0;
        var previous = -1;
        var adjacent = 0.0;
        foreach (var text in texts)
        {
            SearchWords.Read(text, word =>
            {
                length++;
                var here = -1;
                for (var index = 0; index < counts.Length; index++)
                {
                    if (query.Matches(index, word))
                    {
                        counts[index]++;
                        here = index;
                    }
                }

                if (here > 0 && previous == here - 1)
                {
                    adjacent += FunctionWords.Contains(query.Words[here]) || FunctionWords.Contains(query.Words[previous]) ? FunctionWordWeight : 1;
                }

                previous = here;
                return true;
            });
        }

        var normalizer = 1 - B + (B * length / usualLength);
        for (var index = 0; index < counts.Length; index++)
        {
            frequencies[index] += weight * counts[index] / normalizer;
        }

        return Math.Min(adjacent, Math.Max(1, counts.Length - 1));
    }
}
