using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.TransformerSurvey;

/// <summary>The reproduction's text.</summary>
internal static class SurveyData
{
    public const string WikiText = "wikitext-2";

    private const int MaximumBytes = 1 << 30;
    private static readonly string[] Sample = ["architecture.md", "digest.md", "gallery.md", "performance.md", "reproductions.md"];

    /// <summary>The user's text where the setting names one, else WikiText-2's validation part to learn from and its test part held out, or at smoke scale the project's own documentation.</summary>
    public static CharacterCorpus Corpus(RunContext context)
    {
        if (context.Settings.Text("text") is { Length: > 0 } paths) return CharacterCorpus.FromText(TextCorpus.FromFiles(paths.Split(',', StringSplitOptions.TrimEntries)));
        if (context.Scale == Scale.Smoke) return CharacterCorpus.FromText(TextCorpus.FromLines([.. Sample.SelectMany(name => SampleTexts.Lines(context, name))]));
        return CharacterCorpus.FromLines(TextCorpus.FromFiles([context.Data.Find(WikiText, "valid.txt")]), TextCorpus.FromFiles([context.Data.Find(WikiText, "test.txt")]));
    }

    /// <summary>A file of bytes: nine tenths to learn from, a twentieth held out; the last twentieth, for a test, is left alone. Of enwik8 these are 90, 5 and 5 MB.</summary>
    public static CharacterCorpus Bytes(string path)
    {
        RequireFile(path, "enwik8 or another file");
        var bytes = File.ReadAllBytes(path);
        var (first, second) = ((int)(bytes.Length * 0.9), (int)(bytes.Length * 0.95));
        if (first == 0 || second == first) throw new UsageException($"{path}: {bytes.Length} bytes are too few to split; give a larger file.");
        return CharacterCorpus.FromBytes(bytes.AsMemory(0, first), bytes.AsMemory(first, second - first));
    }

    public static void RequireFile(string path, string what)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new UsageException($"{path}: there is no such file; give {what}.");
        if (file.Length > MaximumBytes) throw new UsageException($"{path}: the file has {file.Length} bytes, at most {MaximumBytes} are read; give {what}.");
    }
}
