using Scorch.Numerics;

namespace Scorch.Science.PinnPoisson;

/// <summary>Differences and errors of grid functions.</summary>
public static class Fields
{
    /// <summary>The difference <c>a - b</c>.</summary>
    /// <param name="a">A grid function.</param>
    /// <param name="b">One on the same grid.</param>
    /// <exception cref="ArgumentException">The grids differ.</exception>
    public static double[,] Subtract(double[,] a, double[,] b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.GetLength(0) != b.GetLength(0) || a.GetLength(1) != b.GetLength(1))
        {
            throw new ArgumentException($"Grid functions of {a.GetLength(0)} x {a.GetLength(1)} and {b.GetLength(0)} x {b.GetLength(1)} nodes cannot be compared.", nameof(b));
        }

        var difference = new double[a.GetLength(0), a.GetLength(1)];
        for (var i = 0; i < a.GetLength(0); i++)
        {
            for (var j = 0; j < a.GetLength(1); j++)
            {
                difference[i, j] = a[i, j] - b[i, j];
            }
        }

        return difference;
    }

    /// <summary>The relative Euclidean error <c>|u - reference| / |reference|</c>.</summary>
    /// <param name="u">A grid function.</param>
    /// <param name="reference">What it should be.</param>
    public static double RelativeError(double[,] u, double[,] reference) => PoissonStencil.Norm(Subtract(u, reference)) / PoissonStencil.Norm(reference);

    /// <summary>The largest absolute error.</summary>
    /// <param name="u">A grid function.</param>
    /// <param name="reference">What it should be.</param>
    public static double MaximumError(double[,] u, double[,] reference)
    {
        var largest = 0.0;
        foreach (var difference in Subtract(u, reference))
        {
            largest = Math.Max(largest, Math.Abs(difference));
        }

        return largest;
    }

    /// <summary>Every <c>factor</c>-th node: the values of a fine grid function on the grid of <c>n/factor</c> intervals.</summary>
    /// <param name="fine">A grid function of <c>n</c> intervals.</param>
    /// <param name="factor">A divisor of <c>n</c>.</param>
    /// <exception cref="ArgumentException">The factor does not divide the intervals.</exception>
    public static double[,] Inject(double[,] fine, int factor)
    {
        var grid = Grid.Of(fine);
        if (factor < 1 || grid.Intervals % factor != 0)
        {
            throw new ArgumentException($"Every {factor}th node of {grid.Intervals} intervals is no grid; the factor must divide.", nameof(factor));
        }

        var side = (grid.Intervals / factor) - 1;
        var coarse = new double[side, side];
        for (var i = 0; i < side; i++)
        {
            for (var j = 0; j < side; j++)
            {
                coarse[i, j] = fine[((i + 1) * factor) - 1, ((j + 1) * factor) - 1];
            }
        }

        return coarse;
    }
}
