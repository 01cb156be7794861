using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>The inner tiles of the matrix product.</summary>
internal static unsafe class MatrixMicroKernels
{
    /// <summary>Rows of the highest tile.</summary>
    public const int MaximumHeight = 12;

    /// <summary>The height of the tile that starts <paramref name="rows"/> rows before the end: 12, 8 or 4 with 32 registers, 6 or 4 with 16.</summary>
    public static int Height(bool manyRegisters, int rows)
    {
        if (manyRegisters)
        {
            // 16 rows are 8 and 8 rather than 12 and 4: low tiles load more for each multiplication.
            if (rows == 16) return 8;
            return rows > 8 ? 12 : rows > 4 ? 8 : 4;
        }
        return rows is 8 or <= 4 ? 4 : 6;
    }

    /// <summary>Computes a tile of one of the heights that <see cref="Height"/> gives.</summary>
    public static void Run<V, T, TMode>(int height, in Tile<T> tile)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        where TMode : struct, ITileMode
    {
        switch (height)
        {
            case 12: Rows12<V, T, TMode>(tile); break;
            case 8: Rows8<V, T, TMode>(tile); break;
            case 6: Rows6<V, T, TMode>(tile); break;
            default: Rows4<V, T, TMode>(tile); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V, T>(in Tile<T> tile, int row, V left, V right)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (tile.Addend != null)
        {
            var addend = tile.Addend + (row * tile.AddendRow);
            left += V.Load(addend);
            right += V.Load(addend + V.Count);
        }
        if (tile.Bias != null)
        {
            var bias = V.Create(tile.Bias[row]);
            left += bias;
            right += bias;
        }
        var c = tile.C + (row * tile.CRow);
        V.Store(left, c);
        V.Store(right, c + tile.CSecond);
    }

    /// <summary>A tile of 12 rows and two vectors; the accumulators stay in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Rows12<V, T, TMode>(in Tile<T> tile)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        where TMode : struct, ITileMode
    {
        var a = tile.A;
        var b = tile.B;
        var offsets = tile.Offsets;
        if (TMode.LeftByOffset) a += tile.LeftOffsets[0];
        var aDepth = tile.ADepth;
        var bDepth = tile.BDepth;
        var second = tile.BSecond;
        var n1 = TMode.LeftByRow ? 1 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[1] - tile.LeftOffsets[0] : 1;
        var n2 = TMode.LeftByRow ? 2 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[2] - tile.LeftOffsets[0] : 2;
        var n3 = TMode.LeftByRow ? 3 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[3] - tile.LeftOffsets[0] : 3;
        var n4 = TMode.LeftByRow ? 4 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[4] - tile.LeftOffsets[0] : 4;
        var n5 = TMode.LeftByRow ? 5 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[5] - tile.LeftOffsets[0] : 5;
        var n6 = TMode.LeftByRow ? 6 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[6] - tile.LeftOffsets[0] : 6;
        var n7 = TMode.LeftByRow ? 7 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[7] - tile.LeftOffsets[0] : 7;
        var n8 = TMode.LeftByRow ? 8 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[8] - tile.LeftOffsets[0] : 8;
        var n9 = TMode.LeftByRow ? 9 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[9] - tile.LeftOffsets[0] : 9;
        var n10 = TMode.LeftByRow ? 10 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[10] - tile.LeftOffsets[0] : 10;
        var n11 = TMode.LeftByRow ? 11 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[11] - tile.LeftOffsets[0] : 11;
        var r0 = V.Create(default);
        var s0 = V.Create(default);
        var r1 = V.Create(default);
        var s1 = V.Create(default);
        var r2 = V.Create(default);
        var s2 = V.Create(default);
        var r3 = V.Create(default);
        var s3 = V.Create(default);
        var r4 = V.Create(default);
        var s4 = V.Create(default);
        var r5 = V.Create(default);
        var s5 = V.Create(default);
        var r6 = V.Create(default);
        var s6 = V.Create(default);
        var r7 = V.Create(default);
        var s7 = V.Create(default);
        var r8 = V.Create(default);
        var s8 = V.Create(default);
        var r9 = V.Create(default);
        var s9 = V.Create(default);
        var r10 = V.Create(default);
        var s10 = V.Create(default);
        var r11 = V.Create(default);
        var s11 = V.Create(default);
        for (var k = 0; k < tile.Depth; k++)
        {
            var column = TMode.LeftByOffset ? a + offsets[k] : a;
            var row = TMode.RightByOffset ? b + offsets[k] : b;
            var left = V.Load(row);
            var right = V.Load(row + second);
            var x0 = V.Create(column[0]);
            r0 = V.MultiplyAdd(x0, left, r0);
            s0 = V.MultiplyAdd(x0, right, s0);
            var x1 = V.Create(column[n1]);
            r1 = V.MultiplyAdd(x1, left, r1);
            s1 = V.MultiplyAdd(x1, right, s1);
            var x2 = V.Create(column[n2]);
            r2 = V.MultiplyAdd(x2, left, r2);
            s2 = V.MultiplyAdd(x2, right, s2);
            var x3 = V.Create(column[n3]);
            r3 = V.MultiplyAdd(x3, left, r3);
            s3 = V.MultiplyAdd(x3, right, s3);
            var x4 = V.Create(column[n4]);
            r4 = V.MultiplyAdd(x4, left, r4);
            s4 = V.MultiplyAdd(x4, right, s4);
            var x5 = V.Create(column[n5]);
            r5 = V.MultiplyAdd(x5, left, r5);
            s5 = V.MultiplyAdd(x5, right, s5);
            var x6 = V.Create(column[n6]);
            r6 = V.MultiplyAdd(x6, left, r6);
            s6 = V.MultiplyAdd(x6, right, s6);
            var x7 = V.Create(column[n7]);
            r7 = V.MultiplyAdd(x7, left, r7);
            s7 = V.MultiplyAdd(x7, right, s7);
            var x8 = V.Create(column[n8]);
            r8 = V.MultiplyAdd(x8, left, r8);
            s8 = V.MultiplyAdd(x8, right, s8);
            var x9 = V.Create(column[n9]);
            r9 = V.MultiplyAdd(x9, left, r9);
            s9 = V.MultiplyAdd(x9, right, s9);
            var x10 = V.Create(column[n10]);
            r10 = V.MultiplyAdd(x10, left, r10);
            s10 = V.MultiplyAdd(x10, right, s10);
            var x11 = V.Create(column[n11]);
            r11 = V.MultiplyAdd(x11, left, r11);
            s11 = V.MultiplyAdd(x11, right, s11);
            if (!TMode.LeftByOffset) a += aDepth;
            if (!TMode.RightByOffset) b += bDepth;
        }
        Put(tile, 0, r0, s0);
        Put(tile, 1, r1, s1);
        Put(tile, 2, r2, s2);
        Put(tile, 3, r3, s3);
        Put(tile, 4, r4, s4);
        Put(tile, 5, r5, s5);
        Put(tile, 6, r6, s6);
        Put(tile, 7, r7, s7);
        Put(tile, 8, r8, s8);
        Put(tile, 9, r9, s9);
        Put(tile, 10, r10, s10);
        Put(tile, 11, r11, s11);
    }

    /// <summary>A tile of 8 rows and two vectors; the accumulators stay in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Rows8<V, T, TMode>(in Tile<T> tile)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        where TMode : struct, ITileMode
    {
        var a = tile.A;
        var b = tile.B;
        var offsets = tile.Offsets;
        if (TMode.LeftByOffset) a += tile.LeftOffsets[0];
        var aDepth = tile.ADepth;
        var bDepth = tile.BDepth;
        var second = tile.BSecond;
        var n1 = TMode.LeftByRow ? 1 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[1] - tile.LeftOffsets[0] : 1;
        var n2 = TMode.LeftByRow ? 2 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[2] - tile.LeftOffsets[0] : 2;
        var n3 = TMode.LeftByRow ? 3 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[3] - tile.LeftOffsets[0] : 3;
        var n4 = TMode.LeftByRow ? 4 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[4] - tile.LeftOffsets[0] : 4;
        var n5 = TMode.LeftByRow ? 5 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[5] - tile.LeftOffsets[0] : 5;
        var n6 = TMode.LeftByRow ? 6 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[6] - tile.LeftOffsets[0] : 6;
        var n7 = TMode.LeftByRow ? 7 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[7] - tile.LeftOffsets[0] : 7;
        var r0 = V.Create(default);
        var s0 = V.Create(default);
        var r1 = V.Create(default);
        var s1 = V.Create(default);
        var r2 = V.Create(default);
        var s2 = V.Create(default);
        var r3 = V.Create(default);
        var s3 = V.Create(default);
        var r4 = V.Create(default);
        var s4 = V.Create(default);
        var r5 = V.Create(default);
        var s5 = V.Create(default);
        var r6 = V.Create(default);
        var s6 = V.Create(default);
        var r7 = V.Create(default);
        var s7 = V.Create(default);
        for (var k = 0; k < tile.Depth; k++)
        {
            var column = TMode.LeftByOffset ? a + offsets[k] : a;
            var row = TMode.RightByOffset ? b + offsets[k] : b;
            var left = V.Load(row);
            var right = V.Load(row + second);
            var x0 = V.Create(column[0]);
            r0 = V.MultiplyAdd(x0, left, r0);
            s0 = V.MultiplyAdd(x0, right, s0);
            var x1 = V.Create(column[n1]);
            r1 = V.MultiplyAdd(x1, left, r1);
            s1 = V.MultiplyAdd(x1, right, s1);
            var x2 = V.Create(column[n2]);
            r2 = V.MultiplyAdd(x2, left, r2);
            s2 = V.MultiplyAdd(x2, right, s2);
            var x3 = V.Create(column[n3]);
            r3 = V.MultiplyAdd(x3, left, r3);
            s3 = V.MultiplyAdd(x3, right, s3);
            var x4 = V.Create(column[n4]);
            r4 = V.MultiplyAdd(x4, left, r4);
            s4 = V.MultiplyAdd(x4, right, s4);
            var x5 = V.Create(column[n5]);
            r5 = V.MultiplyAdd(x5, left, r5);
            s5 = V.MultiplyAdd(x5, right, s5);
            var x6 = V.Create(column[n6]);
            r6 = V.MultiplyAdd(x6, left, r6);
            s6 = V.MultiplyAdd(x6, right, s6);
            var x7 = V.Create(column[n7]);
            r7 = V.MultiplyAdd(x7, left, r7);
            s7 = V.MultiplyAdd(x7, right, s7);
            if (!TMode.LeftByOffset) a += aDepth;
            if (!TMode.RightByOffset) b += bDepth;
        }
        Put(tile, 0, r0, s0);
        Put(tile, 1, r1, s1);
        Put(tile, 2, r2, s2);
        Put(tile, 3, r3, s3);
        Put(tile, 4, r4, s4);
        Put(tile, 5, r5, s5);
        Put(tile, 6, r6, s6);
        Put(tile, 7, r7, s7);
    }

    /// <summary>A tile of 6 rows and two vectors; the accumulators stay in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Rows6<V, T, TMode>(in Tile<T> tile)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        where TMode : struct, ITileMode
    {
        var a = tile.A;
        var b = tile.B;
        var offsets = tile.Offsets;
        if (TMode.LeftByOffset) a += tile.LeftOffsets[0];
        var aDepth = tile.ADepth;
        var bDepth = tile.BDepth;
        var second = tile.BSecond;
        var n1 = TMode.LeftByRow ? 1 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[1] - tile.LeftOffsets[0] : 1;
        var n2 = TMode.LeftByRow ? 2 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[2] - tile.LeftOffsets[0] : 2;
        var n3 = TMode.LeftByRow ? 3 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[3] - tile.LeftOffsets[0] : 3;
        var n4 = TMode.LeftByRow ? 4 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[4] - tile.LeftOffsets[0] : 4;
        var n5 = TMode.LeftByRow ? 5 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[5] - tile.LeftOffsets[0] : 5;
        var r0 = V.Create(default);
        var s0 = V.Create(default);
        var r1 = V.Create(default);
        var s1 = V.Create(default);
        var r2 = V.Create(default);
        var s2 = V.Create(default);
        var r3 = V.Create(default);
        var s3 = V.Create(default);
        var r4 = V.Create(default);
        var s4 = V.Create(default);
        var r5 = V.Create(default);
        var s5 = V.Create(default);
        for (var k = 0; k < tile.Depth; k++)
        {
            var column = TMode.LeftByOffset ? a + offsets[k] : a;
            var row = TMode.RightByOffset ? b + offsets[k] : b;
            var left = V.Load(row);
            var right = V.Load(row + second);
            var x0 = V.Create(column[0]);
            r0 = V.MultiplyAdd(x0, left, r0);
            s0 = V.MultiplyAdd(x0, right, s0);
            var x1 = V.Create(column[n1]);
            r1 = V.MultiplyAdd(x1, left, r1);
            s1 = V.MultiplyAdd(x1, right, s1);
            var x2 = V.Create(column[n2]);
            r2 = V.MultiplyAdd(x2, left, r2);
            s2 = V.MultiplyAdd(x2, right, s2);
            var x3 = V.Create(column[n3]);
            r3 = V.MultiplyAdd(x3, left, r3);
            s3 = V.MultiplyAdd(x3, right, s3);
            var x4 = V.Create(column[n4]);
            r4 = V.MultiplyAdd(x4, left, r4);
            s4 = V.MultiplyAdd(x4, right, s4);
            var x5 = V.Create(column[n5]);
            r5 = V.MultiplyAdd(x5, left, r5);
            s5 = V.MultiplyAdd(x5, right, s5);
            if (!TMode.LeftByOffset) a += aDepth;
            if (!TMode.RightByOffset) b += bDepth;
        }
        Put(tile, 0, r0, s0);
        Put(tile, 1, r1, s1);
        Put(tile, 2, r2, s2);
        Put(tile, 3, r3, s3);
        Put(tile, 4, r4, s4);
        Put(tile, 5, r5, s5);
    }

    /// <summary>A tile of 4 rows and two vectors; the accumulators stay in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Rows4<V, T, TMode>(in Tile<T> tile)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        where TMode : struct, ITileMode
    {
        var a = tile.A;
        var b = tile.B;
        var offsets = tile.Offsets;
        if (TMode.LeftByOffset) a += tile.LeftOffsets[0];
        var aDepth = tile.ADepth;
        var bDepth = tile.BDepth;
        var second = tile.BSecond;
        var n1 = TMode.LeftByRow ? 1 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[1] - tile.LeftOffsets[0] : 1;
        var n2 = TMode.LeftByRow ? 2 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[2] - tile.LeftOffsets[0] : 2;
        var n3 = TMode.LeftByRow ? 3 * tile.ARow : TMode.LeftByOffset ? tile.LeftOffsets[3] - tile.LeftOffsets[0] : 3;
        var r0 = V.Create(default);
        var s0 = V.Create(default);
        var r1 = V.Create(default);
        var s1 = V.Create(default);
        var r2 = V.Create(default);
        var s2 = V.Create(default);
        var r3 = V.Create(default);
        var s3 = V.Create(default);
        for (var k = 0; k < tile.Depth; k++)
        {
            var column = TMode.LeftByOffset ? a + offsets[k] : a;
            var row = TMode.RightByOffset ? b + offsets[k] : b;
            var left = V.Load(row);
            var right = V.Load(row + second);
            var x0 = V.Create(column[0]);
            r0 = V.MultiplyAdd(x0, left, r0);
            s0 = V.MultiplyAdd(x0, right, s0);
            var x1 = V.Create(column[n1]);
            r1 = V.MultiplyAdd(x1, left, r1);
            s1 = V.MultiplyAdd(x1, right, s1);
            var x2 = V.Create(column[n2]);
            r2 = V.MultiplyAdd(x2, left, r2);
            s2 = V.MultiplyAdd(x2, right, s2);
            var x3 = V.Create(column[n3]);
            r3 = V.MultiplyAdd(x3, left, r3);
            s3 = V.MultiplyAdd(x3, right, s3);
            if (!TMode.LeftByOffset) a += aDepth;
            if (!TMode.RightByOffset) b += bDepth;
        }
        Put(tile, 0, r0, s0);
        Put(tile, 1, r1, s1);
        Put(tile, 2, r2, s2);
        Put(tile, 3, r3, s3);
    }
}
