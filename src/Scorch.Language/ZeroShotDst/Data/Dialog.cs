namespace Scorch.Language.ZeroShotDst;

/// <summary>Who speaks.</summary>
public enum Speaker
{
    /// <summary>The person who wants something.</summary>
    User,

    /// <summary>The system, or the person who serves.</summary>
    System,
}

/// <summary>A turn of a dialog.</summary>
/// <param name="Speaker">Who speaks.</param>
/// <param name="Text">What is said.</param>
public sealed record DialogTurn(Speaker Speaker, string Text)
{
    /// <summary>After a user's turn the cumulative state: for each filled slot every value that counts as right, the first as written by the annotators; empty where nothing is known.</summary>
    public IReadOnlyDictionary<SlotName, IReadOnlyList<string>> State { get; init; } = new Dictionary<SlotName, IReadOnlyList<string>>();
}

/// <summary>A dialog whose speakers take turns.</summary>
public sealed class Dialog
{
    /// <summary>A dialog.</summary>
    /// <param name="id">Its name in the data.</param>
    /// <param name="services">The services that it is about.</param>
    /// <param name="turns">Its turns; user and system alternate, either may begin.</param>
    /// <exception cref="ArgumentException">There is no turn, or a speaker has two turns in a row.</exception>
    public Dialog(string id, IReadOnlyList<string> services, IReadOnlyList<DialogTurn> turns)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(turns);
        if (turns.Count == 0) throw new ArgumentException($"Dialog {id}: there is no turn; one at least is expected.", nameof(turns));
        for (var i = 1; i < turns.Count; i++)
            if (turns[i].Speaker == turns[i - 1].Speaker)
                throw new ArgumentException($"Dialog {id}: turns {i} and {i + 1} both belong to the {turns[i].Speaker.ToString().ToLowerInvariant()}; speakers alternate. Join the two, or put the missing turn between them.", nameof(turns));
        (Id, Services, Turns) = (id, [.. services], [.. turns]);
        UserTurns = [.. Enumerable.Range(0, Turns.Count).Where(i => Turns[i].Speaker == Speaker.User)];
    }

    /// <summary>Its name in the data.</summary>
    public string Id { get; }

    /// <summary>The services that it is about.</summary>
    public IReadOnlyList<string> Services { get; }

    /// <summary>The turns in order.</summary>
    public IReadOnlyList<DialogTurn> Turns { get; }

    /// <summary>Places of the user's turns among the turns.</summary>
    public IReadOnlyList<int> UserTurns { get; }

    /// <summary>Whether the dialog is about a service or domain.</summary>
    /// <param name="name">A service or a domain.</param>
    public bool IsAbout(string name) => Services.Any(service => DialogService.Matches(service, name));

    /// <summary>A dialog without states, from what was said: the user begins unless told otherwise.</summary>
    /// <param name="utterances">The turns in order.</param>
    /// <param name="first">Who begins.</param>
    public static Dialog FromText(IEnumerable<string> utterances, Speaker first = Speaker.User)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        return new("transcript", [], [.. utterances.Select((text, i) => new DialogTurn(i % 2 == 0 ? first : first == Speaker.User ? Speaker.System : Speaker.User, text))]);
    }
}
