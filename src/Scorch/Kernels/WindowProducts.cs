using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>
/// result[row, window] = bias[row] + sum over channels and taps of weight[row, channel, tap] * image[channel, window + tap]: a matrix product whose
/// right factor is never built, since a tap of neighbouring windows is a run of the padded image.
/// </summary>
internal static unsafe partial class WindowProducts<T>
    where T : unmanaged, INumberBase<T>
{
    /// <summary>Elements of padded images that are laid out together.</summary>
    private const long SlabElements = 2 << 20;

    /// <summary>With at most so many windows of a picture, and at least so many weights, packing the weights would cost as much as the product.</summary>
    private const int FewWindows = 64;

    private const long ManyWeights = 1 << 18;

    /// <summary>Multiplications of a task.</summary>
    private const long TaskMultiplications = 1 << 20;

    public static void Run(
        PaddedLayout layout, IReadOnlyList<WindowSet> sets, WindowWeights<T> weights, T* bias, T* source, T* result, int batch, int groups, int channels, int rows, long resultPlane, long sourcePlane)
    {
        if (Vector512.IsHardwareAccelerated) Run<Simd512<T>>(layout, sets, weights, bias, source, result, batch, groups, channels, rows, resultPlane, sourcePlane);
        else if (Vector256.IsHardwareAccelerated) Run<Simd256<T>>(layout, sets, weights, bias, source, result, batch, groups, channels, rows, resultPlane, sourcePlane);
        else Run<Simd128<T>>(layout, sets, weights, bias, source, result, batch, groups, channels, rows, resultPlane, sourcePlane);
    }

    /// <summary>Lays out planes side by side; what follows the last one is zero, as far as a tile may read.</summary>
    public static T* LayOut(PaddedLayout layout, T* source, long sourcePlane, long planes)
    {
        if (layout.IsImage) return source;
        var size = planes * layout.PlaneSize;
        var target = (T*)Workspace.Get(Workspace.Image, (size + 256) * sizeof(T));
        new Span<T>(target + size, 256).Clear();
        if (size < 1 << 15 || WorkPool.Threads == 1)
        {
            for (long plane = 0; plane < planes; plane++) layout.Copy(source + (plane * sourcePlane), target + (plane * layout.PlaneSize));
        }
        else
        {
            ShareLayout(layout, source, target, sourcePlane, planes);
        }
        return target;
    }

    /// <summary>The same for few planes, by and for the running thread: they stay in its cache.</summary>
    public static T* LayOutHere(PaddedLayout layout, T* source, long sourcePlane, int planes)
    {
        if (layout.IsImage) return source;
        var target = (T*)Workspace.Get(Workspace.Image, (long)planes * layout.PlaneSize * sizeof(T));
        for (var plane = 0; plane < planes; plane++) layout.Copy(source + (plane * sourcePlane), target + ((long)plane * layout.PlaneSize));
        return target;
    }

    private static void ShareLayout(PaddedLayout layout, T* source, T* target, long sourcePlane, long planes)
    {
        var together = Math.Max(1, (1 << 14) / layout.PlaneSize);
        WorkPool.Run((int)((planes + together - 1) / together), chunk =>
        {
            var to = Math.Min(planes, ((long)chunk + 1) * together);
            for (var plane = (long)chunk * together; plane < to; plane++) layout.Copy(source + (plane * sourcePlane), target + (plane * layout.PlaneSize));
        });
    }

    private static void Run<V>(
        PaddedLayout layout, IReadOnlyList<WindowSet> sets, WindowWeights<T> weights, T* bias, T* source, T* result, int batch, int groups, int channels, int rows, long resultPlane, long sourcePlane)
        where V : struct, ISimd<V, T>
    {
        // Few rows would leave most of a tile empty: they are computed one by one, along lines.
        var alone = rows <= 2;
        if (layout.IsImage)
        {
            // Vectors along a short line would read past the image.
            foreach (var set in sets) alone &= set.ResultStep[2] == 1 && set.Count[2] >= V.Count;
        }
        var height = alone ? 1 : 4;
        var packedRows = (rows + height - 1) / height * height;
        var offsets = new int[sets.Count][];
        long packedSize = 0;
        for (var s = 0; s < sets.Count; s++)
        {
            var set = sets[s];
            offsets[s] = new int[channels * set.Taps.Length];
            for (var k = 0; k < offsets[s].Length; k++)
                offsets[s][k] = checked((k / set.Taps.Length * layout.PlaneSize) + set.TapPositions[k % set.Taps.Length]);
            packedSize += (long)groups * (packedRows + 12) * offsets[s].Length;
        }
        if (groups == 1 && sets.Count == 1 && batch <= 4 && sets[0].Windows <= FewWindows && (long)rows * offsets[0].Length >= ManyWeights
            && weights.Channel == sets[0].Taps.Length && IsWhole(sets[0]) && sets[0].Windows == resultPlane)
        {
            fixed (int* table = offsets[0]) OverRows(layout, sets[0], weights, bias, table, source, result, batch, channels, rows, sourcePlane);
            return;
        }
        var packed = (T*)Workspace.Get(Workspace.Weights, packedSize * sizeof(T));
        var panel = packed;
        for (var s = 0; s < sets.Count; s++)
            for (var group = 0; group < groups; group++, panel += (long)packedRows * offsets[s].Length)
                PackWeights<V>(panel, weights.Group(group), weights, sets[s], channels, rows, alone);
        // Rows of a tile that are not there have a bias, too.
        var biases = bias is null ? null : (T*)Workspace.Get(Workspace.Bias, (long)groups * (packedRows + MatrixMicroKernels.MaximumHeight) * sizeof(T));
        for (var group = 0; bias is not null && group < groups; group++)
        {
            var padded = new Span<T>(biases + ((long)group * (packedRows + MatrixMicroKernels.MaximumHeight)), packedRows + MatrixMicroKernels.MaximumHeight);
            new Span<T>(bias + ((long)group * rows), rows).CopyTo(padded);
            padded[rows..].Clear();
        }
        var together = (int)Math.Clamp(SlabElements / Math.Max(1, (long)groups * channels * layout.PlaneSize), 1, Math.Max(1, batch));
        for (var image = 0; image < batch; image += together)
        {
            var images = Math.Min(together, batch - image);
            var first = source + ((long)image * groups * channels * sourcePlane);
            var slab = alone ? first : LayOut(layout, first, sourcePlane, (long)images * groups * channels);
            var target = packed;
            for (var s = 0; s < sets.Count; s++)
            {
                fixed (int* table = offsets[s])
                {
                    new Product<V>(
                        sets[s],
                        table,
                        target,
                        biases,
                        slab,
                        result + ((long)image * groups * rows * resultPlane) + sets[s].ResultStart,
                        images,
                        groups,
                        channels,
                        rows,
                        packedRows,
                        resultPlane,
                        sourcePlane,
                        layout).Run(alone);
                }
                target += (long)groups * packedRows * offsets[s].Length;
            }
        }
    }

    /// <summary>Few windows and many weights: the windows are written out, and the product with the weights is shared by rows.</summary>
    private static void OverRows(
        PaddedLayout layout, WindowSet set, WindowWeights<T> weights, T* bias, int* offsets, T* source, T* result, int batch, int channels, int rows, long sourcePlane)
    {
        var (depth, windows) = (channels * set.Taps.Length, set.Windows);
        var columns = (T*)Workspace.Get(Workspace.Lines, (long)depth * windows * sizeof(T));
        var positions = (long*)Workspace.Get(Workspace.Scores, windows * sizeof(long));
        for (var window = 0; window < windows; window++)
        {
            var (line, w) = (window / set.Count[2], window % set.Count[2]);
            positions[window] = (((((long)line / set.Count[1] * set.Length[1]) + (line % set.Count[1])) * set.Length[2]) + w);
        }
        for (var image = 0; image < batch; image++)
        {
            var target = result + ((long)image * rows * windows);
            Gather(columns, LayOut(layout, source + ((long)image * channels * sourcePlane), sourcePlane, channels), offsets, depth, positions, windows);
            MatrixProducts<T>.Run(new Factors<T>
            {
                A = weights.Group(0),
                ARow = weights.Row,
                ADepth = 1,
                B = columns,
                BDepth = windows,
                BColumn = 1,
                C = target,
                CRow = windows,
                CColumn = 1,
                Rows = rows,
                Depth = depth,
                Columns = windows,
            });
            for (var row = 0; bias is not null && row < rows; row++)
                for (var window = 0; window < windows; window++) target[((long)row * windows) + window] += bias[row];
        }
    }

    private static void Gather(T* columns, T* slab, int* offsets, int depth, long* positions, int windows)
    {
        const int Together = 64;
        WorkPool.Run((depth + Together - 1) / Together, chunk =>
        {
            var from = chunk * Together;
            PackColumns(columns + ((long)from * windows), slab, offsets + from, Math.Min(Together, depth - from), positions, windows, windows);
        });
    }

    private static void PackWeights<V>(T* target, T* source, WindowWeights<T> weights, WindowSet set, int channels, int rows, bool alone)
        where V : struct, ISimd<V, T>
    {
        var taps = set.Taps.Length;
        var depth = channels * taps;
        int step;
        for (var i = 0; i < rows; i += step)
        {
            step = alone ? 1 : MatrixMicroKernels.Height(ManyRegisters<V>(), rows - i);
            var lines = Math.Min(step, rows - i);
            var panel = target + ((long)i * depth);
            var first = source + (i * weights.Row);
            if (taps == weights.Channel || channels == 1 && IsWhole(set))
            {
                MatrixPacking.Pack(panel, step, first, weights.Row, 1, lines, depth);
                continue;
            }
            for (var k = 0; k < depth; k++, panel += step)
            {
                var from = first + (k / taps * weights.Channel) + set.Taps[k % taps];
                for (var line = 0; line < lines; line++) panel[line] = from[line * weights.Row];
                for (var line = lines; line < step; line++) panel[line] = T.Zero;
            }
        }
    }

    private static bool IsWhole(WindowSet set)
    {
        for (var i = 0; i < set.Taps.Length; i++)
            if (set.Taps[i] != i) return false;
        return true;
    }

    private static bool ManyRegisters<V>()
        where V : struct, ISimd<V, T> => V.Count * sizeof(T) == 64;

    /// <summary>One set of windows over the images of a slab.</summary>
    private sealed class Product<V>(
        WindowSet set, int* offsets, T* weights, T* biases, T* slab, T* result, int images, int groups, int channels, int rows, int packedRows, long resultPlane, long sourcePlane, PaddedLayout layout)
        where V : struct, ISimd<V, T>
    {
        private readonly int depth = channels * set.Taps.Length;

        private readonly int windows = set.Windows;

        private readonly long imageStride = (long)groups * channels * layout.PlaneSize;

        private static int TileColumns => 2 * V.Count;

        public void Run(bool alone)
        {
            if (alone)
            {
                var lines = Math.Max(1, set.Count[0] * set.Count[1]);
                Share((long)images * groups, (long)rows * lines * set.Count[2] * Math.Max(1, depth) * 2, task => Lines((int)(task / groups), (int)(task % groups)));
                return;
            }
            // Windows of one image run through its padding; windows of all images together are packed, which pays for small images and many rows.
            var through = (set.Positions + TileColumns - 1) / TileColumns;
            var gathered = (((long)windows * images) + TileColumns - 1) / TileColumns;
            // Lines that fill their vectors are written in place; without them the results of a tile are copied out.
            var vectors = (set.Count[2] + V.Count - 1) / V.Count;
            var along = set.ResultStep[2] == 1 && set.Count[2] >= V.Count ? (((long)set.Count[0] * set.Count[1] * vectors) + 1) / 2 : long.MaxValue;
            if (along <= through * (1 + (12.0 / Math.Max(1, depth))))
                Share((long)images * groups * along, (long)packedRows * depth * TileColumns, task => Along((int)(task / along / groups), (int)(task / along % groups), (int)(task % along), vectors));
            else if (through * images * (double)rows <= gathered * (rows + 24.0))
                Share((long)images * groups * through, (long)packedRows * depth * TileColumns, task => Through((int)(task / through / groups), (int)(task / through % groups), (int)(task % through)));
            else
                Share(gathered * groups, (long)packedRows * depth * TileColumns, task => Gathered((int)(task / gathered), task % gathered));
        }

        private static void Share(long tasks, long multiplications, Action<long> body)
        {
            var together = Math.Max(1, TaskMultiplications / Math.Max(1, multiplications));
            var chunks = (tasks + together - 1) / together;
            if (chunks <= 3 || WorkPool.Threads == 1)
            {
                for (long task = 0; task < tasks; task++) body(task);
                return;
            }
            WorkPool.Run(checked((int)chunks), chunk =>
            {
                var to = Math.Min(tasks, (chunk + 1) * together);
                for (var task = chunk * together; task < to; task++) body(task);
            });
        }

        /// <summary>A tile of two vectors, each within a line; the last of a line overlaps its neighbour.</summary>
        private void Along(int image, int group, int number, int vectors)
        {
            var first = 2 * number;
            var second = Math.Min(first + 1, (set.Count[0] * set.Count[1] * vectors) - 1);
            var (from, to) = Place(first, vectors);
            var (otherFrom, otherTo) = Place(second, vectors);
            var run = new WindowRun(0, from, to, TileColumns);
            var corner = slab + (image * imageStride) + ((long)group * channels * layout.PlaneSize) + from;
            Tiles(group, result + ((((long)image * groups) + group) * rows * resultPlane), corner, &run, 1, true, otherFrom - from, otherTo - to);
        }

        private (long Source, long Target) Place(int vector, int vectors)
        {
            var (line, w) = (vector / vectors, Math.Min(vector % vectors * V.Count, set.Count[2] - V.Count));
            var (d, h) = (line / set.Count[1], line % set.Count[1]);
            return (((((long)d * set.Length[1]) + h) * set.Length[2]) + w, ((long)d * set.ResultStep[0]) + ((long)h * set.ResultStep[1]) + w);
        }

        /// <summary>A tile of consecutive positions of one image.</summary>
        [SkipLocalsInit]
        private void Through(int image, int group, int number)
        {
            var runs = stackalloc WindowRun[TileColumns];
            var first = number * TileColumns;
            var to = Math.Min(set.Positions, first + TileColumns);
            var count = 0;
            for (var p = first; p < to;)
            {
                var w = p % set.Length[2];
                var h = p / set.Length[2] % set.Length[1];
                var d = p / (set.Length[2] * set.Length[1]);
                if (w < set.Count[2] && h < set.Count[1])
                {
                    var length = Math.Min(set.Count[2] - w, to - p);
                    runs[count++] = new(p - first, p, ((long)d * set.ResultStep[0]) + ((long)h * set.ResultStep[1]) + ((long)w * set.ResultStep[2]), length);
                }
                p += Math.Min(set.Length[2] - w, to - p);
            }
            if (count == 0) return;
            var corner = slab + (image * imageStride) + ((long)group * channels * layout.PlaneSize);
            var target = result + (((long)image * groups) + group) * rows * resultPlane;
            // Without a padded copy a tile must not read past the image.
            if (layout.IsImage && to - first < TileColumns) Tiles(group, target, Pack(corner, runs, count), runs, count);
            else Tiles(group, target, corner + first, runs, count, true);
        }

        /// <summary>A tile of consecutive windows of all images.</summary>
        [SkipLocalsInit]
        private void Gathered(int group, long number)
        {
            var runs = stackalloc WindowRun[TileColumns];
            var first = number * TileColumns;
            var to = Math.Min((long)windows * images, first + TileColumns);
            var count = 0;
            for (var p = first; p < to;)
            {
                var w = (int)(p % set.Count[2]);
                var h = (int)(p / set.Count[2] % set.Count[1]);
                var d = (int)(p / (set.Count[2] * set.Count[1]) % set.Count[0]);
                var image = p / windows;
                var length = (int)Math.Min(set.Count[2] - w, to - p);
                runs[count++] = new(
                    (int)(p - first),
                    (image * imageStride) + (((((long)d * set.Length[1]) + h) * set.Length[2]) + w),
                    (image * groups * rows * resultPlane) + ((long)d * set.ResultStep[0]) + ((long)h * set.ResultStep[1]) + ((long)w * set.ResultStep[2]),
                    length);
                p += length;
            }
            var packed = Pack(slab + ((long)group * channels * layout.PlaneSize), runs, count);
            Tiles(group, result + ((long)group * rows * resultPlane), packed, runs, count);
        }

        private T* Pack(T* corner, WindowRun* runs, int count)
        {
            var packed = (T*)Workspace.Get(Workspace.Right, (long)depth * TileColumns * sizeof(T));
            var positions = stackalloc long[TileColumns];
            var width = runs[count - 1].Column + runs[count - 1].Length;
            new Span<long>(positions, width).Clear();
            for (var i = 0; i < count; i++)
                for (var j = 0; j < runs[i].Length; j++) positions[runs[i].Column + j] = runs[i].Source + j;
            PackColumns(packed, corner, offsets, depth, positions, width, TileColumns);
            return packed;
        }

        /// <summary>All rows of a tile of columns.</summary>
        [SkipLocalsInit]
        private void Tiles(int group, T* target, T* columns, WindowRun* runs, int count, bool byOffset = false, long second = -1, long secondTarget = 0)
        {
            var panel = weights + ((long)group * packedRows * depth);
            var bias = Biases(group);
            var edge = stackalloc T[MatrixMicroKernels.MaximumHeight * TileColumns];
            var direct = set.ResultStep[2] == 1 && count == 1 && runs[0].Length == TileColumns;
            var tile = new Tile<T> { B = columns, BDepth = TileColumns, BSecond = second < 0 ? V.Count : second, Offsets = offsets, Depth = depth };
            int step;
            for (var i = 0; i < rows; i += step)
            {
                step = MatrixMicroKernels.Height(ManyRegisters<V>(), rows - i);
                var height = Math.Min(step, rows - i);
                var whole = direct && height == step;
                tile.A = panel + ((long)i * depth);
                tile.ADepth = step;
                tile.Bias = bias is null ? null : bias + i;
                tile.C = whole ? target + (i * resultPlane) + runs[0].Target : edge;
                tile.CRow = whole ? resultPlane : TileColumns;
                tile.CSecond = whole && second >= 0 ? secondTarget : V.Count;
                if (byOffset) MatrixMicroKernels.Run<V, T, RightAtOffsets>(step, tile);
                else MatrixMicroKernels.Run<V, T, PackedLeft>(step, tile);
                if (whole) continue;
                if (second >= 0)
                {
                    for (var row = 0; row < height; row++)
                    {
                        var line = target + ((i + row) * resultPlane) + runs[0].Target;
                        V.Store(V.Load(edge + (row * TileColumns)), line);
                        V.Store(V.Load(edge + (row * TileColumns) + V.Count), line + secondTarget);
                    }
                    continue;
                }
                for (var row = 0; row < height; row++)
                    for (var run = 0; run < count; run++)
                        Put(edge + (row * TileColumns) + runs[run].Column, target + ((i + row) * resultPlane) + runs[run].Target, runs[run].Length);
            }
        }

        private T* Biases(int group) => biases is null ? null : biases + ((long)group * (packedRows + MatrixMicroKernels.MaximumHeight));

        /// <summary>All lines of one image and group, row by row.</summary>
        private void Lines(int image, int group)
        {
            var corner = LayOutHere(layout, slab + ((((long)image * groups) + group) * channels * sourcePlane), sourcePlane, channels);
            var edge = stackalloc T[4 * V.Count];
            var width = set.Count[2];
            for (var row = 0; row < rows; row++)
            {
                var filter = weights + ((((long)group * packedRows) + row) * depth);
                var start = biases is null ? default : Biases(group)[row];
                for (var d = 0; d < set.Count[0]; d++)
                {
                    if (depth == 9 && set.ResultStep[2] == 1 && width >= V.Count)
                    {
                        NineTaps<V>(
                            corner + ((long)d * set.Length[1] * set.Length[2]),
                            set.Length[2],
                            filter,
                            offsets,
                            start,
                            result + ((((((long)image * groups) + group) * rows) + row) * resultPlane) + ((long)d * set.ResultStep[0]),
                            set.ResultStep[1],
                            set.Count[1],
                            width);
                        continue;
                    }
                    for (var h = 0; h < set.Count[1]; h++)
                    {
                        var line = corner + ((((long)d * set.Length[1]) + h) * set.Length[2]);
                        var target = result + ((((long)image * groups) + group) * rows + row) * resultPlane + ((long)d * set.ResultStep[0]) + ((long)h * set.ResultStep[1]);
                        if (set.ResultStep[2] == 1 && width >= V.Count)
                        {
                            // The last vectors of a line overlap their neighbours.
                            var last = width - V.Count;
                            for (var w = 0; w < width; w += 4 * V.Count)
                                FourVectors<V>(line, filter, offsets, depth, start, target, w, Math.Min(w + V.Count, last), Math.Min(w + (2 * V.Count), last), Math.Min(w + (3 * V.Count), last), last);
                            continue;
                        }
                        for (var w = 0; w < width; w += V.Count)
                        {
                            OneVector<V>(line + w, filter, offsets, depth, start, edge);
                            Put(edge, target + ((long)w * set.ResultStep[2]), Math.Min(V.Count, width - w));
                        }
                    }
                }
            }
        }

        private void Put(T* from, T* to, int length)
        {
            if (set.ResultStep[2] != 1)
            {
                for (var i = 0; i < length; i++) to[(long)i * set.ResultStep[2]] = from[i];
                return;
            }
            new Span<T>(from, length).CopyTo(new Span<T>(to, length));
        }
    }

    /// <summary>Neighbouring windows: where in the tile, in the slab and in the result.</summary>
    private readonly struct WindowRun(int column, long source, long target, int length)
    {
        public int Column => column;

        public long Source => source;

        public long Target => target;

        public int Length => length;
    }
}
