namespace Scorch.Reproductions;

/// <summary>Student's t distribution.</summary>
public static class StudentT
{
    /// <summary>Probability that a t variable with <paramref name="degrees"/> degrees of freedom is at most <paramref name="t"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The degrees of freedom are not positive.</exception>
    /// <remarks><c>P(T &lt;= t) = 1 - I_x(v/2, 1/2)/2</c> for <c>t &gt;= 0</c>, <c>x = v/(v + t^2)</c>, I the regularised incomplete beta function.</remarks>
    public static double Cumulative(double t, double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        return t >= 0 ? 1 - Tail(t, degrees) : Tail(t, degrees);
    }

    /// <summary>The value below which a t variable lies with probability <paramref name="probability"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability lies outside (0, 1), or the degrees of freedom are not positive.</exception>
    public static double Quantile(double probability, double degrees)
    {
        if (!(probability > 0 && probability < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "StudentT: the probability must lie strictly between 0 and 1.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degrees);
        if (probability < 0.5)
        {
            return -Quantile(1 - probability, degrees);
        }

        double low = 0, high = 1, tail = 1 - probability;
        while (Tail(high, degrees) > tail)
        {
            high *= 2;
        }

        // Bisection to the last bit: the distribution function is monotone and this runs once a claim.
        while (true)
        {
            var middle = low + (high - low) / 2;
            if (middle <= low || middle >= high)
            {
                return middle;
            }

            if (Tail(middle, degrees) > tail)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }
    }

    // P(T > |t|), which keeps its digits where the distribution function is close to one.
    private static double Tail(double t, double degrees) => IncompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;

    // I_x(a, b) by Lentz's continued fraction (Abramowitz and Stegun 26.5.8), on the side where it converges fast.
    private static double IncompleteBeta(double x, double a, double b)
    {
        if (x is <= 0 or >= 1)
        {
            return x <= 0 ? 0 : 1;
        }

        var front = Math.Exp(a * Math.Log(x) + b * Math.Log(1 - x) + LogGamma(a + b) - LogGamma(a) - LogGamma(b));
        return x < (a + 1) / (a + b + 2)
            ? front * BetaFraction(x, a, b) / a
            : 1 - front * BetaFraction(1 - x, b, a) / b;
    }

    private static double BetaFraction(double x, double a, double b)
    {
        const double tiny = 1e-300;
        double c = 1, d = 1 / Guarded(1 - (a + b) * x / (a + 1)), result = d;
        for (var m = 1; m <= 10_000; m++)
        {
            Step(m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)));
            if (Math.Abs(Step(-(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))) - 1) < 1e-16)
            {
                break;
            }
        }

        return result;

        double Step(double coefficient)
        {
            d = 1 / Guarded(1 + coefficient * d);
            c = Guarded(1 + coefficient / c);
            result *= c * d;
            return c * d;
        }

        static double Guarded(double value) => Math.Abs(value) < tiny ? tiny : value;
    }

    // Stirling's series after shifting the argument above 15: absolute error below 1e-15 relative there.
    private static double LogGamma(double x)
    {
        var shift = 0.0;
        for (; x < 15; x++)
        {
            shift += Math.Log(x);
        }

        var r = 1 / (x * x);
        var series = (1.0 / 12 - r * (1.0 / 360 - r * (1.0 / 1260 - r * (1.0 / 1680 - r * (1.0 / 1188))))) / x;
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series - shift;
    }
}
