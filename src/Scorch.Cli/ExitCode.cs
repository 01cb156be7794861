namespace Scorch.Cli;

/// <summary>What the process answers to its caller.</summary>
public static class ExitCode
{
    /// <summary>It ran, whatever the verdicts.</summary>
    public const int Success = 0;

    /// <summary>It failed.</summary>
    public const int Failure = 1;

    /// <summary>It was asked for something that does not exist or does not fit.</summary>
    public const int Usage = 2;

    /// <summary>A data set is not on this machine.</summary>
    public const int MissingData = 3;

    /// <summary>It did what it could, but a source did not answer; which one is on standard error.</summary>
    public const int Partial = 4;

    /// <summary>Another process is at the same work.</summary>
    public const int Busy = 5;

    /// <summary>It was stopped by a signal.</summary>
    public const int Cancelled = 130;
}
