using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>e^x / sum e^x along a dimension, without overflow.</summary>
    public Tensor Softmax(int dimension) => Softmax("Softmax", dimension, logarithm: false);

    /// <summary>log(e^x / sum e^x) along a dimension, without overflow.</summary>
    public Tensor LogSoftmax(int dimension) => Softmax("LogSoftmax", dimension, logarithm: true);

    private Tensor Softmax(string name, int dimension, bool logarithm)
    {
        RequireFloating(name);
        var axis = Shape.Dimension(dimension);
        if (axis < Rank - 1) return Transpose(axis, -1).Softmax(name, -1, logarithm).Transpose(axis, -1);
        Tensor result;
        using (GradientMode.Disable())
        {
            var input = InType(DataType.ComputeType()).Contiguous();
            result = Empty(Shape, input.DataType, Device);
            Kernels.Softmax(result.Rows(1), input.Rows(1), logarithm);
            result = result.InType(DataType);
        }
        if (!Tape.Records(this)) return result;
        return Tape.Record(result, name, [this], [result], g =>
        {
            if (result.CanFuse(g))
            {
                var gradient = g.Contiguous();
                var slope = Empty(result.Shape, result.DataType, result.Device);
                slope.Kernels.SoftmaxGradient(slope.Rows(1), result.Rows(1), gradient.Rows(1), logarithm);
                return [slope];
            }
            // log-softmax: dx = g - e^y sum_j g_j; softmax: dx_i = y_i (g_i - sum_j g_j y_j)
            if (logarithm) return [g - (result.Exp() * g.Sum(-1, true))];
            var weighted = g * result;
            return [weighted - (result * weighted.Sum(-1, true))];
        });
    }

    /// <summary>-log softmax at the target class of each row of [rows, classes]; 0 for the target <paramref name="ignore"/>. Targets are checked by the caller.</summary>
    internal Tensor RowCrossEntropy(Tensor target, long ignore)
    {
        Tensor losses, logarithms, input;
        using (GradientMode.Disable())
        {
            (input, target) = (Contiguous(), target.Contiguous());
            losses = Empty([Shape[0]], DataType, Device);
            logarithms = Empty([Shape[0]], DataType, Device);
            Kernels.CrossEntropy(losses.Operand, logarithms.Operand, input.Operand, target.Operand, ignore);
        }
        if (!Tape.Records(this)) return losses;
        return Tape.Record(losses, "CrossEntropy", [this], [this, input, logarithms, target], g =>
        {
            if (CanFuse(g))
            {
                var slope = Empty(Shape, DataType, Device);
                slope.Kernels.CrossEntropyGradient(slope.Operand, input.Detach().Operand, logarithms.Operand, target.Operand, g.Contiguous().Operand, ignore);
                return [slope];
            }
            // (softmax(x) - [j = target]) g
            var counted = target.NotEqual(ignore);
            var hot = Where(counted, target, ZerosLike(target)).OneHot(Shape[1], DataType);
            return [(Softmax(-1) - hot) * (g * counted.To(g.DataType)).Unsqueeze(1)];
        });
    }

    /// <summary>Whether a derivative may take the fused kernel: no further derivative is wanted, and the kernel knows the type.</summary>
    private bool CanFuse(Tensor gradient) =>
        !GradientMode.IsEnabled && (DataType is DataType.Float32 or DataType.Float64) && gradient.DataType == DataType;

    /// <summary>A contiguous tensor as a matrix: its last dimensions are the columns.</summary>
    private Kernels.Operand Rows(int columnDimensions)
    {
        long columns = 1;
        for (var d = Math.Max(0, Rank - columnDimensions); d < Rank; d++) columns *= Shape[d];
        var rows = columns == 0 ? 0 : ElementCount / columns;
        return new(Storage, Offset, Shape.Wrap([checked((int)rows), checked((int)columns)]), [columns, 1], DataType);
    }
}
