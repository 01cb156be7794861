namespace Scorch.Media;

/// <summary>A picture or sound file is damaged, truncated, too large or of a kind that is not read.</summary>
public sealed class MediaFormatException : IOException
{
    /// <summary>An error at a place of a file.</summary>
    /// <param name="file">The file's name, or what stands for it.</param>
    /// <param name="offset">Where in the file the trouble was met, in bytes from its start.</param>
    /// <param name="problem">What is wrong, and what to do about it.</param>
    public MediaFormatException(string file, long offset, string problem)
        : base($"{file}, byte {offset}: {problem}")
    {
        File = file;
        Offset = offset;
    }

    /// <summary>The file's name.</summary>
    public string File { get; }

    /// <summary>Bytes from the start of the file.</summary>
    public long Offset { get; }
}
