using Scorch.Testing;

namespace Scorch.Numerics.Tests;

public class PointSetTests
{
    private readonly Oracle oracle = new("pinn-poisson", "points.npz");

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Sobol_and_Halton_points_are_exactly_those_of_the_reference(int dimensions)
    {
        Assert.Equal(oracle.Matrix($"sobol_{dimensions}d"), PointSet.Sobol(64, dimensions));
        Assert.Equal(oracle.Matrix($"halton_{dimensions}d"), PointSet.Halton(64, dimensions));
    }

    [Fact]
    public void All_Sobol_axes_are_exactly_those_of_the_reference() =>
        Assert.Equal(new Oracle("pinn-poisson", "sobol21.npz").Matrix("sobol_21d"), PointSet.Sobol(256, 21));

    [Fact]
    public void Every_Sobol_axis_is_stratified()
    {
        var points = PointSet.Sobol(256, PointSet.SobolDimensions);
        for (var d = 0; d < PointSet.SobolDimensions; d++)
        {
            Assert.Equal(256, Enumerable.Range(0, 256).Select(i => (int)(256 * points[i, d])).Distinct().Count());
        }
    }

    [Fact]
    public void A_Latin_hypercube_has_one_point_in_every_interval_of_every_axis()
    {
        var points = PointSet.LatinHypercube(37, 4, seed: 5);
        for (var d = 0; d < 4; d++)
        {
            Assert.Equal(Enumerable.Range(0, 37), Enumerable.Range(0, 37).Select(i => (int)Math.Floor(37 * points[i, d])).Order());
        }

        Assert.Equal(points, PointSet.LatinHypercube(37, 4, seed: 5));
        Assert.NotEqual(points, PointSet.LatinHypercube(37, 4, seed: 6));
    }

    [Fact]
    public void Random_points_are_uniform()
    {
        var points = Oracle.Flat(PointSet.Random(20_000, 2, seed: 1));
        // Five standard deviations of the mean and of the second moment of 40,000 uniform numbers.
        Assert.Equal(0.5, points.Average(), 5 * Math.Sqrt(1 / 12.0 / 40_000));
        Assert.Equal(1 / 3.0, points.Average(x => x * x), 5 * Math.Sqrt(4 / 45.0 / 40_000));
    }

    [Fact]
    public void A_uniform_grid_has_cell_centres() =>
        Assert.Equal(new double[,] { { 0.25, 0.25 }, { 0.25, 0.75 }, { 0.75, 0.25 }, { 0.75, 0.75 } }, PointSet.UniformGrid(8, 2));

    [Fact]
    public void Impossible_requests_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PointSet.Sobol(8, PointSet.SobolDimensions + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PointSet.Halton(0, 2));
    }
}
