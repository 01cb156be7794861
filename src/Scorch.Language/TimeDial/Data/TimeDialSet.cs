using System.Text.Encodings.Web;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>A set of temporal cloze items in TimeDial's file format, checked when read.</summary>
/// <example><code>
/// TimeDialSet set = TimeDialSet.Load("test.json");      // set.Items: 1,104 with two right answers; set.SingleAnswer: 342
/// </code></example>
public sealed class TimeDialSet
{
    private const long LargestFile = 1L << 28;
    private const string NoSecond = "none";
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A set.</summary>
    /// <param name="items">The items, names unique.</param>
    /// <exception cref="ArgumentException">There is none, or two have one name.</exception>
    public TimeDialSet(IEnumerable<TimeDialItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        All = [.. items];
        if (All.Count == 0) throw new ArgumentException("TimeDialSet: there is no item; at least one is expected.", nameof(items));
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in All)
            if (!names.Add(item.Id)) throw new ArgumentException($"TimeDialSet: the id {item.Id} stands twice; every item has its own.", nameof(items));
        Items = [.. All.Where(item => item.Correct2 is not null)];
        SingleAnswer = [.. All.Where(item => item.Correct2 is null)];
        Warnings = [.. All.Where(item => item.HasEqualOptions).Select(item => $"item {item.Id}: two options are equal but for capitals and blanks; a scorer that reads the text alone must tie them.")];
    }

    /// <summary>All items, in the order of the file.</summary>
    public IReadOnlyList<TimeDialItem> All { get; }

    /// <summary>Those with two right answers, which the paper studies.</summary>
    public IReadOnlyList<TimeDialItem> Items { get; }

    /// <summary>Those with one right answer (<c>correct2</c> is <c>none</c>), which 2-best accuracy cannot judge.</summary>
    public IReadOnlyList<TimeDialItem> SingleAnswer { get; }

    /// <summary>What is odd but allowed: items with equal options.</summary>
    public IReadOnlyList<string> Warnings { get; }

    /// <summary>Reads a JSON file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TextFormatException">The file is no such set; item and remedy are named.</exception>
    public static TimeDialSet Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestFile) throw new TextFormatException($"{path}: {stream.Length} bytes; a set has at most {LargestFile}. Is it another file?");
        return Read(stream, path);
    }

    /// <summary>Reads JSON from a stream.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What messages call them.</param>
    /// <exception cref="TextFormatException">The bytes are no such set.</exception>
    public static TimeDialSet Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        try
        {
            using var document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                throw new ArgumentException($"it holds {document.RootElement.ValueKind}, expected an array of items.");
            return new(document.RootElement.EnumerateArray().Select(Item).ToList());
        }
        catch (JsonException error)
        {
            throw new TextFormatException($"{name}: this is not whole JSON (line {error.LineNumber + 1}: {error.Message}) Get the file again.", error);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // JSON strings with half a surrogate pair are told by InvalidOperationException.
            throw new TextFormatException($"{name}: {error.Message}", error);
        }
    }

    /// <summary>Writes the file format that <see cref="Load"/> reads.</summary>
    /// <param name="path">The file; it appears whole or not at all.</param>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new Utf8JsonWriter(stream, Indented);
            writer.WriteStartArray();
            foreach (var item in All)
            {
                writer.WriteStartObject();
                writer.WriteStartArray("conversation");
                foreach (var turn in item.Conversation) writer.WriteStringValue(turn);
                writer.WriteEndArray();
                if (long.TryParse(item.Id, System.Globalization.NumberStyles.None, null, out var number) && number.ToString(System.Globalization.CultureInfo.InvariantCulture) == item.Id) writer.WriteNumber("id", number);
                else writer.WriteString("id", item.Id);
                writer.WriteString("correct1", item.Correct1);
                writer.WriteString("correct2", item.Correct2 ?? NoSecond);
                writer.WriteString("incorrect1", item.Incorrect1);
                writer.WriteString("incorrect1_rule", item.Rules[0].Label());
                writer.WriteString("incorrect2", item.Incorrect2);
                writer.WriteString("incorrect2_rule", item.Rules[1].Label());
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
    }

    private static TimeDialItem Item(JsonElement element, int index)
    {
        var owner = $"item at place {index + 1}";
        if (element.ValueKind != JsonValueKind.Object) throw new ArgumentException($"{owner} is {element.ValueKind}, expected an object.");
        if (!element.TryGetProperty("id", out var id) || id.ValueKind is not (JsonValueKind.Number or JsonValueKind.String))
            throw new ArgumentException($"{owner}: 'id' is missing; give a number or a text.");
        var name = id.ValueKind == JsonValueKind.Number ? id.GetRawText() : id.GetString()!;
        owner = $"item {name}";
        if (!element.TryGetProperty("conversation", out var turns) || turns.ValueKind != JsonValueKind.Array || turns.EnumerateArray().Any(turn => turn.ValueKind != JsonValueKind.String))
            throw new ArgumentException($"{owner}: 'conversation' is missing or no array of texts; give the turns.");
        string Text(string key) => element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new ArgumentException($"{owner}: '{key}' is missing or no text; an item has conversation, id, correct1, correct2, incorrect1, incorrect1_rule, incorrect2 and incorrect2_rule.");
        DistractorRule Rule(string key)
        {
            var label = Text(key);
            try
            {
                return DistractorRules.Parse(label);
            }
            catch (ArgumentException error)
            {
                throw new ArgumentException($"{owner}, '{key}': {error.Message}", error);
            }
        }
        var second = Text("correct2");
        return new(
            name, [.. turns.EnumerateArray().Select(turn => turn.GetString()!)], Text("correct1"), second.Trim() == NoSecond ? null : second,
            (Text("incorrect1"), Rule("incorrect1_rule")), (Text("incorrect2"), Rule("incorrect2_rule")));
    }
}
