using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>What attention does to a row of scores between its products.</summary>
internal static unsafe class AttentionRows<V, T>
    where V : struct, ISimd<V, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>x scale + mask.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Mask(T* x, T* mask, long maskStride, int n, T scale)
    {
        var s = V.Create(scale);
        var i = 0;
        if (maskStride == 1)
            for (; i <= n - V.Count; i += V.Count) V.Store(V.MultiplyAdd(V.Load(x + i), s, V.Load(mask + i)), x + i);
        for (; i < n; i++) x[i] = T.FusedMultiplyAdd(x[i], scale, mask[i * maskStride]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Scale(T* x, int n, T factor)
    {
        var f = V.Create(factor);
        var i = 0;
        for (; i <= n - V.Count; i += V.Count) V.Store(V.Load(x + i) * f, x + i);
        for (; i < n; i++) x[i] *= factor;
    }

    /// <summary>x becomes e^(x scale - shift), scale above 0; the sum is returned.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T Exponentials(T* x, int n, T scale, T shift)
    {
        var (f, s) = (V.Create(scale), V.Create(-shift));
        var sums = V.Create(T.Zero);
        var i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            var term = VectorMath.ExpOfNegative<V, T>(V.MultiplyAdd(V.Load(x + i), f, s));
            V.Store(term, x + i);
            sums += term;
        }
        var sum = V.Sum(sums);
        if (i == n) return sum;
        // The rest goes the same way, filled up with terms that are 0.
        var tail = stackalloc T[V.Count];
        Fill(tail, x + i, n - i, T.NegativeInfinity);
        sum += Exponentials(tail, V.Count, scale, shift);
        new Span<T>(tail, n - i).CopyTo(new(x + i, n - i));
        return sum;
    }

    /// <summary>Scores become probabilities p = e^(x scale - logarithm), their gradients those of the scores before scaling: p (slope - balance) factor.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Slopes(T* x, T* slopes, int n, T scale, T logarithm, T balance, T factor)
    {
        var (f, l, b, s) = (V.Create(scale), V.Create(-logarithm), V.Create(balance), V.Create(factor));
        var i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            var p = VectorMath.ExpOfNegative<V, T>(V.MultiplyAdd(V.Load(x + i), f, l));
            V.Store(p, x + i);
            V.Store((V.Load(slopes + i) - b) * p * s, slopes + i);
        }
        if (i == n) return;
        var tail = stackalloc T[2 * V.Count];
        Fill(tail, x + i, n - i, T.NegativeInfinity);
        Fill(tail + V.Count, slopes + i, n - i, T.Zero);
        Slopes(tail, tail + V.Count, V.Count, scale, logarithm, balance, factor);
        new Span<T>(tail, n - i).CopyTo(new(x + i, n - i));
        new Span<T>(tail + V.Count, n - i).CopyTo(new(slopes + i, n - i));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static T Dot(T* x, T* y, int n)
    {
        var sums = V.Create(T.Zero);
        var i = 0;
        for (; i <= n - V.Count; i += V.Count) sums = V.MultiplyAdd(V.Load(x + i), V.Load(y + i), sums);
        var sum = V.Sum(sums);
        for (; i < n; i++) sum += x[i] * y[i];
        return sum;
    }

    private static void Fill(T* target, T* source, int count, T rest)
    {
        for (var i = 0; i < V.Count; i++) target[i] = i < count ? source[i] : rest;
    }
}
