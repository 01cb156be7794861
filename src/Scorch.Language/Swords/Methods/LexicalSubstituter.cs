using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>Substitutes for a word of one's own text.</summary>
public static class LexicalSubstituter
{
    /// <summary>The best substitutes of a word.</summary>
    /// <param name="model">Proposes substitutes: a thesaurus, a masked language model, …</param>
    /// <param name="text">The text.</param>
    /// <param name="target">The word's place, as in <c>text[target]</c>.</param>
    /// <param name="top">The most that are returned.</param>
    /// <param name="partOfSpeech">The word's part of speech; null where it is not known.</param>
    /// <param name="ranker">Orders what the model proposes; null keeps the model's order.</param>
    /// <param name="dictionary">WordNet's words. Given, forms of the target itself leave, forms of one word are put together, and words come in the target's form.</param>
    /// <returns>Best first, each word once, without the target.</returns>
    /// <exception cref="ArgumentException">The range lies outside the text or holds no word.</exception>
    /// <example><code>var words = LexicalSubstituter.Suggest(model, "her straightforward honesty", 4..19, top: 10);</code></example>
    public static IReadOnlyList<Suggestion> Suggest(
        ILexSubGenerator model, string text, Range target, int top = 10, PartOfSpeech? partOfSpeech = null, ILexSubRanker? ranker = null, WordNetDictionary? dictionary = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        var query = new LexSubQuery(text, target, partOfSpeech);
        var part = partOfSpeech.ToWordNet();
        var lemmatizer = dictionary is null ? null : new WordNetLemmatizer(dictionary);
        var own = Form(query.Word);
        var best = new OrderedDictionary<string, Suggestion>(StringComparer.Ordinal);
        foreach (var suggestion in model.Generate(query).OrderByDescending(suggestion => suggestion.Score))
            if (Form(suggestion.Text) is var form && form != own) best.TryAdd(form, suggestion);
        IEnumerable<Suggestion> found = best.Values;
        if (ranker is not null) found = LexSubRunner.Ranked(ranker, query, [.. best.Values.Select(suggestion => suggestion.Text)], model.GivesLemmas).OrderByDescending(suggestion => suggestion.Score);
        var inflector = dictionary is null || !model.GivesLemmas ? null : new EnglishInflector(dictionary);
        return [.. found.Take(top).Select(suggestion => suggestion with { Text = Shown(suggestion.Text) })];

        string Form(string word) => lemmatizer is null ? word.ToLowerInvariant() : lemmatizer.Lemmatize(word.ToLowerInvariant(), part);

        string Shown(string word)
        {
            var shown = inflector is null ? word : inflector.InflectLike(word, query.Word, part, query.WordBefore);
            return char.IsUpper(query.Word[0]) && shown.Length > 0 ? char.ToUpperInvariant(shown[0]) + shown[1..] : shown;
        }
    }
}
