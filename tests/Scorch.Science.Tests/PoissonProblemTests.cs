using Scorch.Numerics;
using Scorch.Reproductions;
using Scorch.Science.PinnPoisson;
using Scorch.Testing;

namespace Scorch.Science.Tests;

public class PoissonProblemTests
{
    [Fact]
    public void The_smooth_source_is_the_Laplacian_of_its_solution()
    {
        // The discrete solution differs from the analytic one by the discretisation error, which falls with h^2.
        double Error(int intervals) => Fields.RelativeError(
            new PoissonProblem(UnitSquare.Dirichlet(0), PoissonSources.Smooth).SolveDiscrete(new Grid(intervals)),
            new Grid(intervals).Sample(PoissonSources.SmoothSolution));
        Assert.Equal(4, Error(32) / Error(64), 0.1);
    }

    [Fact]
    public void The_smooth_source_is_that_of_the_reference() =>
        Oracle.Close(new Oracle("pinn-poisson", "grid16.npz").Matrix("f"), new Grid(16).Sample(PoissonSources.Smooth), 1e-13);

    [Fact]
    public void Boundary_values_and_the_negative_form_enter_the_discrete_equations()
    {
        // The five-point Laplacian is exact for quadratic polynomials: u = x^2 - 3 y^2 + x y + 2 has the Laplacian -4.
        static double Exact(double x, double y) => (x * x) - (3 * y * y) + (x * y) + 2;
        var problem = new PoissonProblem(UnitSquare.Dirichlet(Exact), (_, _) => 4, PoissonSign.NegativeLaplacian);
        Oracle.Close(new Grid(20).Sample(Exact), problem.SolveDiscrete(new Grid(20)), 1e-12);
    }

    [Fact]
    public void A_pure_Neumann_problem_needs_a_source_that_balances_the_flux()
    {
        var error = Assert.Throws<ArgumentException>(() => new PoissonProblem(UnitSquare.Neumann(0), (_, _) => 1));
        Assert.Contains("integral of f (1)", error.Message);
        var problem = new PoissonProblem(UnitSquare.Neumann(0.25), (_, _) => 1);
        Assert.Throws<NotSupportedException>(() => problem.SolveDiscrete(new Grid(8)));
    }

    [Fact]
    public void A_source_that_is_not_a_number_is_reported_with_its_coordinates()
    {
        var problem = new PoissonProblem(UnitSquare.Dirichlet(0), (x, y) => x > 0.4 && y > 0.7 ? double.NaN : 0);
        Assert.Contains("(0.5, 0.75)", Assert.Throws<ArgumentException>(() => problem.SolveDiscrete(new Grid(4))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => UnitSquare.Dirichlet(double.NaN));
    }

    [Fact]
    public void The_spectrum_of_an_error_tells_its_modes_apart()
    {
        var grid = new Grid(32);
        var exact = grid.Sample(PoissonSources.SmoothSolution);
        var wrong = grid.Sample((x, y) => PoissonSources.SmoothSolution(x, y) + (0.3 / (16 * Math.PI * Math.PI) * double.SinPi(4 * x) * double.SinPi(4 * y)));
        var spectrum = new SpectralError(wrong, exact);
        Assert.Equal(0, spectrum.Mode(1, 1), 1e-12);
        Assert.Equal(0.3, spectrum.Mode(4, 4), 1e-10);
        Assert.Equal(Fields.RelativeError(wrong, exact), spectrum.Band(4, 5), 1e-12);
        Assert.Equal(0, spectrum.Band(5, 32), 1e-12);
    }

    [Theory]
    [InlineData(PointDistribution.Uniform)]
    [InlineData(PointDistribution.Random)]
    [InlineData(PointDistribution.LatinHypercube)]
    [InlineData(PointDistribution.Sobol)]
    [InlineData(PointDistribution.Halton)]
    public void Interior_points_lie_inside_and_boundary_points_on_the_boundary_with_outward_normals(PointDistribution distribution)
    {
        var sampling = new Sampling(distribution, 100, 40);
        var interior = sampling.DrawInterior(3);
        Assert.Equal(100, interior.GetLength(0));
        Assert.All(Oracle.Flat(interior), coordinate => Assert.True(coordinate is > 0 and < 1));
        var boundary = sampling.DrawBoundary(3);
        var sides = new HashSet<(double, double)>();
        for (var i = 0; i < 40; i++)
        {
            var (x, y, nx, ny) = (boundary[i, 0], boundary[i, 1], boundary[i, 2], boundary[i, 3]);
            Assert.True(nx == 0 ? y == (ny + 1) / 2 && x is >= 0 and <= 1 : ny == 0 && x == (nx + 1) / 2 && y is >= 0 and <= 1);
            sides.Add((nx, ny));
        }

        Assert.Equal(4, sides.Count);
    }

    [Fact]
    public void A_source_grid_is_exact_on_its_nodes_and_reads_back_from_its_file()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        try
        {
            var values = new Grid(12).Sample((x, y) => Math.Exp(x) - y);
            SourceFile.WriteCsv(path, values);
            Assert.Equal(values, new Grid(12).Sample(SourceFile.Open(path)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("1,2\n3\n", "row 2 has 1")]
    [InlineData("1,nan\n", "finite number")]
    [InlineData("\n", "no numbers")]
    public void A_malformed_source_grid_is_refused(string text, string reason)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.csv");
        try
        {
            File.WriteAllText(path, text);
            Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => SourceFile.Open(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("P2\n# comment\n3 2\n4\n0 1 2\n3 4 0\n", null)]
    [InlineData("P2\n3 2\n4\n0 1 2\n3 4", "a number")]
    [InlineData("P5\n9999999 9999999\n255\n", "a number")]
    [InlineData("P6\n1 1\n255\nabc", "P2 or P5")]
    [InlineData("P5\n2 2\n255\nab", "ends before")]
    public void Images_are_read_as_densities_or_refused(string text, string? reason)
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.pgm");
        try
        {
            File.WriteAllText(path, text);
            if (reason is not null)
            {
                Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => SourceFile.ReadImage(path)).Message);
                return;
            }

            // The bottom row of the image lies at y = 0.
            Assert.Equal(new[,] { { 0.75, 0 }, { 1, 0.25 }, { 0, 0.5 } }, SourceFile.ReadImage(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_picture_is_read_as_a_density_with_its_bottom_row_at_y_0()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.png");
        try
        {
            new Scorch.Media.Image(2, 2, 1, [0, 51, 255, 102]).Save(path);
            Assert.Equal(new[,] { { 1, 0 }, { 0.4, 0.2 } }, SourceFile.ReadPicture(path));
            Assert.Equal(1, SourceFile.Open(path)(1.0 / 3, 1.0 / 3), 1e-12);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void An_unknown_source_is_a_usage_error() =>
        Assert.Contains("neither f1, f2, f3 nor a file", Assert.Throws<UsageException>(() => SourceFile.Open("f4")).Message);
}
