namespace Scorch.Numerics;

/// <summary>The five-point Laplacian on a uniform grid of the unit square.</summary>
/// <remarks>With Dirichlet boundary and <c>n</c> intervals a side, the unknowns are the <c>(n-1)^2</c> interior nodes, numbered
/// <c>ix * (n-1) + iy</c>. The eigenvalues of the matrix are <c>-(4/h^2)(sin^2(k pi h/2) + sin^2(l pi h/2))</c>,
/// <c>k, l = 1..n-1</c>, with eigenvectors <c>sin(k pi x) sin(l pi y)</c>.</remarks>
public static class FivePointLaplacian
{
    /// <summary>The Laplacian <c>A u = (u_west + u_east + u_south + u_north - 4 u)/h^2</c> with zero boundary values; negative definite.</summary>
    /// <param name="intervals">Intervals a side, 2 to 16384; <c>h = 1/intervals</c>.</param>
    public static CsrMatrix Dirichlet(int intervals)
    {
        RequireIntervals(intervals, 2);
        return Build(intervals - 1, (double)intervals * intervals, neumann: false);
    }

    /// <summary>The Laplacian on the centres of <c>cells x cells</c> cells with zero normal derivative; symmetric, negative
    /// semi-definite, its null space the constants. A problem with it has a solution only if the right-hand side sums to 0.</summary>
    /// <param name="cells">Cells a side, 1 to 16384.</param>
    public static CsrMatrix Neumann(int cells)
    {
        RequireIntervals(cells, 1);
        return Build(cells, (double)cells * cells, neumann: true);
    }

    private static CsrMatrix Build(int side, double scale, bool neumann)
    {
        var size = side * side;
        var starts = new int[size + 1];
        var indices = new int[(5 * size) - (4 * side)];
        var values = new double[indices.Length];
        var entry = 0;
        for (var ix = 0; ix < side; ix++)
        {
            for (var iy = 0; iy < side; iy++)
            {
                var row = (ix * side) + iy;
                var neighbours = (ix > 0 ? 1 : 0) + (ix < side - 1 ? 1 : 0) + (iy > 0 ? 1 : 0) + (iy < side - 1 ? 1 : 0);
                if (ix > 0)
                {
                    Add(row - side, scale);
                }

                if (iy > 0)
                {
                    Add(row - 1, scale);
                }

                Add(row, -(neumann ? neighbours : 4) * scale);
                if (iy < side - 1)
                {
                    Add(row + 1, scale);
                }

                if (ix < side - 1)
                {
                    Add(row + side, scale);
                }

                starts[row + 1] = entry;
            }
        }

        return new CsrMatrix(size, size, starts, indices, values);

        void Add(int column, double value)
        {
            indices[entry] = column;
            values[entry++] = value;
        }
    }

    private static void RequireIntervals(int intervals, int smallest)
    {
        if (intervals < smallest || intervals > 16384)
        {
            throw new ArgumentOutOfRangeException(nameof(intervals), intervals, $"FivePointLaplacian: a grid needs {smallest} to 16384 intervals a side.");
        }
    }
}
