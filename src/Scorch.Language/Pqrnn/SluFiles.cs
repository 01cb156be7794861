using System.Text.Json;
using Scorch.Tabular;
using Scorch.Text;

namespace Scorch.Language.Pqrnn;

/// <summary>Reads labelled requests in the forms in which they are published.</summary>
public static class SluFiles
{
    private const int LongestUtterance = 4096;

    /// <summary>A part of ATIS or SNIPS: <c>seq.in</c> with tokens, <c>seq.out</c> with as many tags, <c>label</c> with an intent; a request a line.</summary>
    /// <param name="folder">The folder with the three files.</param>
    /// <exception cref="TextFormatException">The files' lines do not fit, or a line is not UTF-8; file, line and counts are named.</exception>
    public static IReadOnlyList<SluUtterance> ReadSlotGated(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return ReadSlotGated(Path.Combine(folder, "seq.in"), Path.Combine(folder, "seq.out"), Path.Combine(folder, "label"));
    }

    /// <summary>The same from files of any name.</summary>
    /// <param name="tokens">A request's tokens a line, separated by blanks.</param>
    /// <param name="tags">Its tags a line.</param>
    /// <param name="intents">Its intent a line.</param>
    /// <exception cref="TextFormatException">The files' lines do not fit, or a line is not UTF-8; file, line and counts are named.</exception>
    public static IReadOnlyList<SluUtterance> ReadSlotGated(string tokens, string tags, string intents)
    {
        string[][] lines = [[.. Lines(tokens)], [.. Lines(tags)], [.. Lines(intents)]];
        if (lines[0].Length != lines[1].Length || lines[0].Length != lines[2].Length)
            throw new TextFormatException($"{tokens} has {lines[0].Length} lines, {tags} {lines[1].Length} and {intents} {lines[2].Length}; a request is a line in each.");
        return NotEmpty([.. lines[0].Select((line, i) => Labelled(tokens, i + 1, Words(line), Words(lines[1][i]), lines[2][i].Trim()))], tokens);
    }

    /// <summary>A file of MTOP: id, intent, slot spans, utterance, domain, locale, decoupled form and tokens (JSON), separated by tabs.</summary>
    /// <remarks>A span <c>first:last:SL:NAME</c> counts characters (code points) of the utterance; the tokens that begin inside it are tagged with its name.</remarks>
    /// <param name="path">The file.</param>
    /// <exception cref="TextFormatException">A line has another form; file, line and what is wrong are named.</exception>
    public static IReadOnlyList<SluUtterance> ReadMtop(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return NotEmpty([.. Lines(path).Select((line, i) => MtopLine.Read(path, i + 1, line))], path);
    }

    /// <summary>A file of MultiATIS++: id, utterance, slot labels and intent, separated by tabs, with a line of names first.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="TextFormatException">A line has another form; file, line and counts are named.</exception>
    public static IReadOnlyList<SluUtterance> ReadMultiAtis(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var result = new List<SluUtterance>();
        var number = 0;
        foreach (var line in Lines(path))
        {
            var fields = line.Split('\t');
            if (++number == 1 && fields is [_, "utterance", ..]) continue;
            if (fields.Length != 4) throw new TextFormatException($"{path}, line {number}: {fields.Length} fields; id, utterance, slot labels and intent are needed, separated by tabs.");
            result.Add(Labelled(path, number, Words(fields[1]), Words(fields[2]), fields[3].Trim()));
        }
        return NotEmpty(result, path);
    }

    /// <summary>A table with the columns <c>text</c> and, where requests are labelled, <c>intent</c> and (optional, else all <c>O</c>) <c>tags</c>; tokens and tags are separated by blanks.</summary>
    /// <param name="path">CSV or TSV, gzip-compressed or not.</param>
    /// <param name="isLabelled">Whether <c>intent</c> must be there.</param>
    /// <exception cref="TextFormatException">A column is missing, a row has no token, or tokens and tags differ in number; file and row are named.</exception>
    public static IReadOnlyList<SluUtterance> ReadCsv(string path, bool isLabelled = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var table = TableFile.Read(path);
        foreach (var name in isLabelled ? (string[])["text", "intent"] : ["text"])
            if (!table.Contains(name)) throw new TextFormatException($"{path}: there is no column '{name}'; the columns are {string.Join(", ", table.Names)}. Name the columns text, intent and, if slots are tagged, tags.");
        var result = new List<SluUtterance>(table.Rows);
        for (var row = 0; row < table.Rows; row++)
        {
            var tokens = Words(table["text"].Text(row) ?? "");
            if (!isLabelled)
            {
                Require(path, row + 1, tokens);
                result.Add(new(tokens));
                continue;
            }
            var tags = table.Contains("tags") ? Words(table["tags"].Text(row) ?? "") : [.. tokens.Select(_ => "O")];
            result.Add(Labelled(path, row + 1, tokens, tags, (table["intent"].Text(row) ?? "").Trim()));
        }
        return NotEmpty(result, path);
    }

    internal static SluUtterance Labelled(string path, int line, string[] tokens, string[] tags, string intent)
    {
        Require(path, line, tokens);
        if (tokens.Length != tags.Length) throw new TextFormatException($"{path}, line {line}: {tokens.Length} tokens, but {tags.Length} tags; each token needs one.");
        if (intent.Length == 0) throw new TextFormatException($"{path}, line {line}: there is no intent; give one.");
        foreach (var tag in tags)
            if (tag != "O" && !(tag.Length > 2 && tag[0] is 'B' or 'I' && tag[1] == '-')) throw new TextFormatException($"{path}, line {line}: the tag '{Shortened(tag)}' is none of O, B-type and I-type.");
        return new(tokens, tags, intent);
    }

    internal static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";

    private static void Require(string path, int line, string[] tokens)
    {
        if (tokens.Length == 0) throw new TextFormatException($"{path}, line {line}: there is no token; leave the line out.");
        if (tokens.Length > LongestUtterance) throw new TextFormatException($"{path}, line {line}: {tokens.Length} tokens; a request has at most {LongestUtterance}. Cut it into sentences.");
    }

    // Empty lines are kept: a request is named by its line.
    private static TextCorpus Lines(string path) => TextCorpus.FromFiles([path], new() { KeepEmptyLines = true });

    private static string[] Words(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static IReadOnlyList<SluUtterance> NotEmpty(IReadOnlyList<SluUtterance> utterances, string path) =>
        utterances.Count > 0 ? utterances : throw new TextFormatException($"{path}: there is no request; give at least one.");
}

/// <summary>A line of MTOP.</summary>
internal static class MtopLine
{
    private const int Fields = 8;

    public static SluUtterance Read(string path, int line, string text)
    {
        var fields = text.Split('\t');
        if (fields.Length != Fields)
            throw new TextFormatException($"{path}, line {line}: {fields.Length} fields; {Fields} are needed: id, intent, slots, utterance, domain, locale, decoupled form, tokens.");
        var (tokens, starts) = Tokens(path, line, fields[7]);
        var tags = Enumerable.Repeat("O", tokens.Length).ToArray();
        foreach (var span in fields[2].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var parts = span.Split(':', 3);
            if (parts.Length != 3 || !int.TryParse(parts[0], out var first) || !int.TryParse(parts[1], out var last) || first > last || parts[2].Length == 0)
                throw new TextFormatException($"{path}, line {line}: the slot '{SluFiles.Shortened(span)}' is not first:last:SL:NAME.");
            var name = parts[2].StartsWith("SL:", StringComparison.Ordinal) ? parts[2][3..] : parts[2];
            var inside = Enumerable.Range(0, tokens.Length).Where(i => starts[i] >= first && starts[i] < last).ToArray();
            if (inside.Length == 0) throw new TextFormatException($"{path}, line {line}: no token begins inside the slot '{SluFiles.Shortened(span)}'.");
            foreach (var i in inside) tags[i] = (i == inside[0] ? "B-" : "I-") + name;
        }
        return SluFiles.Labelled(path, line, tokens, tags, fields[1].Trim());
    }

    /// <summary>The field is <c>{"tokens": [...], "tokenSpans": [{"start": n, "length": n}, ...]}</c>.</summary>
    private static (string[] Tokens, int[] Starts) Tokens(string path, int line, string field)
    {
        try
        {
            var parsed = JsonSerializer.Deserialize(field, PqrnnJson.Default.MtopTokens);
            if (parsed is { Tokens: { } tokens, TokenSpans: { } spans } && tokens.Count == spans.Count && tokens.All(token => token is not null) && spans.All(span => span is not null))
                return ([.. tokens], [.. spans.Select(span => span.Start)]);
        }
        catch (JsonException error)
        {
            throw new TextFormatException($"{path}, line {line}: the tokens are no JSON ({error.Message}).", error);
        }
        throw new TextFormatException($"{path}, line {line}: the tokens need as many \"tokens\" as \"tokenSpans\".");
    }
}

/// <summary>MTOP's tokens.</summary>
internal sealed record MtopTokens(IReadOnlyList<string> Tokens, IReadOnlyList<MtopSpan> TokenSpans);

/// <summary>Where a token stands in the utterance, in characters.</summary>
internal sealed record MtopSpan(int Start, int Length);
