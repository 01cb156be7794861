namespace Scorch.Digest;

/// <summary>A public post about a paper.</summary>
public sealed record Mention
{
    /// <summary>Where it was published, e.g. <c>x</c>, <c>bluesky</c>, <c>mastodon</c>, <c>hacker-news</c>, <c>hugging-face</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Address of the post; with <see cref="Source"/> it identifies the mention.</summary>
    public required string Address { get; init; }

    /// <summary>The author's display name.</summary>
    public required string AuthorName { get; init; }

    /// <summary>The author's account, without a leading <c>@</c>.</summary>
    public required string AuthorHandle { get; init; }

    /// <summary>What it says: text, links and line breaks in order, never markup.</summary>
    public required IReadOnlyList<TextRun> Text { get; init; }

    /// <summary>Language as a BCP 47 tag, e.g. <c>en</c>; <c>und</c> where the source does not tell.</summary>
    public required string Language { get; init; }

    /// <summary>Whether the text runs from right to left.</summary>
    public bool IsRightToLeft { get; init; }

    /// <summary>When it was published, in UTC; a digest post tells only the day.</summary>
    public required DateTime PostedAt { get; init; }

    /// <summary>How often it was reposted; null where that is not known.</summary>
    public long? Reposts { get; init; }

    /// <summary>How often it was liked; null where that is not known.</summary>
    public long? Likes { get; init; }

    /// <summary>Address of the post that this one repeats; null for an original.</summary>
    public string? RepostOf { get; init; }

    /// <summary>Reposts and likes together, unknown counted as none.</summary>
    public long Points => (Reposts ?? 0) + (Likes ?? 0);

    /// <summary>The text alone, line breaks as <c>\n</c>.</summary>
    public string PlainText => string.Concat(Text.Select(run => run.Kind == TextRunKind.LineBreak ? "\n" : run.Text));
}

/// <summary>What a piece of a mention's text is.</summary>
public enum TextRunKind
{
    /// <summary>Plain text.</summary>
    Text,

    /// <summary>A link with its visible text.</summary>
    Link,

    /// <summary>The end of a line.</summary>
    LineBreak,
}

/// <summary>A piece of a mention's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The visible characters, not encoded in any way; empty for a line break.</param>
/// <param name="Address">Where a link leads; null otherwise.</param>
public sealed record TextRun(TextRunKind Kind, string Text, string? Address = null)
{
    /// <summary>The end of a line.</summary>
    public static TextRun LineBreak { get; } = new(TextRunKind.LineBreak, "");

    /// <summary>Plain text.</summary>
    public static TextRun Plain(string text) => new(TextRunKind.Text, text);

    /// <summary>A link.</summary>
    public static TextRun Link(string address, string text) => new(TextRunKind.Link, text, address);
}
