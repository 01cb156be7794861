namespace Scorch.Tests.Operations;

/// <summary>Complex decompositions against oracles/engine/complex_algebra.py.</summary>
public class ComplexAlgebraTests
{
    private static readonly Parity Recorded = new("engine/complex_algebra.npz");

    private static readonly Dictionary<string, Func<Tensor[], Tensor[]>> Functions = new()
    {
        ["qr_tall"] = Qr,
        ["qr_square"] = Qr,
        ["qr_wide"] = Qr,
        ["qr_column"] = Qr,
        ["qr_one"] = Qr,
        ["svd_tall"] = Svd,
        ["svd_square"] = Svd,
        ["svd_wide"] = Svd,
        ["svd_column"] = Svd,
        ["svd_one"] = Svd,
        ["svd_values"] = x => [x[0].SingularValueDecomposition().S],
        ["logdet"] = x => [x[0].LogDeterminant()],
        ["logdet_one"] = x => [x[0].LogDeterminant()],
        ["slogdet"] = x => x[0].LogDeterminantWithSign() is var (sign, logarithm) ? [sign, logarithm] : [],
        ["eigh_values"] = x => [((x[0] + x[0].Conjugate().T) * 0.5).SymmetricEigen().Values],
        ["cholesky"] = x => [((x[0] + x[0].Conjugate().T) * 0.5).Cholesky()],
    };

    public static TheoryData<string> Cases => [.. Recorded.Cases];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_complex_decomposition_has_PyTorch_s_values_and_derivatives(string name) => Recorded.Check(name, Functions);

    [Fact]
    public void Complex64_goes_through_double_precision_and_comes_back()
    {
        var a = (new RandomSource(1).Normal([4, 3]).To(DataType.Complex64) + (new RandomSource(2).Normal([4, 3]).To(DataType.Complex64) * System.Numerics.Complex.ImaginaryOne)).To(DataType.Complex64);
        var (u, s, vh) = a.SingularValueDecomposition();
        var (q, r) = a.QrDecomposition();
        Assert.Equal((DataType.Complex64, DataType.Float32, DataType.Complex64), (u.DataType, s.DataType, vh.DataType));
        Parity.AssertClose(a, (u * s.Unsqueeze(-2).To(DataType.Complex64)).MatMul(vh), "U S V^H", 1e-6);
        Parity.AssertClose(a, q.MatMul(r), "Q R", 1e-6);
    }

    private static Tensor[] Qr(Tensor[] x) => x[0].QrDecomposition() is var (q, r) ? [q, r] : [];

    private static Tensor[] Svd(Tensor[] x)
    {
        var (u, s, vh) = x[0].SingularValueDecomposition();
        return [s, (u * s.Unsqueeze(-2).Exp().To(u.DataType)).MatMul(vh), u.Abs(), vh.Abs().Square()];
    }
}
