namespace Scorch.Science.PinnPoisson;

/// <summary>The second phase of training: L-BFGS with a strong Wolfe line search.</summary>
/// <param name="Iterations">The most iterations, at least 0; 0 leaves the phase out.</param>
/// <param name="Memory">Pairs of steps and gradient changes kept, at least 1.</param>
/// <param name="GradientTolerance">Stop when no entry of the gradient is larger; not negative.</param>
/// <param name="LineSearchSteps">The most evaluations of a line search, at least 1.</param>
/// <param name="ChangeTolerance">Stop when an iteration changes loss or weights by less; not negative. Tiny, so that training does not end after a few steps.</param>
public sealed record LbfgsPlan(int Iterations, int Memory = 100, double GradientTolerance = 1e-8, int LineSearchSteps = 50, double ChangeTolerance = 1e-16);

/// <summary>Residual-based adaptive refinement: at intervals during the Adam phase the points where the residual is largest, among
/// random candidates, join the collocation points (Lu et al., DeepXDE, 2021).</summary>
/// <param name="Every">Adam steps between two refinements, at least 1.</param>
/// <param name="Candidates">Random candidates each time, at least <paramref name="Added"/>.</param>
/// <param name="Added">Points that join each time, at least 1.</param>
public sealed record AdaptiveRefinement(int Every, int Candidates = 2_000, int Added = 50);

/// <summary>How a network is built and trained. The defaults are the paper's.</summary>
public sealed record PinnConfig
{
    /// <summary>Units of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [50, 50, 50, 50];

    /// <summary>The activation of the hidden layers.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>The first phase of training: Adam's learning rate and number of steps.</summary>
    public (double LearningRate, int Steps) Adam { get; init; } = (1e-3, 10_000);

    /// <summary>The second phase of training.</summary>
    public LbfgsPlan Lbfgs { get; init; } = new(13_000);

    /// <summary>The collocation points.</summary>
    public Sampling Points { get; init; } = Sampling.Sobol(10_000, 2_000);

    /// <summary>The weight of the mean squared residual inside, <c>w_f</c>.</summary>
    public double InteriorWeight { get; init; } = 1;

    /// <summary>The weight of the mean squared residual on the boundary, <c>w_b</c>.</summary>
    public double BoundaryWeight { get; init; } = 1;

    /// <summary>Multiply the network by <c>x(1-x)y(1-y)</c>, so that zero boundary values hold exactly; not in the paper.</summary>
    public bool HardBoundary { get; init; }

    /// <summary>Refine the collocation points during training; null leaves them as drawn.</summary>
    public AdaptiveRefinement? Refinement { get; init; }

    internal void Validate()
    {
        Require(Hidden is { Count: > 0 } && Hidden.All(units => units is > 0 and <= 65536), nameof(Hidden), "at least one hidden layer, each of 1 to 65536 units");
        Require(Activation is { Scale: null or (> 0 and < double.PositiveInfinity) }, nameof(Activation), "an adaptive activation with a positive scale");
        Require(Adam.LearningRate > 0 && double.IsFinite(Adam.LearningRate) && Adam.Steps >= 0, nameof(Adam), "a positive learning rate and at least 0 steps");
        Require(Lbfgs is { Iterations: >= 0, Memory: > 0, GradientTolerance: >= 0, LineSearchSteps: > 0, ChangeTolerance: >= 0 }, nameof(Lbfgs), "at least 0 iterations, a memory and a line search of at least 1");
        Require(InteriorWeight > 0 && double.IsFinite(InteriorWeight), nameof(InteriorWeight), "a positive weight");
        Require(BoundaryWeight >= 0 && double.IsFinite(BoundaryWeight), nameof(BoundaryWeight), "a weight of at least 0");
        Require(Points is { Interior: > 0, Boundary: > 0 }, nameof(Points), "at least one point inside and one on the boundary");
        Require(Refinement is null or { Every: > 0, Added: > 0 } && (Refinement is null || Refinement.Candidates >= Refinement.Added), nameof(Refinement), "positive counts, and as many candidates as points added");
    }

    private static void Require(bool holds, string name, string needed)
    {
        if (!holds)
        {
            throw new ArgumentException($"PinnConfig.{name}: {needed} is needed.", "config");
        }
    }
}
