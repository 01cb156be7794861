using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Multi-query attention: every head has queries of its own, all share one key and one value (Shazeer 2019, arXiv 1911.02150).</summary>
public sealed class MultiQueryAttention : HeadedAttention
{
    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    public MultiQueryAttention(ModuleSite site)
        : base(site, keyHeads: 1)
    {
    }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(scope);
        var (count, length) = (queries.Shape[2], keys.Shape[2]);
        var weights = MaskedScores.Softmax(MaskedScores.Of(queries, keys, scope, Position), scope.Allowed(count, length));
        var result = weights.Times(values);
        return Position?.Values(weights, PositionPairs.All(count, length, scope.IsCausal)) is { } moved ? result + moved : result;
    }
}

/// <summary>Talking heads: logits are mixed over heads before the softmax and weights after it (Shazeer et al. 2020, arXiv 2003.02436).</summary>
public sealed class TalkingHeadsAttention : HeadedAttention
{
    /// <summary>An attention with random weights; both mixtures start at the identity.</summary>
    /// <param name="site">Where it is built.</param>
    public TalkingHeadsAttention(ModuleSite site)
        : base(site)
    {
        LogitMixture = new(Tensor.Identity(Heads));
        WeightMixture = new(Tensor.Identity(Heads));
    }

    /// <summary>P_l, [heads out, heads in].</summary>
    public Parameter LogitMixture { get; }

    /// <summary>P_w, [heads out, heads in].</summary>
    public Parameter WeightMixture { get; }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(scope);
        var (count, length) = (queries.Shape[2], keys.Shape[2]);
        // J = softmax(P_l Q K^T / sqrt(d)), O = (P_w J) V
        var logits = Mixed(MaskedScores.Of(queries, keys, scope, Position), LogitMixture);
        var weights = Mixed(MaskedScores.Softmax(logits, scope.Allowed(count, length)), WeightMixture);
        var result = weights.Times(values);
        return Position?.Values(weights, PositionPairs.All(count, length, scope.IsCausal)) is { } moved ? result + moved : result;
    }

    private static Tensor Mixed(Tensor perHead, Tensor mixture)
    {
        var (batch, heads, queries, keys) = (perHead.Shape[0], perHead.Shape[1], perHead.Shape[2], perHead.Shape[3]);
        return mixture.Times(perHead.Reshape(batch, heads, queries * keys)).Reshape(batch, heads, queries, keys);
    }
}
