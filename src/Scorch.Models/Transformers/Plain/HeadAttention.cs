using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>Attention of several heads with four maps: <c>query</c>, <c>key</c>, <c>value</c>, <c>output</c> (Vaswani et al. 2017, section 3.2).</summary>
public sealed class HeadAttention : Attention
{
    private readonly int heads;

    /// <summary>An attention whose maps start uniform as Glorot and Bengio 2010 say, biases at 0.</summary>
    /// <param name="features">Features of the hidden states; those of the encoded series too.</param>
    /// <param name="heads">Divide the features.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="dropout">Of the attention weights, in training.</param>
    /// <param name="bias">Whether maps have biases.</param>
    /// <exception cref="ArgumentException">The heads do not divide the features.</exception>
    public HeadAttention(int features, int heads, RandomSource random, double dropout = 0, bool bias = true)
    {
        ArgumentNullException.ThrowIfNull(random);
        ModelParts.RequireHeads("HeadAttention", features, heads);
        this.heads = heads;
        (Query, Key) = (ModelParts.Glorot(features, features, random, bias), ModelParts.Glorot(features, features, random, bias));
        (Value, Output) = (ModelParts.Glorot(features, features, random, bias), ModelParts.Glorot(features, features, random, bias));
        WeightDropout = ModelParts.Dropout(dropout, random);
    }

    /// <summary>To queries.</summary>
    public Linear Query { get; }

    /// <summary>To keys.</summary>
    public Linear Key { get; }

    /// <summary>To values.</summary>
    public Linear Value { get; }

    /// <summary>Of the joined heads.</summary>
    public Linear Output { get; }

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
        var queries = AttentionHeads.Split(Query.Forward(hidden), heads);
        var (keys, values) = AttentionHeads.KeysAndValues(() => (Key.Forward(source), Value.Forward(source)), memory is not null, heads, cache);
        return Output.Forward(AttentionHeads.Attend(queries, keys, values, scope, 1 / Math.Sqrt(hidden.Shape[-1] / heads), WeightDropout, Arithmetic));
    }
}

/// <summary>Two maps of every position with an activation between, <c>inner</c> and <c>outer</c>; a third, <c>gate</c>, may multiply what lies between.</summary>
public sealed class PointwiseFeedForward : FeedForward
{
    /// <summary>A part whose maps start uniform as Glorot and Bengio 2010 say, biases at 0.</summary>
    /// <param name="features">Features of the hidden states.</param>
    /// <param name="inner">Features between the maps.</param>
    /// <param name="activation">Of the inner features.</param>
    /// <param name="random">Draws weights and dropout.</param>
    /// <param name="isGated">Whether there is a gate.</param>
    /// <param name="dropout">Of the inner features, in training.</param>
    /// <param name="bias">Whether maps have biases.</param>
    public PointwiseFeedForward(int features, int inner, Activation activation, RandomSource random, bool isGated = false, double dropout = 0, bool bias = true)
    {
        ArgumentNullException.ThrowIfNull(random);
        Activation = activation;
        Inner = ModelParts.Glorot(features, inner, random, bias);
        Outer = ModelParts.Glorot(inner, features, random, bias);
        if (isGated) Gate = ModelParts.Glorot(features, inner, random, bias);
        InnerDropout = ModelParts.Dropout(dropout, random);
    }

    /// <summary>Of the inner features.</summary>
    public Activation Activation { get; }

    /// <summary>To inner features, activated.</summary>
    public Linear Inner { get; }

    /// <summary>To inner features, as they are.</summary>
    public Linear? Gate { get; }

    /// <summary>Back.</summary>
    public Linear Outer { get; }

    /// <summary>Of the inner features, if any.</summary>
    public Dropout? InnerDropout { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, TransformerContext context)
    {
        var inner = Activation.Apply(Inner.Forward(hidden));
        if (Gate is not null) inner *= Gate.Forward(hidden);
        return Outer.Forward(inner.Dropped(InnerDropout));
    }
}
