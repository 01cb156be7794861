using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Text;

namespace Scorch.Language.Swords;

/// <summary>JSON files, plain or gzip, of bounded size, with Python's NaN and Infinity.</summary>
internal static class LexSubFiles
{
    /// <summary>What a file may hold unpacked; the largest published one has 30 MB.</summary>
    private const int LargestFile = 1 << 29;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static T Read<T>(string path, Func<JsonElement, T> read)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        return Read(stream, path, read);
    }

    public static T Read<T>(Stream stream, string name, Func<JsonElement, T> read)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            using var document = JsonDocument.Parse(QuoteSpecialNumbers(Unpack(stream, name)), Options);
            return read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new TextFormatException(
                $"{name}: this is not whole JSON (line {error.LineNumber + 1}: {error.Message}). The file is cut short or of another kind; get it again.", error);
        }
        catch (InvalidDataException error)
        {
            throw new TextFormatException($"{name}: the gzip data is damaged or cut short ({error.Message}) Get the file again.", error);
        }
        catch (ArgumentException error)
        {
            throw new TextFormatException($"{name}: {error.Message}", error);
        }
    }

    public static void Write(string path, Action<Utf8JsonWriter> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, stream =>
        {
            using var packed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true) : null;
            using var writer = new Utf8JsonWriter(packed ?? stream, Indented);
            write(writer);
        });
    }

    /// <summary>The lines of a text, gzip or not, through the same bound.</summary>
    public static string ReadText(Stream stream, string name) => Encoding.UTF8.GetString(Unpack(stream, name));

    private static byte[] Unpack(Stream stream, string name)
    {
        var bytes = All(stream, name);
        if (bytes is not [0x1F, 0x8B, ..]) return bytes;
        using var packed = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        return All(packed, name);
    }

    private static byte[] All(Stream stream, string name)
    {
        using var memory = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = stream.Read(buffer)) > 0;)
        {
            if (memory.Length + count > LargestFile) throw new TextFormatException($"{name}: more than {LargestFile} bytes; no benchmark or result is as large.");
            memory.Write(buffer, 0, count);
        }
        return memory.ToArray();
    }

    /// <summary>Python writes NaN, Infinity and -Infinity, which JSON lacks: they are read as texts.</summary>
    private static byte[] QuoteSpecialNumbers(byte[] json)
    {
        var result = json;
        if (json.AsSpan().StartsWith(Encoding.UTF8.Preamble)) result = json = json[3..];
        if (json.AsSpan().IndexOf("NaN"u8) < 0 && json.AsSpan().IndexOf("Infinity"u8) < 0) return result;
        using var quoted = new MemoryStream(json.Length + 64);
        var isText = false;
        for (var i = 0; i < json.Length; i++)
        {
            var rest = json.AsSpan(i);
            if (isText)
            {
                if (json[i] == '\\' && i + 1 < json.Length) quoted.WriteByte(json[i++]);
                else if (json[i] == '"') isText = false;
                quoted.WriteByte(json[i]);
                continue;
            }
            isText = json[i] == '"';
            var length = rest.StartsWith("NaN"u8) ? 3 : rest.StartsWith("Infinity"u8) ? 8 : rest.StartsWith("-Infinity"u8) ? 9 : 0;
            if (length == 0)
            {
                quoted.WriteByte(json[i]);
                continue;
            }
            quoted.WriteByte((byte)'"');
            quoted.Write(rest[..length]);
            quoted.WriteByte((byte)'"');
            i += length - 1;
        }
        return quoted.ToArray();
    }
}
