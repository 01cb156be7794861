namespace Scorch.Language.TimeDial;

/// <summary>When a training dialog counts as one that the test has seen.</summary>
public sealed record ContaminationConfig
{
    /// <summary>Words of a run that is compared.</summary>
    public int Length { get; init; } = 7;

    /// <summary>A training dialog that has so large a share of a test dialog's runs contaminates it.</summary>
    public double Share { get; init; } = 0.5;
}

/// <summary>Which training dialogs repeat test dialogs.</summary>
/// <param name="Items">Names of the test items that a training dialog repeats.</param>
/// <param name="Closest">Numbers of the training dialogs that are each such item's closest (the first of equals), each once, rising.</param>
/// <param name="Overlapping">Numbers of all training dialogs that repeat an item, rising; these must go before training.</param>
public sealed record ContaminationReport(IReadOnlyList<string> Items, IReadOnlyList<int> Closest, IReadOnlyList<int> Overlapping);

/// <summary>Finds training dialogs that repeat test dialogs: what is trained on them has read the answers.</summary>
/// <remarks>Dialogs are runs of lower-case letters and digits (punctuation and speakers aside), the gap filled with the original span.</remarks>
public sealed class ContaminationGuard
{
    private readonly ContaminationConfig config;
    private readonly string[] names;
    private readonly int[] sizes;
    // Which test items have a run of words.
    private readonly Dictionary<string, List<int>> itemsOfRun = new(StringComparer.Ordinal);

    /// <summary>A guard over test items.</summary>
    /// <param name="items">The test items.</param>
    /// <param name="config">Length of runs and share.</param>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public ContaminationGuard(IEnumerable<TimeDialItem> items, ContaminationConfig? config = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        this.config = config ?? new();
        if (this.config.Length < 1 || !(this.config.Share is > 0 and <= 1)) throw new ArgumentException($"ContaminationConfig: Length is at least 1, Share above 0 and at most 1 ({this.config}).", nameof(config));
        var list = items.ToList();
        names = [.. list.Select(item => item.Id)];
        sizes = new int[list.Count];
        for (var i = 0; i < list.Count; i++)
        {
            var filled = list[i].Conversation.Select(turn => turn.Replace(ClozeQuestion.Mask, $" {list[i].Correct1} ", StringComparison.Ordinal));
            foreach (var run in Runs(filled))
            {
                if (!itemsOfRun.TryGetValue(run, out var owners)) itemsOfRun[run] = owners = [];
                owners.Add(i);
                sizes[i]++;
            }
        }
    }

    /// <summary>Compares training dialogs.</summary>
    /// <param name="dialogs">The dialogs, each a list of turns.</param>
    public ContaminationReport Examine(IReadOnlyList<IReadOnlyList<string>> dialogs)
    {
        ArgumentNullException.ThrowIfNull(dialogs);
        var best = new (int Shared, int Dialog)[names.Length];
        var overlapping = new List<int>();
        for (var dialog = 0; dialog < dialogs.Count; dialog++)
        {
            var shared = new Dictionary<int, int>();
            foreach (var run in Runs(dialogs[dialog]))
                if (itemsOfRun.TryGetValue(run, out var owners))
                    foreach (var item in owners) shared[item] = shared.GetValueOrDefault(item) + 1;
            var repeats = false;
            foreach (var (item, count) in shared)
            {
                if (count < config.Share * sizes[item]) continue;
                repeats = true;
                if (count > best[item].Shared) best[item] = (count, dialog);
            }
            if (repeats) overlapping.Add(dialog);
        }
        var found = Enumerable.Range(0, names.Length).Where(item => best[item].Shared > 0).ToList();
        return new([.. found.Select(item => names[item])], [.. found.Select(item => best[item].Dialog).Distinct().Order()], overlapping);
    }

    /// <summary>The dialogs that repeat no test item.</summary>
    /// <param name="dialogs">The dialogs.</param>
    public IReadOnlyList<IReadOnlyList<string>> Clean(IReadOnlyList<IReadOnlyList<string>> dialogs)
    {
        var gone = Examine(dialogs).Overlapping.ToHashSet();
        return [.. dialogs.Where((_, number) => !gone.Contains(number))];
    }

    private HashSet<string> Runs(IEnumerable<string> turns)
    {
        var words = turns.Select(DialogTurns.WithoutSpeaker).SelectMany(ClozeQuestion.Words).ToList();
        var runs = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i + config.Length <= words.Count; i++) runs.Add(string.Join(' ', words.GetRange(i, config.Length)));
        return runs;
    }
}
