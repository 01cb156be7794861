using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>A matrix by a vector: the matrix is read once, so the order in memory decides how.</summary>
internal static unsafe class MatrixVectorProducts<T>
    where T : unmanaged, INumberBase<T>
{
    /// <summary>Rows that one task of a matrix stored by columns computes.</summary>
    private const int ColumnBlock = 1024;

    private const long ParallelElements = 1 << 18;

    /// <summary>C [m, 1] = A [m, k] B [k, 1].</summary>
    public static void Run<V>(Factors<T> factors)
        where V : struct, ISimd<V, T>
    {
        var vector = factors.B;
        if (factors.BDepth != 1)
        {
            vector = (T*)Workspace.Get(Workspace.Vector, (long)factors.Depth * sizeof(T));
            for (var k = 0; k < factors.Depth; k++) vector[k] = factors.B[k * factors.BDepth];
        }
        factors.B = vector;
        if (factors.ARow == 1 && factors.ADepth != 1 && factors.CRow == 1)
        {
            if (factors.Multiplications < ParallelElements || WorkPool.Threads == 1)
            {
                for (var row = 0; row < factors.Rows; row += ColumnBlock) Columns<V>(factors, row, Math.Min(ColumnBlock, factors.Rows - row));
            }
            else
            {
                ShareColumns<V>(factors);
            }
            return;
        }
        if (factors.ADepth != 1 || factors.Multiplications < ParallelElements || WorkPool.Threads == 1) Rows<V>(factors, 0, factors.Rows);
        else ShareRows<V>(factors);
    }

    private static void ShareRows<V>(Factors<T> factors)
        where V : struct, ISimd<V, T>
    {
        var together = (int)Math.Clamp(ParallelElements / 4 / factors.Depth, 4, factors.Rows);
        WorkPool.Run((factors.Rows + together - 1) / together, chunk => Rows<V>(factors, chunk * together, Math.Min(factors.Rows, (chunk + 1) * together)));
    }

    private static void ShareColumns<V>(Factors<T> factors)
        where V : struct, ISimd<V, T>
    {
        var together = factors.Rows >= 4 * ColumnBlock ? ColumnBlock : ColumnBlock / 4;
        WorkPool.Run((factors.Rows + together - 1) / together, chunk => Columns<V>(factors, chunk * together, Math.Min(together, factors.Rows - (chunk * together))));
    }

    /// <summary>Inner products of rows, four at a time.</summary>
    private static void Rows<V>(in Factors<T> factors, int from, int to)
        where V : struct, ISimd<V, T>
    {
        var sums = stackalloc T[4];
        for (var row = from; row < to; row += 4)
        {
            var count = Math.Min(4, to - row);
            var a = factors.A + (row * factors.ARow);
            if (factors.ADepth != 1)
            {
                for (var i = 0; i < count; i++)
                {
                    var sum = T.Zero;
                    for (var k = 0; k < factors.Depth; k++) sum += a[(i * factors.ARow) + (k * factors.ADepth)] * factors.B[k];
                    sums[i] = sum;
                }
            }
            else if (count == 4)
            {
                FourRows<V>(a, factors.ARow, factors.B, factors.Depth, sums);
            }
            else
            {
                for (var i = 0; i < count; i++) OneRow<V>(a + (i * factors.ARow), factors.B, factors.Depth, sums + i);
            }
            for (var i = 0; i < count; i++) factors.C[(row + i) * factors.CRow] = sums[i];
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourRows<V>(T* a, long stride, T* x, int depth, T* sums)
        where V : struct, ISimd<V, T>
    {
        var a1 = a + stride;
        var a2 = a + (2 * stride);
        var a3 = a + (3 * stride);
        var (r0, r1, r2, r3) = (V.Create(default), V.Create(default), V.Create(default), V.Create(default));
        var (s0, s1, s2, s3) = (r0, r1, r2, r3);
        var k = 0;
        for (; k + (2 * V.Count) <= depth; k += 2 * V.Count)
        {
            var left = V.Load(x + k);
            var right = V.Load(x + k + V.Count);
            r0 = V.MultiplyAdd(V.Load(a + k), left, r0);
            s0 = V.MultiplyAdd(V.Load(a + k + V.Count), right, s0);
            r1 = V.MultiplyAdd(V.Load(a1 + k), left, r1);
            s1 = V.MultiplyAdd(V.Load(a1 + k + V.Count), right, s1);
            r2 = V.MultiplyAdd(V.Load(a2 + k), left, r2);
            s2 = V.MultiplyAdd(V.Load(a2 + k + V.Count), right, s2);
            r3 = V.MultiplyAdd(V.Load(a3 + k), left, r3);
            s3 = V.MultiplyAdd(V.Load(a3 + k + V.Count), right, s3);
        }
        if (k + V.Count <= depth)
        {
            var left = V.Load(x + k);
            r0 = V.MultiplyAdd(V.Load(a + k), left, r0);
            r1 = V.MultiplyAdd(V.Load(a1 + k), left, r1);
            r2 = V.MultiplyAdd(V.Load(a2 + k), left, r2);
            r3 = V.MultiplyAdd(V.Load(a3 + k), left, r3);
            k += V.Count;
        }
        var (t0, t1, t2, t3) = (V.Sum(r0 + s0), V.Sum(r1 + s1), V.Sum(r2 + s2), V.Sum(r3 + s3));
        for (; k < depth; k++)
        {
            t0 += a[k] * x[k];
            t1 += a1[k] * x[k];
            t2 += a2[k] * x[k];
            t3 += a3[k] * x[k];
        }
        (sums[0], sums[1], sums[2], sums[3]) = (t0, t1, t2, t3);
    }

    /// <summary>In the order of <see cref="FourRows"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneRow<V>(T* a, T* x, int depth, T* sum)
        where V : struct, ISimd<V, T>
    {
        var (r, s) = (V.Create(default), V.Create(default));
        var k = 0;
        for (; k + (2 * V.Count) <= depth; k += 2 * V.Count)
        {
            r = V.MultiplyAdd(V.Load(a + k), V.Load(x + k), r);
            s = V.MultiplyAdd(V.Load(a + k + V.Count), V.Load(x + k + V.Count), s);
        }
        if (k + V.Count <= depth)
        {
            r = V.MultiplyAdd(V.Load(a + k), V.Load(x + k), r);
            k += V.Count;
        }
        var total = V.Sum(r + s);
        for (; k < depth; k++) total += a[k] * x[k];
        *sum = total;
    }

    /// <summary>Part of the rows of a matrix stored by columns: the result is added up in the first-level cache.</summary>
    private static void Columns<V>(in Factors<T> factors, int from, int count)
        where V : struct, ISimd<V, T>
    {
        var c = factors.C + from;
        var a = factors.A + from;
        var k = 0;
        new Span<T>(c, count).Clear();
        for (; k + 4 <= factors.Depth; k += 4) FourColumns<V>(a + (k * factors.ADepth), factors.ADepth, factors.B + k, c, count);
        for (; k < factors.Depth; k++) OneColumn<V>(a + (k * factors.ADepth), factors.B[k], c, count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourColumns<V>(T* a, long stride, T* x, T* c, int count)
        where V : struct, ISimd<V, T>
    {
        var a1 = a + stride;
        var a2 = a + (2 * stride);
        var a3 = a + (3 * stride);
        var (x0, x1, x2, x3) = (V.Create(x[0]), V.Create(x[1]), V.Create(x[2]), V.Create(x[3]));
        var i = 0;
        for (; i + V.Count <= count; i += V.Count)
        {
            var sum = V.MultiplyAdd(x0, V.Load(a + i), V.Load(c + i));
            var other = V.MultiplyAdd(x1, V.Load(a1 + i), x2 * V.Load(a2 + i));
            V.Store(sum + V.MultiplyAdd(x3, V.Load(a3 + i), other), c + i);
        }
        for (; i < count; i++) c[i] += (x[0] * a[i]) + (x[1] * a1[i]) + (x[2] * a2[i]) + (x[3] * a3[i]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneColumn<V>(T* a, T x, T* c, int count)
        where V : struct, ISimd<V, T>
    {
        var scale = V.Create(x);
        var i = 0;
        for (; i + V.Count <= count; i += V.Count) V.Store(V.MultiplyAdd(scale, V.Load(a + i), V.Load(c + i)), c + i);
        for (; i < count; i++) c[i] += x * a[i];
    }
}
