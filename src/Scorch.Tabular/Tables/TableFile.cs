using System.IO.Compression;
using System.Text;

namespace Scorch.Tabular;

/// <summary>Reads and writes tables: delimited text, gzip-compressed or not, and Stata's .dta.</summary>
public static class TableFile
{
    /// <summary>Reads a file by what it is: <c>.dta</c> is Stata's, <c>.tsv</c> and <c>.tab</c> are tab-separated, <c>.dat</c> and <c>.txt</c> are
    /// separated by blanks, all else is CSV; each may be gzip-compressed (and then end in <c>.gz</c>).</summary>
    /// <param name="path">The file.</param>
    /// <returns>The table.</returns>
    /// <exception cref="TableFormatException">The content is not what the format asks for; says the line and column, or the byte.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Table Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var inner = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        switch (Path.GetExtension(inner).ToLowerInvariant())
        {
            case ".dta":
                using (var stream = Open(path))
                    return StataReader.Read(stream, Path.GetFileName(path));
            case ".tsv" or ".tab":
                return ReadText(path, DelimitedFormat.TabSeparated);
            case ".dat" or ".txt":
                return ReadText(path, DelimitedFormat.Whitespace);
            default:
                return ReadText(path, DelimitedFormat.Csv);
        }
    }

    /// <summary>Reads a text table, gzip-compressed or not.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its layout.</param>
    /// <returns>The table.</returns>
    /// <exception cref="TableFormatException">The content is not what the layout says; names line and column.</exception>
    public static Table ReadText(string path, DelimitedFormat format)
    {
        using var stream = Open(path);
        return ReadText(stream, format, Path.GetFileName(path));
    }

    /// <summary>Reads a text table from a stream of UTF-8.</summary>
    /// <param name="stream">The text.</param>
    /// <param name="format">Its layout.</param>
    /// <param name="source">What errors call it.</param>
    /// <returns>The table.</returns>
    /// <exception cref="TableFormatException">The content is not what the layout says; names line and column.</exception>
    public static Table ReadText(Stream stream, DelimitedFormat format, string source = "the table")
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(format);
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), leaveOpen: true);
        try
        {
            return DelimitedReader.Read(reader, format, source);
        }
        catch (DecoderFallbackException error)
        {
            throw new TableFormatException($"{source} is not UTF-8 text; convert it first.", error);
        }
        catch (InvalidDataException error)
        {
            throw new TableFormatException($"{source} is a damaged gzip file: {error.Message}", error);
        }
    }

    /// <summary>Writes a table as comma-separated values, compressed when the name ends in <c>.gz</c>, first to a temporary file beside it.</summary>
    /// <param name="table">What to write.</param>
    /// <param name="path">Where; replaced when it exists.</param>
    public static void WriteCsv(Table table, string path)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var temporary = path + ".tmp-" + Guid.NewGuid().ToString("N")[..8];
        try
        {
            using (Stream file = File.Create(temporary))
            using (var target = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionLevel.SmallestSize) : file)
            using (var writer = new StreamWriter(target, new UTF8Encoding(false)) { NewLine = "\n" })
                WriteCsv(table, writer);
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes a table as comma-separated values.</summary>
    /// <param name="table">What to write.</param>
    /// <param name="writer">Where.</param>
    public static void WriteCsv(Table table, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine(string.Join(',', table.Names.Select(name => Quoted(name, false))));
        for (var row = 0; row < table.Rows; row++)
            writer.WriteLine(string.Join(',', table.Columns.Select(column => Quoted(column.Text(row), column.Type == ColumnType.Text))));
    }

    private static Stream Open(string path)
    {
        var file = File.OpenRead(path);
        try
        {
            var isGzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
            file.Position = 0;
            return isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Text that would read back as missing, as a number or as a truth value is quoted where a type cannot be told otherwise.
    private static string Quoted(string? text, bool isText)
    {
        if (text is null)
            return "";
        var needed = text.AsSpan().IndexOfAny(",\"\r\n") >= 0 || text.Trim() != text || (isText && DelimitedFormat.UsualMissing.Contains(text));
        return needed ? "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : text;
    }
}
