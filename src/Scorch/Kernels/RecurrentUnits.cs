using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>One step of one series: the gates of n units, and their gradients. A leaf has one elementary function: a loop with several is not inlined whole.</summary>
internal static unsafe class RecurrentUnits<V, T>
    where V : struct, ISimd<V, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Which units a leaf takes: those of whole vectors, or the few behind them.</summary>
    private interface IRange
    {
        static abstract bool IsWhole { get; }
    }

    /// <summary>h = tanh(gates), or the rectified gates, which keep it; gates hold the inputs' shares.</summary>
    public static void Plain(T* gates, T* shares, T* bias, T* state, int n, bool rectifier)
    {
        if (rectifier)
        {
            Rectify<Whole>(gates, shares, bias, n);
            if (IsRagged(n)) Rectify<Rest>(gates, shares, bias, n);
        }
        else
        {
            Tanh(gates, shares, bias, n);
        }
        new Span<T>(gates, n).CopyTo(new(state, n));
    }

    /// <summary>dsum = (1 - h^2) dh, or dh where h is positive. The gradient by the state before is left to the product.</summary>
    public static void PlainGradient(T* result, T* gates, T* arriving, T* gradient, int n, bool rectifier)
    {
        PlainGradient<Whole>(result, gates, arriving, gradient, n, rectifier);
        if (IsRagged(n)) PlainGradient<Rest>(result, gates, arriving, gradient, n, rectifier);
    }

    /// <summary>r = s(.), z = s(.), m = (W h + b)_n, c = tanh(x_n + r m), h' = (1 - z) c + z h.</summary>
    public static void Gru(T* gates, T* shares, T* bias, T* hidden, T* old, T* state, int n)
    {
        Sigmoid(gates, shares, bias, 2 * n);
        Gru<Whole>(gates, shares, bias, hidden, old, state, n);
        if (IsRagged(n)) Gru<Rest>(gates, shares, bias, hidden, old, state, n);
    }

    /// <summary>Leaves z dh in the gradient by the state before; the product adds the rest.</summary>
    public static void GruGradient(T* result, T* hiddenResult, T* gates, T* arriving, T* gradient, T* hidden, T* old, int n)
    {
        GruGradient<Whole>(result, hiddenResult, gates, arriving, gradient, hidden, old, n);
        if (IsRagged(n)) GruGradient<Rest>(result, hiddenResult, gates, arriving, gradient, hidden, old, n);
    }

    /// <summary>i = s(.), f = s(.), g = tanh(.), o = s(.), c' = f c + i g, h = o tanh(c').</summary>
    public static void Lstm(T* gates, T* shares, T* bias, T* oldCell, T* cell, T* state, int n)
    {
        int fresh = 2 * n, output = 3 * n;
        Sigmoid(gates, shares, bias, 2 * n);
        Tanh(gates + fresh, shares + fresh, bias + fresh, n);
        Sigmoid(gates + output, shares + output, bias + output, n);
        Lstm<Whole>(gates, oldCell, cell, state, n);
        if (IsRagged(n)) Lstm<Rest>(gates, oldCell, cell, state, n);
    }

    /// <summary>dc = dc' + dh o (1 - tanh^2 c'); the gradient by the cell before is f dc, that by the state before is left to the product.</summary>
    public static void LstmGradient(T* result, T* gates, T* arriving, T* gradient, T* cellGradient, T* oldCell, T* cell, int n)
    {
        LstmGradient<Whole>(result, gates, arriving, gradient, cellGradient, oldCell, cell, n);
        if (IsRagged(n)) LstmGradient<Rest>(result, gates, arriving, gradient, cellGradient, oldCell, cell, n);
    }

    /// <summary>gates = s(gates + shares + bias).</summary>
    private static void Sigmoid(T* gates, T* shares, T* bias, int n)
    {
        Sigmoid<Whole>(gates, shares, bias, n);
        if (IsRagged(n)) Sigmoid<Rest>(gates, shares, bias, n);
    }

    /// <summary>gates = tanh(gates + shares + bias).</summary>
    private static void Tanh(T* gates, T* shares, T* bias, int n)
    {
        Tanh<Whole>(gates, shares, bias, n);
        if (IsRagged(n)) Tanh<Rest>(gates, shares, bias, n);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Sigmoid<TRange>(T* gates, T* shares, T* bias, int n)
        where TRange : struct, IRange
    {
        for (var i = First<TRange>(n); i < End<TRange>(n); i += V.Count)
            Store<TRange>(VectorMath.Sigmoid<V, T>(Sum<TRange>(gates + i, shares + i, bias + i, n - i)), gates + i, n - i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Tanh<TRange>(T* gates, T* shares, T* bias, int n)
        where TRange : struct, IRange
    {
        for (var i = First<TRange>(n); i < End<TRange>(n); i += V.Count)
            Store<TRange>(VectorMath.Tanh<V, T>(Sum<TRange>(gates + i, shares + i, bias + i, n - i)), gates + i, n - i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Rectify<TRange>(T* gates, T* shares, T* bias, int n)
        where TRange : struct, IRange
    {
        for (var i = First<TRange>(n); i < End<TRange>(n); i += V.Count)
            Store<TRange>(V.Max(Sum<TRange>(gates + i, shares + i, bias + i, n - i), V.Create(T.Zero)), gates + i, n - i);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PlainGradient<TRange>(T* result, T* gates, T* arriving, T* gradient, int n, bool rectifier)
        where TRange : struct, IRange
    {
        V zero = V.Create(T.Zero), one = V.Create(T.One);
        for (var i = First<TRange>(n); i < End<TRange>(n); i += V.Count)
        {
            var h = Load<TRange>(gates + i, n - i);
            var dh = Load<TRange>(arriving + i, n - i) + Load<TRange>(gradient + i, n - i);
            Store<TRange>(rectifier ? V.Select(V.LessThan(zero, h), dh, zero) : dh * (one - (h * h)), result + i, n - i);
            Store<TRange>(zero, gradient + i, n - i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Gru<TRange>(T* gates, T* shares, T* bias, T* hidden, T* old, T* state, int n)
        where TRange : struct, IRange
    {
        var one = V.Create(T.One);
        for (var i = First<TRange>(n); i < End<TRange>(n); i += V.Count)
        {
            var lanes = n - i;
            var (j, k) = (n + i, (2 * n) + i);
            var m = Load<TRange>(shares + k, lanes) + Load<TRange>(bias + n + k, lanes);
            var fresh = VectorMath.Tanh<V, T>(V.MultiplyAdd(Load<TRange>(gates + i, lanes), m, Load<TRange>(gates + k, lanes) + Load<TRange>(bias + k, lanes)));
            var update = Load<TRange>(gates + j, lanes);
            Store<TRange>(fresh, gates + k, lanes);
            Store<TRange>(m, hidden + i, lanes);
            Store<TRange>(V.MultiplyAdd(update, Load<TRange>(old + i, lanes), (one - update) * fresh), state + i, lanes);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void GruGradient<TRange>(T* result, T* hiddenResult, T* gates, T* arriving, T* gradient, T* hidden, T* old, int n)
        where TRange : struct, IRange
    {
        var one = V.Create(T.One);
        for (var i = First<TRange>(n); i < End<TRange>(n); i += V.Count)
        {
            var lanes = n - i;
            var (j, k) = (n + i, (2 * n) + i);
            V reset = Load<TRange>(gates + i, lanes), update = Load<TRange>(gates + j, lanes), fresh = Load<TRange>(gates + k, lanes);
            var dh = Load<TRange>(arriving + i, lanes) + Load<TRange>(gradient + i, lanes);
            var dFresh = dh * (one - update) * (one - (fresh * fresh));
            var dUpdate = dh * (Load<TRange>(old + i, lanes) - fresh) * update * (one - update);
            var dReset = dFresh * Load<TRange>(hidden + i, lanes) * reset * (one - reset);
            Store<TRange>(dReset, result + i, lanes);
            Store<TRange>(dUpdate, result + j, lanes);
            Store<TRange>(dFresh, result + k, lanes);
            Store<TRange>(dReset, hiddenResult + i, lanes);
            Store<TRange>(dUpdate, hiddenResult + j, lanes);
            Store<TRange>(dFresh * reset, hiddenResult + k, lanes);
            Store<TRange>(dh * update, gradient + i, lanes);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Lstm<TRange>(T* gates, T* oldCell, T* cell, T* state, int n)
        where TRange : struct, IRange
    {
        for (var u = First<TRange>(n); u < End<TRange>(n); u += V.Count)
        {
            var lanes = n - u;
            V input = Load<TRange>(gates + u, lanes), forget = Load<TRange>(gates + n + u, lanes), fresh = Load<TRange>(gates + (2 * n) + u, lanes);
            var c = V.MultiplyAdd(forget, Load<TRange>(oldCell + u, lanes), input * fresh);
            Store<TRange>(c, cell + u, lanes);
            Store<TRange>(Load<TRange>(gates + (3 * n) + u, lanes) * VectorMath.Tanh<V, T>(c), state + u, lanes);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LstmGradient<TRange>(T* result, T* gates, T* arriving, T* gradient, T* cellGradient, T* oldCell, T* cell, int n)
        where TRange : struct, IRange
    {
        V zero = V.Create(T.Zero), one = V.Create(T.One);
        for (var u = First<TRange>(n); u < End<TRange>(n); u += V.Count)
        {
            var lanes = n - u;
            int f = n + u, g = (2 * n) + u, o = (3 * n) + u;
            var bent = VectorMath.Tanh<V, T>(Load<TRange>(cell + u, lanes));
            V input = Load<TRange>(gates + u, lanes), forget = Load<TRange>(gates + f, lanes), fresh = Load<TRange>(gates + g, lanes), output = Load<TRange>(gates + o, lanes);
            var dh = Load<TRange>(arriving + u, lanes) + Load<TRange>(gradient + u, lanes);
            var dc = V.MultiplyAdd(dh * output, one - (bent * bent), Load<TRange>(cellGradient + u, lanes));
            Store<TRange>(dc * fresh * input * (one - input), result + u, lanes);
            Store<TRange>(dc * Load<TRange>(oldCell + u, lanes) * forget * (one - forget), result + f, lanes);
            Store<TRange>(dc * input * (one - (fresh * fresh)), result + g, lanes);
            Store<TRange>(dh * bent * output * (one - output), result + o, lanes);
            Store<TRange>(dc * forget, cellGradient + u, lanes);
            Store<TRange>(zero, gradient + u, lanes);
        }
    }

    private static bool IsRagged(int n) => n % V.Count != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int First<TRange>(int n)
        where TRange : struct, IRange => TRange.IsWhole ? 0 : n / V.Count * V.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int End<TRange>(int n)
        where TRange : struct, IRange => TRange.IsWhole ? n / V.Count * V.Count : n;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Sum<TRange>(T* gates, T* shares, T* bias, int lanes)
        where TRange : struct, IRange => Load<TRange>(gates, lanes) + Load<TRange>(shares, lanes) + Load<TRange>(bias, lanes);

    /// <summary>A whole vector, or the first few elements and zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Load<TRange>(T* source, int lanes)
        where TRange : struct, IRange => TRange.IsWhole ? V.Load(source) : LoadPart(source, lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TRange>(V value, T* target, int lanes)
        where TRange : struct, IRange
    {
        if (TRange.IsWhole) V.Store(value, target);
        else StorePart(value, target, lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static V LoadPart(T* source, int lanes)
    {
        var buffer = stackalloc T[V.Count];
        for (var i = 0; i < V.Count; i++) buffer[i] = i < lanes ? source[i] : default;
        return V.Load(buffer);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StorePart(V value, T* target, int lanes)
    {
        var buffer = stackalloc T[V.Count];
        V.Store(value, buffer);
        for (var i = 0; i < lanes; i++) target[i] = buffer[i];
    }

    private readonly struct Whole : IRange
    {
        public static bool IsWhole => true;
    }

    private readonly struct Rest : IRange
    {
        public static bool IsWhole => false;
    }
}
