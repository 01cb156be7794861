using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>Which units a kernel takes: those of whole vectors, or the few behind them.</summary>
internal interface IUnitRange
{
    static abstract bool IsWhole { get; }
}

/// <summary>The units of whole vectors.</summary>
internal readonly struct WholeVectors : IUnitRange
{
    public static bool IsWhole => true;
}

/// <summary>The units behind the last whole vector.</summary>
internal readonly struct LastUnits : IUnitRange
{
    public static bool IsWhole => false;
}

/// <summary>One step of one series: the gates of n units, and their gradients.</summary>
internal static unsafe class RecurrentUnits<V, T, TRange>
    where V : struct, ISimd<V, T>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TRange : struct, IUnitRange
{
    /// <summary>h = tanh(sum), or its rectified sum.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Plain(T* gates, T* shares, T* bias, T* state, int n, bool rectifier)
    {
        for (var i = First(n); i < End(n); i += V.Count)
        {
            var lanes = n - i;
            var sum = Load(gates + i, lanes) + Load(shares + i, lanes) + Load(bias + i, lanes);
            var h = rectifier ? V.Max(sum, V.Create(T.Zero)) : VectorMath.Tanh<V, T>(sum);
            Store(h, gates + i, lanes);
            Store(h, state + i, lanes);
        }
    }

    /// <summary>dsum = (1 - h^2) dh, or dh where h is positive. The gradient by the state before is left to the product.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void PlainGradient(T* result, T* gates, T* arriving, T* gradient, int n, bool rectifier)
    {
        V zero = V.Create(T.Zero), one = V.Create(T.One);
        for (var i = First(n); i < End(n); i += V.Count)
        {
            var lanes = n - i;
            var h = Load(gates + i, lanes);
            var dh = Load(arriving + i, lanes) + Load(gradient + i, lanes);
            Store(rectifier ? V.Select(V.LessThan(zero, h), dh, zero) : dh * (one - (h * h)), result + i, lanes);
            Store(zero, gradient + i, lanes);
        }
    }

    /// <summary>r = s(.), z = s(.), m = (W h + b)_n, c = tanh(x_n + r m), h' = (1 - z) c + z h.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Gru(T* gates, T* shares, T* bias, T* hidden, T* old, T* state, int n)
    {
        var one = V.Create(T.One);
        for (var i = First(n); i < End(n); i += V.Count)
        {
            var lanes = n - i;
            var (j, k) = (n + i, (2 * n) + i);
            var reset = VectorMath.Sigmoid<V, T>(Load(gates + i, lanes) + Load(shares + i, lanes) + Load(bias + i, lanes));
            var update = VectorMath.Sigmoid<V, T>(Load(gates + j, lanes) + Load(shares + j, lanes) + Load(bias + j, lanes));
            var m = Load(shares + k, lanes) + Load(bias + n + k, lanes);
            var fresh = VectorMath.Tanh<V, T>(V.MultiplyAdd(reset, m, Load(gates + k, lanes) + Load(bias + k, lanes)));
            Store(reset, gates + i, lanes);
            Store(update, gates + j, lanes);
            Store(fresh, gates + k, lanes);
            Store(m, hidden + i, lanes);
            Store(V.MultiplyAdd(update, Load(old + i, lanes), (one - update) * fresh), state + i, lanes);
        }
    }

    /// <summary>Leaves z dh in the gradient by the state before; the product adds the rest.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void GruGradient(T* result, T* hiddenResult, T* gates, T* arriving, T* gradient, T* hidden, T* old, int n)
    {
        var one = V.Create(T.One);
        for (var i = First(n); i < End(n); i += V.Count)
        {
            var lanes = n - i;
            var (j, k) = (n + i, (2 * n) + i);
            V reset = Load(gates + i, lanes), update = Load(gates + j, lanes), fresh = Load(gates + k, lanes);
            var dh = Load(arriving + i, lanes) + Load(gradient + i, lanes);
            var dFresh = dh * (one - update) * (one - (fresh * fresh));
            var dUpdate = dh * (Load(old + i, lanes) - fresh) * update * (one - update);
            var dReset = dFresh * Load(hidden + i, lanes) * reset * (one - reset);
            Store(dReset, result + i, lanes);
            Store(dUpdate, result + j, lanes);
            Store(dFresh, result + k, lanes);
            Store(dReset, hiddenResult + i, lanes);
            Store(dUpdate, hiddenResult + j, lanes);
            Store(dFresh * reset, hiddenResult + k, lanes);
            Store(dh * update, gradient + i, lanes);
        }
    }

    /// <summary>c' = f c + i g, h = o tanh(c').</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Lstm(T* gates, T* shares, T* bias, T* oldCell, T* cell, T* state, int n)
    {
        for (var u = First(n); u < End(n); u += V.Count)
        {
            var lanes = n - u;
            int f = n + u, g = (2 * n) + u, o = (3 * n) + u;
            var input = VectorMath.Sigmoid<V, T>(Load(gates + u, lanes) + Load(shares + u, lanes) + Load(bias + u, lanes));
            var forget = VectorMath.Sigmoid<V, T>(Load(gates + f, lanes) + Load(shares + f, lanes) + Load(bias + f, lanes));
            var fresh = VectorMath.Tanh<V, T>(Load(gates + g, lanes) + Load(shares + g, lanes) + Load(bias + g, lanes));
            var output = VectorMath.Sigmoid<V, T>(Load(gates + o, lanes) + Load(shares + o, lanes) + Load(bias + o, lanes));
            var c = V.MultiplyAdd(forget, Load(oldCell + u, lanes), input * fresh);
            Store(input, gates + u, lanes);
            Store(forget, gates + f, lanes);
            Store(fresh, gates + g, lanes);
            Store(output, gates + o, lanes);
            Store(c, cell + u, lanes);
            Store(output * VectorMath.Tanh<V, T>(c), state + u, lanes);
        }
    }

    /// <summary>dc = dc' + dh o (1 - tanh^2 c'); the gradient by the cell before is f dc, that by the state before is left to the product.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void LstmGradient(T* result, T* gates, T* arriving, T* gradient, T* cellGradient, T* oldCell, T* cell, int n)
    {
        V zero = V.Create(T.Zero), one = V.Create(T.One);
        for (var u = First(n); u < End(n); u += V.Count)
        {
            var lanes = n - u;
            int f = n + u, g = (2 * n) + u, o = (3 * n) + u;
            V input = Load(gates + u, lanes), forget = Load(gates + f, lanes), fresh = Load(gates + g, lanes), output = Load(gates + o, lanes);
            var dh = Load(arriving + u, lanes) + Load(gradient + u, lanes);
            var bent = VectorMath.Tanh<V, T>(Load(cell + u, lanes));
            var dc = V.MultiplyAdd(dh * output, one - (bent * bent), Load(cellGradient + u, lanes));
            Store(dc * fresh * input * (one - input), result + u, lanes);
            Store(dc * Load(oldCell + u, lanes) * forget * (one - forget), result + f, lanes);
            Store(dc * input * (one - (fresh * fresh)), result + g, lanes);
            Store(dh * bent * output * (one - output), result + o, lanes);
            Store(dc * forget, cellGradient + u, lanes);
            Store(zero, gradient + u, lanes);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int First(int n) => TRange.IsWhole ? 0 : n / V.Count * V.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int End(int n) => TRange.IsWhole ? n / V.Count * V.Count : n;

    /// <summary>A whole vector, or the first few elements and zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Load(T* source, int lanes)
    {
        if (TRange.IsWhole) return V.Load(source);
        var buffer = stackalloc T[V.Count];
        for (var i = 0; i < V.Count; i++) buffer[i] = i < lanes ? source[i] : default;
        return V.Load(buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(V value, T* target, int lanes)
    {
        if (TRange.IsWhole)
        {
            V.Store(value, target);
            return;
        }
        var buffer = stackalloc T[V.Count];
        V.Store(value, buffer);
        for (var i = 0; i < lanes; i++) target[i] = buffer[i];
    }
}
