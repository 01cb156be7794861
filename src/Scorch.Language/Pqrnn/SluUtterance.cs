namespace Scorch.Language.Pqrnn;

/// <summary>A request: its tokens and, where it is labelled, a tag for each token and an intent.</summary>
public sealed record SluUtterance
{
    /// <summary>A labelled request.</summary>
    /// <param name="tokens">Its tokens, at least one.</param>
    /// <param name="tags">A tag for each: <c>O</c>, <c>B-type</c> or <c>I-type</c>.</param>
    /// <param name="intent">What is asked for.</param>
    /// <exception cref="ArgumentException">There is no token, the counts differ, or the intent is empty.</exception>
    public SluUtterance(IReadOnlyList<string> tokens, IReadOnlyList<string> tags, string intent)
        : this(tokens)
    {
        ArgumentNullException.ThrowIfNull(tags);
        if (tags.Count != tokens.Count) throw new ArgumentException($"SluUtterance: {tokens.Count} tokens, but {tags.Count} tags; give one for each.", nameof(tags));
        if (string.IsNullOrWhiteSpace(intent)) throw new ArgumentException("SluUtterance: the intent is empty; give a name, or leave tags and intent out.", nameof(intent));
        (Tags, Intent) = (tags, intent);
    }

    /// <summary>A request without labels.</summary>
    /// <param name="tokens">Its tokens, at least one.</param>
    /// <exception cref="ArgumentException">There is no token.</exception>
    public SluUtterance(IReadOnlyList<string> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        if (tokens.Count == 0) throw new ArgumentException("SluUtterance: there is no token; leave the utterance out.", nameof(tokens));
        Tokens = tokens;
    }

    /// <summary>The tokens.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>A tag for each token; null where the request is not labelled.</summary>
    public IReadOnlyList<string>? Tags { get; }

    /// <summary>What is asked for; null where the request is not labelled.</summary>
    public string? Intent { get; }

    /// <summary>The distinct intents and tags of labelled requests, each in ordinal order.</summary>
    /// <param name="utterances">The requests.</param>
    public static (IReadOnlyList<string> Intents, IReadOnlyList<string> Tags) Names(IEnumerable<SluUtterance> utterances)
    {
        ArgumentNullException.ThrowIfNull(utterances);
        var (intents, tags) = (new SortedSet<string>(StringComparer.Ordinal), new SortedSet<string>(StringComparer.Ordinal));
        foreach (var utterance in utterances)
        {
            if (utterance.Intent is { } intent) intents.Add(intent);
            foreach (var tag in utterance.Tags ?? []) tags.Add(tag);
        }
        return ([.. intents], [.. tags]);
    }
}
