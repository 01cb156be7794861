using Scorch.Language.SwitchTransformers;
using Scorch.Reproductions;
using Scorch.Text;

namespace Scorch.Language.HashLayers;

/// <summary>The reproduction's text.</summary>
internal static class HashData
{
    public const string DailyDialog = "dailydialog";
    public const string WikiText = SwitchData.WikiText;

    /// <summary>The user's text where the setting names one, else the chosen data set, or at smoke scale the project's own documentation.</summary>
    public static LmCorpus Corpus(RunContext context)
    {
        var settings = context.Settings;
        if (context.Scale == Scale.Smoke || settings.Text("text").Length > 0 || settings.Text("data") != DailyDialog) return SwitchData.Corpus(context);
        // Words and marks stand apart already; __eou__ ends a turn.
        return LmCorpus.FromTexts(
            TextCorpus.FromLines([.. Text.DailyDialog.Load(context.Data.Find(DailyDialog, "data/train.zip")).Select(turns => string.Join(' ', turns.Select(turn => $"{turn} {Text.DailyDialog.EndOfTurn}")))]),
            settings.Integer("vocabulary"),
            settings.Integer("context"),
            words: new WordConfig { SplitPunctuation = false });
    }
}
