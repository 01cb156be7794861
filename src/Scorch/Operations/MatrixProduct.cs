using Scorch.Autograd;
using Scorch.Kernels;

namespace Scorch;

public partial class Tensor
{
    /// <summary>The matrix product over the last two dimensions, batch dimensions broadcasting; vectors count as rows on the left, columns on the right.</summary>
    /// <param name="other">[..., k, n] for this tensor [..., m, k].</param>
    /// <exception cref="ArgumentException">Inner sizes differ or a tensor has no dimensions.</exception>
    public Tensor MatMul(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank == 0 || other.Rank == 0)
            throw new ArgumentException($"MatMul: shapes {Shape} and {other.Shape}; both need at least one dimension. Use * for numbers.", nameof(other));
        if (Rank == 1) return Unsqueeze(0).MatMul(other).Squeeze(other.Rank == 1 ? 0 : -2);
        if (other.Rank == 1) return MatMul(other.Unsqueeze(1)).Squeeze(-1);
        if (Shape[-1] != other.Shape[-2])
            throw new ArgumentException($"MatMul: shapes {Shape} and {other.Shape} do not fit: {Shape[-1]} columns against {other.Shape[-2]} rows.", nameof(other));
        return BatchedProduct(this, other);
    }

    private static Tensor BatchedProduct(Tensor a, Tensor b)
    {
        var type = DataTypes.Promote(a.DataType, b.DataType);
        if (type == DataType.Bool) throw new NotSupportedException("MatMul is not defined for Bool; convert the tensors first.");
        var compute = type.ComputeType();
        var (rows, depth, columns) = (a.Shape[-2], a.Shape[-1], b.Shape[-1]);
        var batch = Shape.Broadcast(a.Shape[..^2], b.Shape[..^2], "MatMul");
        Tensor result;
        using (GradientMode.Disable())
        {
            var (left, right) = (a.InType(compute), b.InType(compute));
            // One matrix on the right serves all rows of all batches at once.
            if (right.Rank == 2 && left.Rank > 2 && left.IsContiguous)
            {
                left = left.Reshape(1, checked((int)batch.ElementCount * rows), depth);
                right = right.Unsqueeze(0);
                result = Empty([1, left.Shape[1], columns], compute, a.Device);
            }
            else
            {
                var count = checked((int)batch.ElementCount);
                left = AsBatch(left, batch, count);
                right = AsBatch(right, batch, count);
                result = Empty([count, rows, columns], compute, a.Device);
            }
            result.Kernels.MatrixProduct(result.Operand, left.Operand, right.Operand);
            result = result.InType(type).Reshape([.. batch, rows, columns]).Detach();
        }
        if (Tape.Records(a, b))
        {
            Tape.Record(result, "MatMul", [a, b], [a, b], g => [
                a.RequiresGradient ? BatchedProduct(g, b.Conjugate().T).SumTo(a) : null,
                b.RequiresGradient ? RightGradient(a, g, b) : null]);
        }
        Tape.Watch(result, "MatMul");
        return result;
    }

    private static Tensor RightGradient(Tensor a, Tensor g, Tensor b)
    {
        // Summing over the batch is a longer inner product.
        if (b.Rank == 2 && a.Rank > 2) return BatchedProduct(a.Conjugate().Flatten(0, -2).T, g.Flatten(0, -2)).SumTo(b);
        return BatchedProduct(a.Conjugate().T, g).SumTo(b);
    }

    private static Tensor AsBatch(Tensor x, Shape batch, int count)
    {
        if (x.Rank == 2) return x.Unsqueeze(0).Expand(count, x.Shape[0], x.Shape[1]);
        return x.Expand([.. batch, x.Shape[-2], x.Shape[-1]]).Reshape(count, x.Shape[-2], x.Shape[-1]);
    }

    /// <summary>The inner product of two vectors.</summary>
    public Tensor Dot(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank != 1 || other.Shape != Shape) throw new ArgumentException($"Dot: shapes {Shape} and {other.Shape}; two vectors of one length are needed.", nameof(other));
        return (this * other).Sum();
    }

    /// <summary>The products of all pairs of two vectors.</summary>
    public Tensor Outer(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Rank != 1 || other.Rank != 1) throw new ArgumentException($"Outer: shapes {Shape} and {other.Shape}; two vectors are needed.", nameof(other));
        return Unsqueeze(1) * other.Unsqueeze(0);
    }

    /// <summary>x W^T + b, the affine map of a linear layer.</summary>
    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="bias">[outputs], or none.</param>
    public Tensor Affine(Tensor weight, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.Rank != 2 || Rank == 0 || Shape[-1] != weight.Shape[1])
            throw new ArgumentException($"Affine: input {Shape} and weight {weight.Shape} do not fit; the last dimension of the input must be the weight's second.", nameof(weight));
        if (!SharesComputeType(weight, bias) || (bias is not null && bias.Shape != [weight.Shape[0]]))
        {
            var product = MatMul(weight.T);
            return bias is null ? product : product + bias;
        }
        Tensor result;
        using (GradientMode.Disable())
        {
            result = Rank == 1 ? Unsqueeze(0).MatMul(weight.T).Squeeze(0) : MatMul(weight.T);
            if (bias is not null) Kernels.Binary(BinaryKernel.Add, result.Operand, result.Operand, bias.Operand);
        }
        if (Tape.Records(this, weight, bias))
        {
            Tape.Record(result, "Affine", [this, weight, bias], [this, weight], g =>
            {
                var rows = g.Reshape(-1, g.Shape[-1]);
                return [
                    RequiresGradient ? g.MatMul(weight) : null,
                    weight.RequiresGradient ? rows.T.MatMul(Reshape(-1, Shape[-1])) : null,
                    bias is { RequiresGradient: true } ? rows.Sum(0) : null];
            });
        }
        Tape.Watch(result, "Affine");
        return result;
    }
}
