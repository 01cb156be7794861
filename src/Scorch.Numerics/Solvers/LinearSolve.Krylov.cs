namespace Scorch.Numerics;

public static partial class LinearSolve
{
    /// <summary>Conjugate gradients (Hestenes and Stiefel), preconditioned if asked.</summary>
    /// <param name="matrix">Symmetric, positive or negative definite; or singular with a right-hand side in its range.</param>
    /// <param name="rightHandSide">b.</param>
    /// <param name="preconditioner">An approximation of the matrix that is cheap to invert; symmetric, of the same sign.</param>
    /// <param name="tolerance">The relative residual to reach, at least <see cref="SmallestTolerance"/>.</param>
    /// <param name="maximumIterations">The most iterations, at least 0.</param>
    /// <param name="start">The first iterate; zero when null.</param>
    /// <param name="observe">Sees each iterate; true stops.</param>
    /// <param name="cancellation">Stops between two iterations.</param>
    /// <exception cref="ArgumentException">A size does not fit, a value is not finite, or the matrix proves to be indefinite.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static LinearSolution ConjugateGradient(
        CsrMatrix matrix,
        ReadOnlySpan<double> rightHandSide,
        IPreconditioner? preconditioner = null,
        double tolerance = 1e-8,
        int maximumIterations = 10_000,
        double[]? start = null,
        IterateObserver? observe = null,
        CancellationToken cancellation = default)
    {
        var (x, residual, log) = Begin(matrix, rightHandSide, start, tolerance, maximumIterations, observe);
        var direction = new double[x.Length];
        var product = new double[x.Length];
        var preconditioned = preconditioner is null ? residual : new double[x.Length];
        var (previous, sign) = (0.0, 0);
        while (!log.Record(Vectors.Norm(residual), x))
        {
            cancellation.ThrowIfCancellationRequested();
            preconditioner?.Apply(residual, preconditioned);
            var energy = Vectors.Dot(residual, preconditioned);
            var beta = previous == 0 ? 0 : energy / previous;
            for (var i = 0; i < direction.Length; i++)
            {
                direction[i] = preconditioned[i] + (beta * direction[i]);
            }

            matrix.Multiply(direction, product);
            var curvature = Vectors.Dot(direction, product);
            sign = sign == 0 ? Math.Sign(curvature) : sign;
            if (Math.Sign(curvature) != sign || curvature == 0)
            {
                throw new ArgumentException("ConjugateGradient: the matrix is indefinite (a direction's curvature changed sign).", nameof(matrix));
            }

            var step = energy / curvature;
            Vectors.AddScaled(x, step, direction);
            Vectors.AddScaled(residual, -step, product);
            previous = energy;
        }

        return log.Finish(x);
    }

    /// <summary>Solves a pure Neumann problem, whose matrix has the constants as null space, by conjugate gradients; of all solutions
    /// the one with mean zero is returned.</summary>
    /// <param name="matrix">Symmetric with row sums zero, such as <see cref="FivePointLaplacian.Neumann"/>.</param>
    /// <param name="rightHandSide">b; must sum to zero.</param>
    /// <param name="tolerance">The relative residual to reach.</param>
    /// <param name="maximumIterations">The most iterations.</param>
    /// <param name="cancellation">Stops between two iterations.</param>
    /// <exception cref="ArgumentException">The right-hand side does not sum to zero, so that no solution exists.</exception>
    public static LinearSolution PureNeumann(
        CsrMatrix matrix, ReadOnlySpan<double> rightHandSide, double tolerance = 1e-8, int maximumIterations = 10_000, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        CsrMatrix.RequireLength(rightHandSide.Length, matrix.Rows, nameof(rightHandSide));
        RequireFinite(rightHandSide, nameof(rightHandSide));
        double sum = 0, magnitude = 0;
        foreach (var value in rightHandSide)
        {
            sum += value;
            magnitude += Math.Abs(value);
        }

        if (Math.Abs(sum) > 1e-10 * magnitude)
        {
            throw new ArgumentException(
                $"A pure Neumann problem has a solution only if its right-hand side sums to zero; this one sums to {sum} (mean {sum / matrix.Rows}). Subtract the mean, or fix the value somewhere.",
                nameof(rightHandSide));
        }

        // What rounding left of the mean lies outside the range and would be amplified.
        var centred = rightHandSide.ToArray();
        Centre(centred);
        var found = ConjugateGradient(matrix, centred, null, tolerance, maximumIterations, null, null, cancellation);
        Centre(found.Solution);
        return found;
    }

    private static void Centre(double[] values)
    {
        var mean = values.Sum() / values.Length;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] -= mean;
        }
    }
}
