using System.Text.Json;
using System.Text.Json.Serialization;
using Scorch.Checkpoints;
using Scorch.Models.Quantization;

namespace Scorch.Language.Pqrnn;

/// <summary>What <c>config.json</c> says of an exported model.</summary>
internal sealed record QuantizedConfig
{
    public required PqrnnConfig Network { get; init; }

    public required IReadOnlyList<string> Intents { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }
}

/// <summary>
/// A trained pQRNN with 8-bit weights: int8 tensors with a scale and a zero point each, normalisations folded to a scale and a shift a channel,
/// and the activations' ranges. <see cref="ToModel"/> gives a network that predicts bit for bit what the trained one did.
/// </summary>
public sealed class QuantizedModel
{
    private const string WeightsFile = "model.safetensors", ConfigFile = "config.json";

    // Levels 0 to 255 are stored as signed bytes.
    private const int Middle = 128;

    private readonly QuantizedConfig config;

    private QuantizedModel(QuantizedConfig config, IReadOnlyDictionary<string, Tensor> tensors) => (this.config, Tensors) = (config, tensors);

    /// <summary>All tensors by name, as they are saved.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>Settings of the network.</summary>
    public PqrnnConfig Config => config.Network;

    /// <summary>Bytes of all tensors, scales, zero points and ranges included.</summary>
    public long SizeInBytes => Tensors.Values.Sum(tensor => tensor.ElementCount * tensor.DataType.Size());

    internal static QuantizedModel Of(Pqrnn model)
    {
        if (!model.Config.Quantize) throw new InvalidOperationException("Pqrnn.Export: the network was trained without rounding to 8 bits; build it with Quantize = true and train it.");
        using var mode = Autograd.GradientMode.Disable();
        var tensors = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (prefix, module) in model.NamedModules())
        {
            switch (module)
            {
                case QuantizedDense dense:
                    AddWeight(prefix, dense.Weight, dense.Rounding);
                    if (dense.Bias is { } bias) tensors.Add(prefix + "bias", bias.Detach().Clone());
                    break;
                case QrnnDirection direction:
                    AddWeight(prefix, direction.Weight, direction.Rounding);
                    if (direction.Bias is { } gates) tensors.Add(prefix + "bias", gates.Detach().Clone());
                    break;
                case MaskedBatchNorm norm:
                    (tensors[prefix + "scale"], tensors[prefix + "shift"]) = norm.Affine();
                    break;
                case ActivationRange range:
                    _ = range.Grid;
                    tensors.Add(prefix + "ends", range.Ends.Clone());
                    break;
                default:
                    break;
            }
        }
        return new(new() { Network = model.Config, Intents = model.Intents, Tags = model.Tags }, tensors);

        void AddWeight(string prefix, Tensor weight, WeightRounding rounding)
        {
            if (rounding == WeightRounding.AlreadyRounded) throw new InvalidOperationException("Pqrnn.Export: the network came from an export; keep that file.");
            var grid = FakeQuantization.GridOf(weight);
            tensors.Add(prefix + "weight", (FakeQuantization.Levels(weight, grid).To(DataType.Int16) - Middle).To(DataType.Int8));
            tensors.Add(prefix + "weight_scale", Tensor.From((float)grid.Scale));
            tensors.Add(prefix + "weight_zero_point", Tensor.From((byte)grid.ZeroPoint));
        }
    }

    /// <summary>The network again, for evaluation.</summary>
    /// <exception cref="CheckpointException">Tensors are missing or do not fit the settings.</exception>
    public Pqrnn ToModel()
    {
        RequireSizes();
        // Folded normalisations have no variance left to guard against 0.
        var model = Pqrnn.ForJointSlu(config.Network with { Epsilon = 0 }, config.Intents, config.Tags, seed: 0);
        var state = new Dictionary<string, Tensor>();
        foreach (var (prefix, module) in model.NamedModules())
        {
            switch (module)
            {
                case QuantizedDense dense:
                    dense.Rounding = WeightRounding.AlreadyRounded;
                    state.Add(prefix + "weight", Weight(prefix));
                    if (dense.Bias is not null) state.Add(prefix + "bias", Of(prefix + "bias", DataType.Float32));
                    break;
                case QrnnDirection direction:
                    direction.Rounding = WeightRounding.AlreadyRounded;
                    state.Add(prefix + "weight", Weight(prefix));
                    if (direction.Bias is not null) state.Add(prefix + "bias", Of(prefix + "bias", DataType.Float32));
                    break;
                case MaskedBatchNorm norm:
                    state.Add(prefix + "weight", Of(prefix + "scale", DataType.Float32));
                    state.Add(prefix + "bias", Of(prefix + "shift", DataType.Float32));
                    state.Add(prefix + "running_mean", norm.RunningMean.Clone());
                    state.Add(prefix + "running_var", norm.RunningVariance.Clone());
                    break;
                case ActivationRange:
                    state.Add(prefix + "ends", Of(prefix + "ends", DataType.Float32));
                    state.Add(prefix + "batch_count", Tensor.Ones([], DataType.Int64));
                    break;
                default:
                    break;
            }
        }
        try
        {
            model.LoadState(state);
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException($"QuantizedModel: the tensors do not fit the settings ({error.Message}). Export the model again.", error);
        }
        model.Evaluate();
        return model;
    }

    /// <summary>Writes <c>model.safetensors</c> and <c>config.json</c> into a folder, made when missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellation">Stops before the files are written.</param>
    public Task SaveAsync(string folder, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Task.Run(
            () =>
            {
                Directory.CreateDirectory(folder);
                SafeTensors.Save(Path.Combine(folder, WeightsFile), Tensors);
                AtomicFile.WriteText(Path.Combine(folder, ConfigFile), JsonSerializer.Serialize(config, PqrnnJson.Default.QuantizedConfig));
            },
            cancellation);
    }

    /// <summary>Reads what <see cref="SaveAsync"/> wrote.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CheckpointException">A file is missing, damaged or hostile, or the parts do not fit.</exception>
    public static QuantizedModel Load(string folder)
    {
        var config = ModelFolder.LoadConfig(folder, PqrnnJson.Default.QuantizedConfig);
        if (config is not { Network.Projection: not null, Intents: not null, Tags: not null }) throw new CheckpointException($"{folder}: config.json lacks a part; export the model again.");
        var model = new QuantizedModel(config, ModelFolder.LoadWeights(folder));
        try
        {
            config.Network.Validate();
        }
        catch (ArgumentException error)
        {
            throw new CheckpointException($"{folder}: config.json has an impossible setting ({error.Message}). Export the model again.", error);
        }
        model.RequireSizes();
        return model;
    }

    /// <summary>Sizes that the settings ask for are held against the tensors' before anything of that size is made.</summary>
    private void RequireSizes()
    {
        var network = config.Network;
        var states = 2L * network.StateSize;
        Require("bottleneck.weight", network.Bottleneck, network.FeatureSize);
        Require("slot_head.weight", config.Tags.Count, states);
        Require("intent_head.weight", config.Intents.Count, states);
        if (network.Layers > Tensors.Count) throw new CheckpointException($"QuantizedModel: config.json asks for {network.Layers} layers, but there are {Tensors.Count} tensors. Export the model again.");
        for (var i = 0; i < network.Layers; i++)
        {
            var layer = network.Layer(i);
            foreach (var direction in (string[])["forward", "backward"]) Require($"layers.{i}.{direction}.weight", (long)layer.Gates * layer.StateSize, layer.Inputs, layer.Kernel);
        }

        void Require(string name, params long[] shape)
        {
            if (!Of(name, DataType.Int8).Shape.Select(size => (long)size).SequenceEqual(shape))
                throw new CheckpointException($"QuantizedModel: config.json asks for {name} of [{string.Join(", ", shape)}], the file has {Tensors[name].Shape}. Export the model again.");
        }
    }

    private Tensor Weight(string prefix)
    {
        var (scale, zero) = (Of(prefix + "weight_scale", DataType.Float32), Of(prefix + "weight_zero_point", DataType.UInt8));
        if (scale.ElementCount != 1 || zero.ElementCount != 1 || !(scale.Reshape(-1).ToArray<float>()[0] is var factor && factor > 0 && float.IsFinite(factor)))
            throw new CheckpointException($"QuantizedModel: {prefix}weight needs one scale above 0 and one zero point. Export the model again.");
        return (Of(prefix + "weight", DataType.Int8).To(DataType.Float32) + (double)(Middle - zero.Reshape(-1).ToArray<byte>()[0])) * (double)factor;
    }

    private Tensor Of(string name, DataType type) => Tensors.TryGetValue(name, out var tensor) && tensor.DataType == type
        ? tensor
        : throw new CheckpointException($"QuantizedModel: there is no {type} tensor '{name}'. Export the model again.");
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(QuantizedConfig))]
[JsonSerializable(typeof(MtopTokens))]
[JsonSerializable(typeof(TeacherNames))]
internal sealed partial class PqrnnJson : JsonSerializerContext;
