using Scorch.Text;

namespace Scorch.Language.ZeroShotDst;

/// <summary>Measures trackers under a stated convention.</summary>
public static class DstEvaluator
{
    /// <summary>Follows a service through test dialogs and counts.</summary>
    /// <param name="tracker">The tracker.</param>
    /// <param name="test">The dialogs.</param>
    /// <param name="service">The service, of the data's schema or with other questions.</param>
    /// <param name="convention">How states are counted.</param>
    /// <param name="cancellationToken">Stops between two dialogs.</param>
    /// <exception cref="ArgumentException">The tracker was trained on a service that must be unseen, or no dialog is about it.</exception>
    public static DstReport Evaluate(IDialogTracker tracker, DstData test, DialogService service, Convention convention, CancellationToken cancellationToken = default) =>
        Evaluate(tracker, test, [service], convention, cancellationToken);

    /// <summary>Follows several services: a turn is right when all slots of all services that its dialog is about are.</summary>
    /// <param name="tracker">The tracker.</param>
    /// <param name="test">The dialogs.</param>
    /// <param name="services">The services.</param>
    /// <param name="convention">How states are counted.</param>
    /// <param name="cancellationToken">Stops between two dialogs.</param>
    /// <exception cref="ArgumentException">The tracker was trained on a service that must be unseen, or no dialog is about one.</exception>
    public static DstReport Evaluate(IDialogTracker tracker, DstData test, IReadOnlyList<DialogService> services, Convention convention, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(tracker);
        ArgumentNullException.ThrowIfNull(test);
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(convention);
        if (services.Count == 0) throw new ArgumentException("DstEvaluator: name one service at least.", nameof(services));
        if (convention.RequiresUnseen)
        {
            foreach (var service in services)
                if (tracker.TrainedOn.Contains(service.Name, StringComparer.OrdinalIgnoreCase))
                    throw new ArgumentException($"Leak: {tracker.Name} was trained on dialogs about {service.Name}, which '{convention.Name}' must not have; train on DstData.Except(data, \"{service.Name}\"), or use Convention.InDomain.", nameof(tracker));
        }
        var count = new Count(services);
        foreach (var dialog in test.Dialogs)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var own = convention.OnlyDialogsAbout ? services.Where(service => dialog.Services.Contains(service.Name, StringComparer.OrdinalIgnoreCase)).ToList() : services;
            if (own.Count > 0) count.Add(tracker, dialog, own, convention, cancellationToken);
        }
        if (count.Actual.Count == 0)
            throw new ArgumentException($"DstEvaluator: no turn of {test.Source} counts for {string.Join(", ", services.Select(service => service.Name))} under '{convention.Name}'; give test dialogs about it.", nameof(test));
        return count.Report(tracker, test, convention);
    }

    private sealed class Count(IReadOnlyList<DialogService> services)
    {
        private readonly List<IReadOnlyList<string?>> predicted = [];
        private readonly List<int> firstWrong = [];
        private readonly Dictionary<string, (List<string?> Predicted, List<string?> Actual)> bySlot = [];
        private int truncated, values, invented, inventedTurns;

        public List<IReadOnlyList<string?>> Actual { get; } = [];

        public void Add(IDialogTracker tracker, Dialog dialog, IReadOnlyList<DialogService> own, Convention convention, CancellationToken cancellationToken)
        {
            var followed = own.Select(service => (Service: service, Dialog: tracker.Follow(dialog, service, cancellationToken))).ToArray();
            truncated += followed.Max(entry => entry.Dialog.TruncatedTurns);
            var (hasBegun, wrong, counted, said) = (convention.CountsTurnsBefore, -1, 0, "");
            for (var t = 0; t < dialog.UserTurns.Count; t++)
            {
                var place = dialog.UserTurns[t];
                var turn = dialog.Turns[place];
                var before = t == 0 ? 0 : dialog.UserTurns[t - 1] + 1;
                for (var i = before; i <= place; i++) said += " \n " + ValueNormalizer.NormalizeText(dialog.Turns[i].Text);
                hasBegun |= own.Any(service => service.Slots.Any(slot => turn.State.ContainsKey(new(service.Name, slot.Name))));
                if (!hasBegun) continue;
                var (given, truth, invents) = (new List<string?>(), new List<string?>(), false);
                foreach (var (service, states) in followed)
                {
                    for (var s = 0; s < service.Slots.Count; s++)
                    {
                        var slot = service.Slots[s];
                        var value = Empty(states.States[t].Values[s].Value);
                        var right = turn.State.TryGetValue(new(service.Name, slot.Name), out var listed) ? listed.Select(ValueNormalizer.Normalize).ToArray() : [];
                        // Any listed value is right: the one that was predicted stands for all.
                        var actual = right.Length == 0 ? null : Empty(value is not null && right.Contains(value) ? value : right[0]);
                        given.Add(value);
                        truth.Add(actual);
                        var key = followed.Length > 1 || services.Count > 1 ? $"{service.Name}-{slot.Name}" : slot.Name;
                        if (!bySlot.TryGetValue(key, out var rows)) bySlot[key] = rows = ([], []);
                        rows.Predicted.Add(value);
                        rows.Actual.Add(actual);
                        if (value is null or ValueNormalizer.DontCare or "yes" or "no") continue;
                        values++;
                        if (ValueNormalizer.Stands(said, value)) continue;
                        invented++;
                        invents = true;
                    }
                }
                if (invents) inventedTurns++;
                if (wrong < 0 && !given.SequenceEqual(truth)) wrong = counted;
                counted++;
                predicted.Add(given);
                Actual.Add(truth);
            }
            if (counted > 0) firstWrong.Add(wrong);
        }

        public DstReport Report(IDialogTracker tracker, DstData test, Convention convention)
        {
            var score = DialogStateScore.Of(predicted, Actual);
            return new()
            {
                Tracker = tracker.Name,
                Data = test.Source,
                Service = string.Join(", ", services.Select(service => service.Name)),
                Convention = convention.Description,
                Normalization = ValueNormalizer.Rules,
                UsesCopyHead = tracker.UsesCopyHead,
                Dialogs = firstWrong.Count,
                Turns = Actual.Count,
                JointGoalAccuracy = score.JointGoalAccuracy,
                AlwaysNoneJointGoalAccuracy = (double)Actual.Count(turn => turn.All(value => value is null)) / Actual.Count,
                SlotAccuracy = score.SlotAccuracy,
                Active = score.Active,
                HallucinatedTurns = (double)inventedTurns / Actual.Count,
                HallucinatedValues = values == 0 ? 0 : (double)invented / values,
                TruncatedTurns = truncated,
                FirstWrongTurn = firstWrong,
                Slots = [.. bySlot.Select(entry => Slot(entry.Key, entry.Value.Predicted, entry.Value.Actual))],
            };
        }

        private static SlotReport Slot(string name, List<string?> predicted, List<string?> actual)
        {
            var score = DialogStateScore.Of([.. predicted.Select(value => (IReadOnlyList<string?>)[value])], [.. actual.Select(value => (IReadOnlyList<string?>)[value])]);
            return new(name, score.SlotAccuracy, score.Active, actual.Count(value => value is not null));
        }

        private static string? Empty(string value) => value == ValueNormalizer.None ? null : value;
    }
}
