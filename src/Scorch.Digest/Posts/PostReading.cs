using System.Globalization;

namespace Scorch.Digest;

/// <summary>Something in a post that is not written as posts are.</summary>
/// <param name="Line">The line at which it shows, from 1.</param>
/// <param name="Reason">What was expected and what was found.</param>
public sealed record PostProblem(int Line, string Reason)
{
    /// <summary>The line and the reason, as shown to people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"line {Line}: {Reason}");
}

/// <summary>What could be read of a post.</summary>
/// <param name="Header">Its front matter; null where that could not be read.</param>
/// <param name="Entries">The papers that could be read, in their order.</param>
/// <param name="Problems">Everything that could not be read, or is written in another way; none where reading was exact.</param>
public sealed record PostReading(PostHeader? Header, IReadOnlyList<DigestEntry> Entries, IReadOnlyList<PostProblem> Problems)
{
    /// <summary>What was read as a post; null without a header.</summary>
    public DigestPost? Post => Header is null ? null : new DigestPost { Header = Header, Entries = Entries };
}
