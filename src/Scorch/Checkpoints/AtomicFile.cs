namespace Scorch.Checkpoints;

/// <summary>Files that appear whole or not at all.</summary>
public static class AtomicFile
{
    /// <summary>Writes to a temporary file beside <paramref name="path"/>, flushes it to disk, then renames it.</summary>
    /// <param name="path">The file; its folder is made when missing.</param>
    /// <param name="write">Writes the content.</param>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var temporary = $"{full}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}

/// <summary>The bytes of contiguous tensors.</summary>
internal static class TensorBytes
{
    public static byte[] Of(Tensor tensor)
    {
        var bytes = new byte[tensor.ElementCount * tensor.DataType.Size()];
        tensor.Kernels.Read(tensor.Operand, bytes);
        return bytes;
    }
}
