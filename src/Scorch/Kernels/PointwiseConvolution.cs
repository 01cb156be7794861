using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>
/// 1x1 convolutions of stride 1 without padding: a product of the weights with the planes of each image. Some columns of all planes are packed,
/// and meet all rows of the weights while they lie in the second-level cache.
/// </summary>
internal static unsafe class PointwiseConvolution<T>
    where T : unmanaged, INumberBase<T>
{
    /// <summary>Tiles of columns that are packed together: long runs of a plane come from memory at once.</summary>
    private const int MostTiles = 8;

    /// <summary>Bytes of packed columns.</summary>
    private const int BlockBytes = 256 * 1024;

    /// <summary>Below this many multiplications a convolution stays on its thread.</summary>
    private const long ParallelMultiplications = 1 << 21;

    public static bool Fits(ConvolutionGeometry g) =>
        g is { KernelSize: 1, Stride: [1, 1, 1], Padding: [0, 0, 0], Inputs: >= 8, Outputs: >= 8 } && g.ImageSize >= 2 * Vector512<T>.Count;

    /// <summary>Products of the weights with every image, or of the transposed weights with every result, plus a bias where there is one.</summary>
    public static void Run(ConvolutionGeometry g, T* target, T* source, T* weights, T* bias, bool transposed)
    {
        if (Vector512.IsHardwareAccelerated) new Product<Simd512<T>>(g, target, source, transposed).Run(weights, bias);
        else if (Vector256.IsHardwareAccelerated) new Product<Simd256<T>>(g, target, source, transposed).Run(weights, bias);
        else new Product<Simd128<T>>(g, target, source, transposed).Run(weights, bias);
    }

    private sealed class Product<V>(ConvolutionGeometry g, T* target, T* source, bool transposed)
        where V : struct, ISimd<V, T>
    {
        private readonly int rows = transposed ? g.Inputs : g.Outputs;
        private readonly int depth = transposed ? g.Outputs : g.Inputs;
        private readonly int packedRows = ((transposed ? g.Inputs : g.Outputs) + MatrixMicroKernels.MaximumHeight) & ~3;
        private readonly int blockTiles = (int)Math.Clamp(BlockBytes / ((long)(transposed ? g.Outputs : g.Inputs) * TileColumns * sizeof(T)), 1, MostTiles);
        private T* left;
        private T* biases;

        private static int TileColumns => 2 * V.Count;

        public void Run(T* weights, T* bias)
        {
            left = (T*)Workspace.Get(Workspace.Weights, (long)g.Groups * packedRows * depth * sizeof(T));
            for (var group = 0; group < g.Groups; group++)
            {
                int step;
                for (var i = 0; i < rows; i += step)
                {
                    step = Height(rows - i);
                    MatrixPacking.Pack(
                        left + ((((long)group * packedRows) + i) * depth),
                        step,
                        weights + ((long)group * g.Outputs * g.Inputs) + (transposed ? i : (long)i * depth),
                        transposed ? 1 : depth,
                        transposed ? rows : 1,
                        Math.Min(step, rows - i),
                        depth);
                }
            }
            PackBias(bias);
            var columns = blockTiles * TileColumns;
            var blocks = (g.ImageSize + columns - 1) / columns;
            var tasks = checked(g.Batch * g.Groups * blocks);
            if (WorkPool.Threads == 1 || (long)tasks * columns * rows * depth < ParallelMultiplications)
                for (var task = 0; task < tasks; task++) Compute(task / blocks, task % blocks * columns);
            else
                WorkPool.Run(tasks, task => Compute(task / blocks, task % blocks * columns));
        }

        /// <summary>Rows of a tile that are not there have a bias, too.</summary>
        private void PackBias(T* bias)
        {
            if (bias is null) return;
            biases = (T*)Workspace.Get(Workspace.Bias, (long)g.Groups * packedRows * sizeof(T));
            for (var group = 0; group < g.Groups; group++)
            {
                var padded = new Span<T>(biases + ((long)group * packedRows), packedRows);
                new Span<T>(bias + ((long)group * rows), rows).CopyTo(padded);
                padded[rows..].Clear();
            }
        }

        private static int Height(int rows) => MatrixMicroKernels.Height(V.Count * sizeof(T) == 64, rows);

        /// <summary>A block of columns of one image and group.</summary>
        [SkipLocalsInit]
        private void Compute(int number, int first)
        {
            var columns = Math.Min(blockTiles * TileColumns, g.ImageSize - first);
            var planes = source + ((long)number * depth * g.ImageSize) + first;
            var packed = (T*)Workspace.Get(Workspace.Right, (long)blockTiles * TileColumns * depth * sizeof(T));
            Pack(packed, planes, g.ImageSize, depth, columns);
            var edge = stackalloc T[MatrixMicroKernels.MaximumHeight * TileColumns];
            var tile = new Tile<T> { Depth = depth, ARow = 1, BDepth = TileColumns, BSecond = V.Count, CSecond = V.Count };
            var panel = left + ((long)(number % g.Groups) * packedRows * depth);
            int step;
            for (var i = 0; i < rows; i += step)
            {
                step = Height(rows - i);
                tile.A = panel + ((long)i * depth);
                tile.ADepth = step;
                tile.Bias = biases is null ? null : biases + ((long)(number % g.Groups) * packedRows) + i;
                for (var j = 0; j < columns; j += TileColumns)
                {
                    var result = target + ((((long)number * rows) + i) * g.ImageSize) + first + j;
                    var (height, width) = (Math.Min(step, rows - i), Math.Min(TileColumns, columns - j));
                    var isWhole = height == step && width == TileColumns;
                    tile.B = packed + ((long)j * depth);
                    tile.C = isWhole ? result : edge;
                    tile.CRow = isWhole ? g.ImageSize : TileColumns;
                    MatrixMicroKernels.Run<V, T, PackedLeft>(step, tile);
                    for (var row = 0; !isWhole && row < height; row++)
                        new Span<T>(edge + (row * TileColumns), width).CopyTo(new Span<T>(result + ((long)row * g.ImageSize), width));
                }
            }
        }

        /// <summary>Lines of the block, cut into tiles; zeros behind the last one.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Pack(T* packed, T* planes, long plane, int depth, int columns)
        {
            for (var k = 0; k < depth; k++, planes += plane, packed += TileColumns)
            {
                var to = packed;
                var j = 0;
                for (; j + TileColumns <= columns; j += TileColumns, to += (long)depth * TileColumns)
                {
                    V.Store(V.Load(planes + j), to);
                    V.Store(V.Load(planes + j + V.Count), to + V.Count);
                }
                if (j == columns) continue;
                new Span<T>(planes + j, columns - j).CopyTo(new Span<T>(to, TileColumns));
                new Span<T>(to + (columns - j), TileColumns - (columns - j)).Clear();
            }
        }
    }
}
