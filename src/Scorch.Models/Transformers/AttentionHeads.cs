using Scorch.Modules;

namespace Scorch.Models.Transformers;

/// <summary>The heart of every layout's attention: softmax(Q K^T scale + mask) V of all heads.</summary>
internal static class AttentionHeads
{
    /// <summary>Keys and values of a call, with the earlier ones where there is a cache. An encoded series is projected once.</summary>
    public static (Tensor Keys, Tensor Values) KeysAndValues(Func<(Tensor Keys, Tensor Values)> project, bool isCross, int heads, AttentionCache? cache)
    {
        if (isCross && cache is { Length: > 0 }) return cache.All();
        var (keys, values) = project();
        (keys, values) = (Split(keys, heads), Split(values, heads));
        return cache is null ? (keys, values) : cache.Append(keys, values);
    }

    /// <summary>[batch, time, features] as [batch, heads, time, features of a head].</summary>
    public static Tensor Split(Tensor x, int heads) => x.Reshape(x.Shape[0], x.Shape[1], heads, x.Shape[2] / heads).Permute(0, 2, 1, 3);

    /// <summary>Attends and joins the heads again: [batch, queries, features].</summary>
    /// <param name="queries">[batch, heads, queries, d].</param>
    /// <param name="keys">[batch, heads, keys, d].</param>
    /// <param name="values">[batch, heads, keys, v].</param>
    /// <param name="scope">Which keys a query may look at.</param>
    /// <param name="scale">Of the products.</param>
    /// <param name="dropout">Of the weights, in training.</param>
    /// <param name="arithmetic">Another way to compute, if any.</param>
    public static Tensor Attend(Tensor queries, Tensor keys, Tensor values, AttentionScope scope, double scale, Dropout? dropout, AttentionArithmetic? arithmetic)
    {
        var (count, length) = (queries.Shape[2], keys.Shape[2]);
        Tensor result;
        if (arithmetic is not null || dropout is { IsTraining: true })
        {
            var weights = Weights(queries, keys, scope, scale, arithmetic).Dropped(dropout);
            result = arithmetic is null ? weights.MatMul(values) : arithmetic.Operand(weights, AttentionOperand.Weights).MatMul(arithmetic.Operand(values, AttentionOperand.Values));
        }
        else if (scope is { IsCausal: true, KeyMask: null, Bias: null } && count == length)
        {
            result = queries.ScaledDotProductAttention(keys, values, isCausal: true, scale: scale);
        }
        else
        {
            result = queries.ScaledDotProductAttention(keys, values, scope.Added(count, length, queries.DataType), scale: scale);
        }
        return result.Permute(0, 2, 1, 3).Reshape(queries.Shape[0], count, queries.Shape[1] * values.Shape[3]);
    }

    /// <summary>The weights, before dropout: [batch, heads, queries, keys].</summary>
    public static Tensor Weights(Tensor queries, Tensor keys, AttentionScope scope, double scale, AttentionArithmetic? arithmetic)
    {
        var (count, length) = (queries.Shape[2], keys.Shape[2]);
        if (arithmetic is null)
        {
            var scores = (queries * scale).MatMul(keys.T);
            if (scope.Added(count, length, queries.DataType) is { } added) scores += added;
            return scores.Softmax(-1);
        }
        var products = arithmetic.Operand(queries, AttentionOperand.Queries).MatMul(arithmetic.Operand(keys, AttentionOperand.Keys).T) * scale;
        return arithmetic.Weights(scope.Bias is null ? products : products + scope.Bias, scope.Allowed(count, length));
    }
}
