using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>
/// The weight's gradient of a convolution that takes Winograd's F(4x4, 3x3), as the adjoint of that algorithm in its filter:
/// G^T [sum over tiles of (B^T d B) * (A y A^T)] G. The sums over tiles are 36 matrix products; a block of them for all points stays in the
/// cache until it is turned into taps.
/// </summary>
internal static unsafe class WinogradGradient
{
    private const int Tile = WinogradTransforms.Tile;
    private const int Points = WinogradTransforms.Points;

    /// <summary>Bytes of transformed tiles that are summed together.</summary>
    private const long SlabBytes = 6L << 20;

    /// <summary>Tiles that a task transforms.</summary>
    private const int TaskTiles = 32;

    /// <param name="gradient">[rows, channels, 3, 3].</param>
    /// <param name="image">[batch, channels, ...].</param>
    /// <param name="result">The result's gradient, [batch, rows, ...].</param>
    /// <param name="geometry">Sizes of the forward convolution.</param>
    public static void Run(float* gradient, float* image, float* result, in WinogradGeometry geometry)
    {
        if (Vector512.IsHardwareAccelerated) new Sum<Simd512<float>>(gradient, image, result, geometry).Run();
        else if (Vector256.IsHardwareAccelerated) new Sum<Simd256<float>>(gradient, image, result, geometry).Run();
        else new Sum<Simd128<float>>(gradient, image, result, geometry).Run();
    }

    private sealed class Sum<V>(float* gradient, float* image, float* result, WinogradGeometry g)
        where V : struct, ISimd<V, float>
    {
        private readonly int down = (g.ResultHeight + Tile - 1) / Tile;
        private readonly int across = (g.ResultWidth + Tile - 1) / Tile;

        // Distances between tiles, off the powers of two that fall on few sets of the cache.
        private readonly int channelStride = g.Channels % 512 == 0 ? g.Channels + 16 : g.Channels;
        private readonly int rowStride = Whole(g.Rows) % 512 == 0 ? Whole(g.Rows) + 16 : Whole(g.Rows);
        private readonly int blockChannels = g.Channels >= 128 ? 64 : 32;
        private float* images;
        private float* results;
        private float* left;
        private float* right;

        private static int TileColumns => 2 * V.Count;

        private int PatchWidth => (across * Tile) + 2;

        private int PatchHeight => (down * Tile) + 2;

        private long PatchSize => (long)PatchHeight * PatchWidth * g.Channels;

        private long TileSize => (long)down * Tile * across * Tile * g.Rows;

        public void Run()
        {
            var tilesOfImage = down * across;
            var together = (int)Math.Clamp(SlabBytes / ((long)Points * tilesOfImage * (channelStride + rowStride) * sizeof(float)), 1, g.Batch);
            var most = (long)together * tilesOfImage;
            images = (float*)Workspace.Get(Workspace.Image, together * (PatchSize + TileSize) * sizeof(float));
            results = images + (together * PatchSize);
            // One more cache line keeps the 36 points off the same sets of the cache.
            left = (float*)Workspace.Get(Workspace.Left, Points * ((most * (channelStride + rowStride)) + 32) * sizeof(float));
            for (var first = 0; first < g.Batch; first += together)
            {
                var (from, count) = (first, Math.Min(together, g.Batch - first));
                var tiles = count * tilesOfImage;
                right = left + (Points * (((long)tiles * channelStride) + 16));
                g.Share(count * (PatchHeight + (down * Tile)), line => LayOut(from, line / (PatchHeight + (down * Tile)), line % (PatchHeight + (down * Tile))));
                g.Share((tiles + TaskTiles - 1) / TaskTiles, task => Transform(tiles, task * TaskTiles, Math.Min(tiles, (task + 1) * TaskTiles)));
                var blocks = (g.Channels + blockChannels - 1) / blockChannels;
                g.Share(blocks * ((g.Rows + TileColumns - 1) / TileColumns), task => Products(tiles, task % blocks * blockChannels, task / blocks * TileColumns, from > 0));
            }
        }

        private static int Whole(int rows) => (rows + TileColumns - 1) / TileColumns * TileColumns;

        private void LayOut(int first, int index, int line)
        {
            var number = (long)(first + index);
            if (line < PatchHeight)
            {
                WinogradTransforms<V>.LayOut(
                    images + (index * PatchSize),
                    image + (number * g.Channels * g.SourceHeight * g.SourceWidth),
                    (g.Channels, g.SourceHeight, g.SourceWidth),
                    (g.PaddingHeight, g.PaddingWidth, PatchWidth),
                    line);
                return;
            }
            WinogradTransforms<V>.LayOut(
                results + (index * TileSize),
                result + (number * g.Rows * g.ResultHeight * g.ResultWidth),
                (g.Rows, g.ResultHeight, g.ResultWidth),
                (0, 0, across * Tile),
                line - PatchHeight);
        }

        private void Transform(int tiles, int from, int to)
        {
            var leftPoint = ((long)tiles * channelStride) + 16;
            var rightPoint = ((long)tiles * rowStride) + 16;
            for (var t = from; t < to; t++)
            {
                var (index, h, w) = (t / (down * across), t / across % down, t % across);
                var patch = images + (index * PatchSize) + (((((long)h * PatchWidth) + w) * Tile) * g.Channels);
                for (var c = 0; c < g.Channels; c += V.Count)
                    WinogradTransforms<V>.Input(patch + c, (long)PatchWidth * g.Channels, g.Channels, left + ((long)t * channelStride) + c, leftPoint);
                var tile = results + (index * TileSize) + (((((long)h * across * Tile) + w) * Tile) * g.Rows);
                for (var r = 0; r < g.Rows; r += V.Count)
                    WinogradTransforms<V>.OutputAdjoint(tile + r, (long)across * Tile * g.Rows, g.Rows, right + ((long)t * rowStride) + r, rightPoint);
                // What a tile of the product reads past the rows.
                for (var point = 0; point < Points && g.Rows % TileColumns != 0; point++) V.Store(V.Create(0), right + (point * rightPoint) + ((long)t * rowStride) + g.Rows);
            }
        }

        /// <summary>The gradient of some channels and of the rows of a tile.</summary>
        private void Products(int tiles, int channel, int row, bool adds)
        {
            var channels = Math.Min(blockChannels, g.Channels - channel);
            var rows = Math.Min(TileColumns, g.Rows - row);
            var size = ((long)blockChannels * TileColumns) + V.Count;
            var sums = (float*)Workspace.Get(Workspace.Sums, ((Points * size) + (18L * blockChannels * TileColumns)) * sizeof(float));
            var taps = sums + (Points * size);
            var lines = taps + (9L * blockChannels * TileColumns);
            var tile = new Tile<float>
            {
                ARow = 1,
                ADepth = channelStride,
                BDepth = rowStride,
                BSecond = V.Count,
                CRow = TileColumns,
                CSecond = V.Count,
                Depth = tiles,
            };
            for (var point = 0; point < Points; point++)
            {
                tile.B = right + (point * (((long)tiles * rowStride) + 16)) + row;
                int step;
                for (var c = 0; c < channels; c += step)
                {
                    step = MatrixMicroKernels.Height(V.Count == 16, channels - c);
                    tile.A = left + (point * (((long)tiles * channelStride) + 16)) + channel + c;
                    tile.C = sums + (point * size) + (c * TileColumns);
                    MatrixMicroKernels.Run<V, float, PackedLeft>(step, tile);
                }
            }
            for (var c = 0; c < channels; c++)
                for (var r = 0; r < rows; r += V.Count)
                    WinogradTransforms<V>.FilterAdjoint(sums + (c * TileColumns) + r, size, taps + (9L * c * TileColumns) + r, TileColumns);
            var target = gradient + (9L * (((long)row * g.Channels) + channel));
            var width = 9 * channels;
            if (!adds)
            {
                MatrixPacking.Transposed(target, 9 * g.Channels, taps, TileColumns, width, rows);
                return;
            }
            MatrixPacking.Transposed(lines, width, taps, TileColumns, width, rows);
            for (var r = 0; r < rows; r++) Add(target + (9L * r * g.Channels), lines + (r * width), width);
        }

        /// <summary>The channels are whole vectors, and so are their taps.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Add(float* target, float* source, int count)
        {
            for (var i = 0; i < count; i += V.Count) V.Store(V.Load(target + i) + V.Load(source + i), target + i);
        }
    }
}
