namespace Scorch;

/// <summary>Suggests what a user who mistyped a name may have meant.</summary>
public static class NearestName
{
    private const int MostListed = 20;

    /// <summary>A sentence which names the nearest of the known names, or all of them when none is near and they are few.</summary>
    /// <param name="given">What was typed.</param>
    /// <param name="known">The names that exist.</param>
    /// <param name="otherwise">What to say when none is near and there are many, such as how to list them.</param>
    public static string Suggestion(string given, IEnumerable<string> known, string otherwise = "None of the known names is near.")
    {
        ArgumentNullException.ThrowIfNull(known);
        var names = known.ToList();
        var near = Nearest(given, names, 3);
        return near.Count > 0 ? $"Did you mean {string.Join(", ", near)}?"
            : names.Count is > 0 and <= MostListed ? $"The known names are {string.Join(", ", names)}."
            : otherwise;
    }

    /// <summary>The nearest of the known names, or null when all are too far away.</summary>
    /// <param name="given">What was typed.</param>
    /// <param name="known">The names that exist.</param>
    public static string? Of(string given, IEnumerable<string> known) => Nearest(given, known, 1) is [var nearest] ? nearest : null;

    /// <summary>The known names nearest to <paramref name="given"/>, best first; those too far away are left out.</summary>
    /// <param name="given">What was typed; capitals are ignored.</param>
    /// <param name="known">The names that exist.</param>
    /// <param name="count">The most to return.</param>
    /// <returns>Names within half of the typed length (at least 2 edits), and names that contain what was typed.</returns>
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
