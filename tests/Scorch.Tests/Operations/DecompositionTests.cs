namespace Scorch.Tests.Operations;

/// <summary>Decompositions by panels, at sizes to either side of a panel's width, and of matrices that are hard on them.</summary>
public class DecompositionTests
{
    public static TheoryData<int> Sizes => [1, 2, 3, 7, 31, 32, 33, 47, 48, 49, 64, 65, 97, 130];

    public static TheoryData<string> Hard => ["zero", "identity", "one", "low rank", "graded", "huge", "tiny", "repeated", "bidiagonal with zeros"];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Solve_and_inverse_undo_the_product(int n)
    {
        var a = Normal(n, 2, n, n) + (Tensor.Identity(n, DataType.Float64) * 3);
        var x = Normal(n + 1, 2, n, 5);
        Parity.AssertClose(x, a.Solve(a.MatMul(x)), "solve", 1e-8);
        Parity.AssertClose(Tensor.Identity(n, DataType.Float64).Expand(a.Shape), a.MatMul(a.Inverse()), "inverse", 1e-8);
        Parity.AssertClose(x, Unit(a).T.TriangularSolve(Unit(a).T.MatMul(x), upper: true), "upper", 1e-9);
        Parity.AssertClose(x, Unit(a).TriangularSolve(Unit(a).MatMul(x), upper: false, unitDiagonal: true), "lower", 1e-9);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_determinant_is_that_of_the_triangular_factors(int n)
    {
        var (q, r) = Normal(n, n, n).QrDecomposition();
        var logarithm = r.Diagonal().Abs().Log().Sum();
        Parity.AssertClose(logarithm, q.MatMul(r).LogDeterminantWithSign().LogAbsolute, "log |det|", 1e-9);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_Cholesky_factor_gives_back_its_matrix_and_is_lower_triangular(int n)
    {
        var root = Normal(n, 2, n, n);
        var a = root.MatMul(root.T) + Tensor.Identity(n, DataType.Float64);
        // The upper triangle is not read.
        var factor = (a.LowerTriangle() + Tensor.Full(a.Shape, double.MaxValue, DataType.Float64).UpperTriangle(1)).Cholesky();
        Parity.AssertClose(a, factor.MatMul(factor.T), "L L^T", 1e-11);
        Parity.AssertClose(Tensor.ZerosLike(a), factor.UpperTriangle(1), "above the diagonal");
    }

    [Fact]
    public void A_late_negative_pivot_is_found()
    {
        var a = Tensor.Identity(100, DataType.Float64);
        a[90, 90] = Tensor.Scalar(-1, DataType.Float64);
        Assert.Throws<ArithmeticException>(() => a.Cholesky());
        a[90, 90] = Tensor.Scalar(0, DataType.Float64);
        Assert.Throws<ArithmeticException>(() => a.Solve(Tensor.Ones([100, 1], DataType.Float64)));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Decompositions_give_back_a_random_matrix(int n)
    {
        AssertDecompositions(Normal(n, n, n));
        AssertQr(Normal(n, n + 40, n));
        AssertQr(Normal(n, n, n + 40));
    }

    [Theory]
    [MemberData(nameof(Hard))]
    public void Decompositions_give_back_a_hard_matrix(string kind)
    {
        foreach (var n in new[] { 2, 5, 40, 70 }) AssertDecompositions(Matrix(kind, n));
    }

    [Fact]
    public void Eigenvalues_of_the_second_difference_are_known()
    {
        const int N = 100;
        var index = Tensor.Range(N);
        var distance = (index.Unsqueeze(1) - index).Abs();
        var a = (distance.EqualTo(0).To(DataType.Float64) * 2) - distance.EqualTo(1).To(DataType.Float64);
        var expected = Tensor.From([.. Enumerable.Range(1, N).Select(k => 2 - (2 * Math.Cos(k * Math.PI / (N + 1))))]);
        Parity.AssertClose(expected, a.SymmetricEigen().Values, "eigenvalues", 1e-13);
        Parity.AssertClose(expected.Flip(0), a.SingularValueDecomposition().S, "singular values", 1e-13);
    }

    private static void AssertDecompositions(Tensor a)
    {
        AssertQr(a);
        var size = a.Abs().Maximum().Item() is var greatest and > 0 ? greatest : 1;
        var (u, s, vt) = a.SingularValueDecomposition();
        AssertOrthonormal(u, "U");
        AssertOrthonormal(vt.T, "V");
        Parity.AssertClose(a / size, (u * (s / size)).MatMul(vt), "U S V^T", 1e-12);
        var numbers = s.ToArray<double>();
        Assert.True(numbers[^1] >= 0 && numbers.OrderDescending().SequenceEqual(numbers), "singular values fall");
        var symmetric = a + a.T;
        var (values, vectors) = symmetric.SymmetricEigen();
        AssertOrthonormal(vectors, "eigenvectors");
        Parity.AssertClose(symmetric / size, (vectors * (values / size).Unsqueeze(0)).MatMul(vectors.T), "V L V^T", 1e-12);
        Assert.True(values.ToArray<double>().Order().SequenceEqual(values.ToArray<double>()), "eigenvalues rise");
    }

    private static void AssertQr(Tensor a)
    {
        var size = a.Abs().Maximum().Item() is var greatest and > 0 ? greatest : 1;
        var (q, r) = a.QrDecomposition();
        AssertOrthonormal(q, "Q");
        Parity.AssertClose(a / size, q.MatMul(r / size), "Q R", 1e-12);
        Parity.AssertClose(Tensor.ZerosLike(r), r.LowerTriangle(-1), "below the diagonal of R");
    }

    private static void AssertOrthonormal(Tensor q, string what) =>
        Parity.AssertClose(Tensor.Identity(q.Shape[-1], DataType.Float64), q.T.MatMul(q), $"{what} orthonormal", 1e-12);

    private static Tensor Matrix(string kind, int n)
    {
        var random = Normal(n, n, n);
        var index = Tensor.Range(n);
        return kind switch
        {
            "zero" => Tensor.Zeros([n, n], DataType.Float64),
            "identity" => Tensor.Identity(n, DataType.Float64),
            "one" => Tensor.Ones([n, n], DataType.Float64),
            "low rank" => random[.., ..2].MatMul(random[..2]),
            "graded" => random * (index.To(DataType.Float64) * -0.5).Exp().Unsqueeze(1),
            "huge" => random * 1e150,
            "tiny" => random * 1e-160,
            "repeated" => random.QrDecomposition().Q is var q ? (q * index.Remainder(Tensor.Scalar(3, DataType.Int64)).To(DataType.Float64)).MatMul(q.T) : random,
            _ => (random.UpperTriangle() - random.UpperTriangle(2)) * index.Remainder(Tensor.Scalar(4, DataType.Int64)).NotEqual(1).To(DataType.Float64),
        };
    }

    /// <summary>Lower triangular with a unit diagonal and small elements, which keeps its inverse small.</summary>
    private static Tensor Unit(Tensor a) => (a.LowerTriangle(-1) / a.Shape[-1]) + Tensor.Identity(a.Shape[-1], DataType.Float64);

    private static Tensor Normal(int seed, params int[] shape) => new RandomSource(seed).Normal(shape, dataType: DataType.Float64);
}
