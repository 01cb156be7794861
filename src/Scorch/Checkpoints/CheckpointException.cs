namespace Scorch.Checkpoints;

/// <summary>A checkpoint is damaged, hostile, or does not hold what was asked for.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>With a message that names the file, what is wrong and the remedy.</summary>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <summary>With the cause.</summary>
    public CheckpointException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
