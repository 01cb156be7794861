namespace Scorch.Numerics;

/// <summary>Moves grid functions with zero boundary values between a grid and the one of half as many intervals.</summary>
public static class GridTransfer
{
    /// <summary>Restricts by full weighting, <c>(1 2 1; 2 4 2; 1 2 1)/16</c>, to the grid of half as many intervals.</summary>
    /// <param name="fine"><c>[n-1, n-1]</c>, <c>n</c> even and at least 4.</param>
    /// <returns><c>[n/2-1, n/2-1]</c>.</returns>
    /// <exception cref="ArgumentException">The number of intervals is odd or below 4.</exception>
    public static double[,] FullWeighting(double[,] fine)
    {
        var grid = Grid.Of(fine);
        if (grid.Intervals % 2 != 0 || grid.Intervals < 4)
        {
            throw new ArgumentException($"GridTransfer: {grid.Intervals} intervals cannot be halved; an even number from 4 on is needed.", nameof(fine));
        }

        var side = (grid.Intervals / 2) - 1;
        var coarse = new double[side, side];
        for (var ix = 0; ix < side; ix++)
        {
            for (var iy = 0; iy < side; iy++)
            {
                var (x, y) = ((2 * ix) + 1, (2 * iy) + 1);
                coarse[ix, iy] = ((4 * fine[x, y])
                    + (2 * (fine[x - 1, y] + fine[x + 1, y] + fine[x, y - 1] + fine[x, y + 1]))
                    + fine[x - 1, y - 1] + fine[x - 1, y + 1] + fine[x + 1, y - 1] + fine[x + 1, y + 1]) / 16;
            }
        }

        return coarse;
    }

    /// <summary>Interpolates bilinearly to the grid of twice as many intervals; zero on the boundary.</summary>
    /// <param name="coarse"><c>[n-1, n-1]</c>.</param>
    /// <returns><c>[2n-1, 2n-1]</c>.</returns>
    public static double[,] Bilinear(double[,] coarse) => Prolong(coarse, (line, i) => (line[i] + line[i + 1]) / 2);

    /// <summary>Interpolates by cubics along each axis, one-sided beside the boundary: exact for polynomials of degree 3 in each
    /// variable that vanish on the boundary.</summary>
    /// <param name="coarse"><c>[n-1, n-1]</c>, <c>n</c> at least 3.</param>
    /// <returns><c>[2n-1, 2n-1]</c>.</returns>
    /// <exception cref="ArgumentException">The grid has fewer than 3 intervals.</exception>
    public static double[,] Bicubic(double[,] coarse)
    {
        if (Grid.Of(coarse).Intervals < 3)
        {
            throw new ArgumentException("GridTransfer: bicubic interpolation needs at least 3 intervals; use Bilinear.", nameof(coarse));
        }

        return Prolong(coarse, (line, i) =>
            i == 0 ? ((5 * line[0]) + (15 * line[1]) - (5 * line[2]) + line[3]) / 16
            : i == line.Length - 2 ? ((5 * line[^1]) + (15 * line[^2]) - (5 * line[^3]) + line[^4]) / 16
            : ((9 * (line[i] + line[i + 1])) - line[i - 1] - line[i + 2]) / 16);
    }

    /// <summary>Prolongs to a finer grid by repeated doubling.</summary>
    /// <param name="coarse"><c>[m-1, m-1]</c>.</param>
    /// <param name="fine">The grid to reach: <c>m 2^p</c> intervals.</param>
    /// <param name="prolongation">How one doubling interpolates.</param>
    /// <exception cref="ArgumentException">The fine grid is not a doubling of the coarse one.</exception>
    public static double[,] Prolong(double[,] coarse, Grid fine, Prolongation prolongation)
    {
        ArgumentNullException.ThrowIfNull(fine);
        var from = Grid.Of(coarse);
        var values = coarse;
        for (var intervals = from.Intervals; intervals != fine.Intervals; intervals *= 2)
        {
            if (intervals > fine.Intervals)
            {
                throw new ArgumentException($"GridTransfer: {fine.Intervals} intervals are not {from.Intervals} times a power of two.", nameof(fine));
            }

            values = prolongation switch
            {
                Prolongation.Bilinear => Bilinear(values),
                Prolongation.Bicubic => Bicubic(values),
                _ => throw new ArgumentOutOfRangeException(nameof(prolongation), prolongation, "GridTransfer: unknown prolongation."),
            };
        }

        return values;
    }

    private static double[,] Prolong(double[,] coarse, Func<double[], int, double> midpoint)
    {
        var grid = Grid.Of(coarse);
        var (n, side) = (grid.Intervals, (2 * grid.Intervals) - 1);
        var rows = new double[grid.Interior, side];
        var line = new double[n + 1];
        for (var ix = 0; ix < grid.Interior; ix++)
        {
            for (var iy = 0; iy < grid.Interior; iy++)
            {
                line[iy + 1] = coarse[ix, iy];
            }

            for (var i = 0; i < n; i++)
            {
                rows[ix, 2 * i] = midpoint(line, i);
                if (i > 0)
                {
                    rows[ix, (2 * i) - 1] = line[i];
                }
            }
        }

        var fine = new double[side, side];
        for (var iy = 0; iy < side; iy++)
        {
            for (var ix = 0; ix < grid.Interior; ix++)
            {
                line[ix + 1] = rows[ix, iy];
            }

            for (var i = 0; i < n; i++)
            {
                fine[2 * i, iy] = midpoint(line, i);
                if (i > 0)
                {
                    fine[(2 * i) - 1, iy] = line[i];
                }
            }
        }

        return fine;
    }
}
