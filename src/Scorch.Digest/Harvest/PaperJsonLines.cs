using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Scorch.Digest;

/// <summary>Writes papers as JSON Lines, as the import reads them.</summary>
public static class PaperJsonLines
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A paper as one line of UTF-8, with its line feed.</summary>
    public static byte[] Write(PaperMetadata paper)
    {
        ArgumentNullException.ThrowIfNull(paper);
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line, Options))
        {
            json.WriteStartObject();
            json.WriteString("arxivId", paper.ArxivId);
            json.WriteString("title", paper.Title);
            WriteList(json, "authors", paper.Authors);
            WriteList(json, "categories", paper.Categories);
            WriteWhereKnown(json, "abstract", paper.Abstract);
            WriteWhereKnown(json, "submittedOn", paper.SubmittedOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            WriteWhereKnown(json, "updatedOn", paper.UpdatedOn?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        return line.ToArray();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void WriteWhereKnown(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
