using Scorch.Numerics;

namespace Scorch.Science.PinnPoisson;

/// <summary>The error of a solution, mode by mode: the sine coefficients of <c>u - reference</c> beside those of the reference.</summary>
public sealed class SpectralError
{
    private readonly double[,] error;
    private readonly double[,] reference;

    /// <summary>Transforms an error.</summary>
    /// <param name="u">A grid function, <c>[n-1, n-1]</c>.</param>
    /// <param name="reference">What it should be.</param>
    /// <exception cref="ArgumentException">The grids differ.</exception>
    public SpectralError(double[,] u, double[,] reference)
    {
        this.error = SineTransform.Transform(Fields.Subtract(u, reference));
        this.reference = SineTransform.Transform((double[,])reference.Clone());
    }

    /// <summary>The size of the error's mode <c>sin(k pi x) sin(l pi y)</c> relative to the reference's.</summary>
    /// <param name="k">Half waves along x, from 1.</param>
    /// <param name="l">Half waves along y, from 1.</param>
    /// <returns>Meaningless where the reference lacks the mode; see <see cref="HasMode"/>.</returns>
    public double Mode(int k, int l) => Math.Abs(error[k - 1, l - 1]) / Math.Abs(reference[k - 1, l - 1]);

    /// <summary>Whether a grid function holds more of the mode <c>sin(k pi x) sin(k pi y)</c> than rounding leaves.</summary>
    /// <param name="values">A grid function.</param>
    /// <param name="k">Half waves along both axes, from 1.</param>
    public static bool HasMode(double[,] values, int k)
    {
        var spectrum = SineTransform.Transform((double[,])values.Clone());
        return Math.Abs(spectrum[k - 1, k - 1]) > 1e-10 * PoissonStencil.Norm(spectrum);
    }

    /// <summary>The Euclidean size of the error in a band of modes, <c>low &lt;= max(k, l) &lt; high</c>, relative to the whole reference.</summary>
    /// <param name="low">The lowest mode number of the band, from 1.</param>
    /// <param name="high">The first mode number above it.</param>
    public double Band(int low, int high)
    {
        var sum = 0.0;
        for (var k = 1; k <= error.GetLength(0); k++)
        {
            for (var l = 1; l <= error.GetLength(1); l++)
            {
                var mode = Math.Max(k, l);
                sum += mode >= low && mode < high ? error[k - 1, l - 1] * error[k - 1, l - 1] : 0;
            }
        }

        return Math.Sqrt(sum) / PoissonStencil.Norm(reference);
    }
}
