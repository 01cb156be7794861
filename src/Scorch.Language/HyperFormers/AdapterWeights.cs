using System.Globalization;
using Scorch.Checkpoints;
using Scorch.Models.Transformers;

namespace Scorch.Language.HyperFormers;

/// <summary>One task's adapters as plain weights, and the backbone's normalisations as they were trained: all that serving the task needs beside the T5.</summary>
public sealed class AdapterWeights
{
    private const string TaskKey = "task";
    private const string AdapterPrefix = "adapter.";
    private const string NormPrefix = "norm.";

    internal AdapterWeights(string task, StackAdapters encoder, StackAdapters decoder, IReadOnlyDictionary<string, Tensor> norms) =>
        (Task, Encoder, Decoder, Norms) = (task, encoder, decoder, norms);

    /// <summary>The task.</summary>
    public string Task { get; }

    /// <summary>Adapters of the encoder.</summary>
    public StackAdapters Encoder { get; }

    /// <summary>Adapters of the decoder.</summary>
    public StackAdapters Decoder { get; }

    /// <summary>Weights of the backbone's normalisations by their names.</summary>
    public IReadOnlyDictionary<string, Tensor> Norms { get; }

    /// <summary>Puts the adapters into a T5, which then does the task alone and needs to be told no task; its normalisations take the trained weights.</summary>
    /// <param name="backbone">The T5, without adapters, changed in place.</param>
    /// <exception cref="ArgumentException">The T5 has other layers or sizes, lacks a part, or has adapters already.</exception>
    public void AttachTo(T5Model backbone)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        foreach (var (name, stack, adapters) in new[] { ("encoder", backbone.Encoder, Encoder), ("decoder", backbone.Decoder, Decoder) })
            if (stack.Block.Count != adapters.Layers)
                throw new ArgumentException($"AdapterWeights: adapters for {adapters.Layers} layers of the {name}, the backbone has {stack.Block.Count}; give the T5 that they were trained in.", nameof(backbone));
        foreach (var features in Named("encoder", Encoder).Concat(Named("decoder", Decoder)).Where(entry => entry.Key.EndsWith("post_layer_norm.weight", StringComparison.Ordinal)).Select(entry => entry.Value.Shape[0]))
            if (features != backbone.Config.Features)
                throw new ArgumentException($"AdapterWeights: adapters for {features} features, the backbone has {backbone.Config.Features}; give the T5 that they were trained in.", nameof(backbone));
        AdapterPlaces.Attach(backbone, (isDecoder, layer, position) =>
        {
            var adapter = (isDecoder ? Decoder : Encoder)[layer, position];
            return (x, _) => adapter.Apply(x);
        });
        HyperFormer.LoadNorms(backbone, Norms);
    }

    /// <summary>Writes one file.</summary>
    /// <param name="path">The file (safetensors).</param>
    public void Save(string path) => SafeTensors.Save(
        path,
        [.. Named("encoder", Encoder), .. Named("decoder", Decoder), .. Norms.Select(entry => KeyValuePair.Create(NormPrefix + entry.Key, entry.Value))],
        new Dictionary<string, string> { [TaskKey] = Task });

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">The file is damaged or holds something else.</exception>
    public static AdapterWeights Load(string path)
    {
        if (!SafeTensors.LoadMetadata(path).TryGetValue(TaskKey, out var task)) throw new CheckpointException($"{path}: no file of materialised adapters; write it with AdapterWeights.Save.");
        var tensors = SafeTensors.Load(path);
        var norms = tensors.Where(entry => entry.Key.StartsWith(NormPrefix, StringComparison.Ordinal)).ToDictionary(entry => entry.Key[NormPrefix.Length..], entry => entry.Value);
        return new(task, Stack("encoder"), Stack("decoder"), norms);

        StackAdapters Stack(string stack)
        {
            var layers = 0;
            while (tensors.ContainsKey(Name(stack, layers, AdapterPosition.FeedForward) + "up_sampler.weight")) layers++;
            if (layers == 0) throw new CheckpointException($"{path}: there is no adapter of the {stack}; write the file with AdapterWeights.Save.");
            return new(layers, (layer, position) => Checked(Name(stack, layer, position)));
        }

        AdapterLayer Checked(string prefix)
        {
            var adapter = new AdapterLayer(
                Find(prefix + "down_sampler.weight"), Find(prefix + "down_sampler.bias"), Find(prefix + "up_sampler.weight"),
                Find(prefix + "up_sampler.bias"), Find(prefix + "post_layer_norm.weight"), Find(prefix + "post_layer_norm.bias"));
            if (adapter.DownWeight.Rank != 2) throw new CheckpointException($"{path}: {prefix}down_sampler.weight has shape {adapter.DownWeight.Shape}; it is a matrix.");
            var (inner, features) = (adapter.DownWeight.Shape[0], adapter.DownWeight.Shape[1]);
            Shape[] wanted = [[inner, features], [inner], [features, inner], [features], [features], [features]];
            foreach (var ((name, tensor), shape) in adapter.Named().Zip(wanted))
                if (tensor.Shape != shape) throw new CheckpointException($"{path}: {prefix}{name} has shape {tensor.Shape}; the others of its adapter need {shape}.");
            return adapter;
        }

        Tensor Find(string name) => tensors.TryGetValue(name, out var tensor) ? tensor : throw new CheckpointException($"{path}: the tensor {name} is missing; write the file again.");
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Named(string stack, StackAdapters adapters) =>
        from layer in Enumerable.Range(0, adapters.Layers)
        from position in StackAdapters.Positions
        from entry in adapters[layer, position].Named()
        select KeyValuePair.Create(Name(stack, layer, position) + entry.Name, entry.Tensor);

    private static string Name(string stack, int layer, AdapterPosition position) =>
        string.Create(CultureInfo.InvariantCulture, $"{AdapterPrefix}{stack}.block.{layer}.{(position == AdapterPosition.FeedForward ? "feed_forward" : "self_attention")}.");
}
