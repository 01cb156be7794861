using System.Text;
using System.Text.Json;

namespace Scorch.Text;

/// <summary>Turns the lines of a file into texts.</summary>
internal interface IRecordParser
{
    /// <summary>Takes a line; true when it completed a text.</summary>
    bool Accept(string line, long number, out string text);

    /// <summary>Checks, after the last line, that nothing is left open.</summary>
    void Finish();
}

/// <summary>A line is a text.</summary>
internal sealed class PlainLines : IRecordParser
{
    public bool Accept(string line, long number, out string text)
    {
        text = line;
        return true;
    }

    public void Finish()
    {
    }
}

/// <summary>A line is a JSON object; one of its fields is the text.</summary>
internal sealed class JsonLines(string source, string field) : IRecordParser
{
    public bool Accept(string line, long number, out string text)
    {
        text = "";
        if (string.IsNullOrWhiteSpace(line)) return false;
        try
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new TextFormatException($"{source}, line {number}: JSON of kind {document.RootElement.ValueKind}; every line is an object with the field '{field}'.");
            if (!document.RootElement.TryGetProperty(field, out var value))
                throw new TextFormatException($"{source}, line {number}: no field '{field}'. {NearestName.Suggestion(field, document.RootElement.EnumerateObject().Select(property => property.Name))}");
            if (value.ValueKind != JsonValueKind.String)
                throw new TextFormatException($"{source}, line {number}: the field '{field}' is of kind {value.ValueKind}; a text is a string.");
            text = value.GetString()!;
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new TextFormatException($"{source}, line {number}: not valid JSON ({error.Message}). Every line is an object with the field '{field}'.", error);
        }
    }

    public void Finish()
    {
    }
}

/// <summary>Comma-separated values with a header (RFC 4180, quoted fields may hold line ends); one column is the text.</summary>
internal sealed class CsvRecords(string source, string column, char separator, int longestRecord) : IRecordParser
{
    private readonly StringBuilder open = new();
    private long openedAt;
    private long quotes;
    private int columns = -1;
    private int index;

    public bool Accept(string line, long number, out string text)
    {
        text = "";
        if (openedAt == 0)
        {
            if (line.Length == 0) return false;
            openedAt = number;
        }
        else
        {
            open.Append('\n');
        }
        open.Append(line);
        if (open.Length > longestRecord)
            throw new TextFormatException($"{source}, line {openedAt}: a record of more than {longestRecord} characters; is a quotation mark left open? Close it, or raise {nameof(TextCorpusOptions)}.{nameof(TextCorpusOptions.LongestLine)}.");
        // Quotes come in pairs, doubled ones too, so an odd number means that the record goes on; only this line's are counted anew.
        quotes += line.AsSpan().Count('"');
        if (quotes % 2 != 0) return false;
        var fields = Split(open.ToString());
        var first = openedAt;
        (openedAt, quotes) = (0, 0);
        open.Clear();
        if (columns < 0)
        {
            columns = fields.Count;
            index = fields.IndexOf(column);
            if (index < 0) throw new TextFormatException($"{source}: no column '{column}'. {NearestName.Suggestion(column, fields)}");
            return false;
        }
        if (fields.Count != columns) throw new TextFormatException($"{source}, line {first}: {fields.Count} fields, but the header names {columns} columns. Quote fields that hold a '{separator}'.");
        text = fields[index];
        return true;
    }

    public void Finish()
    {
        if (openedAt > 0) throw new TextFormatException($"{source}, line {openedAt}: a quotation mark is not closed; write \" inside a quoted field as \"\".");
        if (columns < 0) throw new TextFormatException($"{source} is empty; the first line names the columns.");
    }

    private List<string> Split(string record)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        var at = 0;
        while (true)
        {
            field.Clear();
            if (at < record.Length && record[at] == '"')
            {
                for (at++; ; at++)
                {
                    if (record[at] != '"') field.Append(record[at]);
                    else if (at + 1 < record.Length && record[at + 1] == '"') field.Append(record[at++]);
                    else break;
                }
                at++;
                if (at < record.Length && record[at] != separator)
                    throw new TextFormatException($"{source}, line {openedAt}: '{Excerpt.Of(record[at..])}' follows a closing quotation mark; write \" inside a quoted field as \"\".");
            }
            else
            {
                while (at < record.Length && record[at] != separator)
                {
                    if (record[at] == '"') throw new TextFormatException($"{source}, line {openedAt}: a quotation mark inside a field without quotes; quote the whole field and double the marks in it.");
                    field.Append(record[at++]);
                }
            }
            fields.Add(field.ToString());
            if (at >= record.Length) return fields;
            at++;
        }
    }
}
