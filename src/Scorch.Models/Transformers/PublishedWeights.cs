using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Scorch.Checkpoints;
using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>How a published file's tensors become a module's.</summary>
/// <param name="Rename">From a name in the file to the module's.</param>
/// <param name="Skip">Names, after renaming, that hold nothing to learn or belong to a head that the module lacks.</param>
/// <param name="Shared">Names that files may repeat and the tensors whose values they must have.</param>
internal sealed record PublishedWeights(Func<string, string> Rename, Func<string, bool> Skip, (string Copy, string Original)[] Shared)
{
    /// <summary>Names of the module that a file may lack, such as a new head's.</summary>
    public Func<string, bool> MayLack { get; init; } = _ => false;

    public void Load(Module module, IReadOnlyDictionary<string, Tensor> weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var state = new Dictionary<string, Tensor>();
        foreach (var (given, tensor) in weights)
        {
            var name = Rename(given);
            if (Skip(name)) continue;
            if (!state.TryAdd(name, tensor))
                throw new ArgumentException($"LoadPublished: {given} and another tensor both stand for {name}; keep one of them.", nameof(weights));
        }
        var own = module.State();
        foreach (var (copy, original) in Shared)
        {
            if (own.ContainsKey(copy) || !state.Remove(copy, out var repeated)) continue;
            if (!state.TryGetValue(original, out var first)) state.Add(original, repeated);
            else if (first.Shape != repeated.Shape || !first.To(DataType.Float32).EqualTo(repeated.To(DataType.Float32)).ToArray<bool>().All(same => same))
                throw new ArgumentException($"LoadPublished: {copy} differs from {original}, which this model shares; load it into a model whose configuration does not tie them.", nameof(weights));
        }
        foreach (var (name, tensor) in own)
            if (MayLack(name)) state.TryAdd(name, tensor);
        module.LoadState(state);
    }

    public static TModel LoadFolder<TConfig, TModel>(
        string folder, JsonTypeInfo<TConfig> contract, Func<TConfig, IReadOnlyDictionary<string, Tensor>, TModel> build, Action<TModel, IReadOnlyDictionary<string, Tensor>> load)
        where TConfig : new()
        where TModel : Module
    {
        var config = LoadConfig(folder, contract);
        var pickled = Path.Combine(folder, "pytorch_model.bin");
        var holdsSafeTensors = File.Exists(Path.Combine(folder, "model.safetensors")) || File.Exists(Path.Combine(folder, "model.safetensors.index.json"));
        var weights = !holdsSafeTensors && File.Exists(pickled) ? PyTorchFile.Load(pickled) : ModelFolder.LoadWeights(folder);
        try
        {
            var model = build(config, weights);
            load(model, weights);
            model.Evaluate();
            return model;
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException($"{folder}: the weights do not fit the model that config.json describes ({error.Message}). Check that both belong together.", error);
        }
    }

    /// <summary>The file's settings over the defaults: published files leave out what was usual when they were written.</summary>
    private static TConfig LoadConfig<TConfig>(string folder, JsonTypeInfo<TConfig> contract)
        where TConfig : new()
    {
        var given = ModelFolder.LoadConfig(folder, TransformerJson.Default.JsonObject);
        var settings = JsonSerializer.SerializeToNode(new TConfig(), contract)!.AsObject();
        foreach (var (name, value) in given)
            if (settings.ContainsKey(name)) settings[name] = value?.DeepClone();
        try
        {
            return settings.Deserialize(contract)!;
        }
        catch (JsonException error)
        {
            throw new CheckpointException($"{Path.Combine(folder, "config.json")}: not a {typeof(TConfig).Name} ({error.Message}). Correct the file, or use a model that this code knows.", error);
        }
    }
}
