namespace Scorch;

public partial class Tensor
{
    /// <summary>softmax(Q K^T / sqrt(d) + mask) V.</summary>
    /// <param name="keys">[..., keys, d].</param>
    /// <param name="values">[..., keys, v].</param>
    /// <param name="mask">Bool, true where a query may look, or numbers that are added; broadcasts to [..., queries, keys].</param>
    /// <param name="isCausal">A query looks at keys up to its own position.</param>
    /// <param name="scale">In place of 1 / sqrt(d).</param>
    /// <returns>[..., queries, v] for this tensor of queries [..., queries, d].</returns>
    public Tensor ScaledDotProductAttention(Tensor keys, Tensor values, Tensor? mask = null, bool isCausal = false, double? scale = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        if (Rank < 2 || keys.Rank < 2 || values.Rank < 2 || keys.Shape[-1] != Shape[-1] || keys.Shape[-2] != values.Shape[-2])
            throw new ArgumentException($"Attention: queries {Shape}, keys {keys.Shape}, values {values.Shape} do not fit; queries and keys share the last size, keys and values the one before.", nameof(keys));
        var scores = (this * (scale ?? (1 / Math.Sqrt(Shape[-1])))).MatMul(keys.T);
        if (isCausal)
        {
            if (mask is not null) throw new ArgumentException("Attention: give a mask or isCausal, not both.", nameof(mask));
            mask = Ones([Shape[-2], keys.Shape[-2]], DataType.Bool, Device).LowerTriangle();
        }
        if (mask is { DataType: DataType.Bool }) scores = scores.MaskedFill(mask.LogicalNot(), double.NegativeInfinity);
        else if (mask is not null) scores += mask;
        return scores.Softmax(-1).MatMul(values);
    }
}
