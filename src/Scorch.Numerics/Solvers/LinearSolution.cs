namespace Scorch.Numerics;

/// <summary>Why an iteration ended.</summary>
public enum StopReason
{
    /// <summary>The relative residual reached the tolerance.</summary>
    Converged,

    /// <summary>The allowed iterations were spent.</summary>
    IterationLimit,

    /// <summary>The observer asked to stop.</summary>
    Observer,
}

/// <summary>Sees each iterate of a solver; returns true to stop it.</summary>
/// <param name="iteration">0 for the start.</param>
/// <param name="iterate">The current x; valid during the call only.</param>
/// <param name="residualNorm">The Euclidean norm of <c>b - A x</c>.</param>
public delegate bool IterateObserver(int iteration, ReadOnlySpan<double> iterate, double residualNorm);

/// <summary>What an iterative solver found.</summary>
/// <param name="Solution">The last iterate.</param>
/// <param name="Reason">Why the iteration ended.</param>
/// <param name="ResidualNorms">The Euclidean norm of <c>b - A x</c> at the start and after each iteration, or after each block of
/// sweeps where the solver was asked to look less often.</param>
/// <param name="Iterations">The number of iterations done.</param>
public sealed record LinearSolution(double[] Solution, StopReason Reason, IReadOnlyList<double> ResidualNorms, int Iterations)
{
    /// <summary>Whether the tolerance was reached.</summary>
    public bool Converged => Reason == StopReason.Converged;
}
