using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scorch.Digest;

/// <summary>Lists inside one column, as JSON.</summary>
internal static class StoredJson
{
    private static readonly StoredJsonContext Context = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string OfTexts(IReadOnlyList<string> texts) =>
        JsonSerializer.Serialize([.. texts.Select(text => StoredText.Encode(text)!)], Context.StringArray);

    public static IReadOnlyList<string> ToTexts(string json) => Read(() => JsonSerializer.Deserialize(json, Context.StringArray))
        .Select(text => StoredText.Decode(text)!).ToArray();

    public static string OfRuns(IReadOnlyList<TextRun> runs) => JsonSerializer.Serialize(
        [.. runs.Select(run => new StoredRun((int)run.Kind, StoredText.Encode(run.Text)!, StoredText.Encode(run.Address)))], Context.StoredRunArray);

    public static IReadOnlyList<TextRun> ToRuns(string json) => Read(() => JsonSerializer.Deserialize(json, Context.StoredRunArray))
        .Select(run => new TextRun((TextRunKind)run.Kind, StoredText.Decode(run.Text)!, StoredText.Decode(run.Address))).ToArray();

    private static T[] Read<T>(Func<T[]?> read)
    {
        try
        {
            return read() ?? throw new InvalidDataException("The store holds a null list: it was changed by another program. Restore the database from a copy.");
        }
        catch (JsonException problem)
        {
            throw new InvalidDataException("The store holds a list that is no JSON: it was changed by another program. Restore the database from a copy.", problem);
        }
    }
}

/// <summary>A piece of a mention's text as it is kept.</summary>
internal sealed record StoredRun(
    [property: JsonPropertyName("k")] int Kind,
    [property: JsonPropertyName("t")] string Text,
    [property: JsonPropertyName("a"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Address);

[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(StoredRun[]))]
internal sealed partial class StoredJsonContext : JsonSerializerContext;
