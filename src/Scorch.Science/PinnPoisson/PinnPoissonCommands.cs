using System.Diagnostics;
using System.Globalization;
using Scorch.Checkpoints;
using Scorch.Numerics;
using Scorch.Reproductions;

namespace Scorch.Science.PinnPoisson;

/// <summary>The paper's commands for one's own sources.</summary>
internal static class PinnPoissonCommands
{
    private const int TrainingPoints = 1_000;

    private static CommandOption Source { get; } = new(
        "source", "f1, f2, f3, a .csv grid (row i, column j at x = (i+1)/(rows+1), y = (j+1)/(columns+1)), or a .png, .jpg, .bmp or .pgm image as density.", IsRequired: true);

    public static IReadOnlyList<PaperCommand> All { get; } = [Solve(), Export()];

    private static PaperCommand Solve() => new()
    {
        Name = "solve",
        Description = "Solve u_xx + u_yy = f on the unit square with u = 0 on its boundary.",
        Options =
        [
            Source,
            new CommandOption("out", "The .csv file for u on the interior nodes.", ValueKind.Path, IsRequired: true),
            new CommandOption("grid", "Intervals a side.", ValueKind.Integer, "256"),
            new CommandOption("method", "The solver.", DefaultValue: "multigrid", Choices: ["pinn", "hybrid", "cg", "multigrid", "direct"]),
            new CommandOption("tolerance", "Relative residual of hybrid, cg and multigrid.", ValueKind.Number, "1e-8"),
            new CommandOption("steps", "Adam steps of pinn and hybrid; a fifth as many L-BFGS iterations follow.", ValueKind.Integer, "1500"),
            new CommandOption("seed", "Seed of pinn and hybrid.", ValueKind.Integer, "1"),
            new CommandOption("picture", "An .svg file for a picture of u.", ValueKind.Path),
        ],
        Handler = context => Task.Run(() => RunSolve(context), context.CancellationToken),
    };

    private static PaperCommand Export() => new()
    {
        Name = "export",
        Description = "Write the five-point Laplacian, and a right-hand side if asked, as MatrixMarket files for other solvers.",
        Options =
        [
            new CommandOption("out", "The .mtx file of the matrix.", ValueKind.Path, IsRequired: true),
            new CommandOption("grid", "Intervals a side.", ValueKind.Integer, "256"),
            Source with { IsRequired = false },
            new CommandOption("rhs-out", "The .mtx file of the right-hand side; needs --source.", ValueKind.Path),
            new CommandOption("positive", "Write -A and -b, the positive definite form.", ValueKind.Flag),
        ],
        Handler = context => Task.Run(() => RunExport(context), context.CancellationToken),
    };

    private static void RunSolve(CommandContext context)
    {
        var grid = Intervals(context);
        var problem = new PoissonProblem(UnitSquare.Dirichlet(0), SourceFile.Open(context.Text("source")));
        var source = problem.DiscreteSource(grid);
        var (tolerance, cancellation) = (context.Number("tolerance"), context.CancellationToken);
        var watch = Stopwatch.StartNew();
        var (u, how) = context.Text("method") switch
        {
            "direct" => (FastPoisson.Solve(source), "sine transforms"),
            "multigrid" => Told(grid, Multigrid.Solve(source, new MultigridOptions { Tolerance = tolerance }, cancellation: cancellation), "multigrid cycles"),
            "cg" => Conjugate(grid, source, tolerance, cancellation),
            "pinn" => Network(context, problem, grid),
            _ => Hybrid(context, problem, grid, tolerance),
        };
        var seconds = watch.Elapsed.TotalSeconds;
        SourceFile.WriteCsv(context.Text("out"), u);
        if (context.TextOrNull("picture") is { } picture)
        {
            AtomicFile.WriteText(picture, FieldPicture.Draw(("u", u)));
        }

        var size = PoissonStencil.Norm(source);
        var residual = PoissonStencil.Norm(PoissonStencil.Residual(u, source)) / (size == 0 ? 1 : size);
        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{grid.Intervals} x {grid.Intervals} intervals, {how}: relative residual {residual:G3}, {seconds:F2} s; u written to {context.Text("out")}"));
    }

    private static (double[,] U, string How) Conjugate(Grid grid, double[,] source, double tolerance, CancellationToken cancellation)
    {
        var matrix = FivePointLaplacian.Dirichlet(grid.Intervals);
        return Told(grid, LinearSolve.ConjugateGradient(matrix, Grid.Flatten(source), Ilu0.Factor(matrix), tolerance, cancellation: cancellation), "conjugate gradient iterations");
    }

    private static (double[,] U, string How) Network(CommandContext context, PoissonProblem problem, Grid grid)
    {
        var pinn = Train(context, problem);
        return (pinn.Evaluate(grid), string.Create(CultureInfo.InvariantCulture, $"network of loss {pinn.Record.FinalLoss:G3}"));
    }

    private static (double[,] U, string How) Hybrid(CommandContext context, PoissonProblem problem, Grid grid, double tolerance)
    {
        var coarse = grid.Intervals % 2 == 0 && grid.Intervals >= 16
            ? grid.Intervals / 2
            : throw new UsageException($"solve: --grid is {grid.Intervals}; the hybrid needs an even number from 16 on for its coarse grid.");
        var found = HybridPoisson.Solve(problem, grid.Intervals, coarse, Train(context, problem), new HybridConfig { Tolerance = tolerance }, context.CancellationToken);
        return Told(grid, found.Fine, "Gauss-Seidel sweeps after the coarse grid");
    }

    private static Pinn Train(CommandContext context, PoissonProblem problem)
    {
        var steps = context.Integer("steps");
        var config = new PinnConfig
        {
            Hidden = [20, 20, 20],
            Adam = (1e-3, steps),
            Lbfgs = new LbfgsPlan(steps / 5),
            Points = Sampling.Sobol(TrainingPoints, TrainingPoints / 5),
        };
        var planned = Math.Max(1, steps + (steps / 5));
        return PinnSolver.Train(problem, config, context.Integer("seed"), observe: (step, _) =>
        {
            context.Progress.Report(new RunProgress(
                string.Create(CultureInfo.InvariantCulture, $"{step.Phase} step {step.Step} of {planned}: loss {step.Loss:G6}"), Math.Min(1, (double)step.Step / planned)));
            return false;
        }, cancellation: context.CancellationToken);
    }

    private static (double[,] U, string How) Told(Grid grid, LinearSolution found, string what) => found.Converged
        ? (grid.Unflatten(found.Solution), $"{found.Iterations} {what}")
        : throw new ArithmeticException($"solve: {found.Iterations} {what} did not reach the tolerance; the residual norm is {found.ResidualNorms[^1]:G3}. Ask for a larger --tolerance.");

    private static void RunExport(CommandContext context)
    {
        var grid = Intervals(context);
        var sign = context.Flag("positive") ? -1.0 : 1.0;
        if (context.Has("source") != context.Has("rhs-out"))
        {
            throw new UsageException("export: --source and --rhs-out belong together; give both or neither.");
        }

        var matrix = FivePointLaplacian.Dirichlet(grid.Intervals).Scale(sign);
        if (context.TextOrNull("source") is { } source)
        {
            var f = Grid.Flatten(new PoissonProblem(UnitSquare.Dirichlet(0), SourceFile.Open(source)).DiscreteSource(grid));
            MatrixMarket.WriteVector(context.Text("rhs-out"), Array.ConvertAll(f, value => sign * value));
        }

        MatrixMarket.Write(context.Text("out"), matrix, symmetric: true);
        context.Output.WriteLine($"{matrix.Rows} unknowns, {matrix.Count} entries written to {context.Text("out")}");
    }

    private static Grid Intervals(CommandContext context) => context.Integer("grid") is >= 2 and <= 4096 and var intervals
        ? new Grid(intervals)
        : throw new UsageException($"--grid is {context.Text("grid")}; 2 to 4096 intervals a side are possible.");
}
