namespace Scorch.Digest;

/// <summary>A folder that one process at a time publishes into; files appear whole or not at all.</summary>
public sealed class DigestFolder : IDisposable
{
    private const string LockName = ".digest.lock";
    private const string Unfinished = ".part";

    private readonly string _path;
    private readonly FileStream _lock;

    private DigestFolder(string path, FileStream held) => (_path, _lock) = (path, held);

    /// <summary>Takes the folder, which is made where it is missing.</summary>
    /// <exception cref="FolderInUseException">Another process has it.</exception>
    public static DigestFolder Take(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Directory.CreateDirectory(path);
        var name = Path.Combine(path, LockName);
        try
        {
            // The system gives the lock back whatever way the process ends; the file itself stays and means nothing.
            return new DigestFolder(path, new FileStream(name, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException problem) when (File.Exists(name))
        {
            throw new FolderInUseException($"Another process publishes into {path} just now; wait until it is done.", problem);
        }
    }

    /// <summary>Writes a file beside its place, then renames it.</summary>
    /// <param name="name">Its name in the folder; folders in it are made.</param>
    /// <param name="bytes">All of it.</param>
    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(_path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);

        // What a killed process left under this name is written over.
        var part = path + Unfinished;
        File.WriteAllBytes(part, bytes);
        File.Move(part, path, overwrite: true);
    }

    /// <summary>Gives the folder back.</summary>
    public void Dispose() => _lock.Dispose();
}

/// <summary>Another process publishes into a folder.</summary>
/// <param name="message">Which folder, and what to do.</param>
/// <param name="innerException">What the system said.</param>
public sealed class FolderInUseException(string message, Exception? innerException = null) : IOException(message, innerException);
