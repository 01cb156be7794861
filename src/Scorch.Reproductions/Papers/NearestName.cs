namespace Scorch.Reproductions;

/// <summary>Suggests what a user may have meant.</summary>
public static class NearestName
{
    /// <summary>A sentence which names the nearest of the known names, or all of them when none is near and they are few.</summary>
    public static string Suggestion(string given, IEnumerable<string> known)
    {
        var names = known.ToList();
        var near = Nearest(given, names, 3);
        return near.Count > 0 ? $"Did you mean {string.Join(", ", near)}?"
            : names.Count is > 0 and <= 20 ? $"The known names are {string.Join(", ", names)}."
            : "Run 'scorch list' for the names.";
    }

    /// <summary>The known names nearest to <paramref name="given"/>, best first; those too far away are left out.</summary>
    public static IReadOnlyList<string> Nearest(string given, IEnumerable<string> known, int count)
    {
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(known);
        var text = given.ToLowerInvariant();
        return [.. known
            .Select(name => (Name: name, Distance: Distance(text, name.ToLowerInvariant())))
            .Where(pair => pair.Distance <= Math.Max(2, text.Length / 2)
                || (text.Length >= 3 && pair.Name.Contains(text, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(pair => pair.Name.Contains(text, StringComparison.OrdinalIgnoreCase) ? 0 : 1)
            .ThenBy(pair => pair.Distance).ThenBy(pair => pair.Name, StringComparer.Ordinal)
            .Take(count).Select(pair => pair.Name)];
    }

    /// <summary>Levenshtein's edit distance: insertions, deletions and substitutions each cost one.</summary>
    public static int Distance(string a, string b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j] + 1, row[j - 1] + 1));
            }
        }

        return row[b.Length];
    }
}
