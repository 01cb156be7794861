namespace Scorch.Tests.Operations;

/// <summary>What complex decompositions promise beyond their recorded cases.</summary>
public class ComplexAlgebraTests
{
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
}
