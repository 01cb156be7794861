using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>An associative combination with its neutral element.</summary>
internal interface IReduction<T>
    where T : unmanaged
{
    static abstract T Identity { get; }

    static abstract T Combine(T a, T b);

    static abstract V Combine<V>(V a, V b)
        where V : struct, ISimd<V, T>;

    /// <summary>The elements of one vector, combined.</summary>
    static virtual unsafe T Across<TSelf, V>(V a)
        where TSelf : struct, IReduction<T>
        where V : struct, ISimd<V, T>
    {
        var lanes = stackalloc T[V.Count];
        V.Store(a, lanes);
        for (var width = V.Count / 2; width > 0; width /= 2)
            for (var k = 0; k < width; k++) lanes[k] = TSelf.Combine(lanes[k], lanes[k + width]);
        return lanes[0];
    }
}

internal readonly struct SumReduction<T> : IReduction<T>
    where T : unmanaged, INumberBase<T>
{
    public static T Identity => T.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine(T a, T b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V>(V a, V b)
        where V : struct, ISimd<V, T> => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Across<TSelf, V>(V a)
        where TSelf : struct, IReduction<T>
        where V : struct, ISimd<V, T> => V.Sum(a);
}

internal readonly struct ProductReduction<T> : IReduction<T>
    where T : unmanaged, INumberBase<T>
{
    public static T Identity => T.One;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine(T a, T b) => a * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V>(V a, V b)
        where V : struct, ISimd<V, T> => a * b;
}

internal readonly struct MinimumReduction<T> : IReduction<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Identity => typeof(T) == typeof(float) ? T.CreateTruncating(float.PositiveInfinity)
        : typeof(T) == typeof(double) ? T.CreateTruncating(double.PositiveInfinity) : T.MaxValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine(T a, T b) => T.Min(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V>(V a, V b)
        where V : struct, ISimd<V, T> => V.Min(a, b);
}

internal readonly struct MaximumReduction<T> : IReduction<T>
    where T : unmanaged, INumber<T>, IMinMaxValue<T>
{
    public static T Identity => typeof(T) == typeof(float) ? T.CreateTruncating(float.NegativeInfinity)
        : typeof(T) == typeof(double) ? T.CreateTruncating(double.NegativeInfinity) : T.MinValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Combine(T a, T b) => T.Max(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Combine<V>(V a, V b)
        where V : struct, ISimd<V, T> => V.Max(a, b);
}
