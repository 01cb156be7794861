namespace Scorch.Numerics;

/// <summary>The residual history of a running solver and its decision to stop.</summary>
internal sealed class IterationLog(double rightHandSideNorm, double tolerance, int maximumIterations, IterateObserver? observe, int stride = 1)
{
    private readonly List<double> norms = [];
    private StopReason reason;
    private int iteration;

    /// <summary>Records an iterate; true when it is the last.</summary>
    public bool Record(double norm, ReadOnlySpan<double> iterate)
    {
        if (!double.IsFinite(norm))
        {
            throw new ArithmeticException($"The iteration diverged: the residual norm after {norms.Count * stride} iterations is {norm}.");
        }

        iteration = norms.Count * stride;
        norms.Add(norm);
        var observed = observe?.Invoke(iteration, iterate, norm) ?? false;
        if (norm <= tolerance * rightHandSideNorm)
        {
            reason = StopReason.Converged;
            return true;
        }

        reason = observed ? StopReason.Observer : StopReason.IterationLimit;
        return observed || iteration >= maximumIterations;
    }

    public LinearSolution Finish(double[] solution) => new(solution, reason, norms, iteration);
}
