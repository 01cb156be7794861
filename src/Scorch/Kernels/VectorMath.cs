using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>Elementary functions over vectors. In float32 short polynomials, within two units in the last place; in float64 the runtime's own.</summary>
/// <remarks>Coefficients: Cephes (Moshier) and oracles/engine/coefficients.py.</remarks>
internal static class VectorMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float)) return V.Exp(x);
        // e^x = 2^n e^r, n the nearest whole number to x / ln 2; 2^n in two factors reaches infinity and the subnormal numbers.
        x = V.AtMost(V.AtLeast(x, Constant<V, T>(-104)), Constant<V, T>(89));
        var n = V.Round(x * Constant<V, T>(1.44269504088896341));
        var r = V.MultiplyAdd(n, Constant<V, T>(-0.693359375), x);
        r = V.MultiplyAdd(n, Constant<V, T>(2.12194440e-4), r);
        var p = Constant<V, T>(1.9875691500e-4);
        p = V.MultiplyAdd(p, r, Constant<V, T>(1.3981999507e-3));
        p = V.MultiplyAdd(p, r, Constant<V, T>(8.3334519073e-3));
        p = V.MultiplyAdd(p, r, Constant<V, T>(4.1665795894e-2));
        p = V.MultiplyAdd(p, r, Constant<V, T>(1.6666665459e-1));
        p = V.MultiplyAdd(p, r, Constant<V, T>(5.0000001201e-1));
        p = V.MultiplyAdd(p, r * r, r) + Constant<V, T>(1);
        var half = V.Round(n * Constant<V, T>(0.5));
        return p * V.PowerOfTwo(half) * V.PowerOfTwo(n - half);
    }

    /// <summary>e^x for x not above 0: one factor of 2^n is enough, and what would be subnormal is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpOfNegative<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float)) return V.Exp(x);
        var clipped = V.AtLeast(x, Constant<V, T>(-87));
        var n = V.Round(clipped * Constant<V, T>(1.44269504088896341));
        var r = V.MultiplyAdd(n, Constant<V, T>(-0.693359375), clipped);
        r = V.MultiplyAdd(n, Constant<V, T>(2.12194440e-4), r);
        var p = Constant<V, T>(1.9875691500e-4);
        p = V.MultiplyAdd(p, r, Constant<V, T>(1.3981999507e-3));
        p = V.MultiplyAdd(p, r, Constant<V, T>(8.3334519073e-3));
        p = V.MultiplyAdd(p, r, Constant<V, T>(4.1665795894e-2));
        p = V.MultiplyAdd(p, r, Constant<V, T>(1.6666665459e-1));
        p = V.MultiplyAdd(p, r, Constant<V, T>(5.0000001201e-1));
        p = V.MultiplyAdd(p, r * r, r) + Constant<V, T>(1);
        return V.Select(V.LessThan(x, Constant<V, T>(-87)), Constant<V, T>(0), p * V.PowerOfTwo(n));
    }

    /// <summary>tanh x = x + x^3 P(x^2) near 0, else 1 - 2 / (e^(2|x|) + 1) with the sign of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Tanh<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var size = V.Abs(x);
        var (one, two) = (Constant<V, T>(1), Constant<V, T>(2));
        if (typeof(T) != typeof(float))
        {
            var e = ExpMinusOne<V, T>(-(size * two));
            return V.CopySign(-e / (two + e), x);
        }
        var z = x * x;
        var p = Constant<V, T>(-5.70498872745e-3);
        p = V.MultiplyAdd(p, z, Constant<V, T>(2.06390887954e-2));
        p = V.MultiplyAdd(p, z, Constant<V, T>(-5.37397155531e-2));
        p = V.MultiplyAdd(p, z, Constant<V, T>(1.33314422036e-1));
        p = V.MultiplyAdd(p, z, Constant<V, T>(-3.33332819422e-1));
        p = V.MultiplyAdd(p * z, x, x);
        var decay = ExpOfNegative<V, T>(-(size * two));
        var large = V.CopySign((one - decay) / (one + decay), x);
        return V.Select(V.LessThan(size, Constant<V, T>(0.625)), p, large);
    }

    /// <summary>1 / (1 + e^-x), by e^-|x|, which never overflows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sigmoid<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var one = Constant<V, T>(1);
        var e = Exp<V, T>(-V.Abs(x));
        return V.Select(V.LessThan(x, Constant<V, T>(0)), e, one) / (one + e);
    }

    /// <summary>e^x - 1: Taylor's series near 0, where the subtraction would cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpMinusOne<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // |x| < 0.35: the first term left out is below half a unit in the last place (x^15/15! and x^8/8!).
        var sum = typeof(T) == typeof(float) ? Constant<V, T>(1.0 / 40320) : Constant<V, T>(1.0 / 1307674368000);
        if (typeof(T) == typeof(double))
        {
            sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 87178291200));
            sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 6227020800));
            sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 479001600));
            sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 39916800));
            sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 3628800));
            sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 362880));
            sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 40320));
        }
        sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 5040));
        sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 720));
        sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 120));
        sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 24));
        sum = V.MultiplyAdd(sum, x, Constant<V, T>(1.0 / 6));
        sum = V.MultiplyAdd(sum, x, Constant<V, T>(0.5));
        sum = V.MultiplyAdd(sum * x, x, x);
        return V.Select(V.LessThan(V.Abs(x), Constant<V, T>(0.35)), sum, Exp<V, T>(x) - Constant<V, T>(1));
    }

    /// <summary>The error function in float32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Erf<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var z = x * x;
        var p = Constant<V, T>(7.889119508901088e-05);
        p = V.MultiplyAdd(p, z, Constant<V, T>(-0.0008020841273507773));
        p = V.MultiplyAdd(p, z, Constant<V, T>(0.0051895353387089));
        p = V.MultiplyAdd(p, z, Constant<V, T>(-0.026854444591643777));
        p = V.MultiplyAdd(p, z, Constant<V, T>(0.11283600176254482));
        p = V.MultiplyAdd(p, z, Constant<V, T>(-0.37612627135966015));
        p = V.MultiplyAdd(p, z, Constant<V, T>(1.1283791659137514)) * x;
        var one = Constant<V, T>(1);
        var size = V.Abs(x);
        var t = one / V.MultiplyAdd(V.AtMost(size, Constant<V, T>(4.2)), Constant<V, T>(0.5), one);
        var q = Constant<V, T>(-0.22857188978191773);
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.6301602285244663));
        q = V.MultiplyAdd(q, t, Constant<V, T>(-0.05686057282785467));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.39238771576439435));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.26097802889552923));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.0016751676582266262));
        var large = V.CopySign(one - (q * ExpOfNegative<V, T>(-z)), x);
        return V.Select(V.LessThan(size, one), p, large);
    }

    /// <summary>The normal distribution function at x, and e^(-x^2/2), in float32; absolute error some 1e-8.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V NormalDistribution<V, T>(V x, out V decay)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (one, half) = (Constant<V, T>(1), Constant<V, T>(0.5));
        var u = V.Abs(x) * Constant<V, T>(0.70710678118654752);
        decay = ExpOfNegative<V, T>(-(u * u));
        var t = one / V.MultiplyAdd(V.AtMost(u, Constant<V, T>(5.5)), half, one);
        var q = Constant<V, T>(0.02518510478649917);
        q = V.MultiplyAdd(q, t, Constant<V, T>(-0.033926246410887595));
        q = V.MultiplyAdd(q, t, Constant<V, T>(-0.30774180035164816));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.8605566170775901));
        q = V.MultiplyAdd(q, t, Constant<V, T>(-0.29237031368461397));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.5144716861489389));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.22867090551272434));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.005154049420199645));
        var tail = half * q * decay;
        return V.Select(V.LessThan(x, Constant<V, T>(0)), tail, one - tail);
    }

    /// <summary>The natural logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) != typeof(float)) return V.Log(x);
        // Subnormal numbers are lifted by 2^24 first. x = 2^e m, m in [sqrt(1/2), sqrt(2)).
        var (one, zero) = (Constant<V, T>(1), Constant<V, T>(0));
        var tiny = V.LessThan(x, Constant<V, T>(1.17549435e-38));
        var lifted = V.Select(tiny, x * Constant<V, T>(16777216), x);
        var e = V.Exponent(lifted, out var m);
        e = V.Select(tiny, e - Constant<V, T>(24), e);
        var high = V.LessThan(Constant<V, T>(1.41421356237309504880), m);
        m = V.Select(high, m * Constant<V, T>(0.5), m) - one;
        e = V.Select(high, e + one, e);
        var z = m * m;
        var p = Constant<V, T>(7.0376836292e-2);
        p = V.MultiplyAdd(p, m, Constant<V, T>(-1.1514610310e-1));
        p = V.MultiplyAdd(p, m, Constant<V, T>(1.1676998740e-1));
        p = V.MultiplyAdd(p, m, Constant<V, T>(-1.2420140846e-1));
        p = V.MultiplyAdd(p, m, Constant<V, T>(1.4249322787e-1));
        p = V.MultiplyAdd(p, m, Constant<V, T>(-1.6668057665e-1));
        p = V.MultiplyAdd(p, m, Constant<V, T>(2.0000714765e-1));
        p = V.MultiplyAdd(p, m, Constant<V, T>(-2.4999993993e-1));
        p = V.MultiplyAdd(p, m, Constant<V, T>(3.3333331174e-1));
        var y = p * m * z;
        y = V.MultiplyAdd(e, Constant<V, T>(-2.12194440e-4), y);
        y = V.MultiplyAdd(z, Constant<V, T>(-0.5), y);
        var result = V.MultiplyAdd(e, Constant<V, T>(0.693359375), m + y);
        // 0 gives -infinity, what is negative NaN, infinity and NaN themselves.
        result = V.Select(V.LessThan(zero, x), result, V.Select(V.Equal(x, zero), V.Create(T.NegativeInfinity), V.Create(T.NaN)));
        return V.Select(V.LessThan(x, V.Create(T.PositiveInfinity)), result, x);
    }

    /// <summary>sin x, or cos x where <paramref name="quarter"/> is 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Sine<V, T>(V x, double quarter)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Beyond these the parts of pi are too short.
        var far = V.LessThan(Constant<V, T>(typeof(T) == typeof(float) ? 8192 : 1e6), V.Abs(x));
        // x = (n - quarter / 2) pi + r with |r| <= pi / 2; the sign turns with n.
        var half = Constant<V, T>(quarter * 0.5);
        var n = V.Round(V.MultiplyAdd(x, Constant<V, T>(0.31830988618379067), half));
        var r = WithoutTurns<V, T>(x, n - half);
        var z = r * r;
        V p;
        if (typeof(T) == typeof(float))
        {
            p = Constant<V, T>(2.6083159809786593541503e-06);
            p = V.MultiplyAdd(p, z, Constant<V, T>(-0.0001981069071916863322258));
            p = V.MultiplyAdd(p, z, Constant<V, T>(0.00833307858556509017944336));
            p = V.MultiplyAdd(p, z, Constant<V, T>(-0.166666597127914428710938));
        }
        else
        {
            p = Constant<V, T>(-7.97255955009037868891952e-18);
            p = V.MultiplyAdd(p, z, Constant<V, T>(2.81009972710863200091251e-15));
            p = V.MultiplyAdd(p, z, Constant<V, T>(-7.64712219118158833288484e-13));
            p = V.MultiplyAdd(p, z, Constant<V, T>(1.60590430605664501629054e-10));
            p = V.MultiplyAdd(p, z, Constant<V, T>(-2.50521083763502045810755e-08));
            p = V.MultiplyAdd(p, z, Constant<V, T>(2.75573192239198747630416e-06));
            p = V.MultiplyAdd(p, z, Constant<V, T>(-0.000198412698412696162806809));
            p = V.MultiplyAdd(p, z, Constant<V, T>(0.00833333333333332974823815));
            p = V.MultiplyAdd(p, z, Constant<V, T>(-0.166666666666666657414808));
        }
        var sine = V.MultiplyAdd(p * z, r, r);
        var two = Constant<V, T>(2);
        var isOdd = V.MultiplyAdd(-two, V.Floor(n * Constant<V, T>(0.5)), n);
        var near = V.MultiplyAdd(-two * sine, isOdd, sine);
        return V.Any(far) ? V.Select(far, FarSine<V, T>(x, quarter), near) : near;
    }

    /// <summary>x - turns pi, pi in parts whose products with whole numbers are exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V WithoutTurns<V, T>(V x, V turns)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            x = V.MultiplyAdd(turns, Constant<V, T>(-3.140625), x);
            x = V.MultiplyAdd(turns, Constant<V, T>(-0.0009670257568359375), x);
            x = V.MultiplyAdd(turns, Constant<V, T>(-6.2771141529083252e-7), x);
            return V.MultiplyAdd(turns, Constant<V, T>(-1.2154201256553420e-10), x);
        }
        x = V.MultiplyAdd(turns, Constant<V, T>(-3.1415926218032836914), x);
        x = V.MultiplyAdd(turns, Constant<V, T>(-3.1786509424591713469e-08), x);
        x = V.MultiplyAdd(turns, Constant<V, T>(-1.2246467864107188502e-16), x);
        return V.MultiplyAdd(turns, Constant<V, T>(-1.2736634327021899816e-24), x);
    }

    /// <summary>The same lane by lane. The runtime's own vector sine would do, but gives other bits once its code was compiled anew.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static unsafe V FarSine<V, T>(V x, double quarter)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var lanes = stackalloc T[V.Count];
        V.Store(x, lanes);
        for (var k = 0; k < V.Count; k++) lanes[k] = quarter == 1 ? T.Cos(lanes[k]) : T.Sin(lanes[k]);
        return V.Load(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Constant<V, T>(double value)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T> => V.Create(T.CreateTruncating(value));
}
