using Scorch.Checkpoints;

namespace Scorch.Vision.RepVgg;

/// <summary>Checkpoint files by their ending.</summary>
internal static class RepVggFile
{
    public const string Readable = ".npz";
    public const string Writable = ".npz";

    public static IReadOnlyDictionary<string, Tensor> Read(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".npz" => Npz.Load(path),
        var ending => throw new ArgumentException($"{path}: checkpoints ending in '{ending}' are not read; give {Readable}."),
    };

    public static void Write(string path, IReadOnlyDictionary<string, Tensor> state)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".npz":
                Npz.Save(path, state);
                break;
            case var ending:
                throw new ArgumentException($"{path}: checkpoints ending in '{ending}' are not written; give {Writable}.");
        }
    }
}
