using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>One block: self-attention, attention to an encoded series where the stack has one, feed-forward part; each with a residual sum and a normalisation.</summary>
public sealed class TransformerBlock : Module
{
    private readonly bool normalizesFirst;

    internal TransformerBlock(TransformerConfig config, int layer, bool isCausal, bool hasMemory, TransformerParts parts, RandomSource random)
    {
        normalizesFirst = config.NormalizesFirst;
        Attention Made(AttentionKind kind) => parts.Attention(
            new(kind, layer, () => new HeadAttention(config.Features, config.Heads, random, config.AttentionDropout, config.HasBiases)));
        Module Norm() => config.Norm == TransformerNorm.RmsNorm ? new RmsNorm(config.Features, config.Epsilon) : new LayerNorm([config.Features], config.Epsilon);
        (SelfAttention, SelfAttentionNorm) = (Made(isCausal ? AttentionKind.Causal : AttentionKind.Bidirectional), Norm());
        if (hasMemory) (CrossAttention, CrossAttentionNorm) = (Made(AttentionKind.Cross), Norm());
        FeedForward = parts.FeedForward(new(layer, isCausal, config.Features, () => new PointwiseFeedForward(
            config.Features, config.Inner, config.Activation, random, config.IsGated, config.InnerDropout, config.HasBiases)));
        FeedForwardNorm = Norm();
        OutputDropout = ModelParts.Dropout(config.Dropout, random);
    }

    /// <summary>Attention of the series to itself.</summary>
    public Attention SelfAttention { get; }

    /// <summary>Of the self-attention.</summary>
    public Module SelfAttentionNorm { get; }

    /// <summary>Attention to the encoded series, if any.</summary>
    public Attention? CrossAttention { get; }

    /// <summary>Of the attention to the encoded series.</summary>
    public Module? CrossAttentionNorm { get; }

    /// <summary>The feed-forward part.</summary>
    public FeedForward FeedForward { get; }

    /// <summary>Of the feed-forward part.</summary>
    public Module FeedForwardNorm { get; }

    /// <summary>Of each part's output, if any.</summary>
    public Dropout? OutputDropout { get; }

    internal bool SupportsCache => SelfAttention.SupportsCache && CrossAttention is null or { SupportsCache: true };

    /// <summary>Runs the block alone.</summary>
    /// <param name="hidden">[batch, time, features].</param>
    /// <param name="scope">What the self-attention looks at.</param>
    /// <param name="context">Tokens and further inputs.</param>
    /// <param name="memory">The encoded series [batch, keys, features], where the block looks at one.</param>
    /// <param name="memoryScope">Which of its keys are looked at; none for all.</param>
    /// <returns>[batch, time, features].</returns>
    public Tensor Forward(Tensor hidden, AttentionScope scope, TransformerContext context, Tensor? memory = null, AttentionScope? memoryScope = null)
    {
        if (memory is null != CrossAttention is null)
            throw new ArgumentException(memory is null ? "TransformerBlock: it looks at an encoded series; give one." : "TransformerBlock: it looks at no encoded series; leave it out.", nameof(memory));
        return Forward(hidden, memory, scope, memoryScope ?? new(), context, null, null);
    }

    internal Tensor Forward(
        Tensor hidden, Tensor? memory, AttentionScope scope, AttentionScope? memoryScope, TransformerContext context, AttentionCache? own, AttentionCache? cross)
    {
        hidden = Residual(hidden, SelfAttentionNorm, x => SelfAttention.Forward(x, null, scope, context, own));
        if (CrossAttention is not null) hidden = Residual(hidden, CrossAttentionNorm!, x => CrossAttention.Forward(x, memory, memoryScope!, context, cross));
        return Residual(hidden, FeedForwardNorm, x => FeedForward.Forward(x, context));
    }

    private Tensor Residual(Tensor hidden, Module norm, Func<Tensor, Tensor> part)
    {
        var normalize = (IForward)norm;
        return normalizesFirst
            ? hidden + part(normalize.Forward(hidden)).Dropped(OutputDropout)
            : normalize.Forward(hidden + part(hidden).Dropped(OutputDropout));
    }
}

/// <summary>Blocks one after the other: an encoder, a decoder alone, or a decoder that looks at an encoded series.</summary>
public sealed class TransformerStack : Module
{
    private readonly RandomSource random;

    /// <summary>A stack with random weights.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="isCausal">Whether a position looks at itself and those before only.</param>
    /// <param name="hasMemory">Whether blocks look at an encoded series too.</param>
    /// <param name="parts">Replacements of its parts, if any.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public TransformerStack(TransformerConfig config, RandomSource random, bool isCausal = false, bool hasMemory = false, TransformerParts? parts = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(random);
        config.Validate();
        (Config, IsCausal, HasMemory, this.random) = (config, isCausal, hasMemory, random);
        Blocks = new(Enumerable.Range(0, config.Layers).Select(layer => new TransformerBlock(config, layer, isCausal, hasMemory, parts ?? TransformerParts.Published, random)));
        if (config.NormalizesFirst) Norm = config.Norm == TransformerNorm.RmsNorm ? new RmsNorm(config.Features, config.Epsilon) : new LayerNorm([config.Features], config.Epsilon);
    }

    /// <summary>Its shape.</summary>
    public TransformerConfig Config { get; }

    /// <summary>Whether a position looks at itself and those before only.</summary>
    public bool IsCausal { get; }

    /// <summary>Whether blocks look at an encoded series too.</summary>
    public bool HasMemory { get; }

    /// <summary>The blocks.</summary>
    public ModuleList<TransformerBlock> Blocks { get; }

    /// <summary>The last normalisation, where blocks normalise first.</summary>
    public Module? Norm { get; }

    /// <summary>Blocks run, repeated ones counted each time.</summary>
    internal int Passes => Blocks.Count * Config.Repeats;

    internal bool SupportsCache => Blocks.All(block => block.SupportsCache);

    /// <summary>Runs the blocks.</summary>
    /// <param name="hidden">[batch, time, features].</param>
    /// <param name="mask">Bool [batch, time]: true where a position is real.</param>
    /// <param name="memory">The encoded series [batch, keys, features], where the stack looks at one.</param>
    /// <param name="memoryMask">Bool [batch, keys]: true where a key is real.</param>
    /// <param name="context">Further inputs for replaced parts, and where their losses go.</param>
    /// <returns>[batch, time, features].</returns>
    /// <exception cref="ArgumentException">Shapes differ, or the encoded series is missing or not looked at.</exception>
    public Tensor Forward(Tensor hidden, Tensor? mask = null, Tensor? memory = null, Tensor? memoryMask = null, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        if (hidden.Rank != 3 || hidden.Shape[2] != Config.Features || hidden.ElementCount == 0)
            throw new ArgumentException($"TransformerStack: hidden states are {hidden.Shape}; give [batch, time, {Config.Features}].", nameof(hidden));
        if (mask is not null && mask.Shape != hidden.Shape[..2]) throw new ArgumentException($"TransformerStack: the mask is {mask.Shape}; give {hidden.Shape[..2]}.", nameof(mask));
        if (memory is null == HasMemory)
            throw new ArgumentException(HasMemory ? "TransformerStack: the blocks look at an encoded series; give one." : "TransformerStack: the blocks look at no encoded series; build the stack with hasMemory.", nameof(memory));
        if (memory is not null && (memory.Rank != 3 || memory.Shape[0] != hidden.Shape[0] || memory.Shape[2] != Config.Features))
            throw new ArgumentException($"TransformerStack: the encoded series is {memory.Shape}; give [{hidden.Shape[0]}, keys, {Config.Features}].", nameof(memory));
        return Run(hidden, mask, memory, memoryMask, context ?? new(), null);
    }

    /// <summary>Runs the blocks; the mask covers positions held by a cache too.</summary>
    internal Tensor Run(Tensor hidden, Tensor? mask, Tensor? memory, Tensor? memoryMask, TransformerContext context, StackCache? cache)
    {
        var (scope, memoryScope) = (new AttentionScope(mask, IsCausal), memory is null ? null : new AttentionScope(memoryMask));
        for (var pass = 0; pass < Passes; pass++)
        {
            // A block that runs again has keys and values of its own.
            var (block, own, cross) = (Blocks[pass % Blocks.Count], cache?.Self[pass], cache?.Cross[pass]);
            hidden = Config.GradientCheckpointing && IsTraining
                ? ModelParts.Checkpointed((x, silent) => block.Forward(x, memory, scope, memoryScope, silent, null, null), hidden, context, random)
                : block.Forward(hidden, memory, scope, memoryScope, context, own, cross);
        }
        return Norm is null ? hidden : ((IForward)Norm).Forward(hidden);
    }
}
