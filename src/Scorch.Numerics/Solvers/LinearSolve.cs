namespace Scorch.Numerics;

/// <summary>Iterative solvers of <c>A x = b</c> for sparse matrices in float64.</summary>
/// <remarks>All stop when <c>|b - A x| / |b|</c> is at most the tolerance, when the iterations are spent, or when the observer says
/// so; all record the residual norm of every iterate, the start included.</remarks>
public static partial class LinearSolve
{
    /// <summary>The smallest relative residual that float64 arithmetic can be asked for.</summary>
    public const double SmallestTolerance = 1e-15;

    private static (double[] X, double[] Residual, IterationLog Log) Begin(
        CsrMatrix matrix, ReadOnlySpan<double> rightHandSide, double[]? start, double tolerance, int maximumIterations, IterateObserver? observe)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        matrix.RequireSquare(nameof(LinearSolve));
        CsrMatrix.RequireLength(rightHandSide.Length, matrix.Rows, nameof(rightHandSide));
        RequireFinite(rightHandSide, nameof(rightHandSide));
        RequireTolerance(tolerance, maximumIterations);
        if (start is not null)
        {
            CsrMatrix.RequireLength(start.Length, matrix.Rows, nameof(start));
            RequireFinite(start, nameof(start));
        }

        var x = start is null ? new double[matrix.Rows] : (double[])start.Clone();
        var residual = new double[matrix.Rows];
        ComputeResidual(matrix, rightHandSide, x, residual);
        return (x, residual, new IterationLog(Vectors.Norm(rightHandSide), tolerance, maximumIterations, observe));
    }

    private static void ComputeResidual(CsrMatrix matrix, ReadOnlySpan<double> rightHandSide, double[] x, double[] residual)
    {
        matrix.Multiply(x, residual);
        for (var i = 0; i < residual.Length; i++)
        {
            residual[i] = rightHandSide[i] - residual[i];
        }
    }

    internal static void RequireTolerance(double tolerance, int maximumIterations)
    {
        if (!(tolerance >= SmallestTolerance && tolerance < double.PositiveInfinity))
        {
            throw new ArgumentOutOfRangeException(
                nameof(tolerance), tolerance, $"A relative residual below the floor of float64 cannot be reached; ask for {SmallestTolerance} or more.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(maximumIterations);
    }

    private static void RequireFinite(ReadOnlySpan<double> values, string name)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException($"The vector '{name}' is {values[i]} at index {i}; it must be finite.", name);
            }
        }
    }

    private static double[] RequireDiagonal(CsrMatrix matrix, string method)
    {
        var diagonal = matrix.Diagonal();
        var zero = Array.IndexOf(diagonal, 0.0);
        return zero < 0 ? diagonal : throw new ArgumentException($"{method}: the diagonal of row {zero} is zero.", nameof(matrix));
    }
}
