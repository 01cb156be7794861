namespace Scorch.Numerics;

/// <summary>The direct solver of the five-point equations by sine transforms: diagonal in the eigenvectors
/// <c>sin(k pi x) sin(l pi y)</c>, so exact up to rounding, in <c>O(n^2 log n)</c> operations.</summary>
public static class FastPoisson
{
    /// <summary>Solves the five-point equations <c>A u = f</c>, <c>A</c> the discrete Laplacian with zero boundary values.</summary>
    /// <param name="source"><c>f</c> on the interior nodes, <c>[n-1, n-1]</c>.</param>
    /// <returns>The exact discrete solution, <c>[n-1, n-1]</c>.</returns>
    /// <exception cref="ArgumentException">The source is not square or not finite; the message gives the coordinates.</exception>
    public static double[,] Solve(double[,] source)
    {
        var grid = Grid.Of(source);
        grid.RequireFinite(source, nameof(source));
        var spectrum = SineTransform.Transform((double[,])source.Clone());
        var normalisation = 1 / (4.0 * grid.Intervals * grid.Intervals);
        for (var k = 0; k < grid.Interior; k++)
        {
            for (var l = 0; l < grid.Interior; l++)
            {
                spectrum[k, l] *= normalisation / Eigenvalue(grid.Intervals, k + 1, l + 1);
            }
        }

        return SineTransform.Transform(spectrum);
    }

    /// <summary>The eigenvalue <c>-(4/h^2)(sin^2(k pi h/2) + sin^2(l pi h/2))</c> of the five-point Laplacian.</summary>
    /// <param name="intervals">Intervals a side.</param>
    /// <param name="k">Half waves along x, 1 to <c>intervals - 1</c>.</param>
    /// <param name="l">Half waves along y, 1 to <c>intervals - 1</c>.</param>
    public static double Eigenvalue(int intervals, int k, int l)
    {
        var (x, y) = (double.SinPi(k / (2.0 * intervals)), double.SinPi(l / (2.0 * intervals)));
        return -4.0 * intervals * intervals * ((x * x) + (y * y));
    }
}
