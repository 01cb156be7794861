using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Scorch.Language.Swords;

/// <summary>The official ids: SHA-1 of the content as Python writes it in JSON, keys in order. A checksum of content, not a protection.</summary>
public static class LexSubIds
{
    /// <summary>The id of a context: its text counts, capitals too.</summary>
    public static string OfContext(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return "c:" + Checksum($"{{\"context\": {PythonJson.Quote(text)}}}");
    }

    /// <summary>The id of a target: capitals of the word do not count.</summary>
    /// <param name="contextId">Its context's id.</param>
    /// <param name="word">The word.</param>
    /// <param name="offset">Its place in code points.</param>
    /// <param name="partOfSpeech">Its part of speech; null where none is given.</param>
    public static string OfTarget(string contextId, string word, int offset, PartOfSpeech? partOfSpeech)
    {
        ArgumentNullException.ThrowIfNull(contextId);
        ArgumentNullException.ThrowIfNull(word);
        var part = partOfSpeech is { } known ? PythonJson.Quote(known.Name()) : "null";
        return "t:" + Checksum(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"context_id\": {PythonJson.Quote(contextId)}, \"offset\": {offset}, \"pos\": {part}, \"target\": {PythonJson.Quote(word.ToLowerInvariant())}}}"));
    }

    /// <summary>The id of a substitute: its capitals do not count, nor do its labels.</summary>
    public static string OfSubstitute(string targetId, string text)
    {
        ArgumentNullException.ThrowIfNull(targetId);
        ArgumentNullException.ThrowIfNull(text);
        return "s:" + Checksum($"{{\"substitute\": {PythonJson.Quote(text.ToLowerInvariant())}, \"target_id\": {PythonJson.Quote(targetId)}}}");
    }

    /// <summary>The id of a whole set: contexts, targets, substitutes, whether these are lemmas, and all labels in order.</summary>
    public static string OfDataset(LexSubDataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var generation = "gt:" + Checksum($"{{\"contexts\": {Sorted(dataset.Contexts.Select(context => context.Id))}, \"targets\": {Sorted(dataset.Targets.Select(target => target.Id))}}}");
        var ranking = "rt:" + Checksum(
            $"{{\"generation_task_id\": {PythonJson.Quote(generation)}, \"substitutes\": {Sorted(dataset.Substitutes.Select(substitute => substitute.Id))}, "
                + $"\"substitutes_lemmatized\": {(dataset.SubstitutesAreLemmas ? "true" : "false")}}}");
        var labels = dataset.Substitutes.OrderBy(substitute => substitute.Id, StringComparer.Ordinal)
            .Select(substitute => PythonJson.List([PythonJson.Quote(substitute.Id), PythonJson.List(substitute.Labels.Select(label => PythonJson.Quote(label.Name())))]));
        return "d:" + Checksum($"{{\"ranking_task_id\": {PythonJson.Quote(ranking)}, \"substitute_labels\": {PythonJson.List(labels)}}}");
    }

    private static string Sorted(IEnumerable<string> ids) => PythonJson.List(ids.Order(StringComparer.Ordinal).Select(PythonJson.Quote));

    private static string Checksum(string json) => Convert.ToHexStringLower(SHA1.HashData(Encoding.ASCII.GetBytes(json)));
}
