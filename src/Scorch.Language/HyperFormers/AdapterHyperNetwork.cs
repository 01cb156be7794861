using Scorch.Modules;

namespace Scorch.Language.HyperFormers;

/// <summary>The networks that generate all adapters of one stack for a task; names in files are those of the authors' classes.</summary>
/// <remarks>
/// <c>I = LayerNorm(W2 relu(W1 e + b1) + b2)</c>; without that normalisation generated weights explode. From I generators give D, U, their biases,
/// gamma and beta. Which embeddings e joins, and who shares generators, is the kind's (<see cref="HyperSharing"/>).
/// </remarks>
public abstract class AdapterHyperNetwork : Module
{
    /// <summary>Of the normalisation of projected embeddings.</summary>
    public const double Epsilon = 1e-6;

    private protected AdapterHyperNetwork(HyperFormerConfig config, int layers, int embeddings, RandomSource random)
    {
        (Config, Layers) = (config, layers);
        TaskHypernet = new(checked(embeddings * config.TaskDim), config.HiddenDim, config.ProjectedDim, random);
        LayerNorm = new([config.ProjectedDim], Epsilon);
    }

    /// <summary>The sizes.</summary>
    public HyperFormerConfig Config { get; }

    /// <summary>Layers of the stack.</summary>
    public int Layers { get; }

    /// <summary>The task projector.</summary>
    public TaskProjector TaskHypernet { get; }

    /// <summary>Of projected embeddings.</summary>
    [Name("LayerNorm")]
    public LayerNorm LayerNorm { get; }

    /// <summary>The hypernetworks of a stack.</summary>
    /// <param name="config">Sizes and sharing.</param>
    /// <param name="layers">Layers of the stack.</param>
    /// <param name="random">Draws the weights.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public static AdapterHyperNetwork Create(HyperFormerConfig config, int layers, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        config.Validate();
        return config.Sharing switch
        {
            HyperSharing.PerLayer => new PerLayerHyperNetwork(config, layers, random),
            HyperSharing.PerPosition => new PerPositionHyperNetwork(config, layers, random),
            _ => new FullHyperNetwork(config, layers, random),
        };
    }

    /// <summary>The projected, normalised embeddings I from which a task's adapters are generated.</summary>
    /// <param name="task">The task's vector z: [task features].</param>
    /// <returns>[1, projected], [layers, projected] or [layers * 2, projected], layer by layer, by the kind of sharing.</returns>
    public Tensor Embed(Tensor task)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Shape != [Config.TaskDim]) throw new ArgumentException($"HyperFormer: the task's vector has shape {task.Shape}; give [{Config.TaskDim}].", nameof(task));
        return LayerNorm.Forward(TaskHypernet.Forward(Joined(task)));
    }

    /// <summary>The adapters of a task.</summary>
    /// <param name="task">The task's vector z: [task features].</param>
    public StackAdapters Generate(Tensor task) => Generated(Embed(task));

    private protected abstract Tensor Joined(Tensor task);

    private protected abstract StackAdapters Generated(Tensor embeddings);

    private protected AdapterGenerator Generator(RandomSource random) => new(Config.ProjectedDim, Config.ModelDim, Config.Bottleneck, random);

    /// <summary>The task's vector in front of every row.</summary>
    private protected static Tensor Join(Tensor task, params Tensor[] others) =>
        Tensor.Concatenate([task.Unsqueeze(0).Expand(others[0].Shape[0], task.Shape[0]), .. others], 1);
}

/// <summary>HyperFormer++: generators shared by all layers and positions, e = (z, l, p).</summary>
public sealed class FullHyperNetwork : AdapterHyperNetwork
{
    private readonly AdapterGenerator generator;

    internal FullHyperNetwork(HyperFormerConfig config, int layers, RandomSource random)
        : base(config, layers, 3, random)
    {
        LayerIdEmbeddings = new(layers, config.TaskDim, random);
        AdaptersBlockType = new(StackAdapters.Positions.Length, config.TaskDim, random);
        generator = Generator(random);
    }

    /// <summary>l, a row for every layer.</summary>
    public Embedding LayerIdEmbeddings { get; }

    /// <summary>p, a row for every <see cref="AdapterPosition"/>.</summary>
    public Embedding AdaptersBlockType { get; }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Module)> Children() => [.. base.Children(), .. generator.Children("")];

    private protected override Tensor Joined(Tensor task)
    {
        var count = StackAdapters.Positions.Length;
        return Join(task, LayerIdEmbeddings.Weight.RepeatInterleave(count, 0), AdaptersBlockType.Weight.Tile(Layers, 1));
    }

    private protected override StackAdapters Generated(Tensor embeddings)
    {
        var adapters = generator.Generate(embeddings);
        return new(Layers, (layer, position) => adapters[(layer * StackAdapters.Positions.Length) + (int)position]);
    }
}

/// <summary>Generators for each position, shared by all layers, e = (z, l).</summary>
public sealed class PerPositionHyperNetwork : AdapterHyperNetwork
{
    private readonly AdapterGenerator feedForward;
    private readonly AdapterGenerator attention;

    internal PerPositionHyperNetwork(HyperFormerConfig config, int layers, RandomSource random)
        : base(config, layers, 2, random)
    {
        LayerIdEmbeddings = new(layers, config.TaskDim, random);
        (feedForward, attention) = (Generator(random), Generator(random));
    }

    /// <summary>l, a row for every layer.</summary>
    public Embedding LayerIdEmbeddings { get; }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Module)> Children() => [.. base.Children(), .. feedForward.Children("feed_forward_"), .. attention.Children("self_attention_")];

    private protected override Tensor Joined(Tensor task) => Join(task, LayerIdEmbeddings.Weight);

    private protected override StackAdapters Generated(Tensor embeddings)
    {
        var (lower, upper) = (feedForward.Generate(embeddings), attention.Generate(embeddings));
        return new(Layers, (layer, position) => position == AdapterPosition.FeedForward ? lower[layer] : upper[layer]);
    }
}

/// <summary>HyperFormer: generators for each layer and position, e = z.</summary>
public sealed class PerLayerHyperNetwork : AdapterHyperNetwork
{
    private readonly AdapterGenerator[][] generators;

    internal PerLayerHyperNetwork(HyperFormerConfig config, int layers, RandomSource random)
        : base(config, layers, 1, random) =>
        generators = [.. Enumerable.Range(0, layers).Select(_ => StackAdapters.Positions.Select(_ => Generator(random)).ToArray())];

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Module)> Children() =>
    [
        .. base.Children(),
        .. generators.SelectMany((layer, number) => layer.SelectMany((generator, position) =>
            generator.Children($"layer.{number}.{((AdapterPosition)position == AdapterPosition.FeedForward ? "feed_forward_" : "self_attention_")}"))),
    ];

    private protected override Tensor Joined(Tensor task) => task.Unsqueeze(0);

    private protected override StackAdapters Generated(Tensor embeddings) => new(Layers, (layer, position) => generators[layer][(int)position].Generate(embeddings)[0]);
}
