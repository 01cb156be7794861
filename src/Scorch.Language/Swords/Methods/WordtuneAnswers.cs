using System.Text.Json;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>The cached answers of WordTune, as the benchmark publishes them: by target, suggestions with scores.</summary>
public static class WordtuneAnswers
{
    /// <summary>Reads a file of answers; gzip is recognised by its first bytes.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The lists, words as they would stand in the text.</returns>
    /// <exception cref="TextFormatException">The file is damaged, cut short or of another form.</exception>
    public static LexSubResult Load(string path) => LexSubFiles.Read(path, FromJson);

    /// <summary>Reads answers from a stream, or gzip of them.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What messages call them.</param>
    public static LexSubResult Read(Stream stream, string name) => LexSubFiles.Read(stream, name, FromJson);

    private static LexSubResult FromJson(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new ArgumentException($"the answers are {root.ValueKind}, expected an object from targets to answers.");
        var result = new LexSubResult(substitutesAreLemmas: false);
        foreach (var entry in root.EnumerateObject())
        {
            // Where the service failed there are no suggestions.
            if (entry.Value.ValueKind != JsonValueKind.Object || !entry.Value.TryGetProperty("drilldown", out var answer) || answer.ValueKind != JsonValueKind.Object) continue;
            var suggestions = answer.Field("suggestions", entry.Name, JsonValueKind.Array);
            result.Add(entry.Name, suggestions.EnumerateArray().Select(item => new Suggestion(item.Text("suggestion", entry.Name), item.Field("score", entry.Name, JsonValueKind.Number).GetDouble())));
        }
        return result.TargetIds.Count > 0 ? result : throw new ArgumentException("there is no answer for any target.");
    }
}
