using Scorch.Models.Transformers;
using Scorch.Modules;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Full attention, <c>softmax(Q K^T / sqrt(d_k)) V</c> of h heads (Vaswani et al. 2017, equation 1); with persistent vectors, all-attention.</summary>
/// <remarks>
/// Persistent vectors (Sukhbaatar et al. 2019, arXiv 1907.01470) are N trained keys and values a head that every query may look at beside those
/// of the series, in the same softmax; they take the place of the feed-forward part.
/// </remarks>
public sealed class FullAttention : HeadedAttention
{
    /// <summary>An attention with random weights.</summary>
    /// <param name="site">Where it is built.</param>
    public FullAttention(ModuleSite site)
        : base(site)
    {
        if (site.PersistentVectors == 0) return;
        // As the authors start them: variance 1 over the factor sqrt(d_k) for keys, sqrt(N) for values, which the products bring back.
        PersistentKeys = SurveyParts.Normal([Heads, site.PersistentVectors, HeadFeatures], 1 / Math.Sqrt(HeadFeatures), site.Random);
        PersistentValues = SurveyParts.Normal([Heads, site.PersistentVectors, HeadFeatures], 1 / Math.Sqrt(site.PersistentVectors), site.Random);
    }

    /// <summary>[heads, N, d], if any.</summary>
    public Parameter? PersistentKeys { get; }

    /// <summary>[heads, N, d], if any.</summary>
    public Parameter? PersistentValues { get; }

    /// <inheritdoc/>
    public override Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, TransformerContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(scope);
        if (Position is { Card.Reach: PositionReach.Scores } || PersistentKeys is not null || scope.Bias is not null)
            return WithWeights(queries, keys, values, scope).Result;
        return Core(queries, keys, values, scope);
    }

    /// <summary>Attends, and shows the weights.</summary>
    /// <param name="hidden">[batch, queries, features].</param>
    /// <param name="memory">[batch, keys, features]; none for self-attention.</param>
    /// <param name="scope">Which keys a query may look at.</param>
    /// <returns>The output [batch, queries, features] and the weights [batch, heads, queries, keys], persistent vectors last.</returns>
    public (Tensor Output, Tensor Weights) Explain(Tensor hidden, Tensor? memory, AttentionScope scope)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(scope);
        var (queries, keys, values) = Project(hidden, memory ?? hidden);
        var (result, weights) = WithWeights(queries, keys, values, scope);
        return (Output.Map(SurveyParts.Join(result)), weights);
    }

    /// <summary>The fused form, without anything added to scores.</summary>
    internal static Tensor Core(Tensor queries, Tensor keys, Tensor values, AttentionScope scope)
    {
        var (count, length) = (queries.Shape[2], keys.Shape[2]);
        OperationMeter.CountMixing(queries.ElementCount * length + (queries.ElementCount / queries.Shape[3] * length * values.Shape[3]));
        return scope is { IsCausal: true, KeyMask: null } && count == length
            ? queries.ScaledDotProductAttention(keys, values, isCausal: true)
            : queries.ScaledDotProductAttention(keys, values, scope.Added(count, length, queries.DataType));
    }

    private (Tensor Result, Tensor Weights) WithWeights(Tensor queries, Tensor keys, Tensor values, AttentionScope scope)
    {
        var (count, length) = (queries.Shape[2], keys.Shape[2]);
        var scores = MaskedScores.Of(queries, keys, scope, Position);
        var allowed = scope.Allowed(count, length);
        if (PersistentKeys is null)
        {
            var plain = MaskedScores.Softmax(scores, allowed);
            var mixed = plain.Times(values);
            return (Position?.Values(plain, PositionPairs.All(count, length, scope.IsCausal)) is { } moved ? mixed + moved : mixed, plain);
        }
        var vectors = PersistentKeys.Shape[1];
        var persistent = (queries / Math.Sqrt(HeadFeatures)).Times(PersistentKeys.T);
        if (allowed is not null)
            allowed = Tensor.Concatenate([allowed.Expand(allowed.Shape[0], 1, count, length), Tensor.Full([allowed.Shape[0], 1, count, vectors], true, DataType.Bool)], 3);
        var weights = MaskedScores.Softmax(Tensor.Concatenate([scores, persistent], 3), allowed);
        var own = weights.Narrow(3, 0, length);
        var result = own.Times(values) + weights.Narrow(3, length, vectors).Times(PersistentValues!);
        return (Position?.Values(own, PositionPairs.All(count, length, scope.IsCausal)) is { } added ? result + added : result, weights);
    }
}
