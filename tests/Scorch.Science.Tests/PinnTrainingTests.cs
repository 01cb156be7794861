using Scorch.Numerics;
using Scorch.Science.PinnPoisson;
using Scorch.Testing;

namespace Scorch.Science.Tests;

public class PinnTrainingTests
{
    private static readonly PoissonProblem Simple = new(UnitSquare.Dirichlet(0), (x, y) => -2 * Math.PI * Math.PI * double.SinPi(x) * double.SinPi(y));

    private static readonly PinnConfig Small = new()
    {
        Hidden = [12, 12],
        Adam = (5e-3, 150),
        Lbfgs = new LbfgsPlan(120),
        Points = Sampling.Sobol(100, 48),
        BoundaryWeight = 400,
    };

    private static readonly Lazy<Pinn> Trained = new(() => PinnSolver.Train(Simple, Small, seed: 1));

    [Fact]
    public void A_small_network_solves_a_smooth_problem()
    {
        var pinn = Trained.Value;
        var grid = new Grid(16);
        var error = Fields.RelativeError(pinn.Evaluate(grid), Simple.SolveDiscrete(grid));
        Assert.True(error < 0.05, $"Relative error {error}.");
        Assert.True(pinn.Record.FinalLoss < 1e-2 * pinn.Record.Losses[0]);
        Assert.Equal(150, pinn.Record.AdamSteps);
    }

    [Fact]
    public void The_seed_fixes_the_bits()
    {
        var config = Small with { Adam = (1e-3, 20), Lbfgs = new LbfgsPlan(5), Points = Sampling.Random(60, 20) };
        var first = PinnSolver.Train(Simple, config, seed: 3);
        Assert.Equal(first.Record.Losses, PinnSolver.Train(Simple, config, seed: 3).Record.Losses);
        Assert.NotEqual(first.Record.Losses[0], PinnSolver.Train(Simple, config, seed: 4).Record.Losses[0]);
    }

    [Fact]
    public void A_hard_boundary_holds_exactly_and_refuses_other_values()
    {
        var config = Small with { HardBoundary = true, Adam = (1e-3, 2), Lbfgs = new LbfgsPlan(0) };
        var pinn = PinnSolver.Train(Simple, config, seed: 1);
        Assert.All(pinn.Evaluate(new[,] { { 0.0, 0.3 }, { 1, 0.3 }, { 0.7, 0 }, { 0.7, 1 } }), value => Assert.Equal(0, value));
        Assert.NotEqual(0, pinn.Evaluate(new[,] { { 0.3, 0.4 } })[0]);
        Assert.Throws<ArgumentException>(() => PinnSolver.Train(new PoissonProblem(UnitSquare.Dirichlet(1), (_, _) => 0), config, 1));
    }

    [Fact]
    public void ReLU_warns_and_cannot_lower_the_residual()
    {
        var pinn = PinnSolver.Train(Simple, Small with { Activation = Activation.Relu, Adam = (5e-3, 60), Lbfgs = new LbfgsPlan(20) }, seed: 1);
        Assert.Contains("second derivative vanishes", Assert.Single(pinn.Record.Warnings));
        var points = Small.Points.DrawInterior(1);
        var derivatives = pinn.Derivatives(points);
        Assert.All(derivatives.Uxx.Concat(derivatives.Uyy), value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_transferred_network_starts_where_the_other_ended()
    {
        var first = PinnSolver.Train(Simple, Small with { Adam = (5e-3, 30), Lbfgs = new LbfgsPlan(0) }, seed: 1);
        var next = PinnSolver.Train(Simple, Small with { Adam = (5e-3, 1), Lbfgs = new LbfgsPlan(0) }, seed: 1, warmStart: first);
        Assert.Equal(first.Record.FinalLoss, next.Record.Losses[0]);
        var other = Small with { Hidden = [12, 13] };
        Assert.Contains("2-12-13-1", Assert.Throws<ArgumentException>(() => PinnSolver.Train(Simple, other, 1, first)).Message);
    }

    [Fact]
    public void Refinement_adds_the_points_of_largest_residual()
    {
        var sharp = new PoissonProblem(UnitSquare.Dirichlet(0), PoissonSources.Sharp);
        var config = Small with { Adam = (1e-3, 12), Lbfgs = new LbfgsPlan(0), Points = Sampling.Sobol(30, 12) };
        var plain = PinnSolver.Train(sharp, config, seed: 1);
        var refined = PinnSolver.Train(sharp, config with { Refinement = new AdaptiveRefinement(10, 500, 20) }, seed: 1);
        Assert.Equal(plain.Record.Losses[9], refined.Record.Losses[9]);

        // At the points of largest residual the mean squared residual is larger than elsewhere.
        Assert.True(refined.Record.Losses[10] > plain.Record.Losses[10]);
    }

    [Fact]
    public void A_loss_that_is_not_finite_leaves_the_last_finite_network()
    {
        var poison = 0;
        var equation = Pinn.Residual((net, x) => net.Laplacian(x) / (++poison > 3 ? 0.0 : 1.0) * (poison > 3 ? double.NaN : 1));
        var pinn = PinnSolver.Train(equation, Small with { Adam = (1e-3, 10), Lbfgs = new LbfgsPlan(5) }, seed: 1);
        Assert.Equal(TrainingEnd.NotFinite, pinn.Record.End);
        Assert.Equal(3, pinn.Record.Losses.Count);
        Assert.True(double.IsFinite(pinn.Evaluate(new[,] { { 0.5, 0.5 } })[0]));
    }

    [Fact]
    public void The_observer_and_the_token_stop_training()
    {
        var stopped = PinnSolver.Train(Simple, Small, seed: 1, observe: (step, _) => step.Step == 4);
        Assert.Equal(TrainingEnd.Observer, stopped.Record.End);
        Assert.Equal(5, stopped.Record.Losses.Count);
        var late = PinnSolver.Train(Simple, Small with { Adam = (5e-3, 3) }, seed: 1, observe: (step, _) => step is { Phase: TrainingPhase.Lbfgs, Step: 6 });
        Assert.Equal(TrainingEnd.Observer, late.Record.End);
        Assert.Equal(7, late.Record.Losses.Count);
        Assert.Throws<OperationCanceledException>(() => PinnSolver.Train(Simple, Small, 1, cancellation: new CancellationToken(true)));
    }

    [Fact]
    public void A_residual_of_the_users_own_is_solved()
    {
        // Helmholtz's equation u_xx + u_yy + u = f with u = x^2 + y on the boundary and inside.
        var equation = Pinn.Residual((net, x) => net.Laplacian(x) + net.Value(x) - (2 + x[.., 0..1].Square() + x[.., 1..2]))
            .WithBoundary((net, x, _) => net.Value(x) - (x[.., 0..1].Square() + x[.., 1..2]));
        var pinn = PinnSolver.Train(equation, Small, seed: 2);
        var grid = new Grid(10);
        Assert.True(Fields.RelativeError(pinn.Evaluate(grid), grid.Sample((x, y) => (x * x) + y)) < 0.02);
    }

    [Fact]
    public void A_Neumann_problem_is_solved_up_to_a_constant()
    {
        var problem = new PoissonProblem(UnitSquare.Neumann(0), (x, _) => -Math.PI * Math.PI * double.CosPi(x));
        var pinn = PinnSolver.Train(problem, Small, seed: 1);
        var grid = new Grid(10);
        var u = pinn.Evaluate(grid);
        var mean = Oracle.Flat(u).Average();
        Assert.True(Fields.RelativeError(grid.Sample((x, y) => u[(int)Math.Round(x * 10) - 1, (int)Math.Round(y * 10) - 1] - mean), grid.Sample((x, _) => double.CosPi(x))) < 0.1);
    }

    [Fact]
    public void Impossible_configurations_are_refused_by_name()
    {
        foreach (var (config, name) in new[]
        {
            (Small with { Hidden = [] }, "Hidden"), (Small with { Adam = (0, 5) }, "Adam"), (Small with { BoundaryWeight = double.NaN }, "BoundaryWeight"),
            (Small with { Points = Sampling.Sobol(0, 1) }, "Points"), (Small with { Lbfgs = new LbfgsPlan(5, 0) }, "Lbfgs"), (Small with { Activation = Activation.LaafTanh(0) }, "Activation"),
        })
        {
            Assert.Contains("PinnConfig." + name, Assert.Throws<ArgumentException>(() => PinnSolver.Train(Simple, config, 1)).Message);
        }

        var broken = new PoissonProblem(UnitSquare.Dirichlet(0), (x, y) => x > 0.9 ? double.NaN : 1);
        Assert.Contains("(x, y) =", Assert.Throws<ArgumentException>(() => PinnSolver.Train(broken, Small, 1)).Message);
    }

    [Theory]
    [InlineData(HybridVariant.GaussSeidel)]
    [InlineData(HybridVariant.RefinedGaussSeidel)]
    [InlineData(HybridVariant.ConjugateGradient)]
    public void Every_hybrid_reaches_the_discrete_solution_in_fewer_iterations_than_from_zero(HybridVariant variant)
    {
        var pinn = Trained.Value;
        var found = HybridPoisson.Solve(Simple, 32, 16, pinn, new HybridConfig { Variant = variant, Tolerance = 1e-9, Precondition = false });
        Assert.True(found.Fine.Converged);
        Assert.True(Fields.RelativeError(found.Solution, Simple.SolveDiscrete(new Grid(32))) < 1e-6);
        Assert.Equal(variant == HybridVariant.RefinedGaussSeidel, found.CoarseIterations > 0);
        if (variant != HybridVariant.ConjugateGradient)
        {
            Assert.True(found.Fine.Iterations < PoissonStencil.SolveGaussSeidel(Simple.DiscreteSource(new Grid(32)), tolerance: 1e-9).Iterations);
        }
    }

    [Fact]
    public void Two_grid_cycles_with_networks_for_the_residual_equation_reduce_the_residual()
    {
        var pinn = Trained.Value;
        var found = HybridPoisson.Solve(Simple, 32, 16, pinn, new HybridConfig
        {
            Variant = HybridVariant.TwoGrid,
            MaximumIterations = 3,
            Tolerance = 1e-12,
            Retraining = Small with { Adam = (1e-3, 0), Lbfgs = new LbfgsPlan(60) },
        });
        Assert.Equal(3, found.Fine.Iterations);
        for (var i = 1; i < 4; i++)
        {
            Assert.True(found.Fine.ResidualNorms[i] < found.Fine.ResidualNorms[i - 1]);
        }

        Assert.True(found.Times.Train > pinn.Record.Seconds);
    }

    [Fact]
    public void Hybrids_take_boundary_values_that_are_not_zero()
    {
        static double Exact(double x, double y) => (x * x) + (y * y);
        var problem = new PoissonProblem(UnitSquare.Dirichlet(Exact), (_, _) => 4);
        var pinn = PinnSolver.Train(problem, Small with { Adam = (5e-3, 50), Lbfgs = new LbfgsPlan(30) }, seed: 1);
        var found = HybridPoisson.Solve(problem, 32, 16, pinn, new HybridConfig { Tolerance = 1e-10 });
        Oracle.Close(new Grid(32).Sample(Exact), found.Solution, 1e-7);
    }

    [Fact]
    public void The_parts_of_the_error_ledger_add_up()
    {
        var pinn = Trained.Value;
        var ledger = ErrorLedger.Of(Simple, pinn, new Grid(16), fitIterations: 100);

        // Each total lies between the difference and the sum of its parts.
        Assert.InRange(ledger.Total, Math.Abs(ledger.Inside - ledger.Boundary), ledger.Inside + ledger.Boundary);
        Assert.InRange(ledger.Total, Math.Abs(ledger.Network - ledger.Optimisation), ledger.Network + ledger.Optimisation);
        Assert.InRange(ledger.TotalContinuous, ledger.Total - (1.1 * ledger.Discretisation), ledger.Total + (1.1 * ledger.Discretisation));

        // A fit to the solution itself leaves less than training on the equation did.
        Assert.True(ledger.Network < ledger.Total);
        Assert.True(ledger.Discretisation is > 1e-3 and < 1e-2);
    }
}
