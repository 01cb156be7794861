using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.SwitchTransformers;

/// <summary>The reproduction's text.</summary>
internal static class SwitchData
{
    public const string WikiText = "wikitext-2";

    private static readonly string[] Sample = ["architecture.md", "digest.md", "gallery.md", "performance.md", "reproductions.md"];

    /// <summary>The user's text where the setting names one, else WikiText-2, or at smoke scale the project's own documentation.</summary>
    public static LmCorpus Corpus(RunContext context)
    {
        var settings = context.Settings;
        var (vocabulary, window) = (settings.Integer("vocabulary"), settings.Integer("context"));
        if (settings.Text("text") is { Length: > 0 } paths) return LmCorpus.FromTexts(TextCorpus.FromFiles(paths.Split(',', StringSplitOptions.TrimEntries)), vocabulary, window);
        if (context.Scale == Scale.Smoke) return LmCorpus.FromTexts(TextCorpus.FromLines([.. Sample.SelectMany(name => SampleTexts.Lines(context, name))]), vocabulary, window);
        // WikiText is cut into words already; what it left out is <unk> there too.
        return LmCorpus.FromTexts(
            TextCorpus.FromFiles([context.Data.Find(WikiText, "valid.txt"), context.Data.Find(WikiText, "test.txt")]), vocabulary, window, words: new WordConfig { SplitPunctuation = false });
    }
}
