namespace Scorch.Numerics;

/// <summary>Symmetric successive over-relaxation as preconditioner:
/// <c>M = (D/w + L) (w/(2-w) D^-1) (D/w + U)</c> for <c>A = L + D + U</c> (Saad, section 10.2).</summary>
public sealed class SsorPreconditioner : IPreconditioner
{
    private readonly CsrMatrix matrix;
    private readonly double[] diagonal;
    private readonly double omega;

    /// <summary>Wraps a matrix.</summary>
    /// <param name="matrix">Square and symmetric, without zero on its diagonal.</param>
    /// <param name="omega">w, in (0, 2).</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="omega"/> is outside (0, 2).</exception>
    /// <exception cref="ArgumentException">The matrix is not square or has a zero on its diagonal.</exception>
    public SsorPreconditioner(CsrMatrix matrix, double omega = 1)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        matrix.RequireSquare(nameof(SsorPreconditioner));
        LinearSolve.RequireOmega(omega);
        this.matrix = matrix;
        this.omega = omega;
        diagonal = matrix.Diagonal();
        if (Array.IndexOf(diagonal, 0.0) is >= 0 and var row)
        {
            throw new ArgumentException($"SsorPreconditioner: the diagonal of row {row} is zero.", nameof(matrix));
        }
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<double> residual, Span<double> result)
    {
        CsrMatrix.RequireLength(residual.Length, matrix.Rows, nameof(residual));
        CsrMatrix.RequireLength(result.Length, matrix.Rows, nameof(result));
        var starts = matrix.RowStarts;
        var columns = matrix.ColumnIndices;
        var values = matrix.Values;
        for (var row = 0; row < matrix.Rows; row++)
        {
            var sum = residual[row];
            for (var entry = starts[row]; entry < starts[row + 1] && columns[entry] < row; entry++)
            {
                sum -= values[entry] * result[columns[entry]];
            }

            result[row] = sum * omega / diagonal[row];
        }

        for (var row = 0; row < matrix.Rows; row++)
        {
            result[row] *= (2 - omega) / omega * diagonal[row];
        }

        for (var row = matrix.Rows - 1; row >= 0; row--)
        {
            var sum = result[row];
            for (var entry = starts[row + 1] - 1; entry >= starts[row] && columns[entry] > row; entry--)
            {
                sum -= values[entry] * result[columns[entry]];
            }

            result[row] = sum * omega / diagonal[row];
        }
    }
}
