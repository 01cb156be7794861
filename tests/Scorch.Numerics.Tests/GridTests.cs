using System.Numerics;
using Scorch.Testing;

namespace Scorch.Numerics.Tests;

public class GridTests
{
    [Fact]
    public void Full_weighting_and_bilinear_prolongation_equal_the_reference()
    {
        var oracle = new Oracle("pinn-poisson", "transfer.npz");
        Oracle.Close(oracle.Matrix("full_weighting"), GridTransfer.FullWeighting(oracle.Matrix("fine")), 1e-14);
        Oracle.Close(oracle.Matrix("bilinear"), GridTransfer.Bilinear(oracle.Matrix("coarse")), 1e-14);
    }

    [Fact]
    public void Full_weighting_is_a_quarter_of_the_transposed_prolongation()
    {
        var coarse = new Grid(8).Sample((x, y) => Math.Sin(9 * x) + (y * y));
        var fine = new Grid(16).Sample((x, y) => Math.Cos((7 * x * y) + x));
        var left = Vectors.Dot(Oracle.Flat(GridTransfer.FullWeighting(fine)), Oracle.Flat(coarse));
        var right = Vectors.Dot(Oracle.Flat(fine), Oracle.Flat(GridTransfer.Bilinear(coarse)));
        Assert.Equal(right / 4, left, 1e-12);
    }

    [Fact]
    public void Bicubic_prolongation_is_exact_for_cubics_that_vanish_on_the_boundary()
    {
        static double Cubic(double x, double y) => x * (1 - x) * (2 + x) * y * (1 - y) * (1 - (3 * y));
        Oracle.Close(new Grid(24).Sample(Cubic), GridTransfer.Prolong(new Grid(6).Sample(Cubic), new Grid(24), Prolongation.Bicubic), 1e-14);
        Assert.Throws<ArgumentException>(() => GridTransfer.Prolong(new double[5, 5], new Grid(16), Prolongation.Bilinear));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(31)]
    public void The_Fourier_transform_is_its_definition(int length)
    {
        var values = Enumerable.Range(0, length).Select(i => new Complex(Math.Sin(i + 1), Math.Cos(3 * i))).ToArray();
        var actual = (Complex[])values.Clone();
        new FourierTransform(length).Forward(actual);
        for (var k = 0; k < length; k++)
        {
            var expected = Complex.Zero;
            for (var j = 0; j < length; j++)
            {
                expected += values[j] * Complex.FromPolarCoordinates(1, -2 * Math.PI * j * k / length);
            }

            Assert.True((expected - actual[k]).Magnitude < 1e-12 * length);
        }
    }

    [Fact]
    public void The_sine_transform_is_its_definition()
    {
        double[] values = [1, -2, 0.5, 4, 3, 7];
        var expected = Enumerable.Range(1, 6).Select(k => 2 * values.Select((value, j) => value * Math.Sin(Math.PI * (j + 1) * k / 7)).Sum()).ToArray();
        SineTransform.Transform(values);
        Oracle.Close(expected, values, 1e-13);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(27)]
    [InlineData(128)]
    public void The_fast_solver_leaves_no_residual(int intervals)
    {
        var source = new Grid(intervals).Sample((x, y) => Math.Exp(x) - (40 * y * y));
        var residual = PoissonStencil.Residual(FastPoisson.Solve(source), source);
        // The residual of an exact solution rounds at eps |A| |u|, of the order of eps n^2 |f|.
        Assert.True(PoissonStencil.Norm(residual) < 4e-16 * intervals * intervals * PoissonStencil.Norm(source));
    }

    [Fact]
    public void The_fast_solver_equals_the_reference()
    {
        var oracle = new Oracle("pinn-poisson", "grid16.npz");
        Oracle.Close(oracle.Matrix("u"), FastPoisson.Solve(oracle.Matrix("f")), 1e-13);
    }

    [Theory]
    [InlineData(64, MultigridCycle.V, true)]
    [InlineData(64, MultigridCycle.W, true)]
    [InlineData(96, MultigridCycle.V, false)]
    [InlineData(256, MultigridCycle.V, true)]
    public void A_multigrid_cycle_reduces_the_residual_by_more_than_a_factor_of_six(int intervals, MultigridCycle cycle, bool redBlack)
    {
        var source = new Grid(intervals).Sample((x, y) => Math.Sin(23 * x * y) + Math.Cos(40 * y));
        var found = Multigrid.Solve(source, new MultigridOptions { Cycle = cycle, RedBlack = redBlack, Tolerance = 1e-9 });
        Assert.True(found.Converged);
        for (var i = 1; i < found.ResidualNorms.Count; i++)
        {
            Assert.True(found.ResidualNorms[i] <= 0.15 * found.ResidualNorms[i - 1], $"Cycle {i}: {found.ResidualNorms[i] / found.ResidualNorms[i - 1]}.");
        }

        Oracle.Close(Oracle.Flat(FastPoisson.Solve(source)), found.Solution, 1e-9);
    }

    [Fact]
    public void A_grid_that_cannot_be_coarsened_names_the_nearest_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => Multigrid.Solve(new double[99, 99]));
        Assert.Contains("97 or 113 nodes", error.Message);
    }

    [Fact]
    public void A_source_that_is_not_a_number_is_reported_with_its_coordinates()
    {
        var error = Assert.Throws<ArgumentException>(() => new Grid(4).Sample((x, y) => x == 0.5 && y == 0.75 ? double.NaN : 1));
        Assert.Contains("(0.5, 0.75)", error.Message);
        var source = new double[3, 3];
        source[1, 2] = double.PositiveInfinity;
        Assert.Contains("(0.5, 0.75)", Assert.Throws<ArgumentException>(() => FastPoisson.Solve(source)).Message);
        Assert.Contains("(0.5, 0.75)", Assert.Throws<ArgumentException>(() => Multigrid.Solve(source)).Message);
    }
}
