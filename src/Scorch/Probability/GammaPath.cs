using Scorch.Autograd;
using Scorch.Kernels;

namespace Scorch.Probability;

/// <summary>Gamma draws as differentiable functions of their concentration, by implicit reparameterisation (Figurnov, Mohamed and Mnih 2018).</summary>
/// <remarks>With F the distribution function at rate 1 and p its density, a draw x(a) at a fixed level of F has <c>dx/da = -F_a(a, x) / p(x; a)</c>.
/// All is reckoned in y = log x, which small concentrations do not carry off the scale.</remarks>
internal static class GammaPath
{
    // Nodes of the double exponential rule: from -3.75 to 5 in steps of 1/16 the integrands below fall from and to nothing.
    private const double Step = 1.0 / 16;
    private const int FirstNode = -60;
    private const int LastNode = 80;

    /// <summary>Draws of rate 1 and the given shape, which carry gradients to the concentration.</summary>
    public static Tensor Sample(Tensor concentration, Shape shape, RandomSource random)
    {
        var a = concentration.Expand(shape);
        // As in PyTorch a draw that underflows becomes the smallest normal number: 0 has no logarithm.
        var least = concentration.DataType switch { DataType.Float64 => 2.2250738585072014e-308, DataType.Float16 => 6.103515625e-5, _ => 1.1754943508222875e-38 };
        var x = Sampler.Each(concentration, shape, value => Math.Max(least, Math.Exp(Sampler.LogGamma(value, random))));
        // dx/da = x dy/da with y = log x.
        return Tape.Records(a) ? Tape.Record(x, "GammaSample", [a], [a, x], g => [g * x * LogSlope(a, x.Log())]) : x;
    }

    /// <summary>Logarithms of such draws, which cannot underflow.</summary>
    public static Tensor LogSample(Tensor concentration, Shape shape, RandomSource random)
    {
        var a = concentration.Expand(shape);
        var y = Sampler.Each(concentration, shape, value => Sampler.LogGamma(value, random));
        return Tape.Records(a) ? Tape.Record(y, "LogGammaSample", [a], [a, y], g => [g * LogSlope(a, y)]) : y;
    }

    /// <summary>dy/da, y the logarithm of a draw, in elements; differentiable once more.</summary>
    /// <exception cref="NotSupportedException">On the way back, where a third derivative by the concentration is asked for.</exception>
    private static Tensor LogSlope(Tensor a, Tensor y)
    {
        var (slope, bend) = Elements(a, y);
        if (!Tape.Records(a, y)) return slope;
        return Tape.Record(slope, "GammaSample's derivative", [a, y], [a, y, slope, bend], g =>
        {
            // With E = -F_a / (x p) and p_a / p = y - psi(a), x p_x / p = a - 1 - x: E_y = psi(a) - y - E (a - x); E_a is computed beside E.
            var along = a.Digamma() - y - (slope * (a - y.Exp()));
            return [g * Last(bend, a, y), g * along];
        });
    }

    private static Tensor Last(Tensor bend, Tensor a, Tensor y) => Tape.Records(a, y)
        ? Tape.Record(bend.Clone(), "GammaSample's second derivative", [a, y], [], _ => throw new NotSupportedException(
            "Gamma samples have two derivatives by the concentration; a third was asked for."))
        : bend;

    private static (Tensor Slope, Tensor Bend) Elements(Tensor a, Tensor y)
    {
        var concentrations = a.Detach().To(DataType.Float64).ToArray<double>();
        var slopes = y.Detach().To(DataType.Float64).ToArray<double>();
        var bends = new double[slopes.Length];
        for (var i = 0; i < slopes.Length; i++) (slopes[i], bends[i]) = LogDerivatives(concentrations[i], slopes[i]);
        return (Tensor.From(slopes, y.Shape).To(y.DataType), Tensor.From(bends, y.Shape).To(y.DataType));
    }

    /// <summary>E(a, y) = -F_a / (x p) at x = e^y, and its derivative by a at fixed y; a power series below the mean, an integral above, so that neither cancels.</summary>
    internal static (double Slope, double Bend) LogDerivatives(double a, double y)
    {
        var x = Math.Exp(y);
        if (!(a > 0) || double.IsNaN(y) || double.IsInfinity(x) || double.IsInfinity(y)) return (double.NaN, double.NaN);
        return x <= a + 1 ? Series(a, x, y) : Integral(a, x, y);
    }

    // F/(x p) = sum_n r_n, r_n = x^n / (a (a+1) ... (a+n));  E = -sum r_n l_n, l_n = y - psi(a+n+1);
    // E_a = sum r_n (h_n l_n + psi'(a+n+1)), h_n = sum_{k<=n} 1/(a+k).
    private static (double Slope, double Bend) Series(double a, double x, double y)
    {
        var (term, harmonic, logarithm, trigamma) = (1 / a, 1 / a, y - SpecialFunctions.Polygamma(0, a + 1), SpecialFunctions.Polygamma(1, a + 1));
        double slope = 0, bend = 0, size = 0;
        for (var n = 1; ; n++)
        {
            slope -= term * logarithm;
            bend += term * ((harmonic * logarithm) + trigamma);
            var part = term * (1 + Math.Abs(logarithm)) * (1 + harmonic);
            size += part;
            if (part <= 1e-17 * size) return (slope, bend);
            var next = 1 / (a + n);
            term *= x * next;
            harmonic += next;
            logarithm -= next;
            trigamma = Math.Max(0, trigamma - (next * next));
        }
    }

    // (1 - F)/(x p) = I = int_0^inf e^(-x s) (1+s)^(a-1) ds;  E = I l + I_a, E_a = I_a l - I psi'(a) + I_aa, l = y - psi(a).
    private static (double Slope, double Bend) Integral(double a, double x, double y)
    {
        var width = 1 / (x - a + 1 + Math.Sqrt(x));
        double whole = 0, first = 0, second = 0;
        for (var node = FirstNode; node <= LastNode; node++)
        {
            var t = node * Step;
            var fall = Math.Exp(-t);
            var s = width * Math.Exp(t - fall);
            var logarithm = SpecialFunctions.LogOnePlus(s);
            var weight = Math.Exp(((a - 1) * logarithm) - (x * s)) * s * (1 + fall);
            whole += weight;
            first += weight * logarithm;
            second += weight * logarithm * logarithm;
        }
        var gap = y - SpecialFunctions.Polygamma(0, a);
        return (Step * ((whole * gap) + first), Step * ((first * gap) - (whole * SpecialFunctions.Polygamma(1, a)) + second));
    }
}
