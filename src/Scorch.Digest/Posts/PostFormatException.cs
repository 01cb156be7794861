using System.Globalization;

namespace Scorch.Digest;

/// <summary>A post is not written as posts are.</summary>
/// <param name="line">The line, from 1.</param>
/// <param name="reason">What was expected and what was found.</param>
public sealed class PostFormatException(int line, string reason)
    : FormatException(string.Create(CultureInfo.InvariantCulture, $"line {line}: {reason}"))
{
    /// <summary>The line at which it shows, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>What was expected and what was found.</summary>
    public string Reason { get; } = reason;
}
