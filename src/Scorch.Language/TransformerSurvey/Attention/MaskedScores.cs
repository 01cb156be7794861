using Scorch.Models.Transformers;

namespace Scorch.Language.TransformerSurvey;

/// <summary>Softmax over allowed keys, and what of scores several attentions share.</summary>
internal static class MaskedScores
{
    /// <summary>Softmax along the last dimension over entries that are allowed; 0 in a row where none is.</summary>
    /// <param name="scores">[..., keys].</param>
    /// <param name="allowed">Bool, broadcasting to the scores; none where all are.</param>
    public static Tensor Softmax(Tensor scores, Tensor? allowed)
    {
        if (allowed is null) return scores.Softmax(-1);
        var some = allowed.Any(-1, keepDimensions: true);
        if (some.All().To(DataType.Int64).ItemInt64() == 1) return scores.MaskedFill(allowed.LogicalNot(), double.NegativeInfinity).Softmax(-1);
        // A row of minus infinity has no softmax: it keeps its scores here and is set to 0 after.
        var kept = allowed.Or(some.LogicalNot());
        return scores.MaskedFill(kept.LogicalNot(), double.NegativeInfinity).Softmax(-1) * some.To(scores.DataType);
    }

    /// <summary>Scaled products of all pairs with what positions and the scope add: [batch, heads, queries, keys].</summary>
    /// <remarks>The scale is 1 / sqrt(d) with the features d of a head, not of the model.</remarks>
    public static Tensor Of(Tensor queries, Tensor keys, AttentionScope scope, PositionScheme? position)
    {
        var scale = (position?.ContentScale ?? 1) / Math.Sqrt(queries.Shape[-1]);
        var scores = (queries * scale).Times(keys.T);
        if (position?.Scores(queries, keys, PositionPairs.All(queries.Shape[2], keys.Shape[2], scope.IsCausal)) is { } added) scores += added;
        if (scope.Bias is not null) scores += scope.Bias;
        return scores;
    }

    /// <summary>Real keys as a factor of features: [batch, 1, keys, 1], or none where all are real.</summary>
    public static Tensor? KeyFactor(AttentionScope scope, DataType type) =>
        scope.KeyMask?.To(type).Reshape(scope.KeyMask.Shape[0], 1, scope.KeyMask.Shape[1], 1);

    /// <summary>Real keys as bool [batch, 1, 1, keys], or none where all are real.</summary>
    public static Tensor? RealKeys(AttentionScope scope) => scope.KeyMask?.Reshape(scope.KeyMask.Shape[0], 1, 1, scope.KeyMask.Shape[1]);
}
