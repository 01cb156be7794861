using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>The simulated partially linear design: <c>d = x1 + 0.25 s(x3) + v, y = theta d + s(x1) + 0.25 x3 + e</c>, s the logistic function.</summary>
/// <remarks>X is normal with covariance <c>0.7^|i - j|</c>, v and e are standard normal (Chernozhukov et al. 2018).</remarks>
public static class PlrSimulation
{
    private const double Correlation = 0.7;

    /// <summary>Draws a sample.</summary>
    /// <param name="rows">Observations.</param>
    /// <param name="controls">Controls, at least 3.</param>
    /// <param name="theta">The effect.</param>
    /// <param name="seed">Fixes the sample.</param>
    /// <returns>Outcome <c>y</c>, treatment <c>d</c>, controls <c>x1, x2, ...</c></returns>
    public static CausalData Draw(int rows = 500, int controls = 20, double theta = 0.5, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(controls, 3);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 2);
        var random = new RandomSource(seed);
        var x = Enumerable.Range(0, controls).Select(_ => new double[rows]).ToArray();
        var (y, d) = (new double[rows], new double[rows]);
        for (var i = 0; i < rows; i++)
        {
            // An autoregression over the columns has exactly this Toeplitz covariance.
            for (var j = 0; j < controls; j++)
                x[j][i] = j == 0 ? random.NextNormal() : Correlation * x[j - 1][i] + Math.Sqrt(1 - Correlation * Correlation) * random.NextNormal();
            d[i] = x[0][i] + 0.25 * Logistic(x[2][i]) + random.NextNormal();
            y[i] = theta * d[i] + Logistic(x[0][i]) + 0.25 * x[2][i] + random.NextNormal();
        }
        var columns = x.Select((values, j) => Column.OfNumbers($"x{j + 1}", values));
        return CausalData.FromTable(new Table([Column.OfNumbers("y", y), Column.OfNumbers("d", d), .. columns]), "y", ["d"]);
    }

    private static double Logistic(double value) => 1 / (1 + Math.Exp(-value));
}
