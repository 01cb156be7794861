namespace Scorch.Reproductions;

/// <summary>The user asked for something that does not exist or does not fit. The command line answers with exit code 2.</summary>
public sealed class UsageException : Exception
{
    /// <summary>Says what was wrong and what would be right.</summary>
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>Says what was wrong and what would be right, with the error underneath.</summary>
    public UsageException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
