namespace Scorch.Digest;

/// <summary>Which papers and mentions a digest shows. The defaults are those of the digest.</summary>
public sealed record RankingOptions
{
    /// <summary>The points from which on a paper is listed by <see cref="PointsRanking"/>, 0 or more.</summary>
    public long LeastPoints { get; init; } = 50;

    /// <summary>How many different accounts must speak of a paper for <see cref="RobustRanking"/> to list it, 1 or more.</summary>
    public int LeastAccounts { get; init; } = 1;

    /// <summary>How many papers are listed at most, 1 or more.</summary>
    public int MostPapers { get; init; } = int.MaxValue;

    /// <summary>How many mentions are shown of a paper at most, 1 or more.</summary>
    public int MostMentions { get; init; } = 10;

    /// <summary>The points from which on a mention is shown; a paper's first is shown whatever it has.</summary>
    public long LeastMentionPoints { get; init; } = 25;

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(LeastPoints);
        ArgumentOutOfRangeException.ThrowIfLessThan(LeastAccounts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MostPapers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MostMentions, 1);
    }
}
