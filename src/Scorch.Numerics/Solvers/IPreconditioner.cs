namespace Scorch.Numerics;

/// <summary>An approximation <c>M</c> of a matrix whose inverse is cheap to apply.</summary>
public interface IPreconditioner
{
    /// <summary>Computes <c>z = M^-1 r</c>.</summary>
    /// <param name="residual">r.</param>
    /// <param name="result">z; must not overlap r.</param>
    void Apply(ReadOnlySpan<double> residual, Span<double> result);
}
