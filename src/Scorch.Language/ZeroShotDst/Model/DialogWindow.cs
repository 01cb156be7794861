namespace Scorch.Language.ZeroShotDst;

/// <summary>Turns of a dialog that are answered from one stretch of its tokens. Later turns see more of it: a decoder's history is a prefix of the next.</summary>
/// <param name="Tokens">The tokens from the first that is seen to the end of the last turn answered here.</param>
/// <param name="Turns">The user's turns that are answered here: which of the dialog's user turns, and how many of <paramref name="Tokens"/> it sees.</param>
/// <param name="IsTruncated">Whether earlier tokens of the dialog were cut off.</param>
public sealed record DialogWindow(int[] Tokens, IReadOnlyList<(int UserTurn, int Length)> Turns, bool IsTruncated)
{
    /// <summary>Cuts a dialog into windows, from the left: the oldest turns are given up whole, and where one turn alone is too long its oldest tokens.</summary>
    /// <param name="dialog">The dialog.</param>
    /// <param name="tokens">Makes tokens.</param>
    /// <param name="longest">Tokens of a history at most.</param>
    public static IReadOnlyList<DialogWindow> Of(Dialog dialog, DialogTokens tokens, int longest)
    {
        ArgumentNullException.ThrowIfNull(dialog);
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(longest, 1);
        var all = new List<int>();
        var starts = new List<int>();
        var windows = new List<DialogWindow>();
        var open = new List<(int UserTurn, int Length)>();
        var (from, to, userTurn) = (0, 0, 0);
        foreach (var turn in dialog.Turns)
        {
            starts.Add(all.Count);
            all.AddRange(tokens.OfTurn(turn));
            if (turn.Speaker != Speaker.User) continue;
            var start = all.Count <= longest ? 0 : starts.Where(place => all.Count - place <= longest).DefaultIfEmpty(all.Count - longest).First();
            if (start != from) Close();
            (from, to) = (start, all.Count);
            open.Add((userTurn++, to - from));
        }
        Close();
        return windows;

        void Close()
        {
            if (open.Count > 0) windows.Add(new([.. all.Take(to).Skip(from)], [.. open], from > 0));
            open.Clear();
        }
    }
}
