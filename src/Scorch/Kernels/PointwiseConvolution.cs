using System.Numerics;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>1x1 convolutions of stride 1 without padding: a matrix product for each image and group, of the planes where they lie.</summary>
internal static unsafe class PointwiseConvolution<T>
    where T : unmanaged, INumberBase<T>
{
    /// <summary>Whether the products are large enough for the blocks of a matrix product.</summary>
    public static bool Fits(ConvolutionGeometry g) =>
        g is { KernelSize: 1, Stride: [1, 1, 1], Padding: [0, 0, 0], Inputs: >= 16, Outputs: >= 16 } && g.ImageSize >= 8 * Vector512<T>.Count;

    /// <summary>Products of the weights with every image, or of the transposed weights with every result.</summary>
    public static void Run(ConvolutionGeometry g, T* target, T* source, T* weights, bool transposed)
    {
        var (rows, depth) = transposed ? (g.Inputs, g.Outputs) : (g.Outputs, g.Inputs);
        for (var group = 0; group < g.Groups; group++)
        {
            var factors = new Factors<T>
            {
                A = weights + ((long)group * g.Outputs * g.Inputs),
                ARow = transposed ? 1 : g.Inputs,
                ADepth = transposed ? g.Inputs : 1,
                B = source + ((long)group * depth * g.ImageSize),
                BDepth = g.ImageSize,
                BColumn = 1,
                C = target + ((long)group * rows * g.ImageSize),
                CRow = g.ImageSize,
                CColumn = 1,
                Rows = rows,
                Depth = depth,
                Columns = g.ImageSize,
            };
            MatrixProducts<T>.Run(factors, g.Batch, 0, (long)g.Groups * depth * g.ImageSize, (long)g.Groups * rows * g.ImageSize);
        }
    }

    /// <summary>The weight's gradient: the products of every result with its transposed image, added up.</summary>
    public static void Gradient(ConvolutionGeometry g, T* gradient, T* source, T* result)
    {
        for (var group = 0; group < g.Groups; group++)
            for (var image = 0; image < g.Batch; image++)
            {
                var number = ((long)image * g.Groups) + group;
                MatrixProducts<T>.Run(new Factors<T>
                {
                    A = result + (number * g.Outputs * g.ImageSize),
                    ARow = g.ImageSize,
                    ADepth = 1,
                    B = source + (number * g.Inputs * g.ImageSize),
                    BDepth = 1,
                    BColumn = g.ImageSize,
                    C = gradient + ((long)group * g.Outputs * g.Inputs),
                    CRow = g.Inputs,
                    CColumn = 1,
                    Rows = g.Outputs,
                    Depth = g.ImageSize,
                    Columns = g.Inputs,
                    Accumulate = image > 0,
                });
            }
    }
}
