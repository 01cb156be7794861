using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>Affine map <c>y = x W + b</c> with the weight as [inputs, outputs]: GPT-2's "Conv1D".</summary>
public sealed class TransposedLinear : Module, IForward, ITransformable
{
    /// <summary>A layer whose weight starts normal and whose bias starts at 0.</summary>
    /// <param name="inputs">Size of the last dimension of the input.</param>
    /// <param name="outputs">Size of the last dimension of the output.</param>
    /// <param name="standardDeviation">Of the weights.</param>
    /// <param name="random">Draws them.</param>
    public TransposedLinear(int inputs, int outputs, double standardDeviation, RandomSource random)
    {
        Weight = Parameter.Normal([inputs, outputs], 0, standardDeviation, random);
        Bias = Parameter.Full([outputs], 0);
    }

    /// <summary>[inputs, outputs].</summary>
    public Parameter Weight { get; }

    /// <summary>[outputs].</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public OperandTransform? Operands { get; set; }

    /// <inheritdoc/>
    public Tensor Forward(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return Operands is null ? x.Affine(Weight.T, Bias) : Operands.Input(x).Affine(Operands.Weight(Weight).T, Bias);
    }
}

/// <summary>GPT-2's attention: one map to queries, keys and values (<c>c_attn</c>), one back (<c>c_proj</c>).</summary>
public sealed class Gpt2Attention : Attention
{
    private readonly int heads;

    internal Gpt2Attention(Gpt2Config config, RandomSource random)
    {
        heads = config.Heads;
        CAttn = new(config.Features, 3 * config.Features, config.InitialDeviation, random);
        CProj = new(config.Features, config.Features, config.InitialDeviation / Math.Sqrt(2 * config.Layers), random);
        WeightDropout = ModelParts.Dropout(config.AttentionDropout, random);
        OutputDropout = ModelParts.Dropout(config.ResidualDropout, random);
    }

    /// <summary>To queries, keys and values, in this order.</summary>
    public TransposedLinear CAttn { get; }

    /// <summary>Of the joined heads.</summary>
    public TransposedLinear CProj { get; }

    /// <summary>Of the attention weights, if any.</summary>
    public Dropout? WeightDropout { get; }

    /// <summary>Of the output, if any.</summary>
    public Dropout? OutputDropout { get; }

    /// <inheritdoc/>
    public override bool SupportsCache => true;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, Tensor? memory, AttentionScope scope, TransformerContext context, AttentionCache? cache = null)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(scope);
        var features = hidden.Shape[-1];
        var all = CAttn.Forward(hidden);
        var queries = AttentionHeads.Split(all.Narrow(2, 0, features), heads);
        var (keys, values) = AttentionHeads.KeysAndValues(
            () => (all.Narrow(2, features, features), all.Narrow(2, 2 * features, features)), isCross: false, heads, cache);
        var scale = 1 / Math.Sqrt(features / heads);
        return CProj.Forward(AttentionHeads.Attend(queries, keys, values, scope, scale, WeightDropout, Arithmetic)).Dropped(OutputDropout);
    }
}

/// <summary>GPT-2's feed-forward part: <c>c_fc</c>, activation, <c>c_proj</c>.</summary>
public sealed class Gpt2FeedForward : FeedForward
{
    private readonly Activation activation;

    internal Gpt2FeedForward(Gpt2Config config, RandomSource random)
    {
        activation = config.Activation;
        var inner = config.Inner ?? (4 * config.Features);
        CFc = new(config.Features, inner, config.InitialDeviation, random);
        CProj = new(inner, config.Features, config.InitialDeviation / Math.Sqrt(2 * config.Layers), random);
        OutputDropout = ModelParts.Dropout(config.ResidualDropout, random);
    }

    /// <summary>From features to inner features.</summary>
    public TransposedLinear CFc { get; }

    /// <summary>Back.</summary>
    public TransposedLinear CProj { get; }

    /// <summary>Of the output, if any.</summary>
    public Dropout? OutputDropout { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, TransformerContext context) =>
        CProj.Forward(activation.Apply(CFc.Forward(hidden))).Dropped(OutputDropout);
}

/// <summary>One block: attention and feed-forward part, each normalised first and added.</summary>
public sealed class Gpt2Block : Module
{
    internal Gpt2Block(Gpt2Config config, int layer, TransformerParts parts, RandomSource random)
    {
        Ln1 = new([config.Features], config.Epsilon);
        Attn = parts.Attention(new(AttentionKind.Causal, layer, () => new Gpt2Attention(config, random)));
        Ln2 = new([config.Features], config.Epsilon);
        Mlp = parts.FeedForward(new(layer, true, config.Features, () => new Gpt2FeedForward(config, random)));
    }

    /// <summary>Before the attention.</summary>
    [Name("ln_1")]
    public LayerNorm Ln1 { get; }

    /// <summary>The attention.</summary>
    public Attention Attn { get; }

    /// <summary>Before the feed-forward part.</summary>
    [Name("ln_2")]
    public LayerNorm Ln2 { get; }

    /// <summary>The feed-forward part.</summary>
    public FeedForward Mlp { get; }

    internal Tensor Forward(Tensor hidden, AttentionScope scope, TransformerContext context, AttentionCache? cache)
    {
        hidden += Attn.Forward(Ln1.Forward(hidden), null, scope, context, cache);
        return hidden + Mlp.Forward(Ln2.Forward(hidden), context);
    }
}
