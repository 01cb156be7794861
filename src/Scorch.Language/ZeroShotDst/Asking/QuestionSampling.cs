namespace Scorch.Language.ZeroShotDst;

/// <summary>A training question: a user's turn of a dialog, a slot, and the answer.</summary>
/// <param name="Dialog">The dialog's place in the data.</param>
/// <param name="UserTurn">Which of its user turns.</param>
/// <param name="Service">The service.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Answer">The value as the annotators wrote it, <c>none</c> or <c>dontcare</c>.</param>
public sealed record SlotQuestion(int Dialog, int UserTurn, DialogService Service, DialogSlot Slot, string Answer)
{
    /// <summary>Whether there is a value.</summary>
    public bool IsFilled => Answer != ValueNormalizer.None;
}

/// <summary>Chooses training questions. Where nothing is known the answer is <c>none</c>, by far the most frequent: of these a share is drawn, slot by slot.</summary>
public static class QuestionSampling
{
    /// <summary>All questions with a value, and for each slot as many without as the ratio says.</summary>
    /// <param name="data">The dialogs.</param>
    /// <param name="noneRatio">Questions without a value for each with one.</param>
    /// <param name="negativeShare">Of these, the share about services that the dialog is not about.</param>
    /// <param name="seed">Fixes the draw.</param>
    /// <returns>Ordered by dialog, turn, service and slot.</returns>
    public static IReadOnlyList<SlotQuestion> Draw(DstData data, double noneRatio, double negativeShare, long seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (!(noneRatio >= 0 && double.IsFinite(noneRatio))) throw new ArgumentOutOfRangeException(nameof(noneRatio), noneRatio, "QuestionSampling: the ratio of questions without a value is at least 0.");
        if (!(negativeShare is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(negativeShare), negativeShare, "QuestionSampling: the share of questions about other services lies in [0, 1].");
        var chosen = new List<(SlotQuestion Question, int Order)>();
        var order = 0;
        // A service that no dialog is about stays unseen, its questions too.
        var services = data.Schema.Services.Where(service => data.Dialogs.Any(dialog => Has(dialog, service))).ToList();
        foreach (var service in services)
        {
            foreach (var slot in service.Slots)
            {
                var name = new SlotName(service.Name, slot.Name);
                var (none, others) = (new List<SlotQuestion>(), new List<SlotQuestion>());
                var filled = 0;
                for (var d = 0; d < data.Dialogs.Count; d++)
                {
                    var dialog = data.Dialogs[d];
                    var isOwn = Has(dialog, service);
                    for (var t = 0; t < dialog.UserTurns.Count; t++)
                    {
                        if (dialog.Turns[dialog.UserTurns[t]].State.TryGetValue(name, out var values))
                        {
                            chosen.Add((new(d, t, service, slot, Answer(dialog, t, slot, values)), order));
                            filled++;
                        }
                        else (isOwn ? none : others).Add(new(d, t, service, slot, ValueNormalizer.None));
                    }
                }
                var wanted = (int)Math.Round(noneRatio * filled);
                var negative = Math.Min(others.Count, (int)Math.Round(negativeShare * wanted));
                var random = new RandomSource(RandomSource.Derive(seed, order));
                chosen.AddRange(Drawn(others, negative, random).Select(question => (question, order)));
                chosen.AddRange(Drawn(none, wanted - negative, random).Select(question => (question, order)));
                order++;
            }
        }
        return [.. chosen.OrderBy(entry => entry.Question.Dialog).ThenBy(entry => entry.Question.UserTurn).ThenBy(entry => entry.Order).Select(entry => entry.Question)];
    }

    /// <summary>Of several right values the one that the user would find in the dialog, the longest of these; else the first.</summary>
    internal static string Answer(Dialog dialog, int userTurn, DialogSlot slot, IReadOnlyList<string> values)
    {
        var normalized = ValueNormalizer.Normalize(values[0]);
        if (normalized == ValueNormalizer.DontCare || slot.IsTruth) return normalized;
        if (values.Count == 1) return values[0];
        var said = dialog.Turns.Take(dialog.UserTurns[userTurn] + 1);
        return values.Where(value => said.Any(turn => turn.Text.Contains(value, StringComparison.OrdinalIgnoreCase))).OrderByDescending(value => value.Length).ThenBy(value => value, StringComparer.Ordinal).FirstOrDefault() ?? values[0];
    }

    private static bool Has(Dialog dialog, DialogService service) => dialog.Services.Contains(service.Name, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<SlotQuestion> Drawn(List<SlotQuestion> from, int count, RandomSource random) =>
        random.Permutation(from.Count).Take(count).Select(i => from[i]);
}
