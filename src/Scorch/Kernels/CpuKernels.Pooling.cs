using System.Numerics;

namespace Scorch.Kernels;

internal abstract partial class KernelTable
{
    /// <summary>The greatest element of each window of contiguous [planes, d, h, w], and its flat position in the plane; NaN wins, the first of equals.</summary>
    public abstract void MaximumPool(PoolingWindows windows, in Operand values, in Operand positions, in Operand input);

    /// <summary>Window sums over their divisors; with <paramref name="adjoint"/> the output is spread back.</summary>
    public abstract void AveragePool(PoolingWindows windows, in Operand output, in Operand input, bool adjoint);
}

/// <summary>The windows of a pooling over three axes: tap t of window i on an axis reads Start[i] + t * Dilation up to, not including, End[i].</summary>
internal sealed record PoolingWindows(int[] Image, int[] Result, int[][] Start, int[][] End, int[] Dilation, double[][] Divisor)
{
    public int ImageSize => Image[0] * Image[1] * Image[2];

    public int ResultSize => Result[0] * Result[1] * Result[2];
}

internal sealed unsafe partial class CpuKernels
{
    public override void MaximumPool(PoolingWindows windows, in Operand values, in Operand positions, in Operand input)
    {
        if (input.Type == DataType.Float32) MaximumPool<float>(windows, values, positions, input);
        else if (input.Type == DataType.Float64) MaximumPool<double>(windows, values, positions, input);
        else throw new NotSupportedException($"Pooling is not defined for {input.Type}; convert the tensor to a floating type.");
    }

    public override void AveragePool(PoolingWindows windows, in Operand output, in Operand input, bool adjoint)
    {
        if (input.Type == DataType.Float32) AveragePool<float>(windows, output, input, adjoint);
        else if (input.Type == DataType.Float64) AveragePool<double>(windows, output, input, adjoint);
        else throw new NotSupportedException($"Pooling is not defined for {input.Type}; convert the tensor to a floating type.");
    }

    private static void MaximumPool<T>(PoolingWindows windows, in Operand values, in Operand positions, in Operand input)
        where T : unmanaged, INumber<T>
    {
        fixed (byte* valueBytes = &values.Reference, positionBytes = &positions.Reference, inputBytes = &input.Reference)
        {
            var target = (T*)valueBytes;
            var places = (long*)positionBytes;
            var source = (T*)inputBytes;
            Dispatch(input.Count / Math.Max(1, windows.ImageSize), windows.ImageSize * 4L, plane =>
                MaximumPooling<T>.Plane(windows, target + (plane * windows.ResultSize), places + (plane * windows.ResultSize), source + (plane * windows.ImageSize)));
        }
    }

    private static void AveragePool<T>(PoolingWindows windows, in Operand output, in Operand input, bool adjoint)
        where T : unmanaged, INumber<T>
    {
        var planes = adjoint ? output.Count / Math.Max(1, windows.ImageSize) : input.Count / Math.Max(1, windows.ImageSize);
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference)
        {
            var y = (T*)(adjoint ? inputBytes : outputBytes);
            var x = (T*)(adjoint ? outputBytes : inputBytes);
            Dispatch(planes, windows.ImageSize * 4L, plane =>
            {
                var image = x + (plane * windows.ImageSize);
                var place = plane * windows.ResultSize;
                if (adjoint) new Span<T>(image, windows.ImageSize).Clear();
                for (var d = 0; d < windows.Result[0]; d++)
                    for (var h = 0; h < windows.Result[1]; h++)
                        for (var w = 0; w < windows.Result[2]; w++, place++)
                        {
                            var divisor = T.CreateTruncating(windows.Divisor[0][d] * windows.Divisor[1][h] * windows.Divisor[2][w]);
                            var share = adjoint ? y[place] / divisor : T.Zero;
                            for (var z = windows.Start[0][d]; z < windows.End[0][d]; z++)
                                for (var v = windows.Start[1][h]; v < windows.End[1][h]; v++)
                                {
                                    var line = image + ((((long)z * windows.Image[1]) + v) * windows.Image[2]);
                                    for (var u = windows.Start[2][w]; u < windows.End[2][w]; u++)
                                    {
                                        if (adjoint) line[u] += share;
                                        else share += line[u];
                                    }
                                }
                            if (!adjoint) y[place] = share / divisor;
                        }
            });
        }
    }
}
