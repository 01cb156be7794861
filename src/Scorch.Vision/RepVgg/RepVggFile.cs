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
        ".pth" or ".pt" => StateDictionary(PyTorchFile.Load(path)),
        ".npz" => Npz.Load(path),
        var ending => throw new ArgumentException($"{path}: checkpoints ending in '{ending}' are not read; give {Readable}."),
    };

    /// <summary>Of a whole training checkpoint (epoch, optimizer, state_dict …) the state dictionary; a plain one as it is.</summary>
    private static IReadOnlyDictionary<string, Tensor> StateDictionary(IReadOnlyDictionary<string, Tensor> tensors)
    {
        const string prefix = "state_dict.";
        var inside = tensors.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);
        return inside.Count == 0 ? tensors : inside;
    }

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
