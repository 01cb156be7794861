namespace Scorch.Language.TimeDial;

/// <summary>Turns and their speakers.</summary>
public static class DialogTurns
{
    /// <summary>Dialogs of two people with <c>A:</c> and <c>B:</c> before their turns, as TimeDial's conversations have them.</summary>
    /// <param name="dialogs">The turns of each, such as <see cref="Text.DailyDialog.Load"/> reads.</param>
    public static IReadOnlyList<IReadOnlyList<string>> WithSpeakers(IEnumerable<IReadOnlyList<string>> dialogs)
    {
        ArgumentNullException.ThrowIfNull(dialogs);
        return [.. dialogs.Select(turns => (IReadOnlyList<string>)[.. turns.Select((turn, i) => $"{(i % 2 == 0 ? 'A' : 'B')}: {turn}")])];
    }

    /// <summary>A turn without <c>A:</c> or <c>B:</c> before it.</summary>
    internal static string WithoutSpeaker(string turn) => turn.Length >= 2 && turn[0] is 'A' or 'B' && turn[1] == ':' ? turn[2..] : turn;
}
