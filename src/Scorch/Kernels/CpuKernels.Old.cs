using System.Numerics;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

internal sealed unsafe partial class CpuKernels
{
    private const int BlockDepth = 384;
    private const int BlockRows = 96;
    private const int BlockColumns = 384;

    /// <summary>One block of C over the whole depth; the right factor packs its own columns.</summary>
    private readonly struct BlockProduct<T, TColumns>(
        T* c, T* a, TColumns right, int firstColumn, long cStride, long aRow, long aDepth, int rows, int columns, int depth)
        where T : unmanaged, INumberBase<T>
        where TColumns : struct, IColumns<T>
    {
        /// <summary>Overwrites the block, or adds to it.</summary>
        public void Run(bool accumulate)
        {
            if (Vector512.IsHardwareAccelerated) Run<Simd512<T>>(12, accumulate);
            else if (Vector256.IsHardwareAccelerated) Run<Simd256<T>>(6, accumulate);
            else Run<Simd128<T>>(6, accumulate);
        }

        private void Run<V>(int tileRows, bool accumulate)
            where V : struct, ISimd<V, T>
        {
            var tileColumns = 2 * V.Count;
            var packedA = (T*)Workspace.Get(0, (long)(BlockRows + 12) * BlockDepth * sizeof(T));
            var packedB = (T*)Workspace.Get(1, (long)(BlockColumns + tileColumns) * BlockDepth * sizeof(T));
            var edge = stackalloc T[12 * tileColumns];
            for (var from = 0; from < depth; from += BlockDepth)
            {
                var length = Math.Min(BlockDepth, depth - from);
                var add = accumulate || from > 0;
                PackA(packedA, from, length, tileRows);
                for (var column = 0; column < columns; column += tileColumns)
                    right.Pack(packedB + ((long)column * length), from, length, firstColumn + column, Math.Min(tileColumns, columns - column), tileColumns);
                for (var column = 0; column < columns; column += tileColumns)
                {
                    var tileB = packedB + ((long)column * length);
                    for (var row = 0; row < rows; row += tileRows)
                    {
                        var tileA = packedA + ((long)row * length);
                        var target = c + (row * cStride) + column;
                        if (row + tileRows <= rows && column + tileColumns <= columns)
                        {
                            MatrixMicroKernels.Run<V, T, PackedLeft>(tileRows, new Tile<T> { A = tileA, ADepth = tileRows, B = tileB, BDepth = tileColumns, C = target, CRow = cStride, Depth = length, Addend = add ? target : null, AddendRow = cStride });
                            continue;
                        }
                        MatrixMicroKernels.Run<V, T, PackedLeft>(tileRows, new Tile<T> { A = tileA, ADepth = tileRows, B = tileB, BDepth = tileColumns, C = edge, CRow = tileColumns, Depth = length });
                        Merge(target, edge, Math.Min(tileRows, rows - row), Math.Min(tileColumns, columns - column), tileColumns, add);
                    }
                }
            }
        }

        private void Merge(T* target, T* edge, int height, int width, int edgeStride, bool add)
        {
            for (var i = 0; i < height; i++)
                for (var j = 0; j < width; j++)
                {
                    var value = edge[(i * edgeStride) + j];
                    var element = target + (i * cStride) + j;
                    *element = add ? *element + value : value;
                }
        }

        private void PackA(T* packed, int from, int length, int tileRows)
        {
            for (var row = 0; row < rows; row += tileRows)
            {
                var height = Math.Min(tileRows, rows - row);
                for (var i = 0; i < height; i++)
                {
                    var source = a + ((row + i) * aRow) + (from * aDepth);
                    var target = packed + i;
                    for (var k = 0; k < length; k++) target[(long)k * tileRows] = source[k * aDepth];
                }
                for (var i = height; i < tileRows; i++)
                    for (var k = 0; k < length; k++) packed[((long)k * tileRows) + i] = default;
                packed += (long)tileRows * length;
            }
        }
    }
}

/// <summary>The right factor of a product: copies a few of its columns, packed by rows and filled up with zeros.</summary>
internal unsafe interface IColumns<T>
    where T : unmanaged
{
    /// <summary>Packs rows from … from+length-1 of columns first … first+width-1 as rows of <paramref name="tileColumns"/>.</summary>
    void Pack(T* packed, int from, int length, int first, int width, int tileColumns);
}

/// <summary>The columns of a strided matrix.</summary>
internal readonly unsafe struct StridedColumns<T>(T* source, long depthStride, long columnStride) : IColumns<T>
    where T : unmanaged
{
    public void Pack(T* packed, int from, int length, int first, int width, int tileColumns)
    {
        var corner = source + (from * depthStride) + (first * columnStride);
        if (columnStride == 1)
        {
            for (var k = 0; k < length; k++)
            {
                var target = packed + ((long)k * tileColumns);
                new Span<T>(corner + (k * depthStride), width).CopyTo(new Span<T>(target, width));
                if (width < tileColumns) new Span<T>(target + width, tileColumns - width).Clear();
            }
            return;
        }
        for (var j = 0; j < width; j++)
        {
            var line = corner + (j * columnStride);
            for (var k = 0; k < length; k++) packed[((long)k * tileColumns) + j] = line[k * depthStride];
        }
        for (var j = width; j < tileColumns; j++)
            for (var k = 0; k < length; k++) packed[((long)k * tileColumns) + j] = default;
    }
}
