using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <summary>Depth of a packed block: an A tile and a B tile share the first-level cache.</summary>
    private const int BlockDepth = 384;

    /// <summary>Rows and columns of the block of C that one task computes; B's share stays in the second-level cache.</summary>
    private const int BlockRows = 96;

    private const int BlockColumns = 384;

    public override void MatrixProduct(in Operand output, in Operand left, in Operand right)
    {
        if (output.Count == 0) return;
        if (left.Shape[2] == 0)
        {
            Fill(output, 0);
            return;
        }
        switch (output.Type)
        {
            case DataType.Float32: BlockedProduct<float>(output, left, right); break;
            case DataType.Float64: BlockedProduct<double>(output, left, right); break;
            case DataType.Complex128: PlainProduct<Complex>(output, left, right); break;
            case DataType.Int64: PlainProduct<long>(output, left, right); break;
            case DataType.Int32: PlainProduct<int>(output, left, right); break;
            case DataType.Int16: PlainProduct<short>(output, left, right); break;
            case DataType.Int8: PlainProduct<sbyte>(output, left, right); break;
            case DataType.UInt8: PlainProduct<byte>(output, left, right); break;
            default: throw new NotSupportedException($"MatMul is not defined for {output.Type}; convert the tensors first.");
        }
    }

    private static void PlainProduct<T>(in Operand output, in Operand left, in Operand right)
        where T : unmanaged, INumberBase<T>
    {
        var (batches, rows, depth, columns) = (output.Shape[0], output.Shape[1], left.Shape[2], output.Shape[2]);
        var (cs, ls, rs) = (output.Strides, left.Strides, right.Strides);
        fixed (byte* outputBytes = &output.Reference, leftBytes = &left.Reference, rightBytes = &right.Reference)
        {
            var c = (T*)outputBytes;
            var a = (T*)leftBytes;
            var b = (T*)rightBytes;
            Dispatch((long)batches * rows, (long)columns * depth, task =>
            {
                var (batch, row) = (task / rows, task % rows);
                for (var column = 0; column < columns; column++)
                {
                    var sum = T.Zero;
                    for (var k = 0; k < depth; k++)
                        sum += a[(batch * ls[0]) + (row * ls[1]) + (k * ls[2])] * b[(batch * rs[0]) + (k * rs[1]) + (column * rs[2])];
                    c[(batch * cs[0]) + (row * cs[1]) + (column * cs[2])] = sum;
                }
            });
        }
    }

    private static void BlockedProduct<T>(in Operand output, in Operand left, in Operand right)
        where T : unmanaged, INumberBase<T>
    {
        var (batches, rows, depth, columns) = (output.Shape[0], output.Shape[1], left.Shape[2], output.Shape[2]);
        var (cs, ls, rs) = (output.Strides, left.Strides, right.Strides);
        fixed (byte* outputBytes = &output.Reference, leftBytes = &left.Reference, rightBytes = &right.Reference)
        {
            var c = (T*)outputBytes;
            var a = (T*)leftBytes;
            var b = (T*)rightBytes;
            // Blocks of C are independent; each element sums its depth in the same order wherever it is computed.
            var rowBlocks = (rows + BlockRows - 1) / BlockRows;
            var columnBlocks = (columns + BlockColumns - 1) / BlockColumns;
            var cost = Math.Max(1, (long)Math.Min(rows, BlockRows) * Math.Min(columns, BlockColumns) * depth / 16);
            Dispatch((long)batches * rowBlocks * columnBlocks, cost, task =>
            {
                var batch = task / ((long)rowBlocks * columnBlocks);
                var block = task % ((long)rowBlocks * columnBlocks);
                var (row, column) = ((int)(block % rowBlocks) * BlockRows, (int)(block / rowBlocks) * BlockColumns);
                var right = new StridedColumns<T>(b + (batch * rs[0]), rs[1], rs[2]);
                var product = new BlockProduct<T, StridedColumns<T>>(
                    c + (batch * cs[0]) + (row * cs[1]) + column,
                    a + (batch * ls[0]) + (row * ls[1]),
                    right,
                    column,
                    cs[1],
                    ls[1],
                    ls[2],
                    Math.Min(BlockRows, rows - row),
                    Math.Min(BlockColumns, columns - column),
                    depth);
                product.Run(accumulate: false);
            });
        }
    }

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
                            MatrixMicroKernels.Tile<V, T>(tileRows, tileA, tileB, target, cStride, length, add);
                            continue;
                        }
                        MatrixMicroKernels.Tile<V, T>(tileRows, tileA, tileB, edge, tileColumns, length, false);
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

/// <summary>Scratch memory of the running thread, kept between calls and freed with the thread.</summary>
internal sealed unsafe class Workspace
{
    [ThreadStatic]
    private static Workspace? current;

    private readonly (nint Pointer, long Size)[] slots = new (nint, long)[4];

    /// <summary>At least <paramref name="byteCount"/> aligned bytes with unknown content.</summary>
    public static byte* Get(int slot, long byteCount)
    {
        var workspace = current ??= new();
        ref var entry = ref workspace.slots[slot];
        if (entry.Size < byteCount)
        {
            NativeMemory.AlignedFree((void*)entry.Pointer);
            entry = default;
            entry = ((nint)NativeMemory.AlignedAlloc((nuint)byteCount, 64), byteCount);
        }
        return (byte*)entry.Pointer;
    }

    ~Workspace()
    {
        foreach (var (pointer, _) in slots) NativeMemory.AlignedFree((void*)pointer);
    }
}
