using System.IO.Compression;
using System.Text;

namespace Scorch.Text;

/// <summary>Dialogs a line, turns ended by <c>__eou__</c>: the form in which DailyDialog is published.</summary>
public static class DailyDialog
{
    /// <summary>What ends a turn in the files.</summary>
    public const string EndOfTurn = "__eou__";

    private const long LargestText = 1L << 28;

    /// <summary>Reads a text file, or the file <c>dialogues_*.txt</c> (acts and emotions aside) of a zip archive.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The dialogs, each a list of turns; two people speak in turn.</returns>
    /// <exception cref="TextFormatException">The file is damaged, too large or of another form.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = File.OpenRead(path);
        if (stream.Length > LargestText) throw new TextFormatException($"{path}: {stream.Length} bytes; dialogs have at most {LargestText}. Split the file.");
        if (!path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)) return Read(stream, path);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            var entries = archive.Entries.Where(entry => entry.Name.StartsWith("dialogues_", StringComparison.Ordinal) && entry.Name.EndsWith(".txt", StringComparison.Ordinal)
                && !entry.Name.Contains("_act", StringComparison.Ordinal) && !entry.Name.Contains("_emotion", StringComparison.Ordinal)).ToList();
            if (entries.Count != 1) throw new TextFormatException($"{path}: the archive has {entries.Count} files of dialogs (dialogues_*.txt); exactly one is expected.");
            if (entries[0].Length > LargestText) throw new TextFormatException($"{path}: {entries[0].FullName} has {entries[0].Length} bytes unpacked; dialogs have at most {LargestText}. Split it.");
            using var text = entries[0].Open();
            return Read(text, $"{path}/{entries[0].FullName}");
        }
        catch (InvalidDataException error)
        {
            throw new TextFormatException($"{path}: the archive is damaged or cut short ({error.Message}) Get the file again.", error);
        }
    }

    /// <summary>Reads dialogs from a stream of UTF-8 text.</summary>
    /// <param name="stream">The bytes.</param>
    /// <param name="name">What messages call them.</param>
    /// <exception cref="TextFormatException">The text is too large, or a line has no turn's end.</exception>
    public static IReadOnlyList<IReadOnlyList<string>> Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var dialogs = new List<IReadOnlyList<string>>();
        var (number, total) = (0, 0L);
        foreach (var line in Lines(stream, name))
        {
            number++;
            if ((total += line.Length) > LargestText) throw new TextFormatException($"{name}: more than {LargestText} characters; split the file.");
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (!line.Contains(EndOfTurn, StringComparison.Ordinal)) throw new TextFormatException($"{name}, line {number}: there is no {EndOfTurn}; every line is a dialog whose turns end with it.");
            string[] turns = [.. line.Split(EndOfTurn).Select(turn => turn.Trim()).Where(turn => turn.Length > 0)];
            if (turns.Length > 0) dialogs.Add(turns);
        }
        return dialogs;
    }

    private static IEnumerable<string> Lines(Stream stream, string name)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        for (; ; )
        {
            string? line;
            try
            {
                line = reader.ReadLine();
            }
            catch (DecoderFallbackException error)
            {
                throw new TextFormatException($"{name}: the text is not UTF-8 ({error.Message}) Convert it.", error);
            }
            if (line is null) yield break;
            yield return line;
        }
    }
}
