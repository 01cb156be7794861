using System.Globalization;
using System.Text;

namespace Scorch.Tabular;

/// <summary>Reads text tables: one pass for the fields, one over each column for its type.</summary>
internal static class DelimitedReader
{
    /// <summary>A field, and whether it was quoted (a quoted field is never missing).</summary>
    private readonly record struct Field(string Text, bool Quoted);

    public static Table Read(TextReader reader, DelimitedFormat format, string source)
    {
        var header = new List<Field>();
        var lineNumber = 0;
        string[]? names = null;
        List<Field>[] fields = [];
        var lines = new List<int>();
        while (ReadRecord(reader, format.Separator, header, ref lineNumber, source, out var firstLine))
        {
            // A blank line separates nothing, unless the table has one column, where it is a missing value.
            if (header.Count == 1 && header[0] is { Text: "", Quoted: false } && names?.Length != 1)
                continue;
            if (names is null)
            {
                names = format.HasHeader ? [.. header.Select(field => field.Text.Trim())] : [.. header.Select((_, index) => $"c{index + 1}")];
                CheckNames(names, source, firstLine);
                fields = [.. names.Select(_ => new List<Field>())];
                if (format.HasHeader)
                    continue;
            }
            if (header.Count != names.Length)
                throw new TableFormatException($"{source}, line {firstLine}: {header.Count} fields, but there are {names.Length} columns ({string.Join(", ", names)}).");
            for (var j = 0; j < names.Length; j++)
                fields[j].Add(header[j]);
            lines.Add(firstLine);
        }
        if (names is null)
            throw new TableFormatException($"{source} is empty; the first line should name the columns.");
        foreach (var name in format.Types?.Keys ?? [])
            if (!names.Contains(name, StringComparer.Ordinal))
                throw new TableFormatException($"{source} has no column '{name}', for which a type was given{(NearestName.Of(name, names) is { } near ? $"; did you mean '{near}'?" : ".")}");
        return new Table(names.Select((name, j) => Parse(name, fields[j], lines, format, source)));
    }

    private static void CheckNames(string[] names, string source, int line)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var j = 0; j < names.Length; j++)
        {
            if (names[j].Length == 0)
                throw new TableFormatException($"{source}, line {line}, column {j + 1}: the name is empty; every column needs one.");
            if (!seen.Add(names[j]))
                throw new TableFormatException($"{source}, line {line}, column {j + 1}: the name '{names[j]}' is used twice; rename one.");
        }
    }

    private static Column Parse(string name, List<Field> fields, List<int> lines, DelimitedFormat format, string source)
    {
        var missing = format.MissingTexts ?? DelimitedFormat.UsualMissing;
        bool IsMissing(Field field) => !field.Quoted && missing.Contains(field.Text.Trim());
        var forced = format.Types is not null && format.Types.TryGetValue(name, out var asked) ? asked : (ColumnType?)null;
        var type = forced ?? Infer(fields, IsMissing);
        if (type == ColumnType.Text)
            return Column.OfTexts(name, [.. fields.Select(field => IsMissing(field) ? null : field.Text)]);
        var numbers = new double[fields.Count];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (IsMissing(fields[i]))
                numbers[i] = double.NaN;
            else if (!TryNumber(fields[i].Text, type, out numbers[i]))
                throw new TableFormatException($"{source}, line {lines[i]}, column '{name}': '{fields[i].Text}' is not a value of type {type}; write it as one, or leave it empty for missing.");
        }
        return type switch
        {
            ColumnType.Integer => Column.OfIntegers(name, numbers),
            ColumnType.Boolean => Column.OfBooleans(name, [.. numbers.Select(number => double.IsNaN(number) ? (bool?)null : number != 0)]),
            _ => Column.OfNumbers(name, numbers),
        };
    }

    private static ColumnType Infer(List<Field> fields, Func<Field, bool> isMissing)
    {
        bool boolean = true, integer = true, number = true, any = false;
        foreach (var field in fields)
        {
            if (isMissing(field))
                continue;
            any = true;
            boolean = boolean && TryNumber(field.Text, ColumnType.Boolean, out _);
            integer = integer && TryNumber(field.Text, ColumnType.Integer, out _);
            number = number && TryNumber(field.Text, ColumnType.Number, out _);
            if (!boolean && !number)
                return ColumnType.Text;
        }
        return !any ? ColumnType.Number : integer ? ColumnType.Integer : number ? ColumnType.Number : ColumnType.Boolean;
    }

    private static bool TryNumber(string text, ColumnType type, out double value)
    {
        var trimmed = text.AsSpan().Trim();
        if (type == ColumnType.Boolean)
        {
            var isTrue = trimmed.Equals("true", StringComparison.OrdinalIgnoreCase);
            value = isTrue ? 1 : 0;
            return isTrue || trimmed.Equals("false", StringComparison.OrdinalIgnoreCase);
        }
        var styles = type == ColumnType.Integer ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        return double.TryParse(trimmed, styles, CultureInfo.InvariantCulture, out value) && double.IsFinite(value)
            && (type != ColumnType.Integer || Math.Abs(value) <= 1L << 53);
    }

    // One record; a quoted field may hold separators, doubled quotes and line ends.
    private static bool ReadRecord(TextReader reader, char? separator, List<Field> fields, ref int lineNumber, string source, out int firstLine)
    {
        fields.Clear();
        var line = reader.ReadLine();
        firstLine = ++lineNumber;
        if (line is null)
            return false;
        if (separator is null)
        {
            foreach (var field in line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                fields.Add(new Field(field, false));
            if (fields.Count == 0)
                fields.Add(new Field("", false));
            return true;
        }
        var text = new StringBuilder();
        var position = 0;
        while (true)
        {
            if (position < line.Length && line[position] == '"')
            {
                text.Clear();
                position++;
                while (true)
                {
                    if (position == line.Length)
                    {
                        var next = reader.ReadLine();
                        if (next is null)
                            throw new TableFormatException($"{source}, line {firstLine}: the quote opened in column {fields.Count + 1} is never closed.");
                        lineNumber++;
                        text.Append('\n');
                        (line, position) = (next, 0);
                    }
                    else if (line[position] != '"')
                        text.Append(line[position++]);
                    else if (position + 1 < line.Length && line[position + 1] == '"')
                    {
                        text.Append('"');
                        position += 2;
                    }
                    else
                        break;
                }
                position++;
                if (position < line.Length && line[position] != separator)
                    throw new TableFormatException($"{source}, line {lineNumber}, column {fields.Count + 1}: text follows a closing quote; double the quotes that belong to the value.");
                fields.Add(new Field(text.ToString(), true));
            }
            else
            {
                var end = line.IndexOf(separator.Value, position);
                end = end < 0 ? line.Length : end;
                fields.Add(new Field(line[position..end], false));
                position = end;
            }
            if (position >= line.Length)
                return true;
            position++;
        }
    }
}
