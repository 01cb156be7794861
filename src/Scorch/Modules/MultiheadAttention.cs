namespace Scorch.Modules;

/// <summary>Attention of several heads (Vaswani et al. 2017) with PyTorch's names: <c>in_proj_weight</c> (or <c>q_proj_weight</c>, <c>k_proj_weight</c>,
/// <c>v_proj_weight</c> where keys or values have features of their own), <c>in_proj_bias</c>, <c>out_proj</c>.</summary>
/// <remarks>Inputs are [time, batch, features], or [batch, time, features] where <c>batchFirst</c> is set.</remarks>
public sealed class MultiheadAttention : Module
{
    private readonly double dropout;
    private readonly bool batchFirst;
    private readonly RandomSource random;

    /// <summary>A layer with Xavier-uniform projections and zero biases, as in PyTorch.</summary>
    /// <param name="features">Features of queries and outputs; of keys and values too where nothing else is said.</param>
    /// <param name="heads">Heads; must divide the features.</param>
    /// <param name="random">Draws the weights and dropout.</param>
    /// <param name="dropout">Probability of dropping an attention weight, in training.</param>
    /// <param name="bias">Whether the projections have biases.</param>
    /// <param name="batchFirst">Whether the batch is the first dimension.</param>
    /// <param name="dataType">Type of the weights.</param>
    /// <param name="keyFeatures">Features of the keys (PyTorch's <c>kdim</c>), if others.</param>
    /// <param name="valueFeatures">Features of the values (PyTorch's <c>vdim</c>), if others.</param>
    /// <exception cref="ArgumentException">The heads do not divide the features, or a number of features is below 1.</exception>
    public MultiheadAttention(int features, int heads, RandomSource random, double dropout = 0, bool bias = true, bool batchFirst = false, DataType dataType = DataType.Float32,
        int? keyFeatures = null, int? valueFeatures = null)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (heads < 1 || features < 1 || features % heads != 0)
            throw new ArgumentException($"MultiheadAttention: {heads} heads do not divide {features} features.", nameof(heads));
        if (keyFeatures < 1 || valueFeatures < 1)
            throw new ArgumentException($"MultiheadAttention: {keyFeatures ?? features} key and {valueFeatures ?? features} value features; both are at least 1.", keyFeatures < 1 ? nameof(keyFeatures) : nameof(valueFeatures));
        (Heads, this.dropout, this.batchFirst, this.random) = (heads, dropout, batchFirst, random);
        Parameter Projection(int outputs, int inputs)
        {
            var weight = Parameter.Full([outputs, inputs], 0, dataType);
            Initialize.XavierUniform(weight, random);
            return weight;
        }
        if ((keyFeatures ?? features) == features && (valueFeatures ?? features) == features) InputWeight = Projection(3 * features, features);
        else (QueryWeight, KeyWeight, ValueWeight) = (Projection(features, features), Projection(features, keyFeatures ?? features), Projection(features, valueFeatures ?? features));
        InputBias = bias ? Parameter.Full([3 * features], 0, dataType) : null;
        Output = new(features, features, random, bias, dataType);
        if (Output.Bias is { } outputBias) Initialize.Set(outputBias, Tensor.ZerosLike(outputBias));
    }

    /// <summary>Heads.</summary>
    public int Heads { get; }

    /// <summary>Projections of queries, keys and values, one below the other: [3 * features, features]; null where keys or values have features of their own.</summary>
    [Name("in_proj_weight")]
    public Parameter? InputWeight { get; }

    /// <summary>The projection of queries alone: [features, features].</summary>
    [Name("q_proj_weight")]
    public Parameter? QueryWeight { get; }

    /// <summary>The projection of keys alone: [features, key features].</summary>
    [Name("k_proj_weight")]
    public Parameter? KeyWeight { get; }

    /// <summary>The projection of values alone: [features, value features].</summary>
    [Name("v_proj_weight")]
    public Parameter? ValueWeight { get; }

    /// <summary>[3 * features], if any.</summary>
    [Name("in_proj_bias")]
    public Parameter? InputBias { get; }

    /// <summary>The projection of the joined heads.</summary>
    [Name("out_proj")]
    public Linear Output { get; }

    /// <summary>Attends.</summary>
    /// <param name="queries">[batch, targets, features] in the layer's layout.</param>
    /// <param name="keys">[batch, sources, features] in the layer's layout.</param>
    /// <param name="values">[batch, sources, features] in the layer's layout, as many as keys.</param>
    /// <param name="mask">[targets, sources] or [batch * heads, targets, sources]: bool, true where attention is not allowed; or numbers that are added to the scores.</param>
    /// <param name="keyPadding">[batch, sources], bool: true where a key is padding.</param>
    /// <returns>Outputs in the layout of the queries, and the weights averaged over heads [batch, targets, sources].</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public (Tensor Output, Tensor Weights) Forward(Tensor queries, Tensor keys, Tensor values, Tensor? mask = null, Tensor? keyPadding = null)
    {
        var (q, k, v) = Projected(queries, keys, values);
        var scores = (q / Math.Sqrt(q.Shape[-1])).MatMul(k.T);
        if (mask is not null) scores = Masked(scores, mask.Rank == 3 ? mask.Reshape(scores.Shape) : mask);
        if (keyPadding is not null) scores = Masked(scores, keyPadding.Unsqueeze(1).Unsqueeze(1));
        var weights = scores.Softmax(-1);
        if (IsTraining && dropout > 0) weights = weights.Dropout(dropout, random);
        return (Joined(weights.MatMul(v), queries.Shape), weights.Mean(1));
    }

    /// <summary>The output alone: the weights are never stored.</summary>
    internal Tensor Attend(Tensor queries, Tensor keys, Tensor values, Tensor? mask = null, Tensor? keyPadding = null)
    {
        if (IsTraining && dropout > 0) return Forward(queries, keys, values, mask, keyPadding).Output;
        var (q, k, v) = Projected(queries, keys, values);
        Tensor? added = null;
        if (mask is not null) added = Added(mask.Rank == 3 ? mask.Reshape(q.Shape[0], Heads, q.Shape[2], k.Shape[2]) : mask, q.DataType);
        if (keyPadding is not null) added = Added(keyPadding.Unsqueeze(1).Unsqueeze(1), q.DataType) is var padding && added is not null ? added + padding : padding;
        return Joined(q.ScaledDotProductAttention(k, v, added), queries.Shape);
    }

    private Tensor Joined(Tensor heads, Shape shape) =>
        Output.Forward(heads.Permute(batchFirst ? [0, 2, 1, 3] : [2, 0, 1, 3]).Reshape([.. shape[..2], Output.Weight.Shape[0]]));

    /// <summary>Queries, keys and values of all heads: [batch, heads, time, features].</summary>
    private (Tensor Queries, Tensor Keys, Tensor Values) Projected(Tensor queries, Tensor keys, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        var features = Output.Weight.Shape[0];
        Parameter?[] own = [QueryWeight, KeyWeight, ValueWeight];
        var sizes = Array.ConvertAll(own, weight => weight?.Shape[1] ?? features);
        if (queries.Rank != 3 || keys.Rank != 3 || values.Rank != 3 || keys.Shape[..2] != values.Shape[..2] || queries.Shape[-1] != sizes[0] || keys.Shape[-1] != sizes[1] || values.Shape[-1] != sizes[2])
            throw new ArgumentException($"MultiheadAttention: queries {queries.Shape}, keys {keys.Shape}, values {values.Shape}; give three dimensions with {sizes[0]}, {sizes[1]} and {sizes[2]} features, as many values as keys.", nameof(queries));
        Tensor Heads4(Tensor x, int part)
        {
            var projected = x.Affine(own[part] ?? InputWeight!.Narrow(0, part * features, features), InputBias?.Narrow(0, part * features, features));
            var split = projected.Reshape(x.Shape[0], x.Shape[1], Heads, features / Heads);
            return batchFirst ? split.Permute(0, 2, 1, 3) : split.Permute(1, 2, 0, 3);
        }
        return (Heads4(queries, 0), Heads4(keys, 1), Heads4(values, 2));
    }

    /// <summary>What is added to scores: minus infinity where a mask of truth values forbids attention.</summary>
    private static Tensor Added(Tensor mask, DataType type) => mask.DataType == DataType.Bool
        ? Tensor.Where(mask, Tensor.Full([], double.NegativeInfinity, type, mask.Device), Tensor.Zeros([], type, mask.Device))
        : mask.To(type);

    private static Tensor Masked(Tensor scores, Tensor mask) =>
        mask.DataType == DataType.Bool ? scores.MaskedFill(mask, double.NegativeInfinity) : scores + mask;
}
