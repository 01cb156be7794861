namespace Scorch.Tests.Operations;

/// <summary>Linear algebra: oracles/engine/algebra.py.</summary>
internal static class AlgebraCases
{
    public static CaseTable Build()
    {
        var all = new CaseTable("algebra");
        all.Many("solve", x => [x[0].Solve(x[1])]);
        all.Many("solve_batch", x => [x[0].Solve(x[1])]);
        all.Many("solve_vector", x => [x[0].Solve(x[1])]);
        all.Many("solve_one", x => [x[0].Solve(x[1])]);
        all.Many("solve_complex", x => [x[0].Solve(x[1])]);
        all.Many("triangular_lower", x => [x[0].TriangularSolve(x[1], upper: false)]);
        all.Many("triangular_upper_unit", x => [x[0].TriangularSolve(x[1], upper: true, unitDiagonal: true)]);
        all.Many("inverse", x => [x[0].Inverse()]);
        all.Many("inverse_complex", x => [x[0].Inverse()]);
        all.Many("cholesky", x => [Symmetric(x[0]).Cholesky()]);
        all.Many("cholesky_one", x => [x[0].Cholesky()]);
        all.Many("cholesky_solve", x => [Symmetric(x[0]).Cholesky().CholeskySolve(x[1])]);
        all.Many("qr_tall", Qr);
        all.Many("qr_square", Qr);
        all.Many("qr_wide", Qr);
        all.Many("svd_tall", Svd);
        all.Many("svd_square", Svd);
        all.Many("svd_wide", Svd);
        all.Many("svd_column", Svd);
        all.Many("eigh", x => Symmetric(x[0]).SymmetricEigen() is var (w, v) ? [w, (v * w.Exp().Unsqueeze(-2)).MatMul(v.T), v.Abs()] : []);
        all.Many("eigh_complex", x => ((x[0] + x[0].Conjugate().T) / 2).SymmetricEigen() is var (w, v) ? [w, (v * w.Exp().Unsqueeze(-2)).MatMul(v.Conjugate().T)] : []);
        all.Many("slogdet", x => x[0].LogDeterminantWithSign() is var (s, l) ? [s, l] : []);
        all.Many("slogdet_complex", x => x[0].LogDeterminantWithSign() is var (s, l) ? [s, l] : []);
        all.Many("logdet", x => [x[0].LogDeterminant()]);
        all.Many("det", x => [x[0].Determinant()]);
        all.Many("det_complex", x => [x[0].Determinant()]);
        all.Many("det_singular", x => [x[0].Determinant()]);
        all.Many("matrix_exp", x => [x[0].MatrixExponential()]);
        all.Many("matrix_exp_scaled", x => [x[0].MatrixExponential()]);
        all.Many("pinv_tall", x => [x[0].PseudoInverse()]);
        all.Many("pinv_wide", x => [x[0].PseudoInverse()]);
        all.Many("matrix_power", x => [x[0].MatrixPower(5)]);
        all.Many("matrix_power_negative", x => [x[0].MatrixPower(-2)]);
        all.Many("matrix_power_zero", x => [x[0].MatrixPower(0)]);
        all.Many("trace", x => [x[0].Trace()]);
        all.Many("kron", x => [x[0].Kronecker(x[1])]);
        all.Many("triangular_upper", x => [x[0].TriangularSolve(x[1], upper: true)]);
        return all;
    }

    private static Tensor Symmetric(Tensor a) => (a + a.T) / 2;

    private static Tensor[] Qr(Tensor[] x) => x[0].QrDecomposition() is var (q, r) ? [q, r] : [];

    private static Tensor[] Svd(Tensor[] x) => x[0].SingularValueDecomposition() is var (u, s, v)
        ? [s, (u * s.Unsqueeze(-2).Exp()).MatMul(v), u.Abs(), v * v]
        : [];
}
