using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>
/// The gradient of a convolution in its weight: gradient[row, channel, tap] = sum over images and windows of result[row, window] *
/// image[channel, window + tap]. As a product its left factor is the windows of the padded image, its right factor the transposed result.
/// </summary>
internal static unsafe class WindowGradients<T>
    where T : unmanaged, INumberBase<T>
{
    private const long SlabElements = 2 << 20;

    /// <summary>Windows that a tile sums before it goes back to memory.</summary>
    private const int BlockDepth = 512;

    /// <summary>Rows of the left factor that one task computes.</summary>
    private const int BlockRows = 48;

    public static void Run(ConvolutionGeometry g, T* gradient, T* source, T* result)
    {
        if (Vector512.IsHardwareAccelerated) Run<Simd512<T>>(g, gradient, source, result);
        else if (Vector256.IsHardwareAccelerated) Run<Simd256<T>>(g, gradient, source, result);
        else Run<Simd128<T>>(g, gradient, source, result);
    }

    private static void Run<V>(ConvolutionGeometry g, T* gradient, T* source, T* result)
        where V : struct, ISimd<V, T>
    {
        var (layout, set) = WindowSet.Forward(g);
        var rows = g.Inputs * g.KernelSize;
        var offsets = new int[rows + MatrixMicroKernels.MaximumHeight];
        for (var k = 0; k < rows; k++) offsets[k] = checked((k / g.KernelSize * layout.PlaneSize) + set.TapPositions[k % g.KernelSize]);
        Array.Fill(offsets, offsets[rows - 1], rows, MatrixMicroKernels.MaximumHeight);
        var together = (int)Math.Clamp(SlabElements / Math.Max(1, (long)g.Groups * g.Inputs * layout.PlaneSize), 1, g.Batch);
        new Span<T>(gradient, g.Groups * g.Outputs * rows).Clear();
        for (var image = 0; image < g.Batch; image += together)
        {
            var images = Math.Min(together, g.Batch - image);
            var first = source + ((long)image * g.Groups * g.Inputs * g.ImageSize);
            var from = result + ((long)image * g.Groups * g.Outputs * g.ResultSize);
            fixed (int* table = offsets)
            {
                if (g.Outputs <= 2 && !layout.IsImage)
                {
                    Dots<V>(g, layout, set, gradient, first, from, images, table);
                    continue;
                }
                var slab = WindowProducts<T>.LayOut(layout, first, g.ImageSize, (long)images * g.Groups * g.Inputs);
                new Product<V>(g, layout, set, gradient, slab, from, images, table).Run();
            }
        }
    }

    /// <summary>The whole windows of a slab, packed by tiles of outputs.</summary>
    private sealed class Product<V>(ConvolutionGeometry g, PaddedLayout layout, WindowSet set, T* gradient, T* slab, T* result, int images, int* offsets)
        where V : struct, ISimd<V, T>
    {
        private readonly int rows = g.Inputs * g.KernelSize;
        private readonly int depth = checked(images * g.ResultSize);
        private readonly int tiles = (g.Outputs + (2 * V.Count) - 1) / (2 * V.Count);
        private readonly T* packed = (T*)Workspace.Get(Workspace.Right, (long)g.Groups * ((g.Outputs + (2 * V.Count) - 1) / (2 * V.Count)) * images * g.ResultSize * 2 * V.Count * sizeof(T));
        private readonly int* positions = (int*)Workspace.Get(Workspace.Vector, (long)images * g.ResultSize * sizeof(int));

        private static int TileColumns => 2 * V.Count;

        public void Run()
        {
            var imageStride = checked(g.Groups * g.Inputs * layout.PlaneSize);
            var next = positions;
            for (var image = 0; image < images; image++)
                for (var d = 0; d < g.Result[0]; d++)
                    for (var h = 0; h < g.Result[1]; h++)
                    {
                        var line = checked((image * imageStride) + (((d * set.Length[1]) + h) * set.Length[2]));
                        for (var w = 0; w < g.Result[2]; w++) *next++ = line + w;
                    }
            var blocks = (rows + BlockRows - 1) / BlockRows;
            var packs = g.Groups * tiles * images;
            var tasks = g.Groups * blocks;
            if (WorkPool.Threads == 1 || (long)rows * depth * g.Outputs * g.Groups < 1 << 21)
            {
                for (var task = 0; task < packs; task++) Pack(task);
                for (var task = 0; task < tasks; task++) Compute(task / blocks, task % blocks * BlockRows);
                return;
            }
            WorkPool.Run(packs, Pack);
            WorkPool.Run(tasks, task => Compute(task / blocks, task % blocks * BlockRows));
        }

        private void Pack(int task)
        {
            var (image, tile, group) = (task % images, task / images % tiles, task / images / tiles);
            var output = tile * TileColumns;
            MatrixPacking.Pack(
                packed + ((((((long)group * tiles) + tile) * images) + image) * g.ResultSize * TileColumns),
                TileColumns,
                result + ((((((long)image * g.Groups) + group) * g.Outputs) + output) * g.ResultSize),
                g.ResultSize,
                1,
                Math.Min(TileColumns, g.Outputs - output),
                g.ResultSize);
        }

        private void Compute(int group, int first)
        {
            var to = Math.Min(rows, first + BlockRows);
            var stride = tiles * TileColumns;
            var sums = (T*)Workspace.Get(Workspace.Sums, (long)(BlockRows + MatrixMicroKernels.MaximumHeight) * stride * sizeof(T));
            var corner = slab + ((long)group * g.Inputs * layout.PlaneSize);
            var tile = new Tile<T> { CRow = stride, AddendRow = stride, BDepth = TileColumns, BSecond = V.Count, CSecond = V.Count };
            int step;
            for (var k = 0; k < depth; k += BlockDepth)
            {
                tile.Depth = Math.Min(BlockDepth, depth - k);
                tile.Offsets = positions + k;
                for (var i = first; i < to; i += step)
                {
                    step = MatrixMicroKernels.Height(V.Count * sizeof(T) == 64, to - i);
                    tile.A = corner;
                    tile.LeftOffsets = offsets + i;
                    for (var j = 0; j < tiles; j++)
                    {
                        tile.B = packed + (((((long)group * tiles) + j) * depth) + k) * TileColumns;
                        tile.C = sums + ((long)(i - first) * stride) + (j * TileColumns);
                        tile.Addend = k == 0 ? null : tile.C;
                        MatrixMicroKernels.Run<V, T, LeftAtOffsets>(step, tile);
                    }
                }
            }
            // Slabs add up in their order.
            var target = gradient + ((long)group * g.Outputs * rows);
            for (var output = 0; output < g.Outputs; output++)
                for (var i = first; i < to; i++) target[((long)output * rows) + i] += sums[((long)(i - first) * stride) + output];
        }
    }

    /// <summary>Few outputs: inner products of the result, spread out like the padded image, with each tap's windows.</summary>
    private static void Dots<V>(ConvolutionGeometry g, PaddedLayout layout, WindowSet set, T* gradient, T* source, T* result, int images, int* offsets)
        where V : struct, ISimd<V, T>
    {
        if (WorkPool.Threads == 1 || (long)images * g.Groups * g.Inputs * g.KernelSize * set.Positions < 1 << 20)
            for (var group = 0; group < g.Groups; group++) Dots<V>(g, layout, set, gradient, source, result, images, offsets, group);
        else
            ShareDots<V>(g, layout, set, gradient, source, result, images, offsets);
    }

    private static void ShareDots<V>(ConvolutionGeometry g, PaddedLayout layout, WindowSet set, T* gradient, T* source, T* result, int images, int* offsets)
        where V : struct, ISimd<V, T> =>
        WorkPool.Run(g.Groups, group => Dots<V>(g, layout, set, gradient, source, result, images, offsets, group));

    private static void Dots<V>(ConvolutionGeometry g, PaddedLayout layout, WindowSet set, T* gradient, T* source, T* result, int images, int* offsets, int group)
        where V : struct, ISimd<V, T>
    {
        var rows = g.Inputs * g.KernelSize;
        var positions = set.Positions;
        var spread = (T*)Workspace.Get(Workspace.Lines, (positions + V.Count) * sizeof(T));
        new Span<T>(spread, positions + V.Count).Clear();
        for (var image = 0; image < images; image++)
        {
            var corner = WindowProducts<T>.LayOutHere(layout, source + ((((long)image * g.Groups) + group) * g.Inputs * g.ImageSize), g.ImageSize, g.Inputs);
            for (var output = 0; output < g.Outputs; output++)
            {
                var plane = result + (((((long)image * g.Groups) + group) * g.Outputs) + output) * g.ResultSize;
                for (var d = 0; d < g.Result[0]; d++)
                    for (var h = 0; h < g.Result[1]; h++, plane += g.Result[2])
                        new Span<T>(plane, g.Result[2]).CopyTo(new Span<T>(spread + (((d * set.Length[1]) + h) * set.Length[2]), g.Result[2]));
                var target = gradient + ((((long)group * g.Outputs) + output) * rows);
                // The table goes on past its end with copies of its last offset.
                for (var k = 0; k < rows; k += 3) ThreeDots<V>(spread, corner, offsets + k, positions, target + k, Math.Min(3, rows - k));
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThreeDots<V>(T* y, T* x, int* offsets, int length, T* target, int count)
        where V : struct, ISimd<V, T>
    {
        var x0 = x + offsets[0];
        var x1 = x + offsets[1];
        var x2 = x + offsets[2];
        var (r0, r1, r2) = (V.Create(default), V.Create(default), V.Create(default));
        var (s0, s1, s2) = (r0, r1, r2);
        var i = 0;
        for (; i + V.Count < length; i += 2 * V.Count)
        {
            var left = V.Load(y + i);
            var right = V.Load(y + i + V.Count);
            r0 = V.MultiplyAdd(left, V.Load(x0 + i), r0);
            s0 = V.MultiplyAdd(right, V.Load(x0 + i + V.Count), s0);
            r1 = V.MultiplyAdd(left, V.Load(x1 + i), r1);
            s1 = V.MultiplyAdd(right, V.Load(x1 + i + V.Count), s1);
            r2 = V.MultiplyAdd(left, V.Load(x2 + i), r2);
            s2 = V.MultiplyAdd(right, V.Load(x2 + i + V.Count), s2);
        }
        if (i < length)
        {
            var left = V.Load(y + i);
            r0 = V.MultiplyAdd(left, V.Load(x0 + i), r0);
            r1 = V.MultiplyAdd(left, V.Load(x1 + i), r1);
            r2 = V.MultiplyAdd(left, V.Load(x2 + i), r2);
        }
        target[0] += V.Sum(r0 + s0);
        if (count > 1) target[1] += V.Sum(r1 + s1);
        if (count > 2) target[2] += V.Sum(r2 + s2);
    }
}
