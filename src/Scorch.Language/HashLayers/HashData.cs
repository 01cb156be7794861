using System.IO.Compression;
using System.Text;
using Scorch.Language.SwitchTransformers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.HashLayers;

/// <summary>The reproduction's text.</summary>
internal static class HashData
{
    public const string DailyDialog = "dailydialog";
    public const string WikiText = SwitchData.WikiText;

    // The archives' greatest entry has 6 MB.
    private const long MaximumEntryBytes = 64L << 20;

    /// <summary>The user's text where the setting names one, else the chosen data set, or at smoke scale the project's own documentation.</summary>
    public static LmCorpus Corpus(RunContext context)
    {
        var settings = context.Settings;
        if (context.Scale == Scale.Smoke || settings.Text("text").Length > 0 || settings.Text("data") != DailyDialog) return SwitchData.Corpus(context);
        // Words and marks stand apart already; __eou__ ends a turn.
        return LmCorpus.FromTexts(
            TextCorpus.FromLines(Dialogues(context.Data.Find(DailyDialog, "data/train.zip"), "train/dialogues_train.txt")),
            settings.Integer("vocabulary"),
            settings.Integer("context"),
            words: new WordConfig { SplitPunctuation = false });
    }

    /// <summary>The dialogues of an archive as published, one a line.</summary>
    /// <exception cref="FormatException">The archive lacks the file, or it is larger than any that was published.</exception>
    internal static IReadOnlyList<string> Dialogues(string path, string name)
    {
        using var archive = ZipFile.OpenRead(path);
        var entry = archive.GetEntry(name) ?? throw new FormatException($"{path}: the archive has no {name}; fetch it again with 'scorch data get {DailyDialog}'.");
        if (entry.Length > MaximumEntryBytes) throw new FormatException($"{path}: {name} has {entry.Length} bytes, more than the {MaximumEntryBytes} that are read; the archive is not DailyDialog's.");
        using var reader = new StreamReader(entry.Open(), Encoding.UTF8);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
            if (line.AsSpan().Trim().Length > 0) lines.Add(line.Trim());
        return lines;
    }
}
