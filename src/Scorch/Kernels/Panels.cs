using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>Products of a few rows with a matrix that is packed once and used many times.</summary>
internal static unsafe class Panels
{
    /// <summary>Depth of a part of a panel that stays in the first-level cache while all rows pass.</summary>
    private const int Depth = 128;

    /// <summary>Columns, rounded up to whole panels of two vectors.</summary>
    public static int Padded<V, T>(int columns)
        where V : struct, ISimd<V, T>
        where T : unmanaged => (columns + (2 * V.Count) - 1) / (2 * V.Count) * (2 * V.Count);

    /// <summary>Copies a matrix [depth, columns] of any strides into panels [depth, 2 vectors], the last one filled up with zeros.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Pack<V, T>(T* source, T* packed, int columns, int depth, long depthStride, long columnStride)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var width = 2 * V.Count;
        for (var column = 0; column < columns; column += width)
        {
            var filled = Math.Min(width, columns - column);
            var corner = source + (column * columnStride);
            for (var k = 0; k < depth; k++, packed += width)
            {
                var line = corner + (k * depthStride);
                if (columnStride == 1) new Span<T>(line, filled).CopyTo(new(packed, filled));
                else for (var j = 0; j < filled; j++) packed[j] = line[j * columnStride];
                for (var j = filled; j < width; j++) packed[j] = default;
            }
        }
    }

    /// <summary>c = a b or c += a b for rows of a and packed b. The order of an element's sum does not depend on the rows around it; c has room for the columns of whole panels.</summary>
    public static void Multiply<V, T>(T* a, long aStride, T* packed, T* c, long cStride, int rows, int columns, int depth, bool add)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var tall = V.Count * sizeof(T) == 64 ? 8 : 4;
        for (var column = 0; column < columns; column += 2 * V.Count)
            for (var from = 0; from < depth; from += Depth)
            {
                var panel = packed + ((long)column * depth) + ((long)from * 2 * V.Count);
                var (length, more, row) = (Math.Min(Depth, depth - from), add || from > 0, 0);
                for (; rows - row > 4 && tall == 8; row += 8)
                    Eight<V, T>(a + (row * aStride) + from, aStride, panel, c + (row * cStride) + column, cStride, Math.Min(8, rows - row) - 1, length, more);
                for (; row < rows; row += 4)
                    Four<V, T>(a + (row * aStride) + from, aStride, panel, c + (row * cStride) + column, cStride, Math.Min(4, rows - row) - 1, length, more);
            }
    }

    /// <summary>Four rows by one panel; rows behind the last are computed again as the last.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Four<V, T>(T* a, long aStride, T* b, T* c, long cStride, int last, int depth, bool add)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        T* a1 = a + (Math.Min(1, last) * aStride), a2 = a + (Math.Min(2, last) * aStride), a3 = a + (Math.Min(3, last) * aStride);
        V l0 = V.Create(default), r0 = l0, l1 = l0, r1 = l0, l2 = l0, r2 = l0, l3 = l0, r3 = l0;
        for (var k = 0; k < depth; k++)
        {
            V left = V.Load(b), right = V.Load(b + V.Count);
            b += 2 * V.Count;
            var x = V.Create(a[k]);
            l0 = V.MultiplyAdd(x, left, l0);
            r0 = V.MultiplyAdd(x, right, r0);
            x = V.Create(a1[k]);
            l1 = V.MultiplyAdd(x, left, l1);
            r1 = V.MultiplyAdd(x, right, r1);
            x = V.Create(a2[k]);
            l2 = V.MultiplyAdd(x, left, l2);
            r2 = V.MultiplyAdd(x, right, r2);
            x = V.Create(a3[k]);
            l3 = V.MultiplyAdd(x, left, l3);
            r3 = V.MultiplyAdd(x, right, r3);
        }
        Put<V, T>(c, l0, r0, add);
        if (last >= 1) Put<V, T>(c + cStride, l1, r1, add);
        if (last >= 2) Put<V, T>(c + (2 * cStride), l2, r2, add);
        if (last >= 3) Put<V, T>(c + (3 * cStride), l3, r3, add);
    }

    /// <summary>Eight rows by one panel.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Eight<V, T>(T* a, long aStride, T* b, T* c, long cStride, int last, int depth, bool add)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        T* a1 = a + (Math.Min(1, last) * aStride), a2 = a + (Math.Min(2, last) * aStride), a3 = a + (Math.Min(3, last) * aStride), a4 = a + (Math.Min(4, last) * aStride);
        T* a5 = a + (Math.Min(5, last) * aStride), a6 = a + (Math.Min(6, last) * aStride), a7 = a + (Math.Min(7, last) * aStride);
        V l0 = V.Create(default), r0 = l0, l1 = l0, r1 = l0, l2 = l0, r2 = l0, l3 = l0, r3 = l0;
        V l4 = l0, r4 = l0, l5 = l0, r5 = l0, l6 = l0, r6 = l0, l7 = l0, r7 = l0;
        for (var k = 0; k < depth; k++)
        {
            V left = V.Load(b), right = V.Load(b + V.Count);
            b += 2 * V.Count;
            var x = V.Create(a[k]);
            l0 = V.MultiplyAdd(x, left, l0);
            r0 = V.MultiplyAdd(x, right, r0);
            x = V.Create(a1[k]);
            l1 = V.MultiplyAdd(x, left, l1);
            r1 = V.MultiplyAdd(x, right, r1);
            x = V.Create(a2[k]);
            l2 = V.MultiplyAdd(x, left, l2);
            r2 = V.MultiplyAdd(x, right, r2);
            x = V.Create(a3[k]);
            l3 = V.MultiplyAdd(x, left, l3);
            r3 = V.MultiplyAdd(x, right, r3);
            x = V.Create(a4[k]);
            l4 = V.MultiplyAdd(x, left, l4);
            r4 = V.MultiplyAdd(x, right, r4);
            x = V.Create(a5[k]);
            l5 = V.MultiplyAdd(x, left, l5);
            r5 = V.MultiplyAdd(x, right, r5);
            x = V.Create(a6[k]);
            l6 = V.MultiplyAdd(x, left, l6);
            r6 = V.MultiplyAdd(x, right, r6);
            x = V.Create(a7[k]);
            l7 = V.MultiplyAdd(x, left, l7);
            r7 = V.MultiplyAdd(x, right, r7);
        }
        Put<V, T>(c, l0, r0, add);
        if (last >= 1) Put<V, T>(c + cStride, l1, r1, add);
        if (last >= 2) Put<V, T>(c + (2 * cStride), l2, r2, add);
        if (last >= 3) Put<V, T>(c + (3 * cStride), l3, r3, add);
        if (last >= 4) Put<V, T>(c + (4 * cStride), l4, r4, add);
        if (last >= 5) Put<V, T>(c + (5 * cStride), l5, r5, add);
        if (last >= 6) Put<V, T>(c + (6 * cStride), l6, r6, add);
        if (last >= 7) Put<V, T>(c + (7 * cStride), l7, r7, add);
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
}
