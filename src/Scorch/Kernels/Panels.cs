namespace Scorch.Kernels;

/// <summary>Products of a few rows with a matrix that is packed once and used many times, with the tiles of the matrix product.</summary>
internal static unsafe class Panels
{
    /// <summary>Depth of a part of a panel that stays in the first-level cache while all rows pass.</summary>
    private const int Depth = 256;

    /// <summary>Columns, rounded up to whole panels of two vectors.</summary>
    public static int Padded<V, T>(int columns)
        where V : struct, ISimd<V, T>
        where T : unmanaged => (columns + (2 * V.Count) - 1) / (2 * V.Count) * (2 * V.Count);

    /// <summary>Rows, with room for those of the last tile.</summary>
    public static int PaddedRows(int rows) => rows + MatrixMicroKernels.MaximumHeight;

    /// <summary>Copies a matrix [depth, columns] of any strides into panels [depth, 2 vectors], the last one filled up with zeros.</summary>
    public static void Pack<V, T>(T* source, T* packed, int columns, int depth, long depthStride, long columnStride)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var width = 2 * V.Count;
        for (var column = 0; column < columns; column += width)
            MatrixPacking.Pack(packed + ((long)column * depth), width, source + (column * columnStride), columnStride, depthStride, Math.Min(width, columns - column), depth);
    }

    /// <summary>c = a b or c += a b for rows of a and packed b. A row's sums do not depend on the rows around it; c has room for padded rows and columns.</summary>
    /// <param name="a">[rows, depth].</param>
    /// <param name="aStride">Distance between rows of a.</param>
    /// <param name="packed">The panels.</param>
    /// <param name="c">[padded rows, padded columns].</param>
    /// <param name="rows">Rows that count.</param>
    /// <param name="columns">Columns that count.</param>
    /// <param name="depth">Columns of a.</param>
    /// <param name="add">Whether the product is added to what c holds.</param>
    public static void Multiply<V, T>(T* a, long aStride, T* packed, T* c, int rows, int columns, int depth, bool add)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var manyRegisters = V.Count * sizeof(T) == 64;
        var cStride = Padded<V, T>(columns);
        var packedRows = (T*)Workspace.Get(Workspace.Left, (long)PaddedRows(rows) * depth * sizeof(T));
        int height;
        for (var row = 0; row < rows; row += height)
        {
            height = MatrixMicroKernels.Height(manyRegisters, rows - row);
            MatrixPacking.Pack(packedRows + ((long)row * depth), height, a + (row * aStride), aStride, 1, Math.Min(height, rows - row), depth);
        }
        var tile = new Tile<T> { ARow = 1, BDepth = 2 * V.Count, BSecond = V.Count, CRow = cStride, CSecond = V.Count, AddendRow = cStride };
        for (var column = 0; column < columns; column += 2 * V.Count)
            for (var from = 0; from < depth; from += Depth)
            {
                tile.Depth = Math.Min(Depth, depth - from);
                tile.B = packed + ((long)column * depth) + ((long)from * 2 * V.Count);
                for (var row = 0; row < rows; row += height)
                {
                    height = MatrixMicroKernels.Height(manyRegisters, rows - row);
                    tile.A = packedRows + ((long)row * depth) + ((long)from * height);
                    tile.ADepth = height;
                    tile.C = c + ((long)row * cStride) + column;
                    tile.Addend = add || from > 0 ? tile.C : null;
                    MatrixMicroKernels.Run<V, T, PackedLeft>(height, tile);
                }
            }
    }
}
