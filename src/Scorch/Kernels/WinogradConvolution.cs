using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>
/// 3x3 convolutions of stride 1 by Winograd's F(4x4, 3x3) (Lavin and Gray 2016): Y = A^T [(G g G^T) * (B^T d B)] A for each 4x4 tile of the
/// result, 36 multiplications in place of 144. Channels lie side by side inside, so that the products over them are 36 matrix products.
/// </summary>
/// <remarks>Rounding grows by about a decimal digit, which single precision can bear; double precision convolves directly.</remarks>
internal static unsafe class WinogradConvolution
{
    private const int Tile = WinogradTransforms.Tile;
    private const int Patch = WinogradTransforms.Patch;
    private const int Points = WinogradTransforms.Points;

    /// <summary>Bytes of transformed tiles that one task works on.</summary>
    private const int TaskBytes = 3 << 18;

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
    /// <param name="bias">One number a row, or null.</param>
    /// <param name="flipped">The taps are taken from the last to the first.</param>
    /// <param name="geometry">Sizes of source and result, and zeros in front.</param>
    public static void Run(float* result, float* source, WindowWeights<float> weights, float* bias, bool flipped, in WinogradGeometry geometry)
    {
        if (Vector512.IsHardwareAccelerated) new Convolution<Simd512<float>>(result, source, bias, geometry).Run(weights, flipped);
        else if (Vector256.IsHardwareAccelerated) new Convolution<Simd256<float>>(result, source, bias, geometry).Run(weights, flipped);
        else new Convolution<Simd128<float>>(result, source, bias, geometry).Run(weights, flipped);
    }

    private sealed class Convolution<V>(float* result, float* source, float* bias, WinogradGeometry g)
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
                g.Share(images * PaddedHeight, line => WinogradTransforms<V>.LayOut(
                    slab + (line / PaddedHeight * PaddedSize),
                    source + ((long)(image + (line / PaddedHeight)) * g.Channels * g.SourceHeight * g.SourceWidth),
                    (g.Channels, g.SourceHeight, g.SourceWidth),
                    (g.PaddingHeight, g.PaddingWidth, PaddedWidth),
                    line % PaddedHeight));
                var all = images * down * across;
                g.Share((all + tiles - 1) / tiles, task => Compute(image, task * tiles, Math.Min(all, (task + 1) * tiles)));
            }
        }

        /// <summary>U = G g G^T for all pairs of row and channel; rows lie side by side.</summary>
        private void TransformWeights(WindowWeights<float> weights, bool flipped)
        {
            var taps = (float*)Workspace.Get(Workspace.Sums, 9L * g.Channels * g.Rows * sizeof(float));
            const int Together = 8;
            g.Share((g.Channels + Together - 1) / Together, chunk =>
            {
                var (from, to) = (chunk * Together, Math.Min(g.Channels, (chunk + 1) * Together));
                for (var channel = from; channel < to; channel++)
                {
                    var gathered = taps + (9L * channel * g.Rows);
                    MatrixPacking.Transposed(gathered, g.Rows, weights.Group(0) + (channel * weights.Channel), weights.Row, g.Rows, 9);
                    // As a product's right factor is packed: by tiles of columns.
                    for (var row = 0; row < g.Rows; row += V.Count)
                        WinogradTransforms<V>.Filter(gathered + row, g.Rows, flipped, transformed + ((((long)(row / TileColumns) * g.Channels) + channel) * TileColumns) + (row % TileColumns), pointWeights);
                }
            });
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
                for (var c = 0; c < g.Channels; c += V.Count) WinogradTransforms<V>.Input(patch + c, (long)PaddedWidth * g.Channels, g.Channels, target + c, pointTiles);
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
                        WinogradTransforms<V>.Output(results + ((long)(t - from + i) * g.Rows) + r, pointResults, bias is null ? null : bias + r, lines + ((long)i * Tile * g.Rows) + r, lineSize, g.Rows);
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

    }
}

/// <summary>Sizes of a planar convolution of stride 1.</summary>
internal readonly record struct WinogradGeometry(
    int Batch, int Channels, int Rows, int SourceHeight, int SourceWidth, int ResultHeight, int ResultWidth, int PaddingHeight, int PaddingWidth)
{
    /// <summary>Below this many products of channels, rows and places a convolution stays on its thread.</summary>
    private const long ParallelMultiplications = 1 << 21;

    /// <summary>Small work stays on its thread.</summary>
    public void Share(int tasks, Action<int> body)
    {
        if ((long)Batch * ResultHeight * ResultWidth * Channels * Rows >= ParallelMultiplications)
        {
            WorkPool.Run(tasks, body);
            return;
        }
        for (var task = 0; task < tasks; task++) body(task);
    }
}
