using Scorch.Testing;

namespace Scorch.Numerics.Tests;

public class SparseMatrixTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(16)]
    public void Sines_are_eigenvectors_of_the_five_point_Laplacian(int intervals)
    {
        var matrix = FivePointLaplacian.Dirichlet(intervals);
        var grid = new Grid(intervals);
        for (var k = 1; k < intervals; k++)
        {
            var l = intervals - k;
            var vector = Grid.Flatten(grid.Sample((x, y) => Math.Sin(k * Math.PI * x) * Math.Sin(l * Math.PI * y)));
            var eigenvalue = FastPoisson.Eigenvalue(intervals, k, l);
            var h = 1.0 / intervals;
            Assert.Equal(-4 / (h * h) * (Math.Pow(Math.Sin(k * Math.PI * h / 2), 2) + Math.Pow(Math.Sin(l * Math.PI * h / 2), 2)), eigenvalue, 1e-9 * intervals * intervals);
            Oracle.Close(Array.ConvertAll(vector, value => eigenvalue * value), matrix.Multiply(vector), 1e-12);
        }
    }

    [Fact]
    public void The_Neumann_Laplacian_is_symmetric_and_annihilates_constants()
    {
        var matrix = FivePointLaplacian.Neumann(5);
        Assert.True(matrix.IsSymmetric(0));
        Assert.All(matrix.Multiply(Enumerable.Repeat(3.0, 25).ToArray()), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Triplets_at_one_position_add_up_in_any_order()
    {
        var matrix = CsrMatrix.FromTriplets(2, 3, [(1, 2, 4), (0, 1, 1), (1, 2, 0.5), (1, 0, -2)]);
        Assert.Equal(3, matrix.Count);
        Assert.Equal(4.5, matrix[1, 2]);
        Assert.Equal([2.0, -2 + 13.5], matrix.Multiply([1, 2, 3]));
        Assert.Equal([-2.0, 1, 4.5], matrix.Transpose().Multiply([1, 1]));
    }

    [Fact]
    public void Malformed_arrays_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new CsrMatrix(2, 2, [0, 1], [0], [1]));
        Assert.Throws<ArgumentException>(() => new CsrMatrix(1, 2, [0, 2], [1, 0], [1, 1]));
        Assert.Throws<ArgumentException>(() => new CsrMatrix(1, 2, [0, 1], [2], [1]));
        Assert.Throws<ArgumentException>(() => CsrMatrix.FromTriplets(1, 1, [(0, 1, 1)]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void MatrixMarket_files_read_back_to_the_same_bits(bool symmetric)
    {
        var path = Path.GetTempFileName();
        try
        {
            var matrix = FivePointLaplacian.Dirichlet(6).Scale(1 / 3.0);
            MatrixMarket.Write(path, matrix, symmetric);
            var read = MatrixMarket.Read(path);
            Assert.Equal(matrix.Values.ToArray(), read.Values.ToArray());
            Assert.Equal(matrix.ColumnIndices.ToArray(), read.ColumnIndices.ToArray());
            MatrixMarket.WriteVector(path, [1 / 3.0, double.Pi]);
            Assert.Equal([1 / 3.0, double.Pi], MatrixMarket.ReadVector(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("%%MatrixMarket matrix coordinate real general\n2 2 1000000000\n1 1 1\n", "ends before")]
    [InlineData("%%MatrixMarket matrix coordinate real general\n2 2 1\n3 1 1\n", "outside")]
    [InlineData("%%MatrixMarket matrix coordinate real general\n1e18 2 1\n1 1 1\n", "claims a side")]
    [InlineData("%%MatrixMarket matrix coordinate complex general\n2 2 1\n1 1 1 0\n", "only")]
    [InlineData("%%MatrixMarket matrix coordinate real general\n2 2 1\n1 x 1\n", "numbers belong")]
    [InlineData("", "empty")]
    public void Hostile_MatrixMarket_files_are_refused(string text, string reason)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => MatrixMarket.Read(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Nested_dissection_orders_every_unknown_once_and_reduces_fill()
    {
        var matrix = FivePointLaplacian.Dirichlet(48);
        var order = NestedDissection.Order(matrix);
        Assert.Equal(Enumerable.Range(0, matrix.Rows), order.Order());
        var natural = SparseCholesky.Factor(matrix, [.. Enumerable.Range(0, matrix.Rows)]);
        var dissected = SparseCholesky.Factor(matrix, order);
        Assert.True(dissected.FactorCount < 0.6 * natural.FactorCount, $"{dissected.FactorCount} against {natural.FactorCount}.");
    }

    [Fact]
    public void Cholesky_gives_the_exact_discrete_solution()
    {
        var oracle = new Oracle("pinn-poisson", "grid16.npz");
        var solution = SparseCholesky.Factor(FivePointLaplacian.Dirichlet(16)).Solve(oracle.Vector("f"));
        Oracle.Close(oracle.Vector("u"), solution, 1e-12);
    }

    [Fact]
    public void Cholesky_solves_disconnected_matrices_and_refuses_indefinite_or_asymmetric_ones()
    {
        var blocks = CsrMatrix.FromTriplets(3, 3, [(0, 0, 4), (0, 2, 2), (2, 0, 2), (2, 2, 5), (1, 1, 9)]);
        Oracle.Close([1, 2, 3], SparseCholesky.Factor(blocks).Solve([10, 18, 17]), 1e-14);
        Assert.Throws<ArgumentException>(() => SparseCholesky.Factor(CsrMatrix.FromTriplets(2, 2, [(0, 0, 1), (0, 1, 2), (1, 0, 2), (1, 1, 1)])));
        Assert.Throws<ArgumentException>(() => SparseCholesky.Factor(CsrMatrix.FromTriplets(2, 2, [(0, 0, 1), (0, 1, 2), (1, 1, 9)])));
        Assert.Throws<ArgumentException>(() => SparseCholesky.Factor(FivePointLaplacian.Neumann(4)));
    }
}
