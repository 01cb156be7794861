namespace Scorch.Language.ZeroShotDst;

/// <summary>Dialogs with states, their schema, and where they come from.</summary>
/// <example><code>
/// DstData all = DstFiles.LoadMultiWoz21("MULTIWOZ2.1", DstPart.Train);
/// DstData training = DstData.Except(all, domain: "hotel");      // every dialog with a hotel is gone
/// DstData shots = DstData.FewShot(all, "hotel", share: 0.05, seed: 1);
/// </code></example>
public sealed class DstData
{
    /// <summary>A set of dialogs.</summary>
    /// <param name="source">What reports call it, with its version: <c>MultiWOZ 2.1</c>.</param>
    /// <param name="schema">The services.</param>
    /// <param name="dialogs">The dialogs.</param>
    /// <exception cref="ArgumentException">A state names a service or slot that the schema lacks.</exception>
    public DstData(string source, DialogSchema schema, IEnumerable<Dialog> dialogs)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(dialogs);
        (Source, Schema, Dialogs) = (source, schema, [.. dialogs]);
        foreach (var dialog in Dialogs)
            foreach (var name in dialog.Turns.SelectMany(turn => turn.State.Keys))
                if (schema.TryFind(name.Service)?.TryFind(name.Slot) is null)
                    throw new ArgumentException($"DstData {source}, dialog {dialog.Id}: the schema has no slot {name}; give the schema that belongs to the dialogs.", nameof(dialogs));
    }

    private DstData(DstData origin, IEnumerable<Dialog> dialogs, IReadOnlyList<string> heldOut) =>
        (Source, Schema, Dialogs, HeldOut) = (origin.Source, origin.Schema, [.. dialogs], heldOut);

    /// <summary>What reports call it.</summary>
    public string Source { get; }

    /// <summary>The services.</summary>
    public DialogSchema Schema { get; }

    /// <summary>The dialogs.</summary>
    public IReadOnlyList<Dialog> Dialogs { get; }

    /// <summary>Services or domains of which no dialog may tell, as <see cref="Except"/> was asked.</summary>
    public IReadOnlyList<string> HeldOut { get; } = [];

    /// <summary>The user's turns of all dialogs.</summary>
    public int UserTurns => Dialogs.Sum(dialog => dialog.UserTurns.Count);

    /// <summary>The data without every dialog that is about a domain or service, those about further domains too.</summary>
    /// <param name="data">The data.</param>
    /// <param name="domain">A domain (<c>hotel</c>, <c>Restaurants</c>) or a service (<c>Restaurants_2</c>).</param>
    public static DstData Except(DstData data, string domain)
    {
        ArgumentNullException.ThrowIfNull(data);
        RequireKnown(data, domain);
        return new(data, data.Dialogs.Where(dialog => !dialog.IsAbout(domain)), [.. data.HeldOut, domain]);
    }

    /// <summary>The dialogs that are about a domain or service.</summary>
    /// <param name="data">The data.</param>
    /// <param name="domain">A domain or a service.</param>
    public static DstData Only(DstData data, string domain)
    {
        ArgumentNullException.ThrowIfNull(data);
        RequireKnown(data, domain);
        return new(data, data.Dialogs.Where(dialog => dialog.IsAbout(domain)), data.HeldOut);
    }

    /// <summary>Everything without the domain, and a share of the dialogs that are about it: few-shot training; a share of 1 is full training.</summary>
    /// <param name="data">The data.</param>
    /// <param name="domain">A domain or a service.</param>
    /// <param name="share">In (0, 1]; at least one dialog is kept where there is one.</param>
    /// <param name="seed">Fixes which.</param>
    public static DstData FewShot(DstData data, string domain, double share, long seed)
    {
        ArgumentNullException.ThrowIfNull(data);
        RequireKnown(data, domain);
        if (!(share is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), share, "FewShot: the share lies in (0, 1]; for none use Except.");
        int[] about = [.. Enumerable.Range(0, data.Dialogs.Count).Where(i => data.Dialogs[i].IsAbout(domain))];
        var count = Math.Min(about.Length, Math.Max(1, (int)Math.Round(share * about.Length)));
        var kept = new RandomSource(seed).Permutation(about.Length).Take(count).Select(i => about[i]).ToHashSet();
        return new(data, data.Dialogs.Where((dialog, i) => !dialog.IsAbout(domain) || kept.Contains(i)), []);
    }

    /// <summary>The first dialogs of a random order.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="seed">Fixes which.</param>
    public DstData Sample(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new(this, new RandomSource(seed).Permutation(Dialogs.Count).Take(count).Order().Select(i => Dialogs[i]), HeldOut);
    }

    /// <summary>Several sets as one, with all their services.</summary>
    /// <param name="sets">The sets.</param>
    public static DstData Join(params IReadOnlyList<DstData> sets)
    {
        ArgumentNullException.ThrowIfNull(sets);
        if (sets.Count == 0) throw new ArgumentException("Join: there is no set; give one at least.", nameof(sets));
        var schema = sets[0].Schema.With([.. sets.Skip(1).Select(set => set.Schema)]);
        var joined = new DstData(string.Join(" + ", sets.Select(set => set.Source).Distinct()), schema, sets.SelectMany(set => set.Dialogs));
        return new(joined, joined.Dialogs, [.. sets.SelectMany(set => set.HeldOut).Distinct()]);
    }

    /// <summary>Throws where a dialog is about something that is held out.</summary>
    /// <param name="heldOut">Services or domains; those of <see cref="HeldOut"/> are checked in any case.</param>
    /// <exception cref="ArgumentException">One is; the dialog is named.</exception>
    public void RequireNoLeak(params IReadOnlyList<string> heldOut)
    {
        ArgumentNullException.ThrowIfNull(heldOut);
        foreach (var name in HeldOut.Concat(heldOut).Distinct())
        {
            var leaks = Dialogs.Where(dialog => dialog.IsAbout(name)).ToList();
            if (leaks.Count > 0)
                throw new ArgumentException($"Leak: {name} is held out, but {leaks.Count} training dialogs are about it (the first is {leaks[0].Id}); take them away with DstData.Except.", nameof(heldOut));
        }
    }

    private static void RequireKnown(DstData data, string domain)
    {
        ArgumentException.ThrowIfNullOrEmpty(domain);
        if (!data.Schema.Services.Any(service => DialogService.Matches(service.Name, domain)))
            throw new ArgumentException($"DstData: no service or domain is named '{domain}'; the schema has {string.Join(", ", data.Schema.Services.Select(service => service.Name))}.", nameof(domain));
    }
}
