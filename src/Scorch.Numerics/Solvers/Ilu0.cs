namespace Scorch.Numerics;

/// <summary>Incomplete LU factorisation without fill-in: <c>L U</c> has the pattern of <c>A</c> and agrees with it there (Saad,
/// "Iterative Methods for Sparse Linear Systems", algorithm 10.4).</summary>
public sealed class Ilu0 : IPreconditioner
{
    private readonly CsrMatrix matrix;
    private readonly double[] factors;
    private readonly int[] diagonals;
    private readonly double[] inversePivots;

    private Ilu0(CsrMatrix matrix, double[] factors, int[] diagonals)
    {
        this.matrix = matrix;
        this.factors = factors;
        this.diagonals = diagonals;

        // The recurrence of the backward solution then waits for a product, not for a division.
        inversePivots = Array.ConvertAll(diagonals, entry => 1 / factors[entry]);
    }

    /// <summary>Factors a matrix.</summary>
    /// <param name="matrix">Square, with every diagonal entry stored.</param>
    /// <exception cref="ArgumentException">The matrix is not square, or a pivot is missing or zero.</exception>
    public static Ilu0 Factor(CsrMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        matrix.RequireSquare(nameof(Ilu0));
        var starts = matrix.RowStarts;
        var columns = matrix.ColumnIndices;
        var factors = matrix.Values.ToArray();
        var diagonals = new int[matrix.Rows];
        var position = new int[matrix.Rows];
        Array.Fill(position, -1);
        for (var row = 0; row < matrix.Rows; row++)
        {
            var (begin, end) = (starts[row], starts[row + 1]);
            diagonals[row] = -1;
            for (var entry = begin; entry < end; entry++)
            {
                position[columns[entry]] = entry;
                if (columns[entry] == row)
                {
                    diagonals[row] = entry;
                }
            }

            for (var entry = begin; entry < end && columns[entry] < row; entry++)
            {
                var pivotRow = columns[entry];
                var factor = factors[entry] /= factors[diagonals[pivotRow]];
                for (var other = diagonals[pivotRow] + 1; other < starts[pivotRow + 1]; other++)
                {
                    if (position[columns[other]] is >= 0 and var target)
                    {
                        factors[target] -= factor * factors[other];
                    }
                }
            }

            if (diagonals[row] < 0 || factors[diagonals[row]] == 0 || !double.IsFinite(factors[diagonals[row]]))
            {
                throw new ArgumentException($"Ilu0: the pivot of row {row} is missing, zero or not finite.", nameof(matrix));
            }

            for (var entry = begin; entry < end; entry++)
            {
                position[columns[entry]] = -1;
            }
        }

        return new Ilu0(matrix, factors, diagonals);
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<double> residual, Span<double> result)
    {
        CsrMatrix.RequireLength(residual.Length, matrix.Rows, nameof(residual));
        CsrMatrix.RequireLength(result.Length, matrix.Rows, nameof(result));
        var starts = matrix.RowStarts;
        var columns = matrix.ColumnIndices;
        for (var row = 0; row < matrix.Rows; row++)
        {
            var sum = residual[row];
            for (var entry = starts[row]; entry < diagonals[row]; entry++)
            {
                sum -= factors[entry] * result[columns[entry]];
            }

            result[row] = sum;
        }

        for (var row = matrix.Rows - 1; row >= 0; row--)
        {
            var sum = result[row];
            for (var entry = diagonals[row] + 1; entry < starts[row + 1]; entry++)
            {
                sum -= factors[entry] * result[columns[entry]];
            }

            result[row] = sum * inversePivots[row];
        }
    }
}
