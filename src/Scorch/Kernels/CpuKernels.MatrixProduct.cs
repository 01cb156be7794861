using System.Numerics;

namespace Scorch.Kernels;

internal abstract partial class KernelTable
{
    /// <summary>Batched matrix product [b, m, k] x [b, k, n] -> [b, m, n]; a batch stride may be 0.</summary>
    public abstract void MatrixProduct(in Operand output, in Operand left, in Operand right);

    /// <summary>The same with a row [n] added to every row of the result.</summary>
    public abstract void MatrixProduct(in Operand output, in Operand left, in Operand right, in Operand bias);
}

internal sealed unsafe partial class CpuKernels
{
    public override void MatrixProduct(in Operand output, in Operand left, in Operand right)
    {
        if (output.Count == 0) return;
        if (left.Shape[2] == 0) Fill(output, 0);
        else MatrixProduct(output, left, right, null, 0);
    }

    public override void MatrixProduct(in Operand output, in Operand left, in Operand right, in Operand bias)
    {
        if (output.Count == 0) return;
        if (left.Shape[2] == 0)
        {
            Copy(output, new Operand(bias.Storage, bias.Offset, output.Shape, [0, 0, bias.Strides[0]], bias.Type));
            return;
        }
        fixed (byte* row = &bias.Reference) MatrixProduct(output, left, right, row, bias.Strides[0]);
    }

    private static void MatrixProduct(in Operand output, in Operand left, in Operand right, byte* bias, long biasStride)
    {
        switch (output.Type)
        {
            case DataType.Float32: BlockedProduct<float>(output, left, right, bias, biasStride); break;
            case DataType.Float64: BlockedProduct<double>(output, left, right, bias, biasStride); break;
            case DataType.Complex128: PlainProduct<Complex>(output, left, right, bias, biasStride); break;
            case DataType.Int64: PlainProduct<long>(output, left, right, bias, biasStride); break;
            case DataType.Int32: PlainProduct<int>(output, left, right, bias, biasStride); break;
            case DataType.Int16: PlainProduct<short>(output, left, right, bias, biasStride); break;
            case DataType.Int8: PlainProduct<sbyte>(output, left, right, bias, biasStride); break;
            case DataType.UInt8: PlainProduct<byte>(output, left, right, bias, biasStride); break;
            default: throw new NotSupportedException($"MatMul is not defined for {output.Type}; convert the tensors first.");
        }
    }

    private static void PlainProduct<T>(in Operand output, in Operand left, in Operand right, byte* bias, long biasStride)
        where T : unmanaged, INumberBase<T>
    {
        var (batches, rows, depth, columns) = (output.Shape[0], output.Shape[1], left.Shape[2], output.Shape[2]);
        var (cs, ls, rs) = (output.Strides, left.Strides, right.Strides);
        fixed (byte* outputBytes = &output.Reference, leftBytes = &left.Reference, rightBytes = &right.Reference)
        {
            var c = (T*)outputBytes;
            var a = (T*)leftBytes;
            var b = (T*)rightBytes;
            Dispatch((long)batches * rows, (long)columns * depth, task =>
            {
                var (batch, row) = (task / rows, task % rows);
                for (var column = 0; column < columns; column++)
                {
                    var sum = bias == null ? T.Zero : ((T*)bias)[column * biasStride];
                    for (var k = 0; k < depth; k++)
                        sum += a[(batch * ls[0]) + (row * ls[1]) + (k * ls[2])] * b[(batch * rs[0]) + (k * rs[1]) + (column * rs[2])];
                    c[(batch * cs[0]) + (row * cs[1]) + (column * cs[2])] = sum;
                }
            });
        }
    }

    private static void BlockedProduct<T>(in Operand output, in Operand left, in Operand right, byte* bias, long biasStride)
        where T : unmanaged, INumberBase<T>
    {
        var (cs, ls, rs) = (output.Strides, left.Strides, right.Strides);
        fixed (byte* outputBytes = &output.Reference, leftBytes = &left.Reference, rightBytes = &right.Reference)
        {
            var factors = new Factors<T>
            {
                A = (T*)leftBytes,
                ARow = ls[1],
                ADepth = ls[2],
                B = (T*)rightBytes,
                BDepth = rs[1],
                BColumn = rs[2],
                C = (T*)outputBytes,
                CRow = cs[1],
                CColumn = cs[2],
                Rows = output.Shape[1],
                Depth = left.Shape[2],
                Columns = output.Shape[2],
            };
            if (bias != null)
            {
                // Tiles read a row of the bias like one of the result.
                factors.Bias = (T*)bias;
                if (biasStride != 1)
                {
                    factors.Bias = (T*)Workspace.Get(Workspace.Bias, (long)factors.Columns * sizeof(T));
                    for (var i = 0; i < factors.Columns; i++) factors.Bias[i] = ((T*)bias)[i * biasStride];
                }
            }
            if (output.Shape[0] == 1) MatrixProducts<T>.Run(factors);
            else MatrixProducts<T>.Run(factors, output.Shape[0], ls[0], rs[0], cs[0]);
        }
    }
}
