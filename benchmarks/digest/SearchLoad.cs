using System.Diagnostics;
using Scorch.Digest;

namespace Scorch.Benchmarks.Digest;

/// <summary>Searches for one to three words from very frequent to rare, one after the other.</summary>
internal static class SearchLoad
{
    // Ranks of words by class; the first is in nearly all papers, the last in a few.
    private static readonly (string Name, int From, int To)[] Classes =
        [("very frequent", 0, 20), ("frequent", 20, 300), ("medium", 300, 5_000), ("rare", 5_000, GeneratedPapers.Vocabulary)];

    private const int UnfinishedEvery = 20;

    public static async Task<IReadOnlyList<SearchResult>> RunAsync(IDigestStore store, int count, int seed)
    {
        var random = new Random(seed);
        List<(string Kind, double Milliseconds, bool Found)> measured = [];
        await store.SearchAsync(GeneratedPapers.Word(50));
        for (var number = 0; number < count; number++)
        {
            var words = 1 + random.Next(3);
            var classes = Enumerable.Range(0, words).Select(_ => random.Next(Classes.Length)).ToArray();
            var query = string.Join(' ', classes.Select(kind => GeneratedPapers.Word(random.Next(Classes[kind].From, Classes[kind].To))));
            var isUnfinished = number % UnfinishedEvery == 0;
            query = isUnfinished ? query[..^1] : query;
            var started = Stopwatch.GetTimestamp();
            var page = await store.SearchAsync(query);
            measured.Add((isUnfinished ? "unfinished last word" : classes.Distinct().Count() == 1 ? $"{words} x {Classes[classes[0]].Name}" : $"{words} mixed", Stopwatch.GetElapsedTime(started).TotalMilliseconds, page.Papers.Count > 0));
        }

        return [Summary("all", measured), .. measured.GroupBy(one => one.Kind).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => Summary(group.Key, [.. group]))];
    }

    private static SearchResult Summary(string kind, IReadOnlyList<(string Kind, double Milliseconds, bool Found)> measured)
    {
        var times = measured.Select(one => one.Milliseconds).Order().ToArray();
        return new SearchResult(kind, times.Length, measured.Count(one => one.Found), Quantile(0.5), Quantile(0.95), Quantile(1));

        // The smallest time that at least this share of the searches did not exceed.
        double Quantile(double share) => Math.Round(times[Math.Max(0, (int)Math.Ceiling(share * times.Length) - 1)], 2);
    }
}
