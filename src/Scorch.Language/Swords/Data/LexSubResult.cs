using System.Globalization;
using System.Text.Json;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>A proposed substitute.</summary>
/// <param name="Text">The word or phrase.</param>
/// <param name="Score">How good the system finds it; larger is better. Not NaN.</param>
public readonly record struct Suggestion(string Text, double Score);

/// <summary>A system's answers to a benchmark: for each target a list, best first.</summary>
public sealed class LexSubResult
{
    private readonly Dictionary<string, IReadOnlyList<Suggestion>> lists = new(StringComparer.Ordinal);

    /// <summary>Starts an empty result.</summary>
    /// <param name="substitutesAreLemmas">Whether the system's words are dictionary forms.</param>
    public LexSubResult(bool substitutesAreLemmas) => SubstitutesAreLemmas = substitutesAreLemmas;

    /// <summary>Whether the system's words are dictionary forms.</summary>
    public bool SubstitutesAreLemmas { get; }

    /// <summary>The targets that have a list, in the order in which they were added.</summary>
    public IReadOnlyCollection<string> TargetIds => lists.Keys;

    /// <summary>The list of a target, best first, equal scores in the system's order; empty where the system gave none.</summary>
    public IReadOnlyList<Suggestion> Of(string targetId) => lists.TryGetValue(targetId, out var list) ? list : [];

    /// <summary>Whether the system gave a list for a target, be it empty.</summary>
    public bool Has(string targetId) => lists.ContainsKey(targetId);

    /// <summary>Adds a target's list; it is put in falling order of scores, equal ones in the given order.</summary>
    /// <param name="targetId">The target's id.</param>
    /// <param name="suggestions">The words with scores, in any order. A word may come twice: the evaluation keeps its largest score.</param>
    /// <exception cref="ArgumentException">The id is no target's or was already answered, a word is null, or a score is NaN.</exception>
    public void Add(string targetId, IEnumerable<Suggestion> suggestions)
    {
        ArgumentNullException.ThrowIfNull(suggestions);
        if (targetId is null || !targetId.StartsWith("t:", StringComparison.Ordinal)) throw new ArgumentException($"LexSubResult: '{targetId}' is no target's id; it begins with t:.", nameof(targetId));
        var list = suggestions.ToList();
        foreach (var (text, score) in list)
        {
            // An empty text is no word, but the published thesaurus has some, and the official program gives them a place in strict lists.
            if (text is null) throw new ArgumentException($"LexSubResult: a substitute of {targetId} is null.", nameof(suggestions));
            if (double.IsNaN(score)) throw new ArgumentException($"LexSubResult: the score of '{text}' ({targetId}) is NaN; give a number, or leave the substitute out.", nameof(suggestions));
        }
        if (!lists.TryAdd(targetId, [.. list.OrderByDescending(suggestion => suggestion.Score)]))
            throw new ArgumentException($"LexSubResult: {targetId} was already answered; give one list a target.", nameof(targetId));
    }

    /// <summary>Adds a target's list in its own order; scores are 0, -1, -2, ….</summary>
    /// <exception cref="ArgumentException">See <see cref="Add"/>.</exception>
    public void AddInOrder(string targetId, IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        Add(targetId, words.Select((word, i) => new Suggestion(word, -i)));
    }

    /// <summary>Reads the official JSON, or gzip of it. Python's <c>Infinity</c> is read; a list of texts alone is taken in its order.</summary>
    /// <exception cref="TextFormatException">The file is damaged or of another form, holds no answer, or a score is NaN.</exception>
    public static LexSubResult Load(string path) => LexSubFiles.Read(path, FromJson);

    /// <summary>Reads the official JSON from a stream, or gzip of it; see <see cref="Load"/>.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What messages call them.</param>
    public static LexSubResult Read(Stream stream, string name) => LexSubFiles.Read(stream, name, FromJson);

    /// <summary>Writes the official JSON; gzip where the name ends in <c>.gz</c>.</summary>
    public void SaveJson(string path) => LexSubFiles.Write(path, writer =>
    {
        writer.WriteStartObject();
        writer.WriteBoolean("substitutes_lemmatized", SubstitutesAreLemmas);
        writer.WriteStartObject("substitutes");
        foreach (var (targetId, list) in lists)
        {
            writer.WriteStartArray(targetId);
            foreach (var (text, score) in list)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(text);
                // As Python writes and reads them.
                if (double.IsInfinity(score)) writer.WriteRawValue(score > 0 ? "Infinity" : "-Infinity", skipInputValidation: true);
                else writer.WriteRawValue(Number(score));
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    });

    /// <summary>A score is a float in Python's files: whole numbers have a point.</summary>
    private static string Number(double score)
    {
        var text = score.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private static LexSubResult FromJson(JsonElement root)
    {
        const string owner = "the result";
        var result = new LexSubResult(root.Flag("substitutes_lemmatized", owner));
        foreach (var entry in root.Field("substitutes", owner, JsonValueKind.Object).EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Array) throw new ArgumentException($"the list of {entry.Name} is {entry.Value.ValueKind}, expected an array.");
            result.Add(entry.Name, entry.Value.EnumerateArray().Select((item, i) => Item(item, i, entry.Name)));
        }
        return result.lists.Count > 0 ? result : throw new ArgumentException("the result is empty: there is no list for any target.");
    }

    private static Suggestion Item(JsonElement item, int place, string owner)
    {
        if (item.ValueKind == JsonValueKind.String) return new(item.GetString()!, -place);
        if (item.ValueKind != JsonValueKind.Array || item.GetArrayLength() != 2 || item[0].ValueKind != JsonValueKind.String)
            throw new ArgumentException($"entry {place} of {owner} is {LexSubDataset.Excerpt(item.GetRawText())}, expected a text, or a text and a score.");
        var score = item[1].ValueKind switch
        {
            JsonValueKind.Number => item[1].GetDouble(),
            JsonValueKind.String when item[1].GetString() == "NaN" => double.NaN,
            JsonValueKind.String when item[1].GetString() == "Infinity" => double.PositiveInfinity,
            JsonValueKind.String when item[1].GetString() == "-Infinity" => double.NegativeInfinity,
            _ => throw new ArgumentException($"the score of '{item[0].GetString()}' ({owner}) is {LexSubDataset.Excerpt(item[1].GetRawText())}, expected a number."),
        };
        return new(item[0].GetString()!, score);
    }
}
