using Scorch.Checkpoints;

namespace Scorch.Vision.RepVgg;

/// <summary>Checkpoint files by their ending.</summary>
internal static class RepVggFile
{
    public const string Readable = ".safetensors, .pth, .pt or .npz";
    public const string Writable = ".safetensors or .npz";

    public static IReadOnlyDictionary<string, Tensor> Read(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".safetensors" => SafeTensors.Load(path),
        ".pth" or ".pt" => PyTorchFile.Load(path),
        ".npz" => Npz.Load(path),
        var ending => throw new ArgumentException($"{path}: checkpoints ending in '{ending}' are not read; give {Readable}."),
    };

    public static void CheckWritable(string path)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is not (".safetensors" or ".npz"))
            throw new ArgumentException($"{path}: checkpoints ending in '{Path.GetExtension(path)}' are not written; give {Writable}.");
    }

    public static void Write(string path, IReadOnlyDictionary<string, Tensor> state)
    {
        CheckWritable(path);
        if (string.Equals(Path.GetExtension(path), ".npz", StringComparison.OrdinalIgnoreCase)) Npz.Save(path, state);
        else SafeTensors.Save(path, state);
    }
}
