using Scorch.Autograd;
using Scorch.Models.Experts;
using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.HashLayers;

/// <summary>The hash layer: K feed-forward experts of which a token uses the one its hash names, <c>FFN_k(h) = D_k relu(C_k h + c_k) + d_k</c>, k = hash(t).</summary>
/// <remarks>
/// t is the token that came in, not the hidden state. Nothing multiplies the output. With N segments the inner features are cut in N, each from the
/// expert that its own function names (section 3.3): <c>v = relu([C_k1^(1) h; ...; C_kN^(N) h])</c>, <c>y = sum_m D_km^(m) v^(m)</c>; the output bias is
/// cut in N summands. Segment m of expert k is entry k N + m of the parameters.
/// </remarks>
/// <example><code>
/// var config = new HashLayerConfig { ModelDim = 256, FfDim = 1024, Buckets = 16 };
/// var layer = new HashFeedForward(config, TokenHash.Balanced(corpus.UnigramCounts(), 16), seed: 3);
/// var y = layer.Forward(hidden, tokenIds);
/// </code></example>
public sealed class HashFeedForward : FeedForward
{
    /// <summary>Name in <see cref="TransformerContext.Conditions"/> of the token after each, int64 [batch, time], which <see cref="TokenHashKind.Oracle"/> asks for.</summary>
    public const string NextTokens = "hash-layers/next-tokens";

    private const string ChecksumName = "hash_checksum";
    private readonly Tensor checksum;

    /// <summary>A layer whose experts start uniform as Glorot and Bengio 2010 say, biases at 0.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="hash">Names experts.</param>
    /// <param name="seed">Fixes weights and dropout.</param>
    /// <exception cref="ArgumentException">A setting is impossible, or the hash is of other buckets or functions.</exception>
    public HashFeedForward(HashLayerConfig config, ITokenHash hash, long seed = 0)
        : this(config, hash, new RandomSource(seed))
    {
    }

    /// <summary>A layer whose experts start uniform as Glorot and Bengio 2010 say, biases at 0.</summary>
    /// <param name="config">Its shape.</param>
    /// <param name="hash">Names experts.</param>
    /// <param name="random">Draws weights and dropout.</param>
    public HashFeedForward(HashLayerConfig config, ITokenHash hash, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(random);
        config.Validate();
        if (hash.Buckets != config.Buckets) throw new ArgumentException($"HashFeedForward: the hash has {hash.Buckets} buckets, the layer {config.Buckets} experts; they must be as many.", nameof(hash));
        if (hash.Functions != config.Segments)
            throw new ArgumentException($"HashFeedForward: the hash has {hash.Functions} functions for {config.Segments} segments; give a MultiHash of as many functions as segments.", nameof(hash));
        (Config, Hash) = (config, hash);
        checksum = Tensor.From(Convert.FromHexString(hash.Checksum));
        Experts = new(config.Buckets * config.Segments, config.ModelDim, config.FfDim / config.Segments, Activation.Relu, config.HasBiases, config.Dropout, random);
        Glorot(Experts, config, random);
        if (config.InnerResidualNorm) Norm = new([config.ModelDim], config.Epsilon);
    }

    /// <summary>Its shape.</summary>
    public HashLayerConfig Config { get; }

    /// <summary>Names experts.</summary>
    public ITokenHash Hash { get; }

    /// <summary>All experts' segments.</summary>
    public ExpertFeedForward Experts { get; }

    /// <summary>After the inner residual sum, shared by all experts; if any.</summary>
    public LayerNorm? Norm { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor hidden, TransformerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.TokenIds is not { } ids)
            throw new ArgumentException("HashFeedForward: the context has no token ids, by which a hash layer finds experts; run a model of tokens, or Forward(hidden, tokenIds).", nameof(context));
        return Run(hidden, ids, context.Mask, context.PastIds, context.PastMask, context.Conditions.GetValueOrDefault(NextTokens));
    }

    /// <summary>Runs each token's expert.</summary>
    /// <param name="hidden">[batch, time, features].</param>
    /// <param name="tokenIds">Int64 [batch, time]: the tokens that came in.</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real; none where all are. Padding has no expert and comes before no token.</param>
    /// <param name="nextTokens">For an oracle hash the token after each: int64 [batch, time].</param>
    /// <returns>[batch, time, features]; without inner residual sum zeros for padding.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or an id lies outside the table.</exception>
    public Tensor Forward(Tensor hidden, Tensor tokenIds, Tensor? mask = null, Tensor? nextTokens = null) => Run(hidden, tokenIds, mask, null, null, nextTokens);

    /// <summary>The expert of every token, -1 for padding: token after token, a token's functions side by side.</summary>
    /// <param name="tokenIds">Int64 [batch, time].</param>
    /// <param name="mask">Bool [batch, time]: true where a token is real.</param>
    /// <param name="nextTokens">For an oracle hash the token after each.</param>
    public int[] BucketsOf(Tensor tokenIds, Tensor? mask = null, Tensor? nextTokens = null)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        return Assign(tokenIds, mask, null, null, nextTokens);
    }

    /// <summary>Takes experts in the paper's letters, each whole: cut here into segments.</summary>
    /// <param name="inward">C: [experts, inner, features].</param>
    /// <param name="outward">D: [experts, features, inner].</param>
    /// <param name="inwardBias">c: [experts, inner]; with biases only.</param>
    /// <param name="outwardBias">d: [experts, features]; with biases only. Each segment carries an even part.</param>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public void LoadExperts(Tensor inward, Tensor outward, Tensor? inwardBias = null, Tensor? outwardBias = null)
    {
        ArgumentNullException.ThrowIfNull(inward);
        ArgumentNullException.ThrowIfNull(outward);
        var (k, n, d, f) = (Config.Buckets, Config.Segments, Config.ModelDim, Config.FfDim);
        Require(inward, [k, f, d], nameof(inward));
        Require(outward, [k, d, f], nameof(outward));
        if ((inwardBias is not null) != Config.HasBiases || (outwardBias is not null) != Config.HasBiases)
            throw new ArgumentException($"HashFeedForward: the layer has {(Config.HasBiases ? "" : "no ")}biases; give both or none accordingly.", nameof(inwardBias));
        if (inwardBias is not null) Require(inwardBias, [k, f], nameof(inwardBias));
        if (outwardBias is not null) Require(outwardBias, [k, d], nameof(outwardBias));
        using var mode = GradientMode.Disable();
        Experts.Inward.CopyFrom(inward.Reshape(k * n, f / n, d));
        Experts.Outward.CopyFrom(outward.Reshape(k, d, n, f / n).Transpose(1, 2).Reshape(k * n, d, f / n));
        if (inwardBias is not null) Experts.InwardBias!.CopyFrom(inwardBias.Reshape(k * n, f / n));
        if (outwardBias is not null) Experts.OutwardBias!.CopyFrom((outwardBias / n).Unsqueeze(1).Expand(k, n, d).Reshape(k * n, d));
    }

    /// <inheritdoc/>
    protected override IEnumerable<(string Name, Tensor Buffer)> OwnBuffers()
    {
        // The hash is no parameter, yet weights mean nothing without it.
        yield return (ChecksumName, checksum);
    }

    /// <inheritdoc/>
    protected override void CheckState(IReadOnlyDictionary<string, Tensor> state, string prefix)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.TryGetValue(prefix + ChecksumName, out var other)) return;
        var text = Convert.ToHexStringLower(other.To(DataType.UInt8).ToArray<byte>());
        if (text != Hash.Checksum)
            throw new ArgumentException($"HashFeedForward: {prefix}{ChecksumName} is {text} in the checkpoint, {Hash.Checksum} in the layer: its experts were trained with another hash table; load the hash that was saved beside the weights.", nameof(state));
    }

    /// <summary>Every expert by the fans of a whole one, cut into segments or not.</summary>
    internal static void Glorot(ExpertFeedForward experts, HashLayerConfig config, RandomSource random)
    {
        var bound = Math.Sqrt(6.0 / (config.ModelDim + config.FfDim));
        using var mode = GradientMode.Disable();
        foreach (var weight in new[] { experts.Inward, experts.Outward })
            for (var expert = 0; expert < experts.Count; expert++) weight.Detach().Select(0, expert).CopyFrom(random.Uniform(weight.Shape[1..], -bound, bound));
    }

    private static void Require(Tensor x, Shape shape, string name)
    {
        if (x.Shape != shape) throw new ArgumentException($"HashFeedForward: {name} is {x.Shape}; give {shape}.", name);
    }

    private Tensor Run(Tensor hidden, Tensor tokenIds, Tensor? mask, Tensor? pastIds, Tensor? pastMask, Tensor? nextTokens)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(tokenIds);
        if (hidden.Rank != 3 || hidden.Shape[2] != Config.ModelDim)
            throw new ArgumentException($"HashFeedForward: hidden states are {hidden.Shape}; give [batch, time, {Config.ModelDim}].", nameof(hidden));
        if (tokenIds.Shape != hidden.Shape[..2])
            throw new ArgumentException($"HashFeedForward: token ids are {tokenIds.Shape} for hidden states {hidden.Shape}; give int64 {hidden.Shape[..2]}.", nameof(tokenIds));
        var buckets = Assign(tokenIds, mask, pastIds, pastMask, nextTokens);
        for (var i = 0; i < buckets.Length; i++)
            if (buckets[i] >= 0) buckets[i] = (buckets[i] * Config.Segments) + (i % Config.Segments);
        var dispatch = ExpertDispatch.Create(buckets, Config.Segments, Experts.Count, ExpertCapacity.Unlimited);
        var rows = Experts.Forward(dispatch.Gather(hidden.Reshape(-1, Config.ModelDim)), dispatch.Starts);
        var output = dispatch.Combine(rows).Reshape(hidden.Shape);
        return Norm is null ? output : Norm.Forward(hidden + output);
    }

    /// <summary>Buckets of the newest tokens alone; earlier ones only tell what came before.</summary>
    private int[] Assign(Tensor tokenIds, Tensor? mask, Tensor? pastIds, Tensor? pastMask, Tensor? nextTokens)
    {
        if (tokenIds.DataType != DataType.Int64 || tokenIds.Rank != 2) throw new ArgumentException($"HashFeedForward: token ids are {tokenIds.DataType} {tokenIds.Shape}; give int64 [batch, time].", nameof(tokenIds));
        if (mask is not null && (mask.DataType != DataType.Bool || mask.Shape != tokenIds.Shape))
            throw new ArgumentException($"HashFeedForward: the mask is {mask.DataType} {mask.Shape}; give bool {tokenIds.Shape}, true where a token is real.", nameof(mask));
        if (nextTokens is not null && (nextTokens.DataType != DataType.Int64 || nextTokens.Shape != tokenIds.Shape))
            throw new ArgumentException($"HashFeedForward: next tokens are {nextTokens.DataType} {nextTokens.Shape}; give int64 {tokenIds.Shape}.", nameof(nextTokens));
        var (batch, time, past) = (tokenIds.Shape[0], tokenIds.Shape[1], pastIds?.Shape[1] ?? 0);
        var (ids, real, next) = (tokenIds.ToArray<long>(), mask?.ToArray<bool>(), Hash.NeedsNext ? nextTokens?.ToArray<long>() : null);
        var (earlier, earlierReal) = (pastIds?.ToArray<long>(), pastMask?.ToArray<bool>());
        var result = new int[batch * time * Config.Segments];
        Array.Fill(result, ExpertDispatch.NoExpert);
        var (row, places, following) = (new List<long>(past + time), new List<int>(time), new List<long>(time));
        for (var b = 0; b < batch; b++)
        {
            row.Clear();
            places.Clear();
            following.Clear();
            for (var t = 0; t < past; t++)
                if (earlierReal?[(b * past) + t] ?? true) row.Add(earlier![(b * past) + t]);
            var first = row.Count;
            for (var t = b * time; t < (b + 1) * time; t++)
            {
                if (real is not null && !real[t]) continue;
                row.Add(ids[t]);
                places.Add(t);
                if (next is not null) following.Add(next[t]);
            }
            if (places.Count == 0) continue;
            var own = new int[places.Count * Config.Segments];
            Hash.Assign(new(row.ToArray(), first, following.ToArray()), own);
            for (var i = 0; i < places.Count; i++) own.AsSpan(i * Config.Segments, Config.Segments).CopyTo(result.AsSpan(places[i] * Config.Segments));
        }
        return result;
    }
}
