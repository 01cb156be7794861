namespace Scorch.Tests.Operations;

/// <summary>Complex decompositions: oracles/engine/complex_algebra.py.</summary>
internal static class ComplexAlgebraCases
{
    public static CaseTable Build()
    {
        var all = new CaseTable("complex_algebra");
        foreach (var shape in new[] { "tall", "square", "wide", "column", "one" })
        {
            all.Many($"qr_{shape}", Qr);
            all.Many($"svd_{shape}", Svd);
        }
        all.One("svd_values", x => x.SingularValueDecomposition().S);
        all.One("logdet", x => x.LogDeterminant());
        all.One("logdet_one", x => x.LogDeterminant());
        all.Pair("slogdet", x => x.LogDeterminantWithSign());
        all.One("eigh_values", x => ((x + x.Conjugate().T) * 0.5).SymmetricEigen().Values);
        all.One("cholesky", x => ((x + x.Conjugate().T) * 0.5).Cholesky());
        return all;
    }

    private static Tensor[] Qr(Tensor[] x) => x[0].QrDecomposition() is var (q, r) ? [q, r] : [];

    private static Tensor[] Svd(Tensor[] x)
    {
        var (u, s, vh) = x[0].SingularValueDecomposition();
        return [s, (u * s.Unsqueeze(-2).Exp().To(u.DataType)).MatMul(vh), u.Abs(), vh.Abs().Square()];
    }
}
