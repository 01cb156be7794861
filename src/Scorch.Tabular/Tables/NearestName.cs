namespace Scorch.Tabular;

/// <summary>Suggests the name that a mistyped one was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The known name with the smallest edit distance (capitals ignored), if it is near enough to suggest.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="known">The names that exist.</param>
    /// <returns>The nearest name, or null when none is within half of the typed length (at least 2 edits).</returns>
    public static string? Of(string name, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(known);
        var best = known.Select(candidate => (candidate, distance: Distance(name.ToLowerInvariant(), candidate.ToLowerInvariant()))).MinBy(pair => pair.distance);
        return best.candidate is not null && best.distance <= Math.Max(2, name.Length / 2) ? best.candidate : null;
    }

    // Levenshtein distance, one row at a time.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
