namespace Scorch.Science.PinnPoisson;

/// <summary>Trains physics-informed networks in float64: Adam, then L-BFGS.</summary>
public static class PinnSolver
{
    /// <summary>Trains a network for a Poisson problem.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="config">Network and training.</param>
    /// <param name="seed">Fixes weights and points: the same seed gives the same bits.</param>
    /// <param name="warmStart">A network whose weights to start from (transfer learning); its layers must be those of the configuration.</param>
    /// <param name="observe">Sees training before each step; true stops it.</param>
    /// <param name="progress">Told the loss of each step.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The configuration is impossible, f is not finite at a point (with its coordinates), or the
    /// networks differ in shape.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Pinn Train(
        PoissonProblem problem,
        PinnConfig config,
        int seed,
        Pinn? warmStart = null,
        TrainingObserver? observe = null,
        IProgress<TrainingStep>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(config);
        if (config.HardBoundary && !(problem.Boundary is { Kind: BoundaryKind.Dirichlet, IsZero: true }))
        {
            throw new ArgumentException("PinnConfig.HardBoundary: x(1-x)y(1-y) forces zero boundary values; this problem has others. Train with the boundary term instead.", nameof(config));
        }

        return Train(PinnEquation.Of(problem), config, seed, warmStart, observe, progress, cancellation);
    }

    /// <summary>Trains a network for an equation of the user's own, from <see cref="Pinn.Residual"/>.</summary>
    /// <param name="equation">The residuals.</param>
    /// <param name="config">Network and training.</param>
    /// <param name="seed">Fixes weights and points: the same seed gives the same bits.</param>
    /// <param name="warmStart">A network whose weights to start from; its layers must be those of the configuration.</param>
    /// <param name="observe">Sees training before each step; true stops it.</param>
    /// <param name="progress">Told the loss of each step.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="ArgumentException">The configuration is impossible, or the networks differ in shape.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Pinn Train(
        PinnEquation equation,
        PinnConfig config,
        int seed,
        Pinn? warmStart = null,
        TrainingObserver? observe = null,
        IProgress<TrainingStep>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(equation);
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        var network = new PinnNetwork(config, seed);
        if (warmStart is not null)
        {
            network.CopyFrom(warmStart.Network);
        }

        var trainer = new PinnTrainer(network, config, equation, seed);
        TrainingObserver? watch = observe is null && progress is null ? null : (step, pinn) =>
        {
            progress?.Report(step);
            return observe?.Invoke(step, pinn) ?? false;
        };
        return new Pinn(network, config, trainer.Run(watch, cancellation));
    }
}
