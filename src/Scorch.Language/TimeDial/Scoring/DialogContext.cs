using Scorch.Text;

namespace Scorch.Language.TimeDial;

/// <summary>How much of the dialog a model sees.</summary>
public enum DialogView
{
    /// <summary>All turns.</summary>
    Full,

    /// <summary>The turn with the gap alone.</summary>
    MaskedTurn,

    /// <summary>The turn with the gap and so many turns before and behind it.</summary>
    Window,

    /// <summary>All turns but that with the gap, of which the gap alone stays.</summary>
    WithoutMaskedTurn,

    /// <summary>The gap alone: no dialog at all.</summary>
    OptionsOnly,
}

/// <summary>The part of the dialog that a model sees.</summary>
public sealed record DialogContext
{
    private DialogContext(DialogView view, int turns = 0) => (View, Turns) = (view, turns);

    /// <summary>All turns.</summary>
    public static DialogContext Full { get; } = new(DialogView.Full);

    /// <summary>The turn with the gap alone.</summary>
    public static DialogContext MaskedTurn { get; } = new(DialogView.MaskedTurn);

    /// <summary>All turns but that with the gap.</summary>
    public static DialogContext WithoutMaskedTurn { get; } = new(DialogView.WithoutMaskedTurn);

    /// <summary>No dialog at all.</summary>
    public static DialogContext OptionsOnly { get; } = new(DialogView.OptionsOnly);

    /// <summary>Which part.</summary>
    public DialogView View { get; }

    /// <summary>Of a window, the turns on either side.</summary>
    public int Turns { get; }

    /// <summary>The turn with the gap and its neighbours.</summary>
    /// <param name="turns">So many on either side, at least 0.</param>
    public static DialogContext Window(int turns)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(turns);
        return new(DialogView.Window, turns);
    }

    /// <summary>Reads <c>full</c>, <c>turn</c>, <c>without-turn</c>, <c>options</c> or a number of turns on either side.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="ArgumentException">There is no such context.</exception>
    public static DialogContext Parse(string name) => name switch
    {
        "full" => Full,
        "turn" => MaskedTurn,
        "without-turn" => WithoutMaskedTurn,
        "options" => OptionsOnly,
        _ when int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var turns) => Window(turns),
        _ => throw new ArgumentException($"the context '{name}' is unknown; expected full, turn, without-turn, options, or a number of turns on either side.", nameof(name)),
    };

    /// <summary>The texts around the gap: turns before, its turn left and right of it, turns behind.</summary>
    internal (string Before, string Left, string Right, string After) Around(ClozeQuestion question)
    {
        var (turns, at) = (question.Conversation, question.MaskedTurn);
        var gap = turns[at].IndexOf(ClozeQuestion.Mask, StringComparison.Ordinal);
        var (left, right) = (turns[at][..gap], turns[at][(gap + ClozeQuestion.Mask.Length)..]);
        string Joined(int from, int to) => string.Join(' ', turns.Skip(from).Take(to - from));
        return View switch
        {
            DialogView.Full => (Joined(0, at), left, right, Joined(at + 1, turns.Count)),
            DialogView.MaskedTurn => ("", left, right, ""),
            DialogView.Window => (Joined(Math.Max(0, at - Turns), at), left, right, Joined(at + 1, (int)Math.Min(turns.Count, at + 1L + Turns))),
            DialogView.WithoutMaskedTurn => (Joined(0, at), "", "", Joined(at + 1, turns.Count)),
            _ => ("", "", "", ""),
        };
    }
}

/// <summary>The tokens around a gap, cut to what a model reads.</summary>
/// <param name="Left">Before the gap.</param>
/// <param name="Right">Behind it.</param>
/// <param name="IsCut">Whether some were left out.</param>
internal sealed record GapTokens(int[] Left, int[] Right, bool IsCut)
{
    /// <summary>Encodes and cuts: turns before go first, from the left; then turns behind, from the right; the gap's own turn last, its nearest words staying.</summary>
    public static GapTokens Of(ClozeQuestion question, DialogContext context, ITokenizer tokenizer, int room)
    {
        var around = context.Around(question);
        return Of(tokenizer.Encode(around.Before), tokenizer.Encode(around.Left), tokenizer.Encode(around.Right), tokenizer.Encode(around.After), room);
    }

    public static GapTokens Of(int[] before, int[] left, int[] right, int[] after, int room)
    {
        if (room < 0) throw new ArgumentException($"an option leaves {room} places for the dialog; the model reads too few tokens for it.", nameof(room));
        var own = left.Length + right.Length;
        var behind = Math.Clamp(room - own, 0, after.Length);
        var front = Math.Clamp(room - own - behind, 0, before.Length);
        if (own > room)
        {
            var kept = Math.Clamp(room / 2, room - right.Length, left.Length);
            (left, right) = (left[^kept..], right[..(room - kept)]);
        }
        var isCut = behind < after.Length || front < before.Length || own > room;
        return new([.. before[(before.Length - front)..], .. left], [.. right, .. after[..behind]], isCut);
    }
}
