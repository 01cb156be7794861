using System.Runtime.InteropServices;

namespace Scorch.Text;

/// <summary>How often sequences of n words occur.</summary>
internal static class NgramCounts
{
    /// <summary>The n-grams of a text; words are joined with a character that no word holds.</summary>
    public static Dictionary<string, int> Of(IReadOnlyList<string> words, int order)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i + order <= words.Count; i++)
            CollectionsMarshal.GetValueRefOrAddDefault(counts, string.Join(' ', words.Skip(i).Take(order)), out _)++;
        return counts;
    }

    /// <summary>The n-grams of the first that the second has too, each at most as often.</summary>
    public static int Overlap(Dictionary<string, int> first, Dictionary<string, int> second) =>
        first.Sum(pair => Math.Min(pair.Value, second.GetValueOrDefault(pair.Key)));
}
