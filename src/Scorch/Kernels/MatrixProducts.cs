using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>One product C = A B (+ a row of bias) with any strides.</summary>
internal unsafe struct Factors<T>
    where T : unmanaged
{
    public T* A;
    public long ARow;
    public long ADepth;
    public T* B;
    public long BDepth;
    public long BColumn;
    public T* C;
    public long CRow;
    public long CColumn;

    /// <summary>Added to every row; null for none.</summary>
    public T* Bias;

    /// <summary>Add to what C holds; without a bias only.</summary>
    public bool Accumulate;

    public int Rows;
    public int Depth;
    public int Columns;

    public readonly long Multiplications => (long)Rows * Depth * Columns;

    /// <summary>The transposed product; without a bias only.</summary>
    public readonly Factors<T> Transposed() => new()
    {
        A = B,
        ARow = BColumn,
        ADepth = BDepth,
        B = A,
        BDepth = ADepth,
        BColumn = ARow,
        C = C,
        CRow = CColumn,
        CColumn = CRow,
        Accumulate = Accumulate,
        Rows = Columns,
        Depth = Depth,
        Columns = Rows,
    };
}

/// <summary>Matrix products: a block of A and a block of B are packed, tiles of registers run over them; small factors are read in place.</summary>
/// <remarks>An element sums its depth in one order, wherever and by whichever thread it is computed.</remarks>
internal static unsafe class MatrixProducts<T>
    where T : unmanaged, INumberBase<T>
{
    /// <summary>Depth of a block.</summary>
    private const int BlockDepth = 512;

    /// <summary>Rows of A that are packed together; they stay in the second-level cache.</summary>
    private const int BlockRows = 96;

    /// <summary>Columns of B that are packed together; they stay in the last-level cache.</summary>
    private const int BlockColumns = 1024;

    /// <summary>Bytes of a factor that may be read in place: it stays in the second-level cache.</summary>
    private const int InPlaceBytes = 256 * 1024;

    /// <summary>Below this a product stays on its thread.</summary>
    private const long ParallelMultiplications = 3 << 18;

    /// <summary>Computes one product.</summary>
    public static void Run(in Factors<T> factors)
    {
        if (Vector512.IsHardwareAccelerated) Run<Simd512<T>>(factors, true);
        else if (Vector256.IsHardwareAccelerated) Run<Simd256<T>>(factors, true);
        else Run<Simd128<T>>(factors, true);
    }

    /// <summary>Computes one product for each batch.</summary>
    public static void Run(in Factors<T> first, int batches, long leftBatch, long rightBatch, long resultBatch)
    {
        // Large products share their own work; many small ones are shared out.
        var multiplications = first.Multiplications;
        if (batches * multiplications < ParallelMultiplications || multiplications >= 4 * ParallelMultiplications || WorkPool.Threads == 1)
            Each(first, 0, batches, leftBatch, rightBatch, resultBatch);
        else
            Share(first, batches, leftBatch, rightBatch, resultBatch);
    }

    private static void Each(in Factors<T> first, int from, int to, long leftBatch, long rightBatch, long resultBatch)
    {
        for (var batch = from; batch < to; batch++)
        {
            var factors = first;
            factors.A += batch * leftBatch;
            factors.B += batch * rightBatch;
            factors.C += batch * resultBatch;
            Run(factors);
        }
    }

    private static void Share(Factors<T> first, int batches, long leftBatch, long rightBatch, long resultBatch)
    {
        var together = (int)Math.Clamp(ParallelMultiplications / 4 / first.Multiplications, 1, batches);
        WorkPool.Run((batches + together - 1) / together, chunk =>
            Each(first, chunk * together, Math.Min(batches, (chunk + 1) * together), leftBatch, rightBatch, resultBatch));
    }

    private static void Run<V>(in Factors<T> factors, bool mayTranspose)
        where V : struct, ISimd<V, T>
    {
        if (factors.Rows == 1 && factors.Bias != null)
        {
            // A product with a vector reads the matrix once, where it lies.
            var plain = factors;
            plain.Bias = null;
            Run<V>(plain, mayTranspose);
            for (var j = 0; j < factors.Columns; j++) factors.C[j * factors.CColumn] += factors.Bias[j];
            return;
        }
        if (factors.Columns == 1 && factors.Bias == null && !factors.Accumulate)
        {
            MatrixVectorProducts<T>.Run<V>(factors);
            return;
        }
        if (mayTranspose && factors.Bias == null && (factors.Rows == 1 || (factors.Columns < V.Count && factors.Rows > factors.Columns)))
        {
            Run<V>(factors.Transposed(), false);
            return;
        }
        var large = factors.Multiplications >= ParallelMultiplications;
        for (var column = 0; column < factors.Columns; column += BlockColumns)
            for (var from = 0; from < factors.Depth; from += BlockDepth)
            {
                var block = new Block<V>(factors, column, from);
                if (large && WorkPool.Threads > 1)
                {
                    Share(block);
                }
                else
                {
                    for (var tile = 0; tile < block.RightTiles; tile++) block.PackRight(tile);
                    for (var row = 0; row < factors.Rows; row += BlockRows) block.Compute(row, BlockRows, 0, BlockColumns);
                }
            }
    }

    private static void Share<V>(Block<V> block)
        where V : struct, ISimd<V, T>
    {
        const int Together = 8;
        if (block.RightTiles > Together)
        {
            WorkPool.Run((block.RightTiles + Together - 1) / Together, chunk =>
            {
                var to = Math.Min(block.RightTiles, (chunk + 1) * Together);
                for (var tile = chunk * Together; tile < to; tile++) block.PackRight(tile);
            });
        }
        else
        {
            for (var tile = 0; tile < block.RightTiles; tile++) block.PackRight(tile);
        }
        // Low products are cut finer, and across, so that there is work to share. Chunks are of one size but for a tile, and their number
        // is one that two and four threads share evenly: a small rest at the end would leave all threads but one waiting.
        var tiles = (block.Rows + MatrixMicroKernels.MaximumHeight - 1) / MatrixMicroKernels.MaximumHeight;
        var most = (block.Rows >= 4 * BlockRows ? BlockRows : BlockRows / 4) / MatrixMicroKernels.MaximumHeight;
        var down = Math.Min(tiles, (((tiles + most - 1) / most) + 3) & ~3);
        var width = block.Rows >= BlockRows ? BlockColumns : BlockColumns / 4;
        var across = (block.Columns + width - 1) / width;
        WorkPool.Run(down * across, chunk =>
        {
            var from = chunk % down * tiles / down * MatrixMicroKernels.MaximumHeight;
            var to = ((chunk % down) + 1) * tiles / down * MatrixMicroKernels.MaximumHeight;
            block.Compute(from, to - from, chunk / down * width, width);
        });
    }

    /// <summary>All rows of C, some of its columns, some of the depth.</summary>
    private readonly struct Block<V>
        where V : struct, ISimd<V, T>
    {
        private readonly Factors<T> factors;
        private readonly int depth;
        private readonly T* packedRight;
        private readonly bool leftInPlace;
        private readonly bool rightInPlace;
        private readonly T* addend;
        private readonly long addendRow;
        private readonly long addendColumn;

        public Block(in Factors<T> whole, int column, int from)
        {
            factors = whole;
            factors.A += from * whole.ADepth;
            factors.B += (from * whole.BDepth) + (column * whole.BColumn);
            factors.C += column * whole.CColumn;
            factors.Columns = Math.Min(BlockColumns, whole.Columns - column);
            depth = Math.Min(BlockDepth, whole.Depth - from);
            if (from > 0 || whole.Accumulate)
            {
                addend = factors.C;
                addendRow = factors.CRow;
                addendColumn = factors.CColumn;
            }
            else if (whole.Bias != null)
            {
                addend = whole.Bias + column;
                addendColumn = 1;
            }
            // Rows at a large power of two fall on few sets of the cache: those are packed, as is what is read often.
            leftInPlace = factors.ARow == 1
                ? (long)factors.Rows * depth * sizeof(T) <= InPlaceBytes || factors.Columns <= 2 * TileColumns
                : factors.ADepth == 1 && factors.ARow * sizeof(T) % 2048 != 0
                    && ((long)factors.Rows * depth * sizeof(T) <= InPlaceBytes || factors.Columns <= 4 * TileColumns);
            rightInPlace = factors.BColumn == 1 && (factors.Rows <= 2 * MatrixMicroKernels.MaximumHeight
                || (factors.BDepth * sizeof(T) <= 2048 && (long)depth * factors.Columns * sizeof(T) <= InPlaceBytes));
            packedRight = (T*)Workspace.Get(Workspace.Right, (long)RightTiles * TileColumns * depth * sizeof(T));
        }

        public int Rows => factors.Rows;

        public int Columns => factors.Columns;

        /// <summary>Tiles of columns; packing one is a task.</summary>
        public int RightTiles => (factors.Columns + TileColumns - 1) / TileColumns;

        private static int TileColumns => 2 * V.Count;

        public void PackRight(int tile)
        {
            var column = tile * TileColumns;
            var width = Math.Min(TileColumns, factors.Columns - column);
            if (rightInPlace && width == TileColumns) return;
            MatrixPacking.Pack(packedRight + ((long)column * depth), TileColumns, factors.B + (column * factors.BColumn), factors.BColumn, factors.BDepth, width, depth);
        }

        /// <summary>Computes a rectangle of the block; its left factor is packed on the way.</summary>
        [SkipLocalsInit]
        public void Compute(int row, int height, int column, int width)
        {
            var toRow = Math.Min(factors.Rows, row + height);
            var toColumn = Math.Min(factors.Columns, column + width);
            var manyRegisters = V.Count * sizeof(T) == 64;
            var packed = (T*)Workspace.Get(Workspace.Left, ((long)BlockRows + MatrixMicroKernels.MaximumHeight) * BlockDepth * sizeof(T));
            int step;
            for (int i = row; i < toRow; i += step)
            {
                step = MatrixMicroKernels.Height(manyRegisters, toRow - i);
                if (leftInPlace && i + step <= toRow) continue;
                MatrixPacking.Pack(packed + ((long)(i - row) * depth), step, factors.A + (i * factors.ARow), factors.ARow, factors.ADepth, Math.Min(step, toRow - i), depth);
            }
            var edge = stackalloc T[MatrixMicroKernels.MaximumHeight * TileColumns];
            var tile = new Tile<T> { Depth = depth, BSecond = V.Count, CSecond = V.Count };
            for (int j = column; j < toColumn; j += TileColumns)
            {
                var columns = Math.Min(TileColumns, toColumn - j);
                var inPlace = rightInPlace && columns == TileColumns;
                tile.B = inPlace ? factors.B + j : packedRight + ((long)j * depth);
                tile.BDepth = inPlace ? factors.BDepth : TileColumns;
                for (int i = row; i < toRow; i += step)
                {
                    step = MatrixMicroKernels.Height(manyRegisters, toRow - i);
                    var rows = Math.Min(step, toRow - i);
                    var whole = rows == step && columns == TileColumns && factors.CColumn == 1;
                    var target = factors.C + (i * factors.CRow) + (j * factors.CColumn);
                    var start = addend == null ? null : addend + (i * addendRow) + (j * addendColumn);
                    tile.C = whole ? target : edge;
                    tile.CRow = whole ? factors.CRow : TileColumns;
                    tile.Addend = whole ? start : null;
                    tile.AddendRow = addendRow;
                    if (leftInPlace && rows == step)
                    {
                        tile.A = factors.A + (i * factors.ARow);
                        tile.ARow = factors.ARow;
                        tile.ADepth = factors.ADepth;
                    }
                    else
                    {
                        tile.A = packed + ((long)(i - row) * depth);
                        tile.ARow = 1;
                        tile.ADepth = step;
                    }
                    if (tile.ARow == 1) MatrixMicroKernels.Run<V, T, PackedLeft>(step, tile);
                    else MatrixMicroKernels.Run<V, T, LeftInPlace>(step, tile);
                    if (!whole) Merge(target, start, edge, rows, columns);
                }
            }
        }

        /// <summary>Part of a tile, on top of what it is added to, into C.</summary>
        private void Merge(T* target, T* start, T* edge, int rows, int columns)
        {
            for (var i = 0; i < rows; i++, edge += TileColumns, target += factors.CRow, start += addendRow)
            {
                var j = 0;
                if (factors.CColumn == 1)
                {
                    for (; j + V.Count <= columns; j += V.Count)
                    {
                        var value = V.Load(edge + j);
                        V.Store(addend == null ? value : value + V.Load(start + j), target + j);
                    }
                }
                for (; j < columns; j++)
                    target[j * factors.CColumn] = addend == null ? edge[j] : edge[j] + start[j * addendColumn];
            }
        }
    }
}
