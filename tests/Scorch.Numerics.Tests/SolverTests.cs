using Scorch.Testing;

namespace Scorch.Numerics.Tests;

public class SolverTests
{
    private readonly Oracle oracle = new("pinn-poisson", "grid16.npz");
    private readonly CsrMatrix laplacian = FivePointLaplacian.Dirichlet(16);

    [Theory]
    [InlineData(1.0)]
    [InlineData(-1.0)]
    public void Conjugate_gradients_follow_the_reference_history(double sign)
    {
        // -A u = -f and A u = f pass through the same iterates.
        var rightHandSide = Array.ConvertAll(oracle.Vector("f"), value => sign * value);
        var norms = oracle.Vector("cg_residual_norm");
        double[] fifth = [];
        var found = LinearSolve.ConjugateGradient(laplacian.Scale(sign), rightHandSide, tolerance: 1e-15, maximumIterations: 30, observe: (iteration, x, _) =>
        {
            fifth = iteration == 5 ? x.ToArray() : fifth;
            return false;
        });
        for (var i = 0; i < found.ResidualNorms.Count; i++)
        {
            Assert.Equal(norms[i], found.ResidualNorms[i], 1e-8 * norms[0]);
        }

        // f is a sum of four eigenvectors, so four iterations reach the solution and rounding is all that follows.
        Assert.InRange(found.Iterations, 4, 30);
        Oracle.Close(oracle.Vector("cg_x5"), fifth, 1e-10);
        Oracle.Close(oracle.Vector("u"), found.Solution, 1e-10);
    }

    [Fact]
    public void Conjugate_gradients_on_a_rough_source_follow_the_reference_history_for_sixty_iterations()
    {
        var reference = new Oracle("pinn-poisson", "rough64.npz");
        var norms = reference.Vector("cg_residual_norm");
        var found = LinearSolve.ConjugateGradient(FivePointLaplacian.Dirichlet(64), reference.Vector("f"), maximumIterations: 60);
        Assert.Equal(61, found.ResidualNorms.Count);
        for (var i = 0; i < norms.Length; i++)
        {
            Assert.Equal(norms[i], found.ResidualNorms[i], 1e-8 * norms[i]);
        }

        Oracle.Close(reference.Vector("u"), SparseCholesky.Factor(FivePointLaplacian.Dirichlet(64)).Solve(reference.Vector("f")), 1e-10);
        Oracle.Close(reference.Vector("u"), Oracle.Flat(FastPoisson.Solve(reference.Matrix("f"))), 1e-10);
    }

    [Theory]
    [InlineData("gs", 1.0, SweepOrder.Lexicographic)]
    [InlineData("gs_red_black", 1.0, SweepOrder.RedBlack)]
    [InlineData("sor15", 1.5, SweepOrder.Lexicographic)]
    public void Sweeps_follow_the_reference_iterates(string name, double omega, SweepOrder order)
    {
        var iterates = new List<double[]>();
        var found = LinearSolve.SuccessiveOverRelaxation(laplacian, oracle.Vector("f"), omega, order, 1e-15, 10, observe: (_, x, _) =>
        {
            iterates.Add(x.ToArray());
            return false;
        });
        Oracle.Close(oracle.Vector(name + "_1"), iterates[1], 1e-13);
        Oracle.Close(oracle.Vector(name + "_3"), iterates[3], 1e-13);
        Oracle.Close(oracle.Vector(name + "_residual"), [.. found.ResidualNorms.Skip(1)], 1e-10);
    }

    [Fact]
    public void Grid_sweeps_are_the_sweeps_of_the_matrix()
    {
        foreach (var (name, sweep) in new (string, Action<double[,], double[,], int>)[] { ("gs", PoissonStencil.GaussSeidel), ("gs_red_black", PoissonStencil.RedBlackGaussSeidel) })
        {
            var u = new double[15, 15];
            sweep(u, oracle.Matrix("f"), 3);
            Oracle.Close(oracle.Matrix(name + "_3"), u, 1e-13);
            Assert.Equal(oracle.Vector(name + "_residual")[2], PoissonStencil.Norm(PoissonStencil.Residual(u, oracle.Matrix("f"))), 1e-9);
        }
    }

    [Fact]
    public void Grid_Gauss_Seidel_stops_at_its_tolerance_and_counts_sweeps()
    {
        var found = PoissonStencil.SolveGaussSeidel(oracle.Matrix("f"), tolerance: 1e-9, sweepsPerCheck: 10);
        Assert.True(found.Converged);
        Assert.Equal(10 * (found.ResidualNorms.Count - 1), found.Iterations);
        Assert.Equal(oracle.Vector("gs_residual")[9], found.ResidualNorms[1], 1e-9);
        Oracle.Close(oracle.Vector("u"), found.Solution, 1e-8);
    }

    [Fact]
    public void Jacobi_follows_the_reference_iterate() =>
        Oracle.Close(oracle.Vector("jacobi_3"), LinearSolve.Jacobi(laplacian, oracle.Vector("f"), maximumIterations: 3).Solution, 1e-13);

    [Fact]
    public void Every_preconditioner_saves_iterations_and_keeps_the_solution()
    {
        var matrix = FivePointLaplacian.Dirichlet(64);
        var random = PointSet.Random(63 * 63, 1, 7);
        var rightHandSide = Oracle.Flat(random);
        var plain = LinearSolve.ConjugateGradient(matrix, rightHandSide, tolerance: 1e-12);
        foreach (var (preconditioner, share) in new (IPreconditioner, double)[] { (new JacobiPreconditioner(matrix), 1.01), (new SsorPreconditioner(matrix, 1.8), 0.5), (Ilu0.Factor(matrix), 0.5) })
        {
            var found = LinearSolve.ConjugateGradient(matrix, rightHandSide, preconditioner, 1e-12);
            Assert.True(found.Converged);
            Assert.True(found.Iterations <= share * plain.Iterations, $"{preconditioner}: {found.Iterations} of {plain.Iterations}.");
            Oracle.Close(plain.Solution, found.Solution, 1e-10);
        }
    }

    [Fact]
    public void Ilu0_agrees_with_the_matrix_on_its_pattern()
    {
        // A tridiagonal matrix fills nothing in, so the incomplete factorisation is exact.
        var matrix = CsrMatrix.FromTriplets(5, 5, Enumerable.Range(0, 5).SelectMany(i => new[] { (i, i, 4.0 + i), (i, Math.Max(i - 1, 0), i > 0 ? -1.0 : 0), (i, Math.Min(i + 1, 4), i < 4 ? -2.0 : 0) }));
        var z = new double[5];
        Ilu0.Factor(matrix).Apply(matrix.Multiply([1, 2, 3, 4, 5]), z);
        Oracle.Close([1, 2, 3, 4, 5], z, 1e-14);
    }

    [Fact]
    public void The_error_of_Gauss_Seidel_falls_by_the_squared_cosine_a_sweep()
    {
        var errors = new List<double>();
        var start = Grid.Flatten(new Grid(16).Sample((x, y) => Math.Sin(Math.PI * x) * Math.Sin(Math.PI * y)));
        LinearSolve.GaussSeidel(laplacian, new double[225], maximumIterations: 60, start: start, observe: (_, x, _) =>
        {
            errors.Add(Vectors.Norm(x));
            return false;
        });
        Assert.Equal(Math.Pow(Math.Cos(Math.PI / 16), 2), errors[60] / errors[59], 1e-4);
    }

    [Fact]
    public void A_pure_Neumann_problem_needs_a_compatible_right_hand_side()
    {
        var matrix = FivePointLaplacian.Neumann(12);
        var expected = Enumerable.Range(0, 144).Select(i => Math.Cos(Math.PI * ((i / 12) + 0.5) / 12)).ToArray();
        var found = LinearSolve.PureNeumann(matrix, matrix.Multiply(expected), 1e-12);
        Oracle.Close(expected, found.Solution, 1e-10);
        var incompatible = Enumerable.Repeat(1.0, 144).ToArray();
        Assert.Contains("sums to zero", Assert.Throws<ArgumentException>(() => LinearSolve.PureNeumann(matrix, incompatible)).Message);
    }

    [Fact]
    public void Bad_input_is_refused_with_the_remedy()
    {
        var f = oracle.Vector("f");
        Assert.Throws<ArgumentOutOfRangeException>("omega", () => LinearSolve.SuccessiveOverRelaxation(laplacian, f, 2));
        Assert.Throws<ArgumentOutOfRangeException>("omega", () => LinearSolve.SuccessiveOverRelaxation(laplacian, f, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>("omega", () => new SsorPreconditioner(laplacian, 0));
        Assert.Throws<ArgumentOutOfRangeException>("tolerance", () => LinearSolve.ConjugateGradient(laplacian, f, tolerance: 1e-18));
        Assert.Contains("index 3", Assert.Throws<ArgumentException>(() => LinearSolve.Jacobi(laplacian, [.. f[..3], double.NaN, .. f[4..]])).Message);
        Assert.Throws<ArgumentException>(() => LinearSolve.ConjugateGradient(laplacian, f.AsSpan(1)));
        var indefinite = CsrMatrix.FromTriplets(2, 2, [(0, 0, 1), (1, 1, -1)]);
        Assert.Throws<ArgumentException>(() => LinearSolve.ConjugateGradient(indefinite, [2, 1]));
        Assert.Throws<ArgumentException>(() => LinearSolve.GaussSeidel(CsrMatrix.FromTriplets(2, 2, [(0, 0, 1), (0, 1, 1), (1, 0, 1)]), [1, 1]));
        var triangle = CsrMatrix.FromTriplets(3, 3, [(0, 0, 3), (0, 1, 1), (1, 0, 1), (1, 1, 3), (1, 2, 1), (2, 1, 1), (2, 2, 3), (0, 2, 1), (2, 0, 1)]);
        Assert.Throws<ArgumentException>(() => LinearSolve.GaussSeidel(triangle, [1, 1, 1], SweepOrder.RedBlack));
    }

    [Fact]
    public void A_cancelled_token_stops_every_solver()
    {
        var cancelled = new CancellationToken(canceled: true);
        var f = oracle.Vector("f");
        Assert.Throws<OperationCanceledException>(() => LinearSolve.ConjugateGradient(laplacian, f, cancellation: cancelled));
        Assert.Throws<OperationCanceledException>(() => LinearSolve.Jacobi(laplacian, f, cancellation: cancelled));
        Assert.Throws<OperationCanceledException>(() => LinearSolve.GaussSeidel(laplacian, f, cancellation: cancelled));
        Assert.Throws<OperationCanceledException>(() => Multigrid.Solve(oracle.Matrix("f"), cancellation: cancelled));
    }
}
