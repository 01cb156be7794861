using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>The inner tiles of the matrix product: c (+)= a b, with a packed by columns of a tile and b by rows of a tile.</summary>
internal static unsafe class MatrixMicroKernels
{
    public static void Tile<V, T>(int rows, T* a, T* b, T* c, long cStride, int depth, bool add)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (rows == 12) Micro12<V, T>(a, b, c, cStride, depth, add);
        else Micro6<V, T>(a, b, c, cStride, depth, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V, T>(T* c, V left, V right, bool add)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        if (add)
        {
            left += V.Load(c);
            right += V.Load(c + V.Count);
        }
        V.Store(left, c);
        V.Store(right, c + V.Count);
    }

    /// <summary>A tile of 12 rows and two vectors; the accumulators stay in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Micro12<V, T>(T* a, T* b, T* c, long cStride, int depth, bool add)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
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
        for (var k = 0; k < depth; k++)
        {
            var left = V.Load(b);
            var right = V.Load(b + V.Count);
            var x0 = V.Create(a[0]);
            r0 = V.MultiplyAdd(x0, left, r0);
            s0 = V.MultiplyAdd(x0, right, s0);
            var x1 = V.Create(a[1]);
            r1 = V.MultiplyAdd(x1, left, r1);
            s1 = V.MultiplyAdd(x1, right, s1);
            var x2 = V.Create(a[2]);
            r2 = V.MultiplyAdd(x2, left, r2);
            s2 = V.MultiplyAdd(x2, right, s2);
            var x3 = V.Create(a[3]);
            r3 = V.MultiplyAdd(x3, left, r3);
            s3 = V.MultiplyAdd(x3, right, s3);
            var x4 = V.Create(a[4]);
            r4 = V.MultiplyAdd(x4, left, r4);
            s4 = V.MultiplyAdd(x4, right, s4);
            var x5 = V.Create(a[5]);
            r5 = V.MultiplyAdd(x5, left, r5);
            s5 = V.MultiplyAdd(x5, right, s5);
            var x6 = V.Create(a[6]);
            r6 = V.MultiplyAdd(x6, left, r6);
            s6 = V.MultiplyAdd(x6, right, s6);
            var x7 = V.Create(a[7]);
            r7 = V.MultiplyAdd(x7, left, r7);
            s7 = V.MultiplyAdd(x7, right, s7);
            var x8 = V.Create(a[8]);
            r8 = V.MultiplyAdd(x8, left, r8);
            s8 = V.MultiplyAdd(x8, right, s8);
            var x9 = V.Create(a[9]);
            r9 = V.MultiplyAdd(x9, left, r9);
            s9 = V.MultiplyAdd(x9, right, s9);
            var x10 = V.Create(a[10]);
            r10 = V.MultiplyAdd(x10, left, r10);
            s10 = V.MultiplyAdd(x10, right, s10);
            var x11 = V.Create(a[11]);
            r11 = V.MultiplyAdd(x11, left, r11);
            s11 = V.MultiplyAdd(x11, right, s11);
            a += 12;
            b += 2 * V.Count;
        }
        Put<V, T>(c + (0 * cStride), r0, s0, add);
        Put<V, T>(c + (1 * cStride), r1, s1, add);
        Put<V, T>(c + (2 * cStride), r2, s2, add);
        Put<V, T>(c + (3 * cStride), r3, s3, add);
        Put<V, T>(c + (4 * cStride), r4, s4, add);
        Put<V, T>(c + (5 * cStride), r5, s5, add);
        Put<V, T>(c + (6 * cStride), r6, s6, add);
        Put<V, T>(c + (7 * cStride), r7, s7, add);
        Put<V, T>(c + (8 * cStride), r8, s8, add);
        Put<V, T>(c + (9 * cStride), r9, s9, add);
        Put<V, T>(c + (10 * cStride), r10, s10, add);
        Put<V, T>(c + (11 * cStride), r11, s11, add);
    }

    /// <summary>A tile of 6 rows and two vectors; the accumulators stay in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Micro6<V, T>(T* a, T* b, T* c, long cStride, int depth, bool add)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
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
        for (var k = 0; k < depth; k++)
        {
            var left = V.Load(b);
            var right = V.Load(b + V.Count);
            var x0 = V.Create(a[0]);
            r0 = V.MultiplyAdd(x0, left, r0);
            s0 = V.MultiplyAdd(x0, right, s0);
            var x1 = V.Create(a[1]);
            r1 = V.MultiplyAdd(x1, left, r1);
            s1 = V.MultiplyAdd(x1, right, s1);
            var x2 = V.Create(a[2]);
            r2 = V.MultiplyAdd(x2, left, r2);
            s2 = V.MultiplyAdd(x2, right, s2);
            var x3 = V.Create(a[3]);
            r3 = V.MultiplyAdd(x3, left, r3);
            s3 = V.MultiplyAdd(x3, right, s3);
            var x4 = V.Create(a[4]);
            r4 = V.MultiplyAdd(x4, left, r4);
            s4 = V.MultiplyAdd(x4, right, s4);
            var x5 = V.Create(a[5]);
            r5 = V.MultiplyAdd(x5, left, r5);
            s5 = V.MultiplyAdd(x5, right, s5);
            a += 6;
            b += 2 * V.Count;
        }
        Put<V, T>(c + (0 * cStride), r0, s0, add);
        Put<V, T>(c + (1 * cStride), r1, s1, add);
        Put<V, T>(c + (2 * cStride), r2, s2, add);
        Put<V, T>(c + (3 * cStride), r3, s3, add);
        Put<V, T>(c + (4 * cStride), r4, s4, add);
        Put<V, T>(c + (5 * cStride), r5, s5, add);
    }
}
