using Scorch.Autograd;
using Scorch.Kernels;

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
        if (isCausal && mask is not null) throw new ArgumentException("Attention: give a mask or isCausal, not both.", nameof(mask));
        var factor = scale ?? (1 / Math.Sqrt(Shape[-1]));
        return FusesAttention(keys, values, mask)
            ? FusedAttention(keys, values, mask, isCausal, factor)
            : AttentionDefinition(this, keys, values, mask, isCausal, factor);
    }

    private static Tensor AttentionDefinition(Tensor queries, Tensor keys, Tensor values, Tensor? mask, bool isCausal, double scale)
    {
        var scores = (queries * scale).MatMul(keys.T);
        if (isCausal) mask = Ones([queries.Shape[-2], keys.Shape[-2]], DataType.Bool, queries.Device).LowerTriangle();
        if (mask is { DataType: DataType.Bool }) scores = scores.MaskedFill(mask.LogicalNot(), double.NegativeInfinity);
        else if (mask is not null) scores += mask;
        return scores.Softmax(-1).MatMul(values);
    }

    /// <summary>Batches of one shape, one type that the kernel knows, and a mask without gradients that spreads over the scores.</summary>
    private bool FusesAttention(Tensor keys, Tensor values, Tensor? mask)
    {
        if (!SharesComputeType(keys, values) || Shape[..^2] != keys.Shape[..^2] || Shape[..^2] != values.Shape[..^2] || keys.Shape[-2] == 0 || Shape[-1] == 0) return false;
        if (mask is null) return true;
        if (mask.RequiresGradient || mask.Rank > Rank || (mask.DataType != DataType && mask.DataType != DataType.Bool)) return false;
        Shape scores = [.. Shape[..^1], keys.Shape[-2]];
        for (var d = 1; d <= mask.Rank; d++)
            if (mask.Shape[-d] != 1 && mask.Shape[-d] != scores[-d]) return false;
        return true;
    }

    private Tensor FusedAttention(Tensor keys, Tensor values, Tensor? mask, bool isCausal, double scale)
    {
        Tensor result, logarithms;
        Tensor? added = null;
        using (GradientMode.Disable())
        {
            result = Empty([.. Shape[..^1], values.Shape[-1]], DataType, Device);
            logarithms = Empty(Shape[..^1], DataType, Device);
            if (mask is { DataType: DataType.Bool })
                mask = Where(mask, Zeros([], DataType, Device), Full([], double.NegativeInfinity, DataType, Device));
            added = mask?.Expand([.. Shape[..^1], keys.Shape[-2]]);
            Kernels.Attention(result.Heads(), logarithms.Operand, Heads(), keys.Heads(), values.Heads(), added?.Heads(), isCausal, scale);
        }
        if (!Tape.Records(this, keys, values)) return result;
        Tensor?[] saved = [this, keys, values, mask, added, logarithms, result];
        return Tape.Record(result, "Attention", [this, keys, values], [.. saved.OfType<Tensor>()], g =>
        {
            if (!CanFuse(g))
            {
                using var mode = GradientMode.Enable();
                Tensor[] own = [View(Shape), keys.View(keys.Shape), values.View(values.Shape)];
                var wanted = own.Where(tensor => tensor.RequiresGradient).ToArray();
                var slopes = Differentiation.Gradients([AttentionDefinition(own[0], own[1], own[2], mask, isCausal, scale)], wanted, [g], createGraph: true);
                return Array.ConvertAll<Tensor, Tensor?>(own, tensor => tensor.RequiresGradient ? slopes[Array.IndexOf(wanted, tensor)] : null);
            }
            var (queryGradient, keyGradient, valueGradient) = (Empty(Shape, DataType, Device), Empty(keys.Shape, DataType, Device), Empty(values.Shape, DataType, Device));
            var gradients = new AttentionGradients(
                queryGradient.Heads(),
                keyGradient.Heads(),
                valueGradient.Heads(),
                g.Contiguous().Heads(),
                result.Heads(),
                logarithms.Operand,
                Heads(),
                keys.Heads(),
                values.Heads());
            Kernels.AttentionGradient(gradients, added?.Heads(), isCausal, scale);
            return [queryGradient, keyGradient, valueGradient];
        });
    }

    /// <summary>[..., rows, columns] as [a, b, rows, columns].</summary>
    private Operand Heads()
    {
        if (Rank == 4) return Operand;
        if (Rank <= 3)
        {
            var missing = 4 - Rank;
            return new(Storage, Offset, Shape.Wrap([.. Enumerable.Repeat(1, missing), .. Shape.Sizes]), [.. Enumerable.Repeat(0L, missing), .. Strides], DataType);
        }
        using var mode = GradientMode.Disable();
        return Detach().Reshape(1, checked((int)Shape[..^2].ElementCount), Shape[-2], Shape[-1]).Operand;
    }
}
