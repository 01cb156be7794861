namespace Scorch.Text;

/// <summary>WordNet's Morphy: exception lists, then rules of detachment, as NLTK 3.5's <c>WordNetLemmatizer</c> applies them.</summary>
/// <remarks>
/// A form in the exception list gives the listed lemmas (and itself) that are in the database. Any other gives itself and whatever one
/// rule makes of it; while nothing is found, rules are applied to their own results. The shortest candidate wins, the first of equally
/// short ones; without one the word stays as it is. Words are not lower-cased, and a blank is not an underscore.
/// </remarks>
/// <param name="dictionary">WordNet's words.</param>
public sealed class WordNetLemmatizer(WordNetDictionary dictionary) : ILemmatizer
{
    // morphy(7); adverbs have no rules.
    private static readonly (string Ending, string Replacement)[][] Rules =
    [
        [("s", ""), ("ses", "s"), ("ves", "f"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"), ("ies", "y")],
        [("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")],
        [("er", ""), ("est", ""), ("er", "e"), ("est", "e")],
        [],
    ];

    /// <summary>WordNet's words.</summary>
    public WordNetDictionary Dictionary { get; } = dictionary ?? throw new ArgumentNullException(nameof(dictionary));

    /// <inheritdoc/>
    public string Lemmatize(string word, WordNetPart part) => Morphy(word, part).MinBy(lemma => lemma.Length) ?? word;

    /// <summary>All lemmas that a form may have, in the order in which the rules find them; none where nothing is found.</summary>
    /// <param name="form">The form; at most 256 characters are looked at, no English word has more.</param>
    /// <param name="part">The part of speech.</param>
    public IReadOnlyList<string> Morphy(string form, WordNetPart part)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (form.Length > 256) return [];
        if (Dictionary.Exceptions(form, part) is { } listed) return Known([form, .. listed], part);
        var forms = Detach([form], part);
        var found = Known([form, .. forms], part);
        while (found.Count == 0 && forms.Count > 0)
        {
            forms = Detach(forms, part);
            found = Known(forms, part);
        }
        return found;
    }

    // Distinct forms: repetitions would only find the same lemmas again, and could double at every round.
    private static List<string> Detach(IEnumerable<string> forms, WordNetPart part) =>
    [
        .. forms.SelectMany(form => Rules[(int)part]
            .Where(rule => form.EndsWith(rule.Ending, StringComparison.Ordinal))
            .Select(rule => string.Concat(form.AsSpan(0, form.Length - rule.Ending.Length), rule.Replacement))).Distinct(StringComparer.Ordinal),
    ];

    private List<string> Known(IEnumerable<string> forms, WordNetPart part) => [.. forms.Where(form => Dictionary.Contains(form, part)).Distinct(StringComparer.Ordinal)];
}
