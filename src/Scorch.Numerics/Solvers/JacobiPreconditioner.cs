namespace Scorch.Numerics;

/// <summary>The diagonal of the matrix as preconditioner.</summary>
public sealed class JacobiPreconditioner : IPreconditioner
{
    private readonly double[] diagonal;

    /// <summary>Takes the diagonal of a matrix.</summary>
    /// <param name="matrix">Square, without zero on its diagonal.</param>
    /// <exception cref="ArgumentException">The matrix is not square or has a zero on its diagonal.</exception>
    public JacobiPreconditioner(CsrMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        matrix.RequireSquare(nameof(JacobiPreconditioner));
        diagonal = matrix.Diagonal();
        if (Array.IndexOf(diagonal, 0.0) is >= 0 and var row)
        {
            throw new ArgumentException($"JacobiPreconditioner: the diagonal of row {row} is zero.", nameof(matrix));
        }
    }

    /// <inheritdoc/>
    public void Apply(ReadOnlySpan<double> residual, Span<double> result)
    {
        CsrMatrix.RequireLength(residual.Length, diagonal.Length, nameof(residual));
        CsrMatrix.RequireLength(result.Length, diagonal.Length, nameof(result));
        for (var i = 0; i < diagonal.Length; i++)
        {
            result[i] = residual[i] / diagonal[i];
        }
    }
}
