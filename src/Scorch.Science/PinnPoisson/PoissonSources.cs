namespace Scorch.Science.PinnPoisson;

/// <summary>The sources of the reproduction, from smooth to sharp.</summary>
public static class PoissonSources
{
    /// <summary>The smooth source <c>f1 = 1/4 sum_{k=1..4} (-1)^(k+1) 2k sin(k pi x) sin(k pi y)</c>.</summary>
    /// <param name="x">0 to 1.</param>
    /// <param name="y">0 to 1.</param>
    public static double Smooth(double x, double y) => Sum(x, y, k => 2 * k);

    /// <summary>The solution for <see cref="Smooth"/>, <c>-1/4 sum_k (-1)^(k+1) 2k/(2 k^2 pi^2) sin(k pi x) sin(k pi y)</c>.</summary>
    /// <param name="x">0 to 1.</param>
    /// <param name="y">0 to 1.</param>
    public static double SmoothSolution(double x, double y) => Sum(x, y, k => -1 / (k * Math.PI * Math.PI));

    /// <summary>The less smooth source f2: 1 in the disc of radius 0.25 about the centre, 0 elsewhere.</summary>
    /// <param name="x">0 to 1.</param>
    /// <param name="y">0 to 1.</param>
    public static double Disc(double x, double y) => ((x - 0.5) * (x - 0.5)) + ((y - 0.5) * (y - 0.5)) <= 0.0625 ? 1 : 0;

    /// <summary>The sharp source f3: a Gaussian of standard deviation 0.05 and height 1 at the centre.</summary>
    /// <param name="x">0 to 1.</param>
    /// <param name="y">0 to 1.</param>
    public static double Sharp(double x, double y) => Math.Exp(-(((x - 0.5) * (x - 0.5)) + ((y - 0.5) * (y - 0.5))) / (2 * 0.05 * 0.05));

    private static double Sum(double x, double y, Func<int, double> coefficient)
    {
        var sum = 0.0;
        for (var k = 1; k <= 4; k++)
        {
            sum += (k % 2 == 1 ? 1 : -1) * coefficient(k) * double.SinPi(k * x) * double.SinPi(k * y);
        }

        return sum / 4;
    }
}
