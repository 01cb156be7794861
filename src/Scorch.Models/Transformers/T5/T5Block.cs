using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>Self-attention of a block, <c>layer.0</c>: normalised first, added.</summary>
public sealed class T5SelfAttentionLayer : Module
{
    internal T5SelfAttentionLayer(Attention attention, T5Config config, RandomSource random) =>
        (SelfAttention, LayerNorm, OutputDropout) = (attention, new(config.Features, config.Epsilon), ModelParts.Dropout(config.Dropout, random));

    /// <summary>The attention.</summary>
    [Name("SelfAttention")]
    public Attention SelfAttention { get; internal set; }

    /// <summary>Before it.</summary>
    public RmsNorm LayerNorm { get; }

    /// <summary>Of the output, if any.</summary>
    public Dropout? OutputDropout { get; }

    internal Tensor Forward(Tensor hidden, AttentionScope scope, TransformerContext context, AttentionCache? cache) =>
        hidden + SelfAttention.Forward(LayerNorm.Forward(hidden), null, scope, context, cache).Dropped(OutputDropout);
}

/// <summary>Attention of a decoder's block to the encoded series, <c>layer.1</c>: normalised first, added.</summary>
public sealed class T5CrossAttentionLayer : Module
{
    internal T5CrossAttentionLayer(Attention attention, T5Config config, RandomSource random) =>
        (CrossAttention, LayerNorm, OutputDropout) = (attention, new(config.Features, config.Epsilon), ModelParts.Dropout(config.Dropout, random));

    /// <summary>The attention.</summary>
    [Name("EncDecAttention")]
    public Attention CrossAttention { get; internal set; }

    /// <summary>Before it.</summary>
    public RmsNorm LayerNorm { get; }

    /// <summary>Of the output, if any.</summary>
    public Dropout? OutputDropout { get; }

    internal Tensor Forward(Tensor hidden, Tensor memory, AttentionScope scope, TransformerContext context, AttentionCache? cache) =>
        hidden + CrossAttention.Forward(LayerNorm.Forward(hidden), memory, scope, context, cache).Dropped(OutputDropout);
}

/// <summary>Feed-forward part of a block, its last layer: normalised first, added.</summary>
public sealed class T5FeedForwardLayer : Module
{
    internal T5FeedForwardLayer(FeedForward feedForward, T5Config config, RandomSource random) =>
        (FeedForward, LayerNorm, OutputDropout) = (feedForward, new(config.Features, config.Epsilon), ModelParts.Dropout(config.Dropout, random));

    /// <summary>The part.</summary>
    [Name("DenseReluDense")]
    public FeedForward FeedForward { get; internal set; }

    /// <summary>Before it.</summary>
    public RmsNorm LayerNorm { get; }

    /// <summary>Of the output, if any.</summary>
    public Dropout? OutputDropout { get; }

    internal Tensor Forward(Tensor hidden, TransformerContext context) =>
        hidden + FeedForward.Forward(LayerNorm.Forward(hidden), context).Dropped(OutputDropout);
}

/// <summary>One block of the encoder or decoder; its layers are <c>layer.0</c>, <c>layer.1</c> and, in a decoder, <c>layer.2</c>.</summary>
public sealed class T5Block : Module
{
    internal T5Block(T5Config config, bool isDecoder, int layer, TransformerParts parts, RandomSource random)
    {
        var kind = isDecoder ? AttentionKind.Causal : AttentionKind.Bidirectional;
        SelfAttention = new(parts.Attention(new(kind, layer, () => new T5Attention(config, kind, layer == 0, random))), config, random);
        if (isDecoder)
            CrossAttention = new(parts.Attention(new(AttentionKind.Cross, layer, () => new T5Attention(config, AttentionKind.Cross, false, random))), config, random);
        FeedForward = new(parts.FeedForward(new(layer, isDecoder, config.Features, () => new T5FeedForward(config, random))), config, random);
    }

    /// <summary>The first layer.</summary>
    public T5SelfAttentionLayer SelfAttention { get; }

    /// <summary>The second layer of a decoder.</summary>
    public T5CrossAttentionLayer? CrossAttention { get; }

    /// <summary>The last layer.</summary>
    public T5FeedForwardLayer FeedForward { get; }

    /// <inheritdoc/>
    public override IEnumerable<(string Name, Module Module)> Children() => CrossAttention is null
        ? [("layer.0", SelfAttention), ("layer.1", FeedForward)]
        : [("layer.0", SelfAttention), ("layer.1", CrossAttention), ("layer.2", FeedForward)];

    internal bool SupportsCache => SelfAttention.SelfAttention.SupportsCache && CrossAttention is null or { CrossAttention.SupportsCache: true };

    /// <summary>Replaces parts in place; each site's default is the part that stands there, so that a wrapper keeps its weights.</summary>
    internal void Replace(TransformerParts parts, int layer, bool isDecoder, int features)
    {
        var (attention, feedForward) = (SelfAttention.SelfAttention, FeedForward.FeedForward);
        SelfAttention.SelfAttention = parts.Attention(new(isDecoder ? AttentionKind.Causal : AttentionKind.Bidirectional, layer, () => attention));
        if (CrossAttention is { } cross)
        {
            var attended = cross.CrossAttention;
            cross.CrossAttention = parts.Attention(new(AttentionKind.Cross, layer, () => attended));
        }
        FeedForward.FeedForward = parts.FeedForward(new(layer, isDecoder, features, () => feedForward));
    }

    internal Tensor Forward(
        Tensor hidden, Tensor? memory, AttentionScope scope, AttentionScope? memoryScope, TransformerContext context, AttentionCache? own, AttentionCache? cross)
    {
        hidden = SelfAttention.Forward(hidden, scope, context, own);
        if (CrossAttention is not null) hidden = CrossAttention.Forward(hidden, memory!, memoryScope!, context, cross);
        return FeedForward.Forward(hidden, context);
    }
}

/// <summary>The blocks of the encoder or the decoder and a last normalisation.</summary>
public sealed class T5Stack : Module
{
    private readonly T5Config config;
    private readonly RandomSource random;

    internal T5Stack(T5Config config, bool isDecoder, TransformerParts parts, RandomSource random)
    {
        (this.config, this.random, IsDecoder) = (config, random, isDecoder);
        EmbeddingDropout = ModelParts.Dropout(config.Dropout, random);
        Block = new(Enumerable.Range(0, isDecoder ? config.DecoderBlocks : config.Layers).Select(layer => new T5Block(config, isDecoder, layer, parts, random)));
        FinalLayerNorm = new(config.Features, config.Epsilon);
        OutputDropout = ModelParts.Dropout(config.Dropout, random);
    }

    /// <summary>Whether it is causal and looks at an encoded series.</summary>
    public bool IsDecoder { get; }

    /// <summary>Of the embeddings, if any.</summary>
    public Dropout? EmbeddingDropout { get; }

    /// <summary>The blocks.</summary>
    public ModuleList<T5Block> Block { get; }

    /// <summary>The last normalisation.</summary>
    public RmsNorm FinalLayerNorm { get; }

    /// <summary>Of the output, if any.</summary>
    public Dropout? OutputDropout { get; }

    internal bool SupportsCache => Block.All(block => block.SupportsCache);

    /// <summary>Runs the blocks; the mask covers tokens held by a cache too.</summary>
    internal Tensor Run(Tensor hidden, Tensor? mask, Tensor? memory, Tensor? memoryMask, TransformerContext context, StackCache? cache)
    {
        var (time, past) = (hidden.Shape[1], cache?.Length ?? 0);
        var bias = Block[0].SelfAttention.SelfAttention.SharedBias(time, past + time);
        var scope = new AttentionScope(mask, IsDecoder, bias);
        var memoryScope = IsDecoder ? new AttentionScope(memoryMask) : null;
        // Kept for all blocks before the first, which may run without keeping anything.
        scope.Added(time, past + time, hidden.DataType);
        hidden = hidden.Dropped(EmbeddingDropout);
        for (var layer = 0; layer < Block.Count; layer++)
        {
            var (block, own, cross) = (Block[layer], cache?.Self[layer], cache?.Cross[layer]);
            hidden = config.GradientCheckpointing && IsTraining
                ? ModelParts.Checkpointed((x, silent) => block.Forward(x, memory, scope, memoryScope, silent, null, null), hidden, context, random)
                : block.Forward(hidden, memory, scope, memoryScope, context, own, cross);
        }
        return FinalLayerNorm.Forward(hidden).Dropped(OutputDropout);
    }
}
