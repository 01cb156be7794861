namespace Scorch.Kernels;

/// <summary>Special functions of one real number in float64.</summary>
internal static class SpecialFunctions
{
    /// <summary>The error function, by W. J. Cody's rational approximations (Math. Comp. 23, 1969).</summary>
    public static double Erf(double x)
    {
        var y = Math.Abs(x);
        if (double.IsNaN(x)) return x;
        if (y <= 0.46875) return ErfSmall(x);
        var result = 1 - ErfcLarge(y);
        return x < 0 ? -result : result;
    }

    /// <summary>1 - erf(x) without cancellation.</summary>
    public static double Erfc(double x)
    {
        if (double.IsNaN(x)) return x;
        var y = Math.Abs(x);
        if (y <= 0.46875) return 1 - ErfSmall(x);
        var result = ErfcLarge(y);
        return x < 0 ? 2 - result : result;
    }

    private static double ErfSmall(double x)
    {
        ReadOnlySpan<double> a = [3.16112374387056560e00, 1.13864154151050156e02, 3.77485237685302021e02, 3.20937758913846947e03, 1.85777706184603153e-1];
        ReadOnlySpan<double> b = [2.36012909523441209e01, 2.44024637934444173e02, 1.28261652607737228e03, 2.84423683343917062e03];
        var square = x * x;
        var numerator = a[4] * square;
        var denominator = square;
        for (var i = 0; i < 3; i++)
        {
            numerator = (numerator + a[i]) * square;
            denominator = (denominator + b[i]) * square;
        }
        return x * (numerator + a[3]) / (denominator + b[3]);
    }

    private static double ErfcLarge(double y)
    {
        if (y > 27) return 0;
        double result;
        if (y <= 4)
        {
            ReadOnlySpan<double> c =
            [
                5.64188496988670089e-1, 8.88314979438837594e00, 6.61191906371416295e01, 2.98635138197400131e02, 8.81952221241769090e02,
                1.71204761263407058e03, 2.05107837782607147e03, 1.23033935479799725e03, 2.15311535474403846e-8,
            ];
            ReadOnlySpan<double> d =
            [
                1.57449261107098347e01, 1.17693950891312499e02, 5.37181101862009858e02, 1.62138957456669019e03,
                3.29079923573345963e03, 4.36261909014324716e03, 3.43936767414372164e03, 1.23033935480374942e03,
            ];
            var numerator = c[8] * y;
            var denominator = y;
            for (var i = 0; i < 7; i++)
            {
                numerator = (numerator + c[i]) * y;
                denominator = (denominator + d[i]) * y;
            }
            result = (numerator + c[7]) / (denominator + d[7]);
        }
        else
        {
            ReadOnlySpan<double> p =
            [
                3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4, 1.63153871373020978e-2,
            ];
            ReadOnlySpan<double> q =
            [
                2.56852019228982242e00, 1.87295284992346725e00, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3,
            ];
            var inverse = 1 / (y * y);
            var numerator = p[5] * inverse;
            var denominator = inverse;
            for (var i = 0; i < 4; i++)
            {
                numerator = (numerator + p[i]) * inverse;
                denominator = (denominator + q[i]) * inverse;
            }
            result = inverse * (numerator + p[4]) / (denominator + q[4]);
            result = (0.56418958354775628695 - result) / y;
        }
        // exp(-y^2) split so that the rounding of y^2 does not matter.
        var head = Math.Truncate(y * 16) / 16;
        var tail = (y - head) * (y + head);
        return Math.Exp(-head * head) * Math.Exp(-tail) * result;
    }

    /// <summary>The inverse error function: a rational start (Winitzki), then Newton-Halley steps on erf or erfc.</summary>
    public static double ErfInverse(double p)
    {
        if (double.IsNaN(p) || p < -1 || p > 1) return double.NaN;
        if (p == 1) return double.PositiveInfinity;
        if (p == -1) return double.NegativeInfinity;
        if (p == 0) return p;
        const double a = 0.147;
        var log = Math.Log((1 - p) * (1 + p));
        var first = (2 / (Math.PI * a)) + (log / 2);
        var x = Math.CopySign(Math.Sqrt(Math.Sqrt((first * first) - (log / a)) - first), p);
        for (var i = 0; i < 3; i++)
        {
            var error = Math.Abs(p) < 0.5 ? Erf(x) - p : p > 0 ? (1 - p) - Erfc(x) : Erfc(-x) - (1 + p);
            var slope = 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x);
            if (slope == 0) break;
            var step = error / slope;
            x -= step / (1 + (x * step));
        }
        return x;
    }

    /// <summary>log |Gamma(x)|: Stirling's series above 15, the recurrence below, the reflection formula for negatives.</summary>
    public static double LogGamma(double x)
    {
        if (double.IsNaN(x)) return x;
        if (double.IsInfinity(x)) return double.PositiveInfinity;
        if (x <= 0 && x == Math.Floor(x)) return double.PositiveInfinity;
        if (x < 0.5)
        {
            return Math.Log(Math.PI / Math.Abs(SinPi(x))) - LogGamma(1 - x);
        }
        // Near the roots 1 and 2 the series of log Gamma(1 + z) keeps relative precision.
        if (Math.Abs(x - 1) < 0.25) return LogGammaNearOne(x - 1);
        if (Math.Abs(x - 2) < 0.25) return LogGammaNearOne(x - 2) + LogOnePlus(x - 2);
        var shift = 1.0;
        while (x < 15)
        {
            shift *= x;
            x++;
        }
        var inverse = 1 / (x * x);
        ReadOnlySpan<double> b =
        [
            1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156,
        ];
        var series = 0.0;
        for (var i = b.Length - 1; i >= 0; i--) series = (series * inverse) + b[i];
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + (series / x) - Math.Log(shift);
    }

    /// <summary>log Gamma(1 + z) = -gamma z + sum_{k>=2} zeta(k) (-z)^k / k.</summary>
    private static double LogGammaNearOne(double z)
    {
        var sum = -0.57721566490153286061 * z;
        var power = z;
        for (var k = 2; k < 40; k++)
        {
            power *= -z;
            var term = -power * Zeta(k, 1) / k;
            sum += term;
            if (Math.Abs(term) < 1e-18 * Math.Abs(sum)) break;
        }
        return sum;
    }

    /// <summary>The derivative of order <paramref name="order"/> + 1 of log Gamma: digamma for 0, trigamma for 1.</summary>
    public static double Polygamma(int order, double x)
    {
        if (order == 0) return Digamma(x);
        if (x <= 0 && x == Math.Floor(x)) return double.PositiveInfinity;
        var factorial = 1.0;
        for (var i = 2; i <= order; i++) factorial *= i;
        var sign = order % 2 == 1 ? 1 : -1;
        if (x > 0) return sign * factorial * Zeta(order + 1, x);
        // psi_n(x) = psi_n(x + m) - (-1)^n n! sum 1 / (x + k)^(n+1), upwards until positive.
        var sum = 0.0;
        while (x <= 0)
        {
            sum += Math.Pow(x, -(order + 1));
            x++;
        }
        return sign * factorial * (sum + Zeta(order + 1, x));
    }

    private static double Digamma(double x)
    {
        if (x == 0) return double.IsNegative(x) ? double.PositiveInfinity : double.NegativeInfinity;
        if (double.IsNegativeInfinity(x)) return double.NaN;
        if (x < 0)
        {
            if (x == Math.Floor(x)) return double.NaN;
            var part = x - Math.Floor(x);
            return Digamma(1 - x) - (Math.PI / Math.Tan(Math.PI * part));
        }
        var sum = 0.0;
        while (x < 12)
        {
            sum -= 1 / x;
            x++;
        }
        var inverse = 1 / (x * x);
        ReadOnlySpan<double> b = [1.0 / 12, -1.0 / 120, 1.0 / 252, -1.0 / 240, 1.0 / 132, -691.0 / 32760, 1.0 / 12];
        var series = 0.0;
        for (var i = b.Length - 1; i >= 0; i--) series = (series * inverse) + b[i];
        return sum + Math.Log(x) - (0.5 / x) - (series * inverse);
    }

    /// <summary>Hurwitz zeta sum_{k>=0} (x + k)^-s for x > 0 by Euler-Maclaurin.</summary>
    private static double Zeta(int s, double x)
    {
        var sum = 0.0;
        while (x < 12)
        {
            sum += Math.Pow(x, -s);
            x++;
        }
        sum += Math.Pow(x, 1 - s) / (s - 1) + (0.5 * Math.Pow(x, -s));
        // Bernoulli numbers B_2k / (2k)! times the rising factorial s (s+1) ... (s+2k-2).
        ReadOnlySpan<double> bernoulli = [1.0 / 6, -1.0 / 30, 1.0 / 42, -1.0 / 30, 5.0 / 66, -691.0 / 2730, 7.0 / 6, -3617.0 / 510];
        var factor = (double)s;
        var power = Math.Pow(x, -s - 1);
        var factorial = 2.0;
        for (var k = 1; k <= bernoulli.Length; k++)
        {
            sum += bernoulli[k - 1] / factorial * factor * power;
            factor *= (s + (2 * k) - 1.0) * (s + (2 * k));
            power /= x * x;
            factorial *= ((2 * k) + 1.0) * ((2 * k) + 2.0);
        }
        return sum;
    }

    /// <summary>log(1 + x); Kahan's correction of the rounding of 1 + x.</summary>
    public static double LogOnePlus(double x)
    {
        var sum = 1 + x;
        if (double.IsInfinity(sum) || sum <= 0) return Math.Log(sum);
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }

    private static double SinPi(double x) => double.SinPi(x);
}
