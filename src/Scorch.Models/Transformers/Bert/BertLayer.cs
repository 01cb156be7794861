using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>BERT's self-attention before its output map: <c>query</c>, <c>key</c>, <c>value</c>.</summary>
public sealed class BertAttention : Attention
{
    private readonly int heads;

    internal BertAttention(BertConfig config, RandomSource random)
    {
        heads = config.Heads;
        Query = BertModel.Linear(config.Features, config.Features, config, random);
        Key = BertModel.Linear(config.Features, config.Features, config, random);
        Value = BertModel.Linear(config.Features, config.Features, config, random);
        WeightDropout = ModelParts.Dropout(config.AttentionDropout, random);
    }

    /// <summary>To queries.</summary>
    public Linear Query { get; }

    /// <summary>To keys.</summary>
    public Linear Key { get; }

    /// <summary>To values.</summary>
    public Linear Value { get; }

    /// <summary>Of the attention weights, if any.</summary>
    public Dropout? WeightDropout { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, Tensor? memory, AttentionScope scope, TransformerContext context, AttentionCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(scope);
        var (queries, keys, values) = (AttentionHeads.Split(Query.Forward(hidden), heads), AttentionHeads.Split(Key.Forward(hidden), heads), AttentionHeads.Split(Value.Forward(hidden), heads));
        return AttentionHeads.Attend(queries, keys, values, scope, 1 / Math.Sqrt(hidden.Shape[-1] / heads), WeightDropout, Arithmetic);
    }

    /// <summary>The attention weights of hidden states, without dropout: [batch, heads, queries, keys].</summary>
    internal Tensor Weights(Tensor hidden, AttentionScope scope)
    {
        var (queries, keys) = (AttentionHeads.Split(Query.Forward(hidden), heads), AttentionHeads.Split(Key.Forward(hidden), heads));
        return AttentionHeads.Weights(queries, keys, scope, 1 / Math.Sqrt(hidden.Shape[-1] / heads), Arithmetic);
    }
}

/// <summary>A linear map, dropout, the residual sum and its normalisation: <c>dense</c>, <c>LayerNorm</c>.</summary>
public sealed class BertOutput : Module
{
    internal BertOutput(Linear? dense, BertConfig config, RandomSource random) =>
        (Dense, LayerNorm, OutputDropout) = (dense, new([config.Features], config.Epsilon), ModelParts.Dropout(config.HiddenDropout, random));

    /// <summary>The map; none after a replaced feed-forward part.</summary>
    public Linear? Dense { get; }

    /// <summary>After the sum.</summary>
    [Name("LayerNorm")]
    public LayerNorm LayerNorm { get; }

    /// <summary>Before the sum, if any.</summary>
    public Dropout? OutputDropout { get; }

    internal Tensor Forward(Tensor x, Tensor residual) => LayerNorm.Forward((Dense?.Forward(x) ?? x).Dropped(OutputDropout) + residual);
}

/// <summary>Attention with its output: <c>self</c>, <c>output</c>.</summary>
public sealed class BertAttentionLayer : Module
{
    internal BertAttentionLayer(BertConfig config, int layer, TransformerParts parts, RandomSource random)
    {
        Self = parts.Attention(new(AttentionKind.Bidirectional, layer, () => new BertAttention(config, random)));
        Output = new(BertModel.Linear(config.Features, config.Features, config, random), config, random);
    }

    /// <summary>The attention.</summary>
    public Attention Self { get; }

    /// <summary>Its map, sum and normalisation.</summary>
    public BertOutput Output { get; }
}

/// <summary>BERT's feed-forward part: the maps that files name <c>intermediate.dense</c> and <c>output.dense</c>.</summary>
public sealed class BertFeedForward : FeedForward
{
    private readonly Activation activation;

    internal BertFeedForward(BertConfig config, RandomSource random)
    {
        activation = config.Activation;
        Intermediate = BertModel.Linear(config.Features, config.Inner, config, random);
        Output = BertModel.Linear(config.Inner, config.Features, config, random);
    }

    /// <summary>To inner features.</summary>
    public Linear Intermediate { get; }

    /// <summary>Back.</summary>
    public Linear Output { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, TransformerContext context) => Output.Forward(Inner(hidden));

    internal Tensor Inner(Tensor hidden) => activation.Apply(Intermediate.Forward(hidden));
}

/// <summary>A linear map alone, named <c>dense</c>.</summary>
public sealed class BertIntermediate : Module
{
    internal BertIntermediate(Linear dense) => Dense = dense;

    /// <summary>The map.</summary>
    public Linear Dense { get; }
}

/// <summary>One block: attention and feed-forward part, each added and normalised afterwards.</summary>
public sealed class BertLayer : Module
{
    private readonly FeedForward feedForward;

    internal BertLayer(BertConfig config, int layer, TransformerParts parts, RandomSource random)
    {
        Attention = new(config, layer, parts, random);
        feedForward = parts.FeedForward(new(layer, false, config.Features, () => new BertFeedForward(config, random)));
        var published = feedForward as BertFeedForward;
        if (published is null) FeedForward = feedForward;
        else Intermediate = new(published.Intermediate);
        Output = new(published?.Output, config, random);
    }

    /// <summary>The attention.</summary>
    public BertAttentionLayer Attention { get; }

    /// <summary>First map of the published feed-forward part.</summary>
    public BertIntermediate? Intermediate { get; }

    /// <summary>The replaced feed-forward part, if any: <c>feed_forward</c>.</summary>
    public FeedForward? FeedForward { get; }

    /// <summary>Second map of the published part, sum and normalisation.</summary>
    public BertOutput Output { get; }

    internal Tensor Forward(Tensor hidden, AttentionScope scope, TransformerContext context)
    {
        hidden = Attention.Output.Forward(Attention.Self.Forward(hidden, null, scope, context), hidden);
        // The output holds the published part's second map: it may be applied once only.
        return feedForward is BertFeedForward published
            ? Output.Forward(published.Inner(hidden), hidden)
            : Output.Forward(feedForward.Forward(hidden, context), hidden);
    }
}
