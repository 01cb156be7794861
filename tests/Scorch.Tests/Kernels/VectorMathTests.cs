using Scorch.Kernels;

namespace Scorch.Tests.Kernels;

/// <summary>float32 functions against float64 ones rounded, float64 ones against the C library's: within a few units in the last place on all of their range.</summary>
public class VectorMathTests
{
    private static readonly float[] Special = [0f, -0f, 1f, -1f, float.Epsilon, -float.Epsilon, 1e-40f, 1.2e-38f, float.MaxValue, float.MinValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 88.7f, 89f, -87.3f, -103f, -110f, 8192f, 8193f, 1e6f];

    [Theory]
    [InlineData("exp", -104, 89)]
    [InlineData("log", 0, 100)]
    [InlineData("log", 0, 1e-37)]
    [InlineData("log", 0.99, 1.01)]
    [InlineData("sin", -100, 100)]
    [InlineData("sin", -8192, 8192)]
    [InlineData("cos", -100, 100)]
    [InlineData("cos", -20000, 20000)]
    [InlineData("sin", -1e7, 1e8)]
    [InlineData("tanh", -10, 10)]
    [InlineData("tanh", -1e-3, 1e-3)]
    [InlineData("sigmoid", -100, 100)]
    [InlineData("erf", -5, 5)]
    [InlineData("erf", -1e-3, 1e-3)]
    [InlineData("expm1", -20, 20)]
    [InlineData("expm1", -1e-3, 1e-3)]
    public void A_float32_function_is_accurate(string name, double low, double high)
    {
        var x = Enumerable.Range(0, 20011).Select(i => (float)(low + ((high - low) * i / 20010))).Concat(Special).ToArray();
        var input = Tensor.From(x);
        var (function, ours) = name switch
        {
            "exp" => ((Func<double, double>)Math.Exp, input.Exp()),
            "log" => (Math.Log, input.Log()),
            "sin" => (Math.Sin, input.Sin()),
            "cos" => (Math.Cos, input.Cos()),
            "tanh" => (Math.Tanh, input.Tanh()),
            "sigmoid" => (v => 1 / (1 + Math.Exp(-v)), input.Sigmoid()),
            "erf" => (SpecialFunctions.Erf, input.Erf()),
            _ => (v => Math.Abs(v) < 1e-5 ? v + (v * v / 2) : Math.Exp(v) - 1, input.ExpMinusOne()),
        };
        var found = ours.ToArray<float>();
        for (var i = 0; i < x.Length; i++)
        {
            var expected = (float)function(x[i]);
            if (!float.IsFinite(expected))
            {
                Assert.True(expected.Equals(found[i]), $"{name}({x[i]:R}): {expected} expected, {found[i]} found");
                continue;
            }
            var unit = MathF.BitIncrement(MathF.Abs(expected)) - MathF.Abs(expected);
            // Near a zero of sine or cosine the argument's own rounding counts: half a unit of pi's last part.
            var allowed = Math.Max(4 * unit, name is "sin" or "cos" ? 2e-7 : 0);
            Assert.True(Math.Abs(found[i] - function(x[i])) <= allowed, $"{name}({x[i]:R}): {expected:R} expected, {found[i]:R} found");
        }
    }

    [Theory]
    [InlineData("exp", -746, 710)]
    [InlineData("exp", -1, 1)]
    [InlineData("exp", -1e-5, 1e-5)]
    [InlineData("log", 0, 100)]
    [InlineData("log", 0, 2e-308)]
    [InlineData("log", 0, 1e308)]
    [InlineData("log", 0.99, 1.01)]
    [InlineData("log", 0.5, 2)]
    [InlineData("tanh", -20, 20)]
    [InlineData("tanh", -1e-3, 1e-3)]
    [InlineData("sigmoid", -720, 720)]
    [InlineData("expm1", -40, 40)]
    [InlineData("expm1", -0.5, 0.5)]
    public void A_float64_function_is_accurate(string name, double low, double high)
    {
        double[] x =
        [
            .. Enumerable.Range(0, 20011).Select(i => low + ((high - low) * i / 20010)),
            0, -0.0, 1, -1, double.Epsilon, -double.Epsilon, 1e-310, 2.2250738585072014E-308, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, double.NaN,
            709.782712893384, 709.7827128933841, 710, 745.2, -708.4, -745.13321910194, -745.14, -746, -800, Math.Sqrt(2), Math.BitDecrement(Math.Sqrt(2)), Math.BitDecrement(1), Math.BitIncrement(1),
        ];
        var input = Tensor.From(x);
        var (function, ours) = name switch
        {
            "exp" => ((Func<double, double>)Math.Exp, input.Exp()),
            "log" => (Math.Log, input.Log()),
            "tanh" => (Math.Tanh, input.Tanh()),
            "sigmoid" => (v => v < 0 ? Math.Exp(v) / (1 + Math.Exp(v)) : 1 / (1 + Math.Exp(-v)), input.Sigmoid()),
            _ => (v => Math.Abs(v) < 0.5 ? 2 * Math.Sinh(v / 2) * Math.Exp(v / 2) : Math.Exp(v) - 1, input.ExpMinusOne()),
        };
        var found = ours.ToArray<double>();
        for (var i = 0; i < x.Length; i++)
        {
            var expected = function(x[i]);
            var unit = Math.BitIncrement(Math.Abs(expected)) - Math.Abs(expected);
            Assert.True(
                double.IsFinite(expected) ? Math.Abs(found[i] - expected) <= 4 * unit : expected.Equals(found[i]),
                $"{name}({x[i]:R}): {expected:R} expected, {found[i]:R} found");
        }
    }

    [Theory]
    [InlineData(3, 40011)]
    [InlineData(1e3, 40011)]
    [InlineData(1e6, 40011)]
    [InlineData(1e12, 40011)]
    [InlineData(1e300, 101)]
    public void Sine_and_cosine_in_float64_are_accurate(double range, int count)
    {
        double[] x = [.. Enumerable.Range(0, count).Select(i => range * ((2.0 * i / (count - 1)) - 1)), 0, -0.0, double.NaN, double.PositiveInfinity, double.Epsilon, Math.PI, 1e6, -1000000.5];
        var input = Tensor.From(x);
        foreach (var (function, ours) in new[] { ((Func<double, double>)Math.Sin, input.Sin()), (Math.Cos, input.Cos()) })
        {
            var found = ours.ToArray<double>();
            for (var i = 0; i < x.Length; i++)
            {
                var expected = function(x[i]);
                Assert.True(
                    double.IsNaN(expected) ? double.IsNaN(found[i]) : Math.Abs(found[i] - expected) <= Math.Max(4 * Math.BitIncrement(Math.Abs(expected)) - (4 * Math.Abs(expected)), 4e-16),
                    $"{function.Method.Name}({x[i]:R}): {expected:R} expected, {found[i]:R} found");
            }
        }
    }
}
