using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Scorch.Modules;

namespace Scorch.Checkpoints;

/// <summary>A model as a folder: <c>config.json</c> beside <c>model.safetensors</c>, or beside its shards and their index.</summary>
public static class ModelFolder
{
    private const long MaximumConfigBytes = 16L << 20;

    /// <summary>Saves configuration and weights; every file is whole before the first takes its place.</summary>
    /// <param name="folder">The folder, made when missing.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="contract">Its source-generated JSON contract.</param>
    /// <param name="module">The module whose parameters and buffers are saved.</param>
    /// <param name="shardBytes">The most bytes of tensors in one file.</param>
    public static void Save<TConfig>(string folder, TConfig config, JsonTypeInfo<TConfig> contract, Module module, long shardBytes = 5_000_000_000)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(contract);
        ArgumentNullException.ThrowIfNull(module);
        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        var (_, files) = SafeTensors.Plan(folder, "model", module.State(), shardBytes, metadata);
        var stale = SafeTensors.Stale(folder, "model", files);
        files.Add((Path.Combine(folder, "config.json"), stream => JsonSerializer.Serialize(stream, config, contract)));
        AtomicFile.WriteAll(files);
        foreach (var file in stale) File.Delete(file);
    }

    /// <summary>Builds the module that <c>config.json</c> describes and loads its weights.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="contract">The configuration's source-generated JSON contract.</param>
    /// <param name="build">Makes the module from its configuration.</param>
    /// <param name="strict">Refuse missing and unknown names.</param>
    /// <exception cref="CheckpointException">A file is missing, damaged or hostile, or the weights do not fit the module.</exception>
    public static TModule Load<TConfig, TModule>(string folder, JsonTypeInfo<TConfig> contract, Func<TConfig, TModule> build, bool strict = true)
        where TModule : Module
    {
        ArgumentNullException.ThrowIfNull(build);
        var config = LoadConfig(folder, contract);
        var weights = LoadWeights(folder);
        var module = build(config);
        try
        {
            module.LoadState(weights, strict);
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException($"{folder}: the weights do not fit the module that config.json describes ({error.Message}). Check that both come from the same save.", error);
        }
        return module;
    }

    /// <summary>Reads <c>config.json</c> alone.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    public static TConfig LoadConfig<TConfig>(string folder, JsonTypeInfo<TConfig> contract)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(contract);
        var path = Path.Combine(folder, "config.json");
        if (!File.Exists(path)) throw new CheckpointException($"{path}: there is no such file; give the folder that ModelFolder.Save wrote.");
        using var stream = File.OpenRead(path);
        if (stream.Length > MaximumConfigBytes) throw new CheckpointException($"{path}: {stream.Length} bytes are more than the {MaximumConfigBytes} of any configuration; the file is damaged or hostile.");
        try
        {
            return JsonSerializer.Deserialize(stream, contract) ?? throw new CheckpointException($"{path}: the configuration is null; write it again.");
        }
        catch (JsonException error)
        {
            throw new CheckpointException($"{path}: not a {typeof(TConfig).Name} ({error.Message}). Correct the file or save the model again.", error);
        }
    }

    /// <summary>Reads the weights alone, from shards when there is an index.</summary>
    /// <exception cref="CheckpointException">The weights are missing, damaged or hostile.</exception>
    public static IReadOnlyDictionary<string, Tensor> LoadWeights(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var (index, single) = (Path.Combine(folder, "model" + SafeTensors.IndexSuffix), Path.Combine(folder, "model.safetensors"));
        if (File.Exists(index)) return SafeTensors.Load(index);
        if (File.Exists(single)) return SafeTensors.Load(single);
        throw new CheckpointException($"{folder}: neither model.safetensors nor its index is there; give the folder that ModelFolder.Save wrote.");
    }
}
