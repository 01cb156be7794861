namespace Scorch.Numerics;

/// <summary>The five-point equations <c>A u = f</c> applied straight to grid arrays <c>[ix, iy]</c> of interior nodes with zero
/// boundary values: the same numbers as with the matrix, without storing one.</summary>
public static class PoissonStencil
{
    /// <summary>The residual <c>f - A u</c>, on the scale of <c>A</c>, that is with its <c>1/h^2</c>.</summary>
    /// <param name="u"><c>[n-1, n-1]</c>.</param>
    /// <param name="source">f, <c>[n-1, n-1]</c>.</param>
    public static double[,] Residual(double[,] u, double[,] source)
    {
        var grid = RequireSame(u, source);
        var (side, scale) = (grid.Interior, (double)grid.Intervals * grid.Intervals);
        var residual = new double[side, side];
        for (var ix = 0; ix < side; ix++)
        {
            for (var iy = 0; iy < side; iy++)
            {
                var neighbours = (ix > 0 ? u[ix - 1, iy] : 0) + (ix < side - 1 ? u[ix + 1, iy] : 0)
                    + (iy > 0 ? u[ix, iy - 1] : 0) + (iy < side - 1 ? u[ix, iy + 1] : 0);
                residual[ix, iy] = source[ix, iy] - (scale * (neighbours - (4 * u[ix, iy])));
            }
        }

        return residual;
    }

    /// <summary>Gauss–Seidel sweeps in lexicographic order (<c>ix</c> outer, <c>iy</c> inner), in place.</summary>
    /// <param name="u"><c>[n-1, n-1]</c>; changed.</param>
    /// <param name="source">f, <c>[n-1, n-1]</c>.</param>
    /// <param name="sweeps">Number of sweeps, at least 0.</param>
    public static void GaussSeidel(double[,] u, double[,] source, int sweeps = 1)
    {
        var grid = RequireSame(u, source);
        ArgumentOutOfRangeException.ThrowIfNegative(sweeps);
        var padded = new PaddedGrid(grid.Intervals);
        padded.Load(u, source);
        for (var sweep = 0; sweep < sweeps; sweep++)
        {
            padded.GaussSeidel();
        }

        padded.Store(u);
    }

    /// <summary>Gauss–Seidel sweeps in red-black order, nodes with even <c>ix + iy</c> first, in place.</summary>
    /// <param name="u"><c>[n-1, n-1]</c>; changed.</param>
    /// <param name="source">f, <c>[n-1, n-1]</c>.</param>
    /// <param name="sweeps">Number of sweeps, at least 0.</param>
    public static void RedBlackGaussSeidel(double[,] u, double[,] source, int sweeps = 1)
    {
        var grid = RequireSame(u, source);
        ArgumentOutOfRangeException.ThrowIfNegative(sweeps);
        var padded = new PaddedGrid(grid.Intervals);
        padded.Load(u, source);
        for (var sweep = 0; sweep < sweeps; sweep++)
        {
            padded.RedBlack();
        }

        padded.Store(u);
    }

    /// <summary>The Euclidean norm of a grid function.</summary>
    /// <param name="values">Any grid function.</param>
    public static double Norm(double[,] values) => Norm(Grid.AsSpan(values));

    internal static double Norm(ReadOnlySpan<double> values) => Math.Sqrt(Vectors.Dot(values, values));

    private static Grid RequireSame(double[,] u, double[,] source)
    {
        var grid = Grid.Of(u);
        grid.RequireFinite(source, nameof(source));
        return grid;
    }
}
