using Scorch.Numerics;

namespace Scorch.Science.PinnPoisson;

/// <summary>On which side of the equation the minus sign stands.</summary>
public enum PoissonSign
{
    /// <summary><c>u_xx + u_yy = f</c>, the paper's form.</summary>
    Laplacian,

    /// <summary><c>-(u_xx + u_yy) = f</c>.</summary>
    NegativeLaplacian,
}

/// <summary>Poisson's equation on the unit square, <c>u_xx + u_yy = f</c> inside and a condition on the boundary.</summary>
public sealed class PoissonProblem
{
    // Midpoints a side for the compatibility integral; a jump in f is then placed to 1/256.
    private const int QuadratureCells = 256;

    private readonly Func<double, double, double> laplacian;

    /// <summary>States a problem.</summary>
    /// <param name="boundary">The domain with its boundary condition.</param>
    /// <param name="f">The source, a function of <c>(x, y)</c>, finite everywhere in the square.</param>
    /// <param name="sign">Which form of the equation f belongs to.</param>
    /// <exception cref="ArgumentException">A pure Neumann problem without solution: <c>∫f</c> differs from the flux through the boundary.</exception>
    public PoissonProblem(UnitSquare boundary, Func<double, double, double> f, PoissonSign sign = PoissonSign.Laplacian)
    {
        ArgumentNullException.ThrowIfNull(boundary);
        ArgumentNullException.ThrowIfNull(f);
        Boundary = boundary;
        laplacian = sign == PoissonSign.Laplacian ? f : (x, y) => -f(x, y);
        if (boundary.Kind == BoundaryKind.Neumann)
        {
            RequireCompatible();
        }
    }

    /// <summary>The domain with its boundary condition.</summary>
    public UnitSquare Boundary { get; }

    /// <summary>What <c>u_xx + u_yy</c> must be at a point: f, or -f in the negative form.</summary>
    /// <param name="x">0 to 1.</param>
    /// <param name="y">0 to 1.</param>
    /// <exception cref="ArgumentException">f is not finite there; the message gives the coordinates.</exception>
    public double Laplacian(double x, double y)
    {
        var value = laplacian(x, y);
        return double.IsFinite(value)
            ? value
            : throw new ArgumentException(FormattableString.Invariant($"PoissonProblem: f is {value} at (x, y) = ({x}, {y}); a source must be finite everywhere."));
    }

    /// <summary>The right-hand side of the five-point equations for the interior nodes, boundary values brought over to it.</summary>
    /// <param name="grid">The grid.</param>
    /// <returns><c>[n-1, n-1]</c>.</returns>
    /// <exception cref="NotSupportedException">The boundary condition is not Dirichlet.</exception>
    public double[,] DiscreteSource(Grid grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        if (Boundary.Kind != BoundaryKind.Dirichlet)
        {
            throw new NotSupportedException("The grid solvers take Dirichlet boundaries; for a pure Neumann problem use LinearSolve.PureNeumann with FivePointLaplacian.Neumann.");
        }

        var source = grid.Sample(Laplacian);
        if (Boundary.IsZero)
        {
            return source;
        }

        var (last, scale) = (grid.Interior - 1, (double)grid.Intervals * grid.Intervals);
        for (var i = 0; i <= last; i++)
        {
            var coordinate = grid.Coordinate(i);
            source[0, i] -= scale * Boundary.Value(0, coordinate);
            source[last, i] -= scale * Boundary.Value(1, coordinate);
            source[i, 0] -= scale * Boundary.Value(coordinate, 0);
            source[i, last] -= scale * Boundary.Value(coordinate, 1);
        }

        return source;
    }

    /// <summary>The exact solution of the five-point equations.</summary>
    /// <param name="grid">The grid.</param>
    /// <returns><c>[n-1, n-1]</c>.</returns>
    public double[,] SolveDiscrete(Grid grid) => FastPoisson.Solve(DiscreteSource(grid));

    // The divergence theorem: ∫ div grad u = ∮ du/dn.
    private void RequireCompatible()
    {
        double source = 0, magnitude = 0, flux = 0;
        for (var i = 0; i < QuadratureCells; i++)
        {
            var a = (i + 0.5) / QuadratureCells;
            foreach (var value in (ReadOnlySpan<double>)[Boundary.Value(0, a), Boundary.Value(1, a), Boundary.Value(a, 0), Boundary.Value(a, 1)])
            {
                flux += value / QuadratureCells;
                magnitude += Math.Abs(value) / QuadratureCells;
            }

            for (var j = 0; j < QuadratureCells; j++)
            {
                var value = Laplacian(a, (j + 0.5) / QuadratureCells);
                source += value / (QuadratureCells * QuadratureCells);
                magnitude += Math.Abs(value) / (QuadratureCells * QuadratureCells);
            }
        }

        // A jump in f costs the midpoint rule at most its length times a cell.
        if (Math.Abs(source - flux) > magnitude * 2 / QuadratureCells)
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"PoissonProblem: a pure Neumann problem has a solution only if the integral of f ({source:G6}) equals the flux through the boundary ({flux:G6}); subtract the difference from f, or give Dirichlet values."));
        }
    }
}
