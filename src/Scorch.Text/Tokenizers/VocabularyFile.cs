using System.Text;
using System.Text.Json;
using Scorch.Checkpoints;

namespace Scorch.Text;

/// <summary>Token lists in files: vocab.json (token to id) and vocab.txt (a token a line).</summary>
internal static class VocabularyFile
{
    private const long LargestFile = 256L << 20;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The tokens of vocab.json in the order of their ids, which are 0 … n-1.</summary>
    public static List<string> ReadJson(string path)
    {
        var bytes = ReadBytes(path);
        var byId = new Dictionary<int, string>();
        try
        {
            using var document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new TextFormatException($"{path}: the file holds JSON of kind {document.RootElement.ValueKind}; a vocabulary is an object of tokens and their ids.");
            foreach (var entry in document.RootElement.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out var id) || id < 0)
                    throw new TextFormatException($"{path}: the id of '{Excerpt.Of(entry.Name)}' is {Excerpt.Of(entry.Value.ToString())}; ids are whole numbers from 0.");
                if (!byId.TryAdd(id, entry.Name))
                    throw new TextFormatException($"{path}: '{Excerpt.Of(byId[id])}' and '{Excerpt.Of(entry.Name)}' share the id {id}; every token needs its own.");
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new TextFormatException($"{path}: not valid JSON ({error.Message}). A vocabulary is an object of tokens and their ids.", error);
        }
        var tokens = new List<string>(byId.Count);
        for (var id = 0; id < byId.Count; id++)
            tokens.Add(byId.TryGetValue(id, out var token) ? token : throw new TextFormatException($"{path}: {byId.Count} tokens, but none has the id {id}; ids run from 0 without gaps."));
        return tokens;
    }

    public static void WriteJson(string path, IReadOnlyList<string> tokens) => AtomicFile.Write(path, stream =>
    {
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = false });
        writer.WriteStartObject();
        for (var id = 0; id < tokens.Count; id++) writer.WriteNumber(tokens[id], id);
        writer.WriteEndObject();
    });

    /// <summary>The lines of a UTF-8 file with their numbers, from 1; an end of line is \n or \r\n.</summary>
    public static IEnumerable<(string Line, int Number)> ReadLines(string path)
    {
        string text;
        try
        {
            text = Strict.GetString(ReadBytes(path));
        }
        catch (DecoderFallbackException error)
        {
            throw new TextFormatException($"{path}: byte {error.Index} is no valid UTF-8; convert the file, for instance with iconv -t UTF-8.", error);
        }
        var number = 0;
        var start = 0;
        while (start < text.Length)
        {
            var end = text.IndexOf('\n', start);
            if (end < 0) end = text.Length;
            var line = text[start..end];
            yield return (line.EndsWith('\r') ? line[..^1] : line, ++number);
            start = end + 1;
        }
    }

    /// <summary>Ids by token.</summary>
    public static Dictionary<string, int> Index(IReadOnlyList<string> tokens, string argument)
    {
        var ids = new Dictionary<string, int>(tokens.Count, StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++)
            if (!ids.TryAdd(tokens[id], id))
                throw new ArgumentException($"{argument}: the token '{Excerpt.Of(tokens[id])}' has the ids {ids[tokens[id]]} and {id}; every token stands once.", argument);
        return ids;
    }

    /// <summary>The ids of special tokens.</summary>
    public static IEnumerable<KeyValuePair<string, int>> Specials(IReadOnlyList<string> tokens, IReadOnlyList<string> names, string owner)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var id = 0; id < tokens.Count; id++) ids.TryAdd(tokens[id], id);
        foreach (var name in names.Distinct(StringComparer.Ordinal))
            yield return KeyValuePair.Create(name, ids.TryGetValue(name, out var id) ? id
                : throw new ArgumentException($"{owner}: the special token '{name}' is not in the vocabulary of {tokens.Count} tokens. {NearestName.Suggestion(name, tokens.Where(token => token.StartsWith('<') || token.StartsWith('[')).Take(1000), "Add it to the vocabulary.")}", nameof(names)));
    }

    private static byte[] ReadBytes(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var length = new FileInfo(path).Length;
        if (length > LargestFile) throw new TextFormatException($"{path}: {length} bytes; a vocabulary file has at most {LargestFile}. Is it another file?");
        var bytes = File.ReadAllBytes(path);
        return bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes;
    }
}
