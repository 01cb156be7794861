namespace Scorch.Language.ZeroShotDst;

/// <summary>How states are counted: a parameter that every report prints, because published figures differ by it.</summary>
/// <param name="Name">What reports call it.</param>
public sealed record Convention(string Name)
{
    /// <summary>Leave one domain out, as the paper and those before it: dialogs about the service, all user turns from the first on, its slots alone, and a tracker that never saw the service.</summary>
    public static Convention MultiWozZeroShot { get; } = new("zero-shot, all turns");

    /// <summary>The same, from the first turn on in which the user's state for the service is not empty.</summary>
    public static Convention ZeroShotActiveTurns { get; } = new("zero-shot, turns since the service began") { CountsTurnsBefore = false };

    /// <summary>For trackers that were trained on the service, wholly or with a few dialogs.</summary>
    public static Convention InDomain { get; } = new("in-domain, all turns") { RequiresUnseen = false };

    /// <summary>All dialogs, those that never mention the service too.</summary>
    public static Convention AllDialogs { get; } = new("in-domain, all dialogs") { RequiresUnseen = false, OnlyDialogsAbout = false };

    /// <summary>The conventions by their names on the command line.</summary>
    public static IReadOnlyDictionary<string, Convention> Named { get; } = new Dictionary<string, Convention>
    {
        ["zero-shot"] = MultiWozZeroShot,
        ["zero-shot-active"] = ZeroShotActiveTurns,
        ["in-domain"] = InDomain,
        ["all-dialogs"] = AllDialogs,
    };

    /// <summary>Whether turns count in which nothing is known of the service yet: they favour trackers that say little.</summary>
    public bool CountsTurnsBefore { get; init; } = true;

    /// <summary>Whether only dialogs about the service are tested on.</summary>
    public bool OnlyDialogsAbout { get; init; } = true;

    /// <summary>Whether a tracker that was trained on the service is refused.</summary>
    public bool RequiresUnseen { get; init; } = true;

    /// <summary>The convention in words.</summary>
    public string Description =>
        $"{Name}: {(OnlyDialogsAbout ? "dialogs about the service" : "all dialogs")}; {(CountsTurnsBefore ? "every user turn from the first on, also where nothing is known yet" : "user turns from the first with a value of the service on")}; the service's slots only; a turn is right when all its slots are, over the whole state so far; {(RequiresUnseen ? "no training dialog may be about the service (checked)" : "training dialogs may be about the service")}.";
}
