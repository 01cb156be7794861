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
        if (Rank <= 2 && other.Rank <= 2 && (Rank == 1 || other.Rank == 1) && Shape[-1] == other.Shape[0] && !Tape.Records(this, other))
        {
            var vector = Compute(this, other);
            Tape.Watch(vector, "MatMul");
            return vector;
        }
        if (Rank == 1) return Unsqueeze(0).MatMul(other).Squeeze(other.Rank == 1 ? 0 : -2);
        if (other.Rank == 1) return MatMul(other.Unsqueeze(1)).Squeeze(-1);
        if (Shape[-1] != other.Shape[-2])
            throw new ArgumentException($"MatMul: shapes {Shape} and {other.Shape} do not fit: {Shape[-1]} columns against {other.Shape[-2]} rows.", nameof(other));
        return BatchedProduct(this, other);
    }

    private static Tensor BatchedProduct(Tensor a, Tensor b)
    {
        var result = Compute(a, b);
        if (Tape.Records(a, b)) RecordProduct(result, a, b);
        Tape.Watch(result, "MatMul");
        return result;
    }

    private static void RecordProduct(Tensor result, Tensor a, Tensor b) => Tape.Record(result, "MatMul", [a, b], [a, b], g => [
        Tape.Wants(0) ? BatchedProduct(g, b.Conjugate().T).SumTo(a.Form) : null,
        Tape.Wants(1) ? RightGradient(a, g, b) : null]);

    private static Tensor Compute(Tensor a, Tensor b)
    {
        var type = DataTypes.Promote(a.DataType, b.DataType);
        if (type == DataType.Bool) throw new NotSupportedException("MatMul is not defined for Bool; convert the tensors first.");
        var compute = type.ComputeType();
        if (a.DataType != compute || b.DataType != compute)
        {
            using (GradientMode.Disable()) (a, b) = (a.InType(compute), b.InType(compute));
        }
        var (rows, depth, columns) = (a.Rank == 1 ? 1 : a.Shape[-2], a.Shape[-1], b.Rank == 1 ? 1 : b.Shape[-1]);
        var count = 1;
        Shape shape;
        if (a.Rank <= 2 && b.Rank <= 2)
        {
            shape = Shape.Wrap(a.Rank == 2 && b.Rank == 2 ? [rows, columns] : a.Rank == 2 ? [rows] : b.Rank == 2 ? [columns] : []);
        }
        else
        {
            var batch = Shape.Broadcast(a.Shape[..^2], b.Shape[..^2], "MatMul");
            shape = [.. batch, rows, columns];
            // One matrix on the right serves all rows of all batches at once.
            if (b.Rank == 2 && a.IsContiguous)
            {
                rows = checked((int)batch.ElementCount * rows);
                a = a.Rows(rows, depth);
            }
            else
            {
                count = checked((int)batch.ElementCount);
                using (GradientMode.Disable()) (a, b) = (AsBatch(a, batch, count), AsBatch(b, batch, count));
            }
        }
        var result = Empty(shape, compute, a.Device);
        result.Kernels.MatrixProduct(
            new Operand(result.Storage, 0, Shape.Wrap([count, rows, columns]), [(long)rows * columns, columns, 1], compute),
            new Operand(a.Storage, a.Offset, Shape.Wrap([count, rows, depth]), [a.Rank == 3 ? a.Strides[0] : 0, a.Rank == 1 ? 0 : a.Strides[^2], a.Strides[^1]], compute),
            new Operand(b.Storage, b.Offset, Shape.Wrap([count, depth, columns]), [b.Rank == 3 ? b.Strides[0] : 0, b.Strides[b.Rank == 1 ? 0 : b.Rank - 2], b.Rank == 1 ? 0 : b.Strides[^1]], compute));
        return result.InType(type);
    }

    /// <summary>A contiguous tensor seen as one matrix.</summary>
    private Tensor Rows(int rows, int columns) => new(Storage, Offset, Shape.Wrap([rows, columns]), [columns, 1], DataType);

    private static Tensor RightGradient(Tensor a, Tensor g, Tensor b)
    {
        // Summing over the batch is a longer inner product.
        if (b.Rank == 2 && a.Rank > 2) return BatchedProduct(a.Conjugate().Flatten(0, -2).T, g.Flatten(0, -2)).SumTo(b.Form);
        return BatchedProduct(a.Conjugate().T, g).SumTo(b.Form);
    }

    private static Tensor AsBatch(Tensor x, Shape batch, int count)
    {
        if (x.Rank == 2) return x;
        if (x.Rank == 3 && x.Shape[0] == count) return x;
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
            var input = Contiguous();
            var rows = input.ElementCount / Math.Max(1, weight.Shape[1]);
            if (weight.Shape[1] == 0) rows = Shape[..^1].ElementCount;
            var (count, inputs, outputs) = (checked((int)rows), weight.Shape[1], weight.Shape[0]);
            result = Empty([.. Shape[..^1], outputs], DataType, Device);
            var to = new Operand(result.Storage, 0, Shape.Wrap([1, count, outputs]), [0, outputs, 1], DataType);
            var left = new Operand(input.Storage, input.Offset, Shape.Wrap([1, count, inputs]), [0, inputs, 1], DataType);
            var right = new Operand(weight.Storage, weight.Offset, Shape.Wrap([1, inputs, outputs]), [0, weight.Strides[1], weight.Strides[0]], DataType);
            if (bias is null) Kernels.MatrixProduct(to, left, right);
            else Kernels.MatrixProduct(to, left, right, bias.Operand);
        }
        if (Tape.Records(this, weight, bias))
        {
            Tape.Record(result, "Affine", [this, weight, bias], [this, weight], g =>
            {
                var rows = g.Reshape(-1, g.Shape[-1]);
                return [
                    Tape.Wants(0) ? g.MatMul(weight) : null,
                    Tape.Wants(1) ? rows.T.MatMul(Reshape(-1, Shape[-1])) : null,
                    Tape.Wants(2) ? rows.Sum(0) : null];
            });
        }
        Tape.Watch(result, "Affine");
        return result;
    }
}
