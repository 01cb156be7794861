namespace Scorch.Digest;

/// <summary>Which categories are asked for, e.g. <c>stat.ML</c>, or <c>cs.*</c> for all of an archive.</summary>
internal sealed class CategoryFilter
{
    // OAI-PMH groups these archives under physics.
    private static readonly HashSet<string> PhysicsArchives = new(StringComparer.Ordinal)
    {
        "astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin", "nucl-ex", "nucl-th", "physics", "quant-ph",
    };

    private readonly HashSet<string> _exact = new(StringComparer.Ordinal);
    private readonly HashSet<string> _archives = new(StringComparer.Ordinal);

    /// <summary>A filter.</summary>
    /// <exception cref="ArgumentException">A category is written in another way, or there is none.</exception>
    public CategoryFilter(IReadOnlyList<string> categories)
    {
        var sets = new List<string>();
        foreach (var category in categories)
        {
            var archive = category.Split('.')[0];
            if (!PostSyntax.IsCategory(archive) || (!category.EndsWith(".*", StringComparison.Ordinal) && !PostSyntax.IsCategory(category)) || category.Count(character => character == '.') > 1)
            {
                throw new ArgumentException($"'{category}' is no category; write one such as stat.ML, or cs.* for all of an archive.", nameof(categories));
            }

            _ = category.EndsWith(".*", StringComparison.Ordinal) ? _archives.Add(archive) : _exact.Add(category);
            var set = PhysicsArchives.Contains(archive) ? $"physics:{archive}" : archive;
            if (!sets.Contains(set))
            {
                sets.Add(set);
            }
        }

        Sets = sets.Count > 0 ? sets : throw new ArgumentException("Give at least one category, e.g. cs.*.", nameof(categories));
    }

    /// <summary>The sets of OAI-PMH that hold these categories, in the order in which they are asked for.</summary>
    public IReadOnlyList<string> Sets { get; }

    /// <summary>Whether a paper is in one of the categories, be it by a cross-list.</summary>
    public bool Accepts(PaperMetadata paper) => paper.Categories.Any(category => _exact.Contains(category) || _archives.Contains(category.Split('.')[0]));
}
