using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <content>Softmax and cross-entropy, a row at a time: what one pass reads the next finds in the cache.</content>
internal sealed unsafe partial class CpuKernels
{
    public override void Softmax(in Operand output, in Operand input, bool logarithm) =>
        OverRows(output.Type, new SoftmaxRows(logarithm), output.Shape[0], output.Shape[1], output, input);

    public override void SoftmaxGradient(in Operand result, in Operand output, in Operand gradient, bool logarithm) =>
        OverRows(result.Type, new SoftmaxGradientRows(logarithm), result.Shape[0], result.Shape[1], result, output, gradient);

    public override void CrossEntropy(in Operand losses, in Operand logarithms, in Operand logits, in Operand target, long ignore) =>
        OverRows(logits.Type, new CrossEntropyRows(ignore), logits.Shape[0], logits.Shape[1], losses, logarithms, logits, target);

    public override void CrossEntropyGradient(in Operand result, in Operand logits, in Operand logarithms, in Operand target, in Operand gradient, long ignore) =>
        OverRows(result.Type, new CrossEntropyGradientRows(ignore), result.Shape[0], result.Shape[1], result, logits, logarithms, target, gradient);

    /// <summary>Up to five contiguous operands, by their first bytes.</summary>
    private struct RowPointers
    {
        public byte* P0, P1, P2, P3, P4;
    }

    /// <summary>Work on rows first … last-1 of contiguous operands.</summary>
    private interface IRowKernel
    {
        void Run<V, T>(in RowPointers pointers, long first, long last, int n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>;
    }

    private static void OverRows<TKernel>(DataType type, TKernel kernel, long rows, int n, in Operand o0, in Operand o1, in Operand? o2 = null, in Operand? o3 = null, in Operand? o4 = null)
        where TKernel : struct, IRowKernel
    {
        if (rows == 0 || n == 0) return;
        var (third, fourth, fifth) = (o2 ?? o0, o3 ?? o0, o4 ?? o0);
        fixed (byte* p0 = &o0.Reference, p1 = &o1.Reference, p2 = &third.Reference, p3 = &fourth.Reference, p4 = &fifth.Reference)
        {
            var pointers = new RowPointers { P0 = p0, P1 = p1, P2 = p2, P3 = p3, P4 = p4 };
            var together = Math.Max(1, 16384 / n);
            var chunks = (int)((rows + together - 1) / together);
            if (chunks == 1 || WorkPool.Threads == 1) Rows(type, kernel, pointers, 0, rows, n);
            else WorkPool.Run(chunks, chunk => Rows(type, kernel, pointers, (long)chunk * together, Math.Min(rows, (chunk + 1L) * together), n));
        }
    }

    private static void Rows<TKernel>(DataType type, TKernel kernel, in RowPointers pointers, long first, long last, int n)
        where TKernel : struct, IRowKernel
    {
        if (type == DataType.Float32) Rows<float, TKernel>(kernel, pointers, first, last, n);
        else Rows<double, TKernel>(kernel, pointers, first, last, n);
    }

    private static void Rows<T, TKernel>(TKernel kernel, in RowPointers pointers, long first, long last, int n)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TKernel : struct, IRowKernel
    {
        if (Vector512.IsHardwareAccelerated) kernel.Run<Simd512<T>, T>(pointers, first, last, n);
        else if (Vector256.IsHardwareAccelerated) kernel.Run<Simd256<T>, T>(pointers, first, last, n);
        else kernel.Run<Simd128<T>, T>(pointers, first, last, n);
    }

    /// <summary>The first <paramref name="count"/> elements, then <paramref name="fill"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LoadSome<V, T>(T* source, int count, T fill)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        var buffer = stackalloc T[V.Count];
        for (var i = 0; i < V.Count; i++) buffer[i] = i < count ? source[i] : fill;
        return V.Load(buffer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Greatest<V, T>(T* x, int n)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var start = V.Create(T.NegativeInfinity);
        V a = start, b = start;
        var i = 0;
        for (; i <= n - (2 * V.Count); i += 2 * V.Count)
        {
            a = V.Max(a, V.Load(x + i));
            b = V.Max(b, V.Load(x + i + V.Count));
        }
        for (; i <= n - V.Count; i += V.Count) a = V.Max(a, V.Load(x + i));
        if (i < n) b = V.Max(b, LoadSome<V, T>(x + i, n - i, T.NegativeInfinity));
        var buffer = stackalloc T[V.Count];
        V.Store(V.Max(a, b), buffer);
        var greatest = buffer[0];
        for (var k = 1; k < V.Count; k++) greatest = T.Max(greatest, buffer[k]);
        return greatest;
    }

    /// <summary>The sum of e^(x - shift); with <paramref name="result"/> the terms are kept.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T SumOfExponentials<V, T>(T* x, T* result, int n, T shift)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var s = V.Create(shift);
        var sums = V.Create(T.Zero);
        var i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            var term = VectorMath.ExpOfNegative<V, T>(V.Load(x + i) - s);
            if (result is not null) V.Store(term, result + i);
            sums += term;
        }
        var sum = V.Sum(sums);
        if (i == n) return sum;
        // The rest goes the same way, filled up with terms that are 0.
        var tail = stackalloc T[V.Count];
        V.Store(LoadSome<V, T>(x + i, n - i, T.NegativeInfinity), tail);
        sum += SumOfExponentials<V, T>(tail, tail, V.Count, shift);
        if (result is not null) new Span<T>(tail, n - i).CopyTo(new(result + i, n - i));
        return sum;
    }

    private readonly struct SoftmaxRows(bool logarithm) : IRowKernel
    {
        private readonly bool logarithm = logarithm;

        public void Run<V, T>(in RowPointers pointers, long first, long last, int n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            for (var row = first; row < last; row++)
            {
                var y = (T*)pointers.P0 + (row * n);
                var x = (T*)pointers.P1 + (row * n);
                if (!logarithm)
                {
                    Row<V, T>(y, x, n);
                    continue;
                }
                var greatest = Greatest<V, T>(x, n);
                Add<V, T>(y, x, n, -(greatest + T.Log(SumOfExponentials<V, T>(x, null, n, greatest))));
            }
        }

        /// <summary>The softmax of a row; returns the logarithm of the sum of exponentials.</summary>
        public static T Row<V, T>(T* y, T* x, int n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var greatest = Greatest<V, T>(x, n);
            var sum = SumOfExponentials<V, T>(x, y, n, greatest);
            Scale<V, T>(y, n, T.One / sum);
            return greatest + T.Log(sum);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Scale<V, T>(T* y, int n, T factor)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var f = V.Create(factor);
            var i = 0;
            for (; i <= n - V.Count; i += V.Count) V.Store(V.Load(y + i) * f, y + i);
            for (; i < n; i++) y[i] *= factor;
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Add<V, T>(T* y, T* x, int n, T term)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var t = V.Create(term);
            var i = 0;
            for (; i <= n - V.Count; i += V.Count) V.Store(V.Load(x + i) + t, y + i);
            for (; i < n; i++) y[i] = x[i] + term;
        }
    }

    private readonly struct SoftmaxGradientRows(bool logarithm) : IRowKernel
    {
        private readonly bool logarithm = logarithm;

        public void Run<V, T>(in RowPointers pointers, long first, long last, int n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            for (var row = first; row < last; row++)
            {
                var at = row * n;
                if (logarithm) Logarithm<V, T>((T*)pointers.P0 + at, (T*)pointers.P1 + at, (T*)pointers.P2 + at, n);
                else Plain<V, T>((T*)pointers.P0 + at, (T*)pointers.P1 + at, (T*)pointers.P2 + at, n);
            }
        }

        /// <summary>dx_i = y_i (g_i - sum_j g_j y_j).</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Plain<V, T>(T* result, T* y, T* g, int n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            V a = V.Create(T.Zero), b = a;
            var i = 0;
            for (; i <= n - (2 * V.Count); i += 2 * V.Count)
            {
                a = V.MultiplyAdd(V.Load(y + i), V.Load(g + i), a);
                b = V.MultiplyAdd(V.Load(y + i + V.Count), V.Load(g + i + V.Count), b);
            }
            for (; i <= n - V.Count; i += V.Count) a = V.MultiplyAdd(V.Load(y + i), V.Load(g + i), a);
            var sum = V.Sum(a + b);
            for (; i < n; i++) sum += y[i] * g[i];
            var s = V.Create(sum);
            for (i = 0; i <= n - V.Count; i += V.Count) V.Store(V.Load(y + i) * (V.Load(g + i) - s), result + i);
            for (; i < n; i++) result[i] = y[i] * (g[i] - sum);
        }

        /// <summary>dx_i = g_i - e^(y_i) sum_j g_j.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Logarithm<V, T>(T* result, T* y, T* g, int n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            V a = V.Create(T.Zero), b = a;
            var i = 0;
            for (; i <= n - (2 * V.Count); i += 2 * V.Count)
            {
                a += V.Load(g + i);
                b += V.Load(g + i + V.Count);
            }
            for (; i <= n - V.Count; i += V.Count) a += V.Load(g + i);
            var sum = V.Sum(a + b);
            for (; i < n; i++) sum += g[i];
            AddExponentials<V, T>(result, y, g, n, -sum);
        }

        /// <summary>g + factor e^y.</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void AddExponentials<V, T>(T* result, T* y, T* g, int n, T factor)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var f = V.Create(factor);
            var i = 0;
            for (; i <= n - V.Count; i += V.Count) V.Store(V.MultiplyAdd(f, VectorMath.ExpOfNegative<V, T>(V.Load(y + i)), V.Load(g + i)), result + i);
            if (i == n) return;
            var tail = stackalloc T[2 * V.Count];
            V.Store(LoadSome<V, T>(y + i, n - i, T.Zero), tail);
            V.Store(LoadSome<V, T>(g + i, n - i, T.Zero), tail + V.Count);
            AddExponentials<V, T>(tail, tail, tail + V.Count, V.Count, factor);
            new Span<T>(tail, n - i).CopyTo(new(result + i, n - i));
        }
    }

    private readonly struct CrossEntropyRows(long ignore) : IRowKernel
    {
        private readonly long ignore = ignore;

        public void Run<V, T>(in RowPointers pointers, long first, long last, int n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            for (var row = first; row < last; row++)
            {
                var target = ((long*)pointers.P3)[row];
                var x = (T*)pointers.P2 + (row * n);
                var greatest = Greatest<V, T>(x, n);
                var logarithm = greatest + T.Log(SumOfExponentials<V, T>(x, null, n, greatest));
                ((T*)pointers.P1)[row] = logarithm;
                ((T*)pointers.P0)[row] = target == ignore ? T.Zero : logarithm - x[target];
            }
        }
    }

    private readonly struct CrossEntropyGradientRows(long ignore) : IRowKernel
    {
        private readonly long ignore = ignore;

        public void Run<V, T>(in RowPointers pointers, long first, long last, int n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            for (var row = first; row < last; row++)
            {
                var target = ((long*)pointers.P3)[row];
                var result = (T*)pointers.P0 + (row * n);
                if (target == ignore)
                {
                    new Span<T>(result, n).Clear();
                    continue;
                }
                var gradient = ((T*)pointers.P4)[row];
                Row<V, T>(result, (T*)pointers.P1 + (row * n), n, ((T*)pointers.P2)[row], gradient);
                result[target] -= gradient;
            }
        }

        /// <summary>g e^(x - log sum).</summary>
        [MethodImpl(MethodImplOptions.NoInlining)]
        private static void Row<V, T>(T* result, T* x, int n, T logarithm, T gradient)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var (l, g) = (V.Create(logarithm), V.Create(gradient));
            var i = 0;
            for (; i <= n - V.Count; i += V.Count) V.Store(g * VectorMath.ExpOfNegative<V, T>(V.Load(x + i) - l), result + i);
            if (i == n) return;
            var tail = stackalloc T[V.Count];
            V.Store(LoadSome<V, T>(x + i, n - i, T.Zero), tail);
            Row<V, T>(tail, tail, V.Count, logarithm, gradient);
            new Span<T>(tail, n - i).CopyTo(new(result + i, n - i));
        }
    }
}
