namespace Scorch.Science.PinnPoisson;

/// <summary>The phases of training.</summary>
public enum TrainingPhase
{
    /// <summary>Adam steps.</summary>
    Adam,

    /// <summary>L-BFGS iterations.</summary>
    Lbfgs,
}

/// <summary>Why training ended.</summary>
public enum TrainingEnd
{
    /// <summary>The planned steps were done.</summary>
    Planned,

    /// <summary>L-BFGS found no entry of the gradient above its tolerance, or no further decrease.</summary>
    Converged,

    /// <summary>The observer asked to stop.</summary>
    Observer,

    /// <summary>The loss was no longer finite; the network is that of the last finite loss.</summary>
    NotFinite,
}

/// <summary>A step of training.</summary>
/// <param name="Phase">Which optimiser runs.</param>
/// <param name="Step">Steps done before, counted over both phases.</param>
/// <param name="Loss">The loss before this step.</param>
public readonly record struct TrainingStep(TrainingPhase Phase, int Step, double Loss);

/// <summary>Sees training before each step; returns true to stop it.</summary>
/// <param name="step">The step and its loss.</param>
/// <param name="pinn">The network as it is now; valid during the call only.</param>
public delegate bool TrainingObserver(TrainingStep step, Pinn pinn);

/// <summary>What training did.</summary>
/// <param name="Losses">The loss before each step of both phases, and after the last.</param>
/// <param name="AdamSteps">How many of the steps were Adam's.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="End">Why it ended.</param>
/// <param name="Warnings">What the user should know, e.g. that an activation cannot work.</param>
public sealed record TrainingRecord(IReadOnlyList<double> Losses, int AdamSteps, double Seconds, TrainingEnd End, IReadOnlyList<string> Warnings)
{
    /// <summary>The loss of the trained network.</summary>
    public double FinalLoss => Losses[^1];
}
