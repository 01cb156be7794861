using System.IO.Compression;
using System.Text.Json;
using Scorch.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>JSON files in a folder or a zip archive, and what all readers ask of them.</summary>
internal static class JsonSource
{
    /// <summary>The most bytes of one file: MultiWOZ 2.1 in one file has 0.3 GB.</summary>
    public const long LargestFile = 1L << 30;

    private const int MostFiles = 10_000;

    /// <summary>A file: its path inside the source, and how it is opened.</summary>
    public sealed record Entry(string Path, string FullName, long Bytes, Func<Stream> Open);

    /// <summary>Files of a folder with its subfolders, of a zip archive, or the file itself, in the order of their paths.</summary>
    /// <exception cref="TextFormatException">There is no such file or folder, or an archive is damaged.</exception>
    public static IReadOnlyList<Entry> Entries(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            return
            [
                .. Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 4 }).Take(MostFiles)
                    .Select(file => new Entry(Path.GetRelativePath(path, file).Replace('\\', '/'), file, new FileInfo(file).Length, () => File.OpenRead(file)))
                    .OrderBy(entry => entry.Path, StringComparer.Ordinal),
            ];
        }
        if (!File.Exists(path)) throw new TextFormatException($"{path}: there is no such file or folder; give a data set's folder, its zip archive or one of its JSON files.");
        if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) return [new(Path.GetFileName(path), path, new FileInfo(path).Length, () => File.OpenRead(path))];
        try
        {
            using var archive = ZipFile.OpenRead(path);
            return
            [
                .. archive.Entries.Take(MostFiles).Where(entry => entry.Name.Length > 0 && !entry.FullName.StartsWith("__MACOSX", StringComparison.Ordinal))
                    .Select(entry => new Entry(entry.FullName, $"{path}!{entry.FullName}", entry.Length, () => Unpack(path, entry.FullName)))
                    .OrderBy(entry => entry.Path, StringComparer.Ordinal),
            ];
        }
        catch (InvalidDataException error)
        {
            throw new TextFormatException($"{path}: the archive is damaged ({error.Message}). Get the file again.", error);
        }
    }

    public static T Read<T>(Entry entry, Func<JsonElement, T> read)
    {
        using var stream = Open(entry);
        return Read(stream, entry.FullName, read);
    }

    /// <summary>Opens a file whose size is bounded.</summary>
    public static Stream Open(Entry entry) => entry.Bytes > LargestFile
        ? throw new TextFormatException($"{entry.FullName}: {entry.Bytes} bytes; a file of dialogs has at most {LargestFile}. Is it another file?")
        : entry.Open();

    /// <summary>Parses JSON and names the file in every complaint.</summary>
    public static T Read<T>(Stream stream, string name, Func<JsonElement, T> read)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        try
        {
            using var document = JsonDocument.Parse(stream);
            return read(document.RootElement);
        }
        catch (JsonException error)
        {
            throw new TextFormatException($"{name}: this is not whole JSON (line {error.LineNumber + 1}: {error.Message}) Get the file again.", error);
        }
        catch (InvalidDataException error)
        {
            throw new TextFormatException($"{name}: the archive is damaged ({error.Message}). Get the file again.", error);
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException)
        {
            // JSON strings with half a surrogate pair are told by InvalidOperationException.
            throw new TextFormatException($"{name}: {error.Message}", error);
        }
    }

    public static string Text(JsonElement element, string key, string owner) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new ArgumentException($"{owner}: '{key}' is missing or no text.");

    public static string TextOrEmpty(JsonElement element, string key) =>
        element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    public static IEnumerable<JsonElement> Array(JsonElement element, string key, string owner) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : throw new ArgumentException($"{owner}: '{key}' is missing or no array.");

    /// <summary>An entry's bytes in memory, never more than it said: an archive can lie.</summary>
    private static MemoryStream Unpack(string path, string name)
    {
        using var archive = ZipFile.OpenRead(path);
        var entry = archive.GetEntry(name) ?? throw new TextFormatException($"{path}: the archive lost {name} while it was read.");
        using var packed = entry.Open();
        var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int count; (count = packed.Read(buffer)) > 0;)
        {
            if (content.Length + count > Math.Min(entry.Length, LargestFile)) throw new TextFormatException($"{path}!{name}: more bytes than the archive says; it is damaged or hostile.");
            content.Write(buffer, 0, count);
        }
        content.Position = 0;
        return content;
    }
}
