using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.HyperFormers;

/// <summary>The two maps of a plain adapter.</summary>
public sealed class PlainAdapter : Module
{
    /// <summary>An adapter that starts as the paper's generators do: N(0, 0.01^2), biases 0.</summary>
    /// <param name="features">d.</param>
    /// <param name="bottleneck">d / r.</param>
    /// <param name="random">Draws the weights.</param>
    public PlainAdapter(int features, int bottleneck, RandomSource random)
    {
        DownSampler = LinearGenerator.Linear(features, bottleneck, random);
        UpSampler = LinearGenerator.Linear(bottleneck, features, random);
    }

    /// <summary>D and b_D.</summary>
    public Linear DownSampler { get; }

    /// <summary>U and b_U.</summary>
    public Linear UpSampler { get; }
}

/// <summary>Plain adapters of several tasks at one place, with one normalisation for all tasks.</summary>
public sealed class AdapterController : Module
{
    /// <summary>Adapters that start near 0, and a normalisation that starts without scaling.</summary>
    /// <param name="features">d.</param>
    /// <param name="bottleneck">d / r.</param>
    /// <param name="tasks">Names of the tasks.</param>
    /// <param name="random">Draws the weights.</param>
    public AdapterController(int features, int bottleneck, IEnumerable<string> tasks, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        Adapters = new();
        foreach (var task in tasks) Adapters.Add(task, new PlainAdapter(features, bottleneck, random));
        PostLayerNorm = new([features], AdapterLayer.Epsilon);
    }

    /// <summary>An adapter for each task.</summary>
    public AdapterTable Adapters { get; }

    /// <summary>Gamma and beta, shared by the tasks.</summary>
    public LayerNorm PostLayerNorm { get; }

    /// <summary>The weights of a task's adapter; gradients flow back to the parameters.</summary>
    /// <param name="task">The task's number.</param>
    public AdapterLayer Of(int task)
    {
        var adapter = Adapters[task];
        return new(adapter.DownSampler.Weight, adapter.DownSampler.Bias!, adapter.UpSampler.Weight, adapter.UpSampler.Bias!, PostLayerNorm.Weight!, PostLayerNorm.Bias!);
    }
}

/// <summary>Adapters by task, each under the task's name.</summary>
public sealed class AdapterTable : Module
{
    private readonly List<(string Name, PlainAdapter Adapter)> adapters = [];

    /// <summary>The adapter of a task, by its number.</summary>
    public PlainAdapter this[int task] => adapters[task].Adapter;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Module)> Children() => adapters.Select(entry => (entry.Name, (Module)entry.Adapter));

    internal void Add(string task, PlainAdapter adapter) => adapters.Add((task, adapter));
}

/// <summary>The controllers of all places of a T5, named as <c>encoder.0.feed_forward</c>.</summary>
public sealed class AdapterControllers : Module
{
    private readonly Dictionary<(bool IsDecoder, int Layer, AdapterPosition Position), AdapterController> places = [];

    internal AdapterControllers(T5Config backbone, int bottleneck, IReadOnlyList<string> tasks, RandomSource random)
    {
        foreach (var (isDecoder, layers) in new[] { (false, backbone.Layers), (true, backbone.DecoderLayers ?? backbone.Layers) })
            for (var layer = 0; layer < layers; layer++)
                foreach (var position in StackAdapters.Positions) places.Add((isDecoder, layer, position), new(backbone.Features, bottleneck, tasks, random));
    }

    /// <summary>The controller of a place.</summary>
    /// <param name="isDecoder">Whether in the decoder, else in the encoder.</param>
    /// <param name="layer">The block, from 0.</param>
    /// <param name="position">After which part.</param>
    public AdapterController this[bool isDecoder, int layer, AdapterPosition position] => places[(isDecoder, layer, position)];

    internal IEnumerable<AdapterController> All => places.Values;

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Module)> Children() => places.Select(entry => (
        $"{(entry.Key.IsDecoder ? "decoder" : "encoder")}.{entry.Key.Layer}.{(entry.Key.Position == AdapterPosition.FeedForward ? "feed_forward" : "self_attention")}", (Module)entry.Value));
}

/// <summary>A frozen T5 with plain adapters. With one task this is the paper's baseline "Adapters"; with several, whose adapters share the normalisations, its "Adapters-dagger".</summary>
public sealed class AdapterModel : AdaptedModel
{
    private readonly int bottleneck;
    private readonly bool trainsLayerNorms;

    private AdapterModel(T5Model backbone, int reduction, IReadOnlyList<string> tasks, bool trainsLayerNorms, long seed)
        : base(backbone, tasks)
    {
        HyperFormerConfig.RequireReduction(backbone.Config.Features, reduction);
        (bottleneck, this.trainsLayerNorms) = (backbone.Config.Features / reduction, trainsLayerNorms);
        Controllers = new(backbone.Config, bottleneck, Tasks, new RandomSource(seed));
        Controllers.ConvertTo(backbone.Shared.Weight.DataType);
    }

    /// <summary>The adapters.</summary>
    [Name("adapters")]
    public AdapterControllers Controllers { get; }

    /// <summary>Freezes a T5 and puts plain adapters into it, in place.</summary>
    /// <param name="backbone">The T5; it becomes part of the model.</param>
    /// <param name="reduction">The reduction factor r.</param>
    /// <param name="tasks">Names of the tasks.</param>
    /// <param name="trainsLayerNorms">Whether the backbone's normalisations are trained too.</param>
    /// <param name="seed">Draws the starting weights.</param>
    /// <exception cref="ArgumentException">The reduction does not divide the features, a task is named twice, or the T5 lacks a part or has adapters already.</exception>
    public static AdapterModel Attach(T5Model backbone, int reduction, IReadOnlyList<string> tasks, bool trainsLayerNorms = true, long seed = 1)
    {
        ArgumentNullException.ThrowIfNull(backbone);
        var model = new AdapterModel(backbone, reduction, tasks, trainsLayerNorms, seed);
        model.AttachTo(backbone, trainsLayerNorms);
        return model;
    }

    /// <inheritdoc/>
    public override StackAdapters Adapters(int task, bool isDecoder)
    {
        RequireTask(task);
        return new((isDecoder ? Backbone.Decoder : Backbone.Encoder).Block.Count, (layer, position) => Controllers[isDecoder, layer, position].Of(task));
    }

    /// <summary>Adds a task with fresh adapters.</summary>
    /// <param name="task">Its name.</param>
    /// <param name="seed">Draws the starting weights.</param>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void AddTask(string task, long seed = 1)
    {
        AddName(task);
        var random = new RandomSource(seed);
        foreach (var controller in Controllers.All)
        {
            var adapter = new PlainAdapter(Backbone.Config.Features, bottleneck, random);
            adapter.ConvertTo(Backbone.Shared.Weight.DataType);
            controller.Adapters.Add(task, adapter);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> TrainableParameters() =>
        [.. Controllers.Parameters(), .. trainsLayerNorms ? Norms(Backbone).Select(entry => entry.Weight) : []];

    /// <inheritdoc/>
    /// <remarks>The task's adapters; where it is the only task, also the adapters' normalisations, which then are its own.</remarks>
    public override IReadOnlyList<Parameter> FewShotParameters(string task)
    {
        var number = NumberOf(task);
        return [.. Controllers.All.SelectMany(controller => Tasks.Count == 1 ? controller.Parameters() : controller.Adapters[number].Parameters())];
    }

    /// <inheritdoc/>
    public override ParameterReport CountParameters() => Count(Controllers, trainsLayerNorms);
}

/// <summary>A T5 all of whose parameters are trained: the paper's fine-tuning, of one task or of several together.</summary>
public sealed class FineTunedModel : MultiTaskModel
{
    /// <summary>A T5 to fine-tune, in place.</summary>
    /// <param name="backbone">The T5.</param>
    /// <param name="tasks">Names of the tasks, told apart by their texts alone.</param>
    /// <exception cref="ArgumentException">A task is named twice, or there is none.</exception>
    public FineTunedModel(T5Model backbone, IReadOnlyList<string> tasks)
        : base(backbone, tasks)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> TrainableParameters() => [.. Backbone.Parameters()];

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> FewShotParameters(string task)
    {
        NumberOf(task);
        return TrainableParameters();
    }

    /// <inheritdoc/>
    /// <remarks>Nothing is added; a model of one task is a whole further T5.</remarks>
    public override ParameterReport CountParameters() => new(Backbone.ParameterCount, 0, 0, Backbone.ParameterCount, Tasks.Count);
}
