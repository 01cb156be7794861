namespace Scorch.Tests.Operations;

/// <summary>Linear algebra against oracles/engine/algebra.py.</summary>
public class LinearAlgebraTests
{
    private static readonly Parity Recorded = new("engine/algebra.npz");

    private static readonly Dictionary<string, Func<Tensor[], Tensor[]>> Functions = new()
    {
        ["solve"] = x => [x[0].Solve(x[1])],
        ["solve_batch"] = x => [x[0].Solve(x[1])],
        ["solve_vector"] = x => [x[0].Solve(x[1])],
        ["solve_one"] = x => [x[0].Solve(x[1])],
        ["solve_complex"] = x => [x[0].Solve(x[1])],
        ["triangular_lower"] = x => [x[0].TriangularSolve(x[1], upper: false)],
        ["triangular_upper_unit"] = x => [x[0].TriangularSolve(x[1], upper: true, unitDiagonal: true)],
        ["inverse"] = x => [x[0].Inverse()],
        ["inverse_complex"] = x => [x[0].Inverse()],
        ["cholesky"] = x => [Symmetric(x[0]).Cholesky()],
        ["cholesky_one"] = x => [x[0].Cholesky()],
        ["cholesky_solve"] = x => [Symmetric(x[0]).Cholesky().CholeskySolve(x[1])],
        ["qr_tall"] = Qr,
        ["qr_square"] = Qr,
        ["qr_wide"] = Qr,
        ["svd_tall"] = Svd,
        ["svd_square"] = Svd,
        ["svd_wide"] = Svd,
        ["svd_column"] = Svd,
        ["eigh"] = x => Symmetric(x[0]).SymmetricEigen() is var (w, v) ? [w, (v * w.Exp().Unsqueeze(-2)).MatMul(v.T), v.Abs()] : [],
        ["eigh_complex"] = x => ((x[0] + x[0].Conjugate().T) / 2).SymmetricEigen() is var (w, v) ? [w, (v * w.Exp().Unsqueeze(-2)).MatMul(v.Conjugate().T)] : [],
        ["slogdet"] = x => x[0].LogDeterminantWithSign() is var (s, l) ? [s, l] : [],
        ["slogdet_complex"] = x => x[0].LogDeterminantWithSign() is var (s, l) ? [s, l] : [],
        ["logdet"] = x => [x[0].LogDeterminant()],
        ["det"] = x => [x[0].Determinant()],
        ["det_complex"] = x => [x[0].Determinant()],
        ["det_singular"] = x => [x[0].Determinant()],
        ["matrix_exp"] = x => [x[0].MatrixExponential()],
        ["matrix_exp_scaled"] = x => [x[0].MatrixExponential()],
        ["pinv_tall"] = x => [x[0].PseudoInverse()],
        ["pinv_wide"] = x => [x[0].PseudoInverse()],
        ["matrix_power"] = x => [x[0].MatrixPower(5)],
        ["matrix_power_negative"] = x => [x[0].MatrixPower(-2)],
        ["matrix_power_zero"] = x => [x[0].MatrixPower(0)],
        ["trace"] = x => [x[0].Trace()],
        ["kron"] = x => [x[0].Kronecker(x[1])],
    };

    public static TheoryData<string> Cases => [.. Recorded.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_decomposition_equals_PyTorch_in_value_gradient_and_second_gradient(string name) => Recorded.Check(name, Functions);

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

    private static Tensor Symmetric(Tensor a) => (a + a.T) / 2;

    private static Tensor[] Qr(Tensor[] x) => x[0].QrDecomposition() is var (q, r) ? [q, r] : [];

    private static Tensor[] Svd(Tensor[] x) => x[0].SingularValueDecomposition() is var (u, s, v)
        ? [s, (u * s.Unsqueeze(-2).Exp()).MatMul(v), u.Abs(), v * v]
        : [];
}
