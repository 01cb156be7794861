namespace Scorch.Numerics;

/// <summary>The residual history of a running solver and its decision to stop.</summary>
internal sealed class IterationLog(double rightHandSideNorm, double tolerance, int maximumIterations, IterateObserver? observe)
{
    private readonly List<double> norms = [];
    private StopReason reason;

    /// <summary>Records an iterate; true when it is the last.</summary>
    public bool Record(double norm, ReadOnlySpan<double> iterate)
    {
        if (!double.IsFinite(norm))
        {
            throw new ArithmeticException($"The iteration diverged: the residual norm after {norms.Count} iterations is {norm}.");
        }

        var iteration = norms.Count;
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

    public LinearSolution Finish(double[] solution) => new(solution, reason, norms);
}
