namespace Scorch.Digest;

/// <summary>The digest of one day, as a post: its header and the day's papers in order of rank.</summary>
/// <remarks>Everything that a post says is a typed field here; a renderer sees nothing else.</remarks>
public sealed record DigestPost
{
    /// <summary>What stands above the papers.</summary>
    public required PostHeader Header { get; init; }

    /// <summary>The papers, hottest first.</summary>
    public required IReadOnlyList<DigestEntry> Entries { get; init; }

    /// <summary>The day whose papers these are.</summary>
    public DateOnly Day => Header.Day;

    /// <summary>The same post with its papers ranked 1, 2, 3 ... in the order in which they stand, as after one was inserted or removed.</summary>
    public DigestPost Renumbered() => this with { Entries = [.. Entries.Select((entry, index) => entry with { Rank = index + 1 })] };
}
