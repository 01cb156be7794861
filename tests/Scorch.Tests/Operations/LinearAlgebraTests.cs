namespace Scorch.Tests.Operations;

/// <summary>What linear algebra promises beyond its recorded cases.</summary>
public class LinearAlgebraTests
{
    [Fact]
    public void A_rank_deficient_pseudo_inverse_satisfies_the_four_Penrose_conditions()
    {
        var x = new RandomSource(1).Normal([6, 2], dataType: DataType.Float64);
        var a = x.MatMul(new RandomSource(2).Normal([2, 4], dataType: DataType.Float64));
        var p = a.PseudoInverse();
        Parity.AssertClose(a, a.MatMul(p).MatMul(a), "A P A");
        Parity.AssertClose(p, p.MatMul(a).MatMul(p), "P A P");
        Parity.AssertClose(a.MatMul(p), a.MatMul(p).T, "A P symmetric");
        Parity.AssertClose(p.MatMul(a), p.MatMul(a).T, "P A symmetric");
    }

    [Fact]
    public void Single_precision_comes_back_in_single_precision_and_close()
    {
        var a = new RandomSource(3).Normal([20, 20]);
        var product = a.MatMul(a.Inverse());
        Assert.Equal(DataType.Float32, product.DataType);
        Parity.AssertClose(Tensor.Identity(20), product, "A A^-1", 1e-4);
    }

    [Fact]
    public void A_matrix_that_is_not_square_is_refused_with_both_sizes() =>
        Assert.Contains("3 rows against 4 columns", Assert.Throws<ArgumentException>(() => Tensor.Ones([3, 4]).Inverse()).Message);

    [Fact]
    public void A_singular_matrix_is_named_by_its_place_in_the_batch()
    {
        var a = Tensor.Stack([Tensor.Identity(2), Tensor.Ones([2, 2])]);
        Assert.Contains("matrix [1] of the batch is singular", Assert.Throws<ArithmeticException>(() => a.Solve(Tensor.Ones([2, 1]))).Message);
    }

    [Fact]
    public void An_indefinite_matrix_is_named_by_its_place_in_the_batch()
    {
        var a = Tensor.Stack([Tensor.Identity(2), -Tensor.Identity(2)]);
        Assert.Contains("matrix [1] of the batch is not positive definite", Assert.Throws<ArithmeticException>(() => a.Cholesky()).Message);
    }

    [Fact]
    public void Empty_matrices_have_determinant_one_and_no_singular_values()
    {
        Assert.Equal(1, Tensor.Zeros([0, 0]).Determinant().Item());
        Assert.Equal([0], Tensor.Zeros([3, 0]).SingularValueDecomposition().S.Shape);
    }
}
