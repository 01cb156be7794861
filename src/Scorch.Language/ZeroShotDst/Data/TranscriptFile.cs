using Scorch.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>A conversation of one's own as plain text: a turn a line, <c>user: …</c> and <c>system: …</c> in turn.</summary>
public static class TranscriptFile
{
    private const long LargestFile = 1L << 24;

    private static readonly string[] Users = ["user", "usr", "customer", "client", "u"];
    private static readonly string[] Systems = ["system", "sys", "agent", "assistant", "operator", "s"];

    /// <summary>Reads a transcript.</summary>
    /// <param name="path">The file, UTF-8; empty lines are left out.</param>
    /// <exception cref="TextFormatException">A line has no speaker, the speakers do not alternate, or there is no line.</exception>
    public static Dialog Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path)) throw new TextFormatException($"{path}: there is no such file; give a transcript with a turn a line.");
        if (new FileInfo(path).Length > LargestFile) throw new TextFormatException($"{path}: more than {LargestFile} bytes; a transcript is one conversation.");
        return Parse(TextCorpus.FromFiles([path]), path);
    }

    /// <summary>Reads the lines of a transcript.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="name">What messages call them, and the dialog's name.</param>
    /// <exception cref="TextFormatException">A line has no speaker, the speakers do not alternate, or there is no line.</exception>
    public static Dialog Parse(IEnumerable<string> lines, string name)
    {
        ArgumentNullException.ThrowIfNull(lines);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var turns = new List<DialogTurn>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var label = colon < 0 ? "" : line[..colon].Trim().ToLowerInvariant();
            Speaker? speaker = Users.Contains(label) ? Speaker.User : Systems.Contains(label) ? Speaker.System : null;
            turns.Add(new(speaker ?? throw new TextFormatException($"{name}, line {number}: no speaker before the colon; write 'user: …' or 'system: …'."), line[(colon + 1)..].Trim()));
        }
        try
        {
            return new(Path.GetFileName(name), [], turns);
        }
        catch (ArgumentException error)
        {
            throw new TextFormatException($"{name}: {error.Message}", error);
        }
    }
}
