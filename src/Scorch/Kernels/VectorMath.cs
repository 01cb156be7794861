using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>Elementary functions over vectors. In float32 short polynomials, within two units in the last place; in float64 longer ones.</summary>
/// <remarks>
/// Coefficients: oracles/engine/coefficients.py and, for sine and tanh, Cephes (Moshier), for the logarithm in float64 fdlibm (Sun). The
/// runtime's own vector functions would do in float64, but may give other last bits once their code was compiled anew.
/// </remarks>
internal static class VectorMath
{
    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T> => ExpOfNegative<V, T>(V.AtMost(x, Constant<V, T>(typeof(T) == typeof(float) ? 89 : 710)));

    /// <summary>e^x for x not above 0 (or 89, in float64 710): the upper bound is left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpOfNegative<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // e^x = 2^n e^r, n the nearest whole number to x / ln 2.
        x = V.AtLeast(x, Constant<V, T>(typeof(T) == typeof(float) ? -104 : -746));
        var n = V.Round(x * Constant<V, T>(1.44269504088896341));
        if (typeof(T) == typeof(double)) return V.Scale(RestMinusOne<V, T>(x, n) + Constant<V, T>(1), n);
        var r = V.MultiplyAdd(n, Constant<V, T>(-0.693359375), x);
        r = V.MultiplyAdd(n, Constant<V, T>(2.12194440e-4), r);
        var (p, one) = (Constant<V, T>(0.0013814464759459657), Constant<V, T>(1));
        p = V.MultiplyAdd(p, r, Constant<V, T>(0.008368780622654115));
        p = V.MultiplyAdd(p, r, Constant<V, T>(0.041668394259049425));
        p = V.MultiplyAdd(p, r, Constant<V, T>(0.1666652010554164));
        p = V.MultiplyAdd(p, r, Constant<V, T>(0.49999993412261323));
        p = V.MultiplyAdd(p, r, one);
        return V.Scale(V.MultiplyAdd(p, r, one), n);
    }

    /// <summary>e^r - 1 = r + r^2 P(r) in float64, r = x - n ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V RestMinusOne<V, T>(V x, V n)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var r = V.MultiplyAdd(n, Constant<V, T>(-0.69314718055966295651), x);
        r = V.MultiplyAdd(n, Constant<V, T>(-0.28235290563031577122588e-12), r);
        var p = Constant<V, T>(2.08860621107283687536341e-09);
        p = V.MultiplyAdd(p, r, Constant<V, T>(2.51112930892876518610661e-08));
        p = V.MultiplyAdd(p, r, Constant<V, T>(2.75573911234900471893338e-07));
        p = V.MultiplyAdd(p, r, Constant<V, T>(2.75572362911928827629423e-06));
        p = V.MultiplyAdd(p, r, Constant<V, T>(2.4801587159235472998791e-05));
        p = V.MultiplyAdd(p, r, Constant<V, T>(0.000198412698960509205564975));
        p = V.MultiplyAdd(p, r, Constant<V, T>(0.00138888888889774492207962));
        p = V.MultiplyAdd(p, r, Constant<V, T>(0.00833333333331652721664984));
        p = V.MultiplyAdd(p, r, Constant<V, T>(0.0416666666666665047591422));
        p = V.MultiplyAdd(p, r, Constant<V, T>(0.166666666666666851703837));
        p = V.MultiplyAdd(p, r, Constant<V, T>(0.5));
        return V.MultiplyAdd(p * r, r, r);
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
        var e = ExpOfNegative<V, T>(-V.Abs(x));
        return V.Select(V.LessThan(x, Constant<V, T>(0)), e, one) / (one + e);
    }

    /// <summary>e^x - 1 without cancellation near 0: in float32 by Taylor's series there, in float64 as 2^n (e^r - 1) + (2^n - 1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpMinusOne<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        V near, far;
        var one = Constant<V, T>(1);
        if (typeof(T) == typeof(double))
        {
            // Below -40 the result is -1; half of 2^n is in range where 2^n is not.
            var bounded = V.AtLeast(V.AtMost(x, Constant<V, T>(710)), Constant<V, T>(-40));
            var n = V.Round(bounded * Constant<V, T>(1.44269504088896341));
            near = RestMinusOne<V, T>(bounded, n);
            var half = V.PowerOfTwo(n - one);
            far = V.MultiplyAdd(near, half, half - Constant<V, T>(0.5)) * Constant<V, T>(2);
        }
        else
        {
            // |x| < 0.35: the first term left out, x^8/8!, is below half a unit in the last place.
            near = Constant<V, T>(1.0 / 40320);
            near = V.MultiplyAdd(near, x, Constant<V, T>(1.0 / 5040));
            near = V.MultiplyAdd(near, x, Constant<V, T>(1.0 / 720));
            near = V.MultiplyAdd(near, x, Constant<V, T>(1.0 / 120));
            near = V.MultiplyAdd(near, x, Constant<V, T>(1.0 / 24));
            near = V.MultiplyAdd(near, x, Constant<V, T>(1.0 / 6));
            near = V.MultiplyAdd(near, x, Constant<V, T>(0.5));
            near = V.MultiplyAdd(near * x, x, x);
            far = Exp<V, T>(x) - one;
        }
        return V.Select(V.LessThan(V.Abs(x), Constant<V, T>(typeof(T) == typeof(float) ? 0.35 : 0.34)), near, far);
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
        var one = Constant<V, T>(1);
        decay = ExpOfNegative<V, T>(x * x * Constant<V, T>(-0.5));
        // 1/2 erfc(u) e^(u^2) by t = 1 / (1 + u / 2), u = |x| / sqrt 2.
        var t = one / V.MultiplyAdd(V.Abs(x), Constant<V, T>(0.35355339059327376), one);
        var q = Constant<V, T>(0.02518510478649917 / 2);
        q = V.MultiplyAdd(q, t, Constant<V, T>(-0.033926246410887595 / 2));
        q = V.MultiplyAdd(q, t, Constant<V, T>(-0.30774180035164816 / 2));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.8605566170775901 / 2));
        q = V.MultiplyAdd(q, t, Constant<V, T>(-0.29237031368461397 / 2));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.5144716861489389 / 2));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.22867090551272434 / 2));
        q = V.MultiplyAdd(q, t, Constant<V, T>(0.005154049420199645 / 2));
        var tail = q * decay;
        return V.Select(V.LessThan(x, Constant<V, T>(0)), tail, one - tail);
    }

    /// <summary>The natural logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Log<V, T>(V x)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // x = 2^e (1 + m); what has no logarithm comes out by itself, for the larger part of ln 2 is below it.
        var e = V.Split(x, out var m);
        m -= Constant<V, T>(1);
        if (typeof(T) == typeof(double)) return LogOfParts<V, T>(e, m);
        var z = m * m;
        var p = Constant<V, T>(-0.045074466505536835);
        p = V.MultiplyAdd(p, m, Constant<V, T>(0.1046299566468121));
        p = V.MultiplyAdd(p, m, Constant<V, T>(-0.131611965337807));
        p = V.MultiplyAdd(p, m, Constant<V, T>(0.1447840050505421));
        p = V.MultiplyAdd(p, m, Constant<V, T>(-0.16647312344121448));
        p = V.MultiplyAdd(p, m, Constant<V, T>(0.1999086085962149));
        p = V.MultiplyAdd(p, m, Constant<V, T>(-0.25000095828776514));
        p = V.MultiplyAdd(p, m, Constant<V, T>(0.33333449120462194));
        var y = V.MultiplyAdd(p * m, z, e * Constant<V, T>(1.428606765330187e-06));
        y = V.MultiplyAdd(z, Constant<V, T>(-0.5), y);
        return V.MultiplyAdd(e, Constant<V, T>(0.693145751953125), m + y);
    }

    /// <summary>e ln 2 + ln(1 + m) in float64: with s = m / (2 + m), ln(1 + m) = 2 artanh s = m - m^2/2 + s (m^2/2 + s^2 P(s^2)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LogOfParts<V, T>(V e, V m)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var s = m / (Constant<V, T>(2) + m);
        var z = s * s;
        var p = Constant<V, T>(0.1479819860511658591);
        p = V.MultiplyAdd(p, z, Constant<V, T>(0.1531383769920937332));
        p = V.MultiplyAdd(p, z, Constant<V, T>(0.1818357216161805012));
        p = V.MultiplyAdd(p, z, Constant<V, T>(0.2222219843214978396));
        p = V.MultiplyAdd(p, z, Constant<V, T>(0.2857142874366239149));
        p = V.MultiplyAdd(p, z, Constant<V, T>(0.3999999999940941908));
        p = V.MultiplyAdd(p, z, Constant<V, T>(0.6666666666666735130));
        var half = m * m * Constant<V, T>(0.5);
        var rest = V.MultiplyAdd(s, V.MultiplyAdd(p, z, half), e * Constant<V, T>(1.90821492927058770002e-10));
        return V.MultiplyAdd(e, Constant<V, T>(6.93147180369123816490e-01), m - (half - rest));
    }

    /// <summary>a 2^n in two steps, which reach infinity and the subnormal numbers, where the machine has no instruction for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V, T>(V a, V n)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var half = V.Round(n * Constant<V, T>(0.5));
        return a * V.PowerOfTwo(half) * V.PowerOfTwo(n - half);
    }

    /// <summary>The parts of a number, as <see cref="ISimd{V, T}.Split"/> has them, where the machine has no instruction for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Split<V, T>(V a, out V mantissa)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        // Subnormal numbers are lifted by 2^24, in float64 by 2^54, first.
        var (least, lift, cut) = typeof(T) == typeof(float) ? (1.17549435e-38, 24, 1.5) : (2.2250738585072014e-308, 54, 1.4142135623730951);
        var (one, zero) = (Constant<V, T>(1), Constant<V, T>(0));
        var tiny = V.LessThan(a, Constant<V, T>(least));
        var e = V.Exponent(V.Select(tiny, a * Constant<V, T>(1L << lift), a), out var m);
        e = V.Select(tiny, e - Constant<V, T>(lift), e);
        var low = V.LessThan(m, Constant<V, T>(cut));
        m = V.Select(low, m, m * Constant<V, T>(0.5));
        e = V.Select(low, e, e + one);
        var isZero = V.Equal(a, zero);
        mantissa = V.Select(V.LessThan(zero, a), m, V.Select(isZero, one, V.Create(T.NaN)));
        return V.Select(isZero, V.Create(T.NegativeInfinity), V.Select(V.LessThan(a, V.Create(T.PositiveInfinity)), e, a));
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
