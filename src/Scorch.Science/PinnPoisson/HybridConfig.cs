using Scorch.Numerics;

namespace Scorch.Science.PinnPoisson;

/// <summary>How the network and the classical solver share the work.</summary>
public enum HybridVariant
{
    /// <summary>The network's prediction on the coarse grid, prolonged, then Gauss–Seidel sweeps on the fine grid.</summary>
    GaussSeidel,

    /// <summary>As <see cref="GaussSeidel"/>, but conjugate gradients first carry the prediction to the coarse grid's own solution.</summary>
    RefinedGaussSeidel,

    /// <summary>The prolonged prediction starts conjugate gradients on the fine grid.</summary>
    ConjugateGradient,

    /// <summary>Two-grid cycles whose coarse problem, the residual equation, a network solves that starts from the last one's weights.</summary>
    TwoGrid,
}

/// <summary>What a hybrid solver does.</summary>
public sealed record HybridConfig
{
    /// <summary>How the work is shared; the paper's by default: refined prediction, then sweeps.</summary>
    public HybridVariant Variant { get; init; } = HybridVariant.RefinedGaussSeidel;

    /// <summary>Stop when <c>|f - A u| / |f|</c> on the fine grid is at most this.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>The tolerance of the coarse refinement, relative as well.</summary>
    public double CoarseTolerance { get; init; } = 1e-10;

    /// <summary>How the coarse prediction reaches the fine grid.</summary>
    public Prolongation Prolongation { get; init; } = Prolongation.Bicubic;

    /// <summary>The most Gauss–Seidel sweeps, conjugate gradient iterations, or two-grid cycles.</summary>
    public int MaximumIterations { get; init; } = 1_000_000;

    /// <summary>Sweeps between two looks at the residual.</summary>
    public int SweepsPerCheck { get; init; } = 10;

    /// <summary>Precondition conjugate gradients on the fine grid by ILU(0).</summary>
    public bool Precondition { get; init; } = true;

    /// <summary>Gauss–Seidel sweeps before and after each coarse correction of <see cref="HybridVariant.TwoGrid"/>.</summary>
    public int Smoothing { get; init; } = 20;

    /// <summary>How the networks of <see cref="HybridVariant.TwoGrid"/> are trained for each residual equation.</summary>
    public PinnConfig? Retraining { get; init; }

    /// <summary>Sees the fine iterate at each look; true stops. Null to run to the tolerance.</summary>
    public IterateObserver? Observe { get; init; }
}

/// <summary>Seconds spent in each part of a hybrid solution.</summary>
/// <param name="Train">Training of networks: the given one and those of the two-grid cycles.</param>
/// <param name="Infer">Evaluating the network on the coarse grid.</param>
/// <param name="Refine">Conjugate gradients on the coarse grid.</param>
/// <param name="Prolong">Interpolating to the fine grid.</param>
/// <param name="Solve">Sweeps or iterations on the fine grid.</param>
public sealed record HybridTimes(double Train, double Infer, double Refine, double Prolong, double Solve)
{
    /// <summary>Everything but training.</summary>
    public double WithoutTraining => Infer + Refine + Prolong + Solve;
}

/// <summary>What a hybrid solver found.</summary>
/// <param name="Solution">u on the interior nodes of the fine grid, <c>[n-1, n-1]</c>.</param>
/// <param name="Start">The prolonged coarse solution that the fine solver started from.</param>
/// <param name="Fine">The fine solver's history: iterations, residual norms, why it stopped.</param>
/// <param name="CoarseIterations">Conjugate gradient iterations on the coarse grid.</param>
/// <param name="Times">Where the time went.</param>
public sealed record HybridResult(double[,] Solution, double[,] Start, LinearSolution Fine, int CoarseIterations, HybridTimes Times);
