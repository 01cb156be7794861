namespace Scorch.Text;

/// <summary>A text, vocabulary or model file that cannot be read as what it claims to be: says where and why.</summary>
/// <param name="message">What was wrong, where, and what would be right.</param>
/// <param name="inner">The cause, if another error showed it.</param>
public sealed class TextFormatException(string message, Exception? inner = null) : FormatException(message, inner);
