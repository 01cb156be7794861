using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>T5's attention: maps <c>q</c>, <c>k</c>, <c>v</c>, <c>o</c> without biases, scores not scaled; the first block holds the biases of distances.</summary>
public sealed class T5Attention : Attention
{
    private readonly T5Config config;
    private readonly bool isCausal;

    internal T5Attention(T5Config config, AttentionKind kind, bool hasDistances, RandomSource random)
    {
        this.config = config;
        isCausal = kind == AttentionKind.Causal;
        var (features, inner) = (config.Features, config.Heads * config.HeadFeatures);
        // The scale of scores lies in the starting queries instead (Mesh TensorFlow's initialisation).
        Q = ModelParts.Linear(features, inner, config.InitialFactor / Math.Sqrt((double)features * config.HeadFeatures), random, bias: false);
        K = ModelParts.Linear(features, inner, config.InitialFactor / Math.Sqrt(features), random, bias: false);
        V = ModelParts.Linear(features, inner, config.InitialFactor / Math.Sqrt(features), random, bias: false);
        O = ModelParts.Linear(inner, features, config.InitialFactor / Math.Sqrt(inner), random, bias: false);
        if (hasDistances) RelativeAttentionBias = ModelParts.Embedding(config.Buckets, config.Heads, config.InitialFactor / Math.Sqrt(features), random);
        WeightDropout = ModelParts.Dropout(config.Dropout, random);
    }

    /// <summary>To queries.</summary>
    public Linear Q { get; }

    /// <summary>To keys.</summary>
    public Linear K { get; }

    /// <summary>To values.</summary>
    public Linear V { get; }

    /// <summary>Of the joined heads.</summary>
    public Linear O { get; }

    /// <summary>[buckets, heads] added to the scores of all blocks; in the first block alone.</summary>
    public Embedding? RelativeAttentionBias { get; }

    /// <summary>Of the attention weights, if any.</summary>
    public Dropout? WeightDropout { get; }

    /// <inheritdoc/>
    public override bool SupportsCache => true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, Tensor? memory, AttentionScope scope, TransformerContext context, AttentionCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(scope);
        var source = memory ?? hidden;
        var queries = AttentionHeads.Split(Q.Forward(hidden), config.Heads);
        var (keys, values) = AttentionHeads.KeysAndValues(() => (K.Forward(source), V.Forward(source)), memory is not null, config.Heads, cache);
        return O.Forward(AttentionHeads.Attend(queries, keys, values, scope, 1, WeightDropout, Arithmetic));
    }

    /// <inheritdoc/>
    public override Tensor? SharedBias(int queries, int keys) => RelativeAttentionBias is null
        ? null
        : RelativeAttentionBias.Forward(Positions.Buckets(queries, keys, !isCausal, config.Buckets, config.MaximumDistance)).Permute(2, 0, 1).Unsqueeze(0);
}

/// <summary>T5's feed-forward part, plain (<c>wi</c>, <c>wo</c>) or gated (<c>wi_0</c>, <c>wi_1</c>, <c>wo</c>).</summary>
public sealed class T5FeedForward : FeedForward
{
    private readonly Activation activation;

    internal T5FeedForward(T5Config config, RandomSource random)
    {
        activation = config.Projection switch
        {
            T5Projection.Relu => Activation.Relu,
            T5Projection.GatedGelu => Activation.GeluTanh,
            T5Projection.GatedSilu => Activation.Silu,
            _ => throw new ArgumentOutOfRangeException(nameof(config), config.Projection, "T5: give one of the named projections."),
        };
        Linear Inward() => ModelParts.Linear(config.Features, config.Inner, config.InitialFactor / Math.Sqrt(config.Features), random, bias: false);
        if (config.Projection == T5Projection.Relu) Wi = Inward();
        else (Wi0, Wi1) = (Inward(), Inward());
        Wo = ModelParts.Linear(config.Inner, config.Features, config.InitialFactor / Math.Sqrt(config.Inner), random, bias: false);
        InnerDropout = ModelParts.Dropout(config.Dropout, random);
    }

    /// <summary>To inner features, where there is no gate.</summary>
    public Linear? Wi { get; }

    /// <summary>To inner features, activated.</summary>
    [Name("wi_0")]
    public Linear? Wi0 { get; }

    /// <summary>To inner features, the gate.</summary>
    [Name("wi_1")]
    public Linear? Wi1 { get; }

    /// <summary>Back.</summary>
    public Linear Wo { get; }

    /// <summary>Of the inner features, if any.</summary>
    public Dropout? InnerDropout { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, TransformerContext context)
    {
        var inner = Wi is not null ? activation.Apply(Wi.Forward(hidden)) : activation.Apply(Wi0!.Forward(hidden)) * Wi1!.Forward(hidden);
        return Wo.Forward(inner.Dropped(InnerDropout));
    }
}
