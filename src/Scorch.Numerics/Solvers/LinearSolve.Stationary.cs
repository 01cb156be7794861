namespace Scorch.Numerics;

/// <summary>The order in which a sweep visits the unknowns.</summary>
public enum SweepOrder
{
    /// <summary>By index.</summary>
    Lexicographic,

    /// <summary>First the colour of unknown 0, then the other; the matrix must couple different colours only.</summary>
    RedBlack,
}

public static partial class LinearSolve
{
    /// <summary>Jacobi's iteration <c>x += w D^-1 (b - A x)</c>.</summary>
    /// <param name="matrix">A square matrix without zero on its diagonal.</param>
    /// <param name="rightHandSide">b.</param>
    /// <param name="damping">w, in (0, 1]; 1 is Jacobi's own, 2/3 to 0.8 smooth.</param>
    /// <param name="tolerance">The relative residual to reach, at least <see cref="SmallestTolerance"/>.</param>
    /// <param name="maximumIterations">The most iterations, at least 0.</param>
    /// <param name="start">The first iterate; zero when null.</param>
    /// <param name="observe">Sees each iterate; true stops.</param>
    /// <param name="cancellation">Stops between two iterations.</param>
    /// <exception cref="ArgumentException">A size does not fit, a value is not finite, or the diagonal has a zero.</exception>
    /// <exception cref="ArithmeticException">The iteration diverged.</exception>
    public static LinearSolution Jacobi(
        CsrMatrix matrix,
        ReadOnlySpan<double> rightHandSide,
        double damping = 1,
        double tolerance = 1e-8,
        int maximumIterations = 10_000,
        double[]? start = null,
        IterateObserver? observe = null,
        CancellationToken cancellation = default)
    {
        if (!(damping > 0 && damping <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(damping), damping, "Jacobi: the damping must be in (0, 1].");
        }

        var (x, residual, log) = Begin(matrix, rightHandSide, start, tolerance, maximumIterations, observe);
        var diagonal = RequireDiagonal(matrix, nameof(Jacobi));
        while (!log.Record(Vectors.Norm(residual), x))
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < x.Length; i++)
            {
                x[i] += damping * residual[i] / diagonal[i];
            }

            ComputeResidual(matrix, rightHandSide, x, residual);
        }

        return log.Finish(x);
    }

    /// <summary>The Gauss–Seidel iteration.</summary>
    /// <param name="matrix">A square matrix without zero on its diagonal.</param>
    /// <param name="rightHandSide">b.</param>
    /// <param name="order">The order of a sweep.</param>
    /// <param name="tolerance">The relative residual to reach, at least <see cref="SmallestTolerance"/>.</param>
    /// <param name="maximumIterations">The most sweeps, at least 0.</param>
    /// <param name="start">The first iterate; zero when null.</param>
    /// <param name="observe">Sees each iterate; true stops.</param>
    /// <param name="cancellation">Stops between two sweeps.</param>
    /// <exception cref="ArgumentException">A size does not fit, a value is not finite, or the order does not suit the matrix.</exception>
    /// <exception cref="ArithmeticException">The iteration diverged.</exception>
    public static LinearSolution GaussSeidel(
        CsrMatrix matrix,
        ReadOnlySpan<double> rightHandSide,
        SweepOrder order = SweepOrder.Lexicographic,
        double tolerance = 1e-8,
        int maximumIterations = 10_000,
        double[]? start = null,
        IterateObserver? observe = null,
        CancellationToken cancellation = default) =>
        SuccessiveOverRelaxation(matrix, rightHandSide, 1, order, tolerance, maximumIterations, start, observe, cancellation);

    /// <summary>Successive over-relaxation: Gauss–Seidel steps stretched by a factor.</summary>
    /// <param name="matrix">A square matrix without zero on its diagonal.</param>
    /// <param name="rightHandSide">b.</param>
    /// <param name="omega">The factor, in (0, 2); <c>2/(1 + sin(pi h))</c> is best for the five-point Laplacian.</param>
    /// <param name="order">The order of a sweep.</param>
    /// <param name="tolerance">The relative residual to reach, at least <see cref="SmallestTolerance"/>.</param>
    /// <param name="maximumIterations">The most sweeps, at least 0.</param>
    /// <param name="start">The first iterate; zero when null.</param>
    /// <param name="observe">Sees each iterate; true stops.</param>
    /// <param name="cancellation">Stops between two sweeps.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="omega"/> is outside (0, 2), where the iteration cannot converge.</exception>
    /// <exception cref="ArgumentException">A size does not fit, a value is not finite, or the order does not suit the matrix.</exception>
    /// <exception cref="ArithmeticException">The iteration diverged.</exception>
    public static LinearSolution SuccessiveOverRelaxation(
        CsrMatrix matrix,
        ReadOnlySpan<double> rightHandSide,
        double omega,
        SweepOrder order = SweepOrder.Lexicographic,
        double tolerance = 1e-8,
        int maximumIterations = 10_000,
        double[]? start = null,
        IterateObserver? observe = null,
        CancellationToken cancellation = default)
    {
        RequireOmega(omega);
        var (x, residual, log) = Begin(matrix, rightHandSide, start, tolerance, maximumIterations, observe);
        var diagonal = RequireDiagonal(matrix, "Gauss-Seidel");
        var visit = order == SweepOrder.RedBlack ? RedBlackOrder(matrix) : null;
        while (!log.Record(Vectors.Norm(residual), x))
        {
            cancellation.ThrowIfCancellationRequested();
            for (var k = 0; k < x.Length; k++)
            {
                var row = visit is null ? k : visit[k];
                var sum = rightHandSide[row];
                for (var entry = matrix.RowStarts[row]; entry < matrix.RowStarts[row + 1]; entry++)
                {
                    sum -= matrix.Values[entry] * x[matrix.ColumnIndices[entry]];
                }

                x[row] += omega * sum / diagonal[row];
            }

            ComputeResidual(matrix, rightHandSide, x, residual);
        }

        return log.Finish(x);
    }

    internal static void RequireOmega(double omega)
    {
        if (!(omega > 0 && omega < 2))
        {
            throw new ArgumentOutOfRangeException(nameof(omega), omega, "Over-relaxation converges only for omega in (0, 2); 1 is Gauss-Seidel.");
        }
    }

    // Two colours by breadth-first search, 0 for the first unknown of each component.
    private static int[] RedBlackOrder(CsrMatrix matrix)
    {
        var colours = new int[matrix.Rows];
        Array.Fill(colours, -1);
        var queue = new Queue<int>();
        for (var root = 0; root < matrix.Rows; root++)
        {
            if (colours[root] >= 0)
            {
                continue;
            }

            colours[root] = 0;
            queue.Enqueue(root);
            while (queue.TryDequeue(out var row))
            {
                for (var entry = matrix.RowStarts[row]; entry < matrix.RowStarts[row + 1]; entry++)
                {
                    var column = matrix.ColumnIndices[entry];
                    if (colours[column] < 0)
                    {
                        colours[column] = 1 - colours[row];
                        queue.Enqueue(column);
                    }
                    else if (column != row && colours[column] == colours[row])
                    {
                        throw new ArgumentException($"Red-black order: unknowns {row} and {column} are coupled but need the same colour; use SweepOrder.Lexicographic.", nameof(matrix));
                    }
                }
            }
        }

        return [.. Enumerable.Range(0, matrix.Rows).Where(row => colours[row] == 0), .. Enumerable.Range(0, matrix.Rows).Where(row => colours[row] == 1)];
    }
}
