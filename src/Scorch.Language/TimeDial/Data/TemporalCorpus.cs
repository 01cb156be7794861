namespace Scorch.Language.TimeDial;

/// <summary>A temporal expression in a dialog.</summary>
/// <param name="Dialog">The number of the dialog.</param>
/// <param name="Turn">The number of the turn.</param>
/// <param name="Span">The expression; places count in the turn.</param>
public sealed record DialogSpan(int Dialog, int Turn, TemporalSpan Span);

/// <summary>Dialogs with their temporal expressions and how often each is said.</summary>
public sealed class TemporalCorpus
{
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly List<DialogSpan>[] byDialog;

    /// <summary>Tags dialogs.</summary>
    /// <param name="dialogs">The dialogs, each a list of turns.</param>
    public TemporalCorpus(IEnumerable<IReadOnlyList<string>> dialogs)
    {
        ArgumentNullException.ThrowIfNull(dialogs);
        Dialogs = [.. dialogs];
        byDialog = new List<DialogSpan>[Dialogs.Count];
        var spans = new List<DialogSpan>();
        for (var dialog = 0; dialog < Dialogs.Count; dialog++)
        {
            byDialog[dialog] = [];
            for (var turn = 0; turn < Dialogs[dialog].Count; turn++)
                byDialog[dialog].AddRange(TemporalTagger.Find(Dialogs[dialog][turn]).Select(span => new DialogSpan(dialog, turn, span)));
            spans.AddRange(byDialog[dialog]);
        }
        Spans = spans;
        foreach (var span in spans)
        {
            var text = ClozeQuestion.Normalize(span.Span.Text);
            counts[text] = counts.GetValueOrDefault(text) + 1;
        }
    }

    /// <summary>The dialogs.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Dialogs { get; }

    /// <summary>All temporal expressions, in the order of the text.</summary>
    public IReadOnlyList<DialogSpan> Spans { get; }

    /// <summary>Those of a dialog.</summary>
    /// <param name="dialog">Its number.</param>
    public IReadOnlyList<DialogSpan> SpansOf(int dialog) => byDialog[dialog];

    /// <summary>How often an expression is said, capitals and blanks aside.</summary>
    /// <param name="text">The expression.</param>
    public int Count(string text) => counts.GetValueOrDefault(ClozeQuestion.Normalize(text));
}
