using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>
/// 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3) (Lavin and Gray 2016): Y = A^T [(G g G^T) * (B^T d B)] A for each 4x4 tile of the
/// result, 36 multiplications in place of 144. Channels lie side by side inside, so that the products over them are 36 matrix products.
/// </summary>
/// <remarks>Rounding grows by about a decimal digit, which single precision can bear; double precision convolves directly.</remarks>
internal static unsafe class WinogradConvolution
{
    private const int Tile = 4;
    private const int Patch = 6;
    private const int Points = Patch * Patch;

    /// <summary>Bytes of transformed tiles that one task works on.</summary>
    private const int TaskBytes = 3 << 18;

    /// <summary>Below this many products of channels, rows and places a convolution stays on its thread.</summary>
    private const long ParallelMultiplications = 1 << 21;

    /// <summary>Elements of images that are laid out together.</summary>
    private const long SlabElements = 2 << 20;

    /// <summary>Whether the transforms pay for this many channels, rows and tiles.</summary>
    public static bool Fits(ConvolutionGeometry g, int channels, int rows, int[] result)
    {
        var width = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;
        return g.Groups == 1 && g.Kernel is [1, 3, 3] && g.Stride is [1, 1, 1] && g.Dilation is [1, 1, 1] && g.Image[0] == 1 && g.Padding[0] == 0
            && g.Padding[1] <= 2 && g.Padding[2] <= 2
            && channels >= 32 && rows >= 32 && channels % width == 0 && rows % width == 0
            && (long)g.Batch * result[1] * result[2] >= 16 * Tile * Tile && result[1] > 2 && result[2] > 2;
    }

    /// <param name="result">[batch, rows, h, w].</param>
    /// <param name="source">[batch, channels, ...].</param>
    /// <param name="weights">Element (row, channel, tap).</param>
    /// <param name="flipped">The taps are taken from the last to the first.</param>
    /// <param name="geometry">Sizes of source and result, and zeros in front.</param>
    public static void Run(float* result, float* source, WindowWeights<float> weights, bool flipped, in WinogradGeometry geometry)
    {
        if (Vector512.IsHardwareAccelerated) new Convolution<Simd512<float>>(result, source, geometry).Run(weights, flipped);
        else if (Vector256.IsHardwareAccelerated) new Convolution<Simd256<float>>(result, source, geometry).Run(weights, flipped);
        else new Convolution<Simd128<float>>(result, source, geometry).Run(weights, flipped);
    }

    private sealed class Convolution<V>(float* result, float* source, WinogradGeometry g)
        where V : struct, ISimd<V, float>
    {
        // One more cache line keeps the 36 points off the same sets of the cache.
        private readonly long pointWeights = ((long)g.Channels * ((g.Rows + (2 * V.Count) - 1) / (2 * V.Count)) * 2 * V.Count) + 16;
        private readonly int down = (g.ResultHeight + Tile - 1) / Tile;
        private readonly int across = (g.ResultWidth + Tile - 1) / Tile;
        private float* transformed;
        private float* slab;

        private static int TileColumns => 2 * V.Count;

        private int PaddedHeight => (down * Tile) + 2;

        private int PaddedWidth => (across * Tile) + 2;

        private long PaddedSize => (long)PaddedHeight * PaddedWidth * g.Channels;

        public void Run(WindowWeights<float> weights, bool flipped)
        {
            transformed = (float*)Workspace.Get(Workspace.Weights, Points * pointWeights * sizeof(float));
            TransformWeights(weights, flipped);
            var together = (int)Math.Clamp(SlabElements / PaddedSize, 1, g.Batch);
            slab = (float*)Workspace.Get(Workspace.Image, together * PaddedSize * sizeof(float));
            var tiles = Math.Max(48, TaskBytes / (Points * (g.Channels + g.Rows) * sizeof(float))) / 12 * 12;
            for (var first = 0; first < g.Batch; first += together)
            {
                var (image, images) = (first, Math.Min(together, g.Batch - first));
                Share(images * PaddedHeight, line => LayOut(image, line / PaddedHeight, line % PaddedHeight));
                var all = images * down * across;
                Share((all + tiles - 1) / tiles, task => Compute(image, task * tiles, Math.Min(all, (task + 1) * tiles)));
            }
        }

        /// <summary>Small work stays on its thread.</summary>
        private void Share(int tasks, Action<int> body)
        {
            if ((long)g.Batch * g.ResultHeight * g.ResultWidth * g.Channels * g.Rows >= ParallelMultiplications)
            {
                WorkPool.Run(tasks, body);
                return;
            }
            for (var task = 0; task < tasks; task++) body(task);
        }

        /// <summary>U = G g G^T for all pairs of row and channel; rows lie side by side.</summary>
        private void TransformWeights(WindowWeights<float> weights, bool flipped)
        {
            var taps = (float*)Workspace.Get(Workspace.Sums, 9L * g.Channels * g.Rows * sizeof(float));
            const int Together = 8;
            Share((g.Channels + Together - 1) / Together, chunk =>
            {
                var (from, to) = (chunk * Together, Math.Min(g.Channels, (chunk + 1) * Together));
                for (var channel = from; channel < to; channel++)
                {
                    var gathered = taps + (9L * channel * g.Rows);
                    MatrixPacking.Transposed(gathered, g.Rows, weights.Group(0) + (channel * weights.Channel), weights.Row, g.Rows, 9);
                    // As a product's right factor is packed: by tiles of columns.
                    for (var row = 0; row < g.Rows; row += V.Count)
                        Filter(gathered + row, flipped, transformed + ((((long)(row / TileColumns) * g.Channels) + channel) * TileColumns) + (row % TileColumns));
                }
            });
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        [SkipLocalsInit]
        private void Filter(float* taps, bool flipped, float* target)
        {
            var half = stackalloc float[3 * Patch * V.Count];
            var start = flipped ? taps + (8L * g.Rows) : taps;
            var step = flipped ? -(long)g.Rows : g.Rows;
            for (var j = 0; j < 3; j++) Filter3(start + (j * step), 3 * step, half + (j * V.Count), 3 * V.Count);
            for (var i = 0; i < Patch; i++) Filter3(half + (i * 3 * V.Count), V.Count, target + (i * Patch * pointWeights), pointWeights);
        }

        /// <summary>Multiplies by G.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Filter3(float* from, long stride, float* to, long toStride)
        {
            var a = V.Load(from);
            var b = V.Load(from + stride);
            var c = V.Load(from + (2 * stride));
            V.Store(V.Create(0.25f) * a, to);
            var even = V.Create(-1f / 6) * (a + c);
            var odd = V.Create(1f / 6) * b;
            V.Store(even - odd, to + toStride);
            V.Store(even + odd, to + (2 * toStride));
            even = V.MultiplyAdd(V.Create(1f / 24), a, V.Create(1f / 6) * c);
            odd = V.Create(1f / 12) * b;
            V.Store(even + odd, to + (3 * toStride));
            V.Store(even - odd, to + (4 * toStride));
            V.Store(c, to + (5 * toStride));
        }

        /// <summary>One line of an image with its padding, channels side by side.</summary>
        private void LayOut(int first, int image, int line)
        {
            var target = slab + (image * PaddedSize) + ((long)line * PaddedWidth * g.Channels);
            var row = line - g.PaddingHeight;
            if ((uint)row >= (uint)g.SourceHeight)
            {
                new Span<float>(target, PaddedWidth * g.Channels).Clear();
                return;
            }
            var width = Math.Min(g.SourceWidth, PaddedWidth - g.PaddingWidth);
            var from = source + ((((long)(first + image) * g.Channels * g.SourceHeight) + row) * g.SourceWidth);
            new Span<float>(target, g.PaddingWidth * g.Channels).Clear();
            target += g.PaddingWidth * g.Channels;
            MatrixPacking.Transposed(target, g.Channels, from, (long)g.SourceHeight * g.SourceWidth, g.Channels, width);
            new Span<float>(target + ((long)width * g.Channels), (PaddedWidth - g.PaddingWidth - width) * g.Channels).Clear();
        }

        /// <summary>Tiles from … to-1 of the slab that starts with an image.</summary>
        private void Compute(int first, int from, int to)
        {
            var count = to - from;
            var channelStride = g.Channels % 512 == 0 ? g.Channels + 16 : g.Channels;
            var pointTiles = ((long)count * channelStride) + 16;
            var pointResults = ((long)count * g.Rows) + 16;
            var lineSize = (long)across * Tile * g.Rows;
            var tiles = (float*)Workspace.Get(Workspace.Lines, ((Points * (pointTiles + pointResults)) + (Tile * lineSize)) * sizeof(float));
            var results = tiles + (Points * pointTiles);
            var lines = results + (Points * pointResults);
            for (var t = from; t < to; t++)
            {
                var patch = slab + (t / (down * across) * PaddedSize) + ((((long)(t / across % down) * PaddedWidth) + (t % across)) * Tile * g.Channels);
                var target = tiles + ((long)(t - from) * channelStride);
                for (var c = 0; c < g.Channels; c += V.Count) Input(patch + c, (long)PaddedWidth * g.Channels, g.Channels, target + c, pointTiles);
            }
            var product = new Factors<float>
            {
                ARow = channelStride,
                ADepth = 1,
                BDepth = TileColumns,
                BColumn = 1,
                CRow = g.Rows,
                CColumn = 1,
                Rows = count,
                Depth = g.Channels,
            };
            for (var point = 0; point < Points; point++)
                for (var row = 0; row < g.Rows; row += TileColumns)
                {
                    product.A = tiles + (point * pointTiles);
                    product.B = transformed + (point * pointWeights) + ((long)row * g.Channels);
                    product.C = results + (point * pointResults) + row;
                    product.Columns = Math.Min(TileColumns, g.Rows - row);
                    MatrixProducts<float>.Run(product);
                }
            for (var t = from; t < to;)
            {
                // Tiles of one line are turned back into rows of the result together.
                var column = t % across;
                var run = Math.Min(across - column, to - t);
                for (var i = 0; i < run; i++)
                    for (var r = 0; r < g.Rows; r += V.Count)
                        Output(results + ((long)(t - from + i) * g.Rows) + r, pointResults, lines + ((long)i * Tile * g.Rows) + r, lineSize, g.Rows);
                var image = first + (t / (down * across));
                var top = t / across % down * Tile;
                var width = Math.Min(run * Tile, g.ResultWidth - (column * Tile));
                for (var i = 0; i < Math.Min(Tile, g.ResultHeight - top); i++)
                {
                    var target = result + ((((long)image * g.Rows * g.ResultHeight) + top + i) * g.ResultWidth) + (column * Tile);
                    MatrixPacking.Transposed(target, g.ResultHeight * g.ResultWidth, lines + (i * lineSize), g.Rows, width, g.Rows);
                }
                t += run;
            }
        }

        /// <summary>B^T d B of one patch, for a vector of channels.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        [SkipLocalsInit]
        private static void Input(float* patch, long line, long step, float* target, long point)
        {
            var half = stackalloc float[Points * V.Count];
            for (var j = 0; j < Patch; j++) Input6(patch + (j * step), line, half + (j * V.Count), Patch * V.Count);
            for (var i = 0; i < Patch; i++) Input6(half + (i * Patch * V.Count), V.Count, target + (i * Patch * point), point);
        }

        /// <summary>Multiplies by B^T.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Input6(float* from, long stride, float* to, long toStride)
        {
            var a = V.Load(from);
            var b = V.Load(from + stride);
            var c = V.Load(from + (2 * stride));
            var d = V.Load(from + (3 * stride));
            var e = V.Load(from + (4 * stride));
            var f = V.Load(from + (5 * stride));
            var four = V.Create(4f);
            var minusFive = V.Create(-5f);
            V.Store(V.MultiplyAdd(four, a, V.MultiplyAdd(minusFive, c, e)), to);
            var even = V.MultiplyAdd(V.Create(-4f), c, e);
            var odd = V.MultiplyAdd(V.Create(-4f), b, d);
            V.Store(even + odd, to + toStride);
            V.Store(even - odd, to + (2 * toStride));
            even = e - c;
            odd = V.Create(2f) * (d - b);
            V.Store(even + odd, to + (3 * toStride));
            V.Store(even - odd, to + (4 * toStride));
            V.Store(V.MultiplyAdd(four, b, V.MultiplyAdd(minusFive, d, f)), to + (5 * toStride));
        }

        /// <summary>A^T m A of one tile, for a vector of rows.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        [SkipLocalsInit]
        private static void Output(float* products, long point, float* target, long line, long step)
        {
            var half = stackalloc float[Tile * Patch * V.Count];
            for (var j = 0; j < Patch; j++) Output6(products + (j * point), Patch * point, half + (j * V.Count), Patch * V.Count);
            for (var i = 0; i < Tile; i++) Output6(half + (i * Patch * V.Count), V.Count, target + (i * line), step);
        }

        /// <summary>Multiplies by A^T.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Output6(float* from, long stride, float* to, long toStride)
        {
            var b = V.Load(from + stride);
            var c = V.Load(from + (2 * stride));
            var d = V.Load(from + (3 * stride));
            var e = V.Load(from + (4 * stride));
            var (even1, odd1, even2, odd2) = (b + c, b - c, d + e, d - e);
            V.Store(V.Load(from) + even1 + even2, to);
            V.Store(V.MultiplyAdd(V.Create(2f), odd2, odd1), to + toStride);
            V.Store(V.MultiplyAdd(V.Create(4f), even2, even1), to + (2 * toStride));
            V.Store(V.MultiplyAdd(V.Create(8f), odd2, odd1) + V.Load(from + (5 * stride)), to + (3 * toStride));
        }
    }
}

/// <summary>Sizes of a planar convolution of stride 1.</summary>
internal readonly record struct WinogradGeometry(
    int Batch, int Channels, int Rows, int SourceHeight, int SourceWidth, int ResultHeight, int ResultWidth, int PaddingHeight, int PaddingWidth);
