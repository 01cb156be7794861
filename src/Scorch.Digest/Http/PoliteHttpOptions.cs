namespace Scorch.Digest;

/// <summary>How politely and how patiently a server is asked.</summary>
public sealed record PoliteHttpOptions
{
    /// <summary>How often one request is sent at most, the first time included; at least 1.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>Time that one attempt may take, its answer's body included. It runs by the real clock.</summary>
    public TimeSpan AttemptTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The wait after the first failed attempt where the server does not name one; each further wait is about twice as long.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait. A server that asks for more is not asked again: the request fails and says when to come back.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromMinutes(16);

    /// <summary>Time from the start of one request to the start of the next, at least.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.Zero;

    /// <summary>The largest answer, in bytes once unpacked.</summary>
    public int LargestAnswer { get; init; } = 64 << 20;

    /// <summary>How deeply an answer's JSON may nest.</summary>
    public int DeepestJson { get; init; } = 64;

    /// <summary>These options, once they are known to make sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range; the message names it.</exception>
    internal PoliteHttpOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(AttemptTime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Interval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LargestAnswer, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(DeepestJson, 1);
        return this;
    }
}
