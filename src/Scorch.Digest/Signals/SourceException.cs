namespace Scorch.Digest;

/// <summary>A source of papers or mentions failed.</summary>
/// <param name="message">Which source, what happened and what to do. Never holds a token.</param>
/// <param name="innerException">What happened underneath, or null.</param>
public sealed class SourceException(string message, Exception? innerException = null) : Exception(message, innerException);
