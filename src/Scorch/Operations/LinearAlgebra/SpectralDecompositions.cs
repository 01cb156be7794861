using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>Eigenvalues (rising, real) and orthonormal eigenvectors (columns) of symmetric or Hermitian matrices [..., n, n]; reads the lower triangle.</summary>
    /// <remarks>The vectors' derivative exists where the eigenvalues differ, and only for functions that do not depend on the vectors' signs (phases).</remarks>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    public (Tensor Values, Tensor Vectors) SymmetricEigen()
    {
        RequireSquare("SymmetricEigen");
        var type = Float(this).DataType;
        var (values, vectors) = EigenCore(To(WideType(type)));
        return (values.To(type.ToReal()), vectors.To(type));
    }

    /// <summary>gA = V (diag(gL) + (V^H gV) / E) V^H with E_ij = L_j - L_i off the diagonal.</summary>
    private static (Tensor Values, Tensor Vectors) EigenCore(Tensor a)
    {
        var values = Empty(a.Shape[..^1], DataType.Float64, a.Device);
        var vectors = Empty(a.Shape, a.DataType, a.Device);
        RequireFinite(a, "SymmetricEigen");
        a.Kernels.SymmetricEigen(values.Operand, Flat3(vectors).Operand, Flat3(a).Operand);
        if (!Tape.Records(a)) return (values, vectors);
        Tape.Record([values, vectors], "SymmetricEigen", [a], [values, vectors], g =>
        {
            var inner = g[0] is { } slope ? slope.To(vectors.DataType).DiagonalMatrix() : ZerosLike(vectors);
            if (g[1] is { } turn) inner += vectors.ConjugateTranspose.MatMul(turn) * OffDiagonalReciprocal(values.Unsqueeze(-2) - values.Unsqueeze(-1));
            return [vectors.MatMul(inner).MatMul(vectors.ConjugateTranspose)];
        });
        return (values, vectors);
    }

    /// <summary>The thin singular value decomposition A = U diag(S) V^H of [..., m, n]: U [..., m, k], S [..., k] real and falling, V^H [..., k, n], k = min(m, n).</summary>
    /// <remarks>The vectors' derivative exists where the singular values differ and are not 0, for functions that do not depend on the vectors' signs (phases).</remarks>
    public (Tensor U, Tensor S, Tensor VT) SingularValueDecomposition()
    {
        RequireMatrix("SingularValueDecomposition");
        var type = Float(this).DataType;
        var (u, s, v) = SvdCore(To(WideType(type)));
        return (u.To(type), s.To(type.ToReal()), v.ConjugateTranspose.To(type));
    }

    private static (Tensor U, Tensor S, Tensor V) SvdCore(Tensor a)
    {
        RequireFinite(a, "SingularValueDecomposition");
        Tensor u, s, v;
        using (GradientMode.Disable()) (u, s, v) = a.Shape[-2] >= a.Shape[-1] ? TallSvd(a) : TallSvd(a.ConjugateTranspose) is var (left, middle, right) ? (right, middle, left) : default;
        if (!Tape.Records(a)) return (u, s, v);
        Tape.Record([u, s, v], "SingularValueDecomposition", [a], [u, s, v], g => [SvdGradient(u, s, v, g)]);
        return (u, s, v);
    }

    /// <summary>Through the triangular factor, so that no m x m matrix is made.</summary>
    private static (Tensor U, Tensor S, Tensor V) TallSvd(Tensor a)
    {
        var columns = a.Shape[-1];
        var (q, r) = a.Shape[-2] > columns ? PlainQr(a) : (null, a);
        var left = Empty(r.Shape, a.DataType, a.Device);
        var values = Empty(r.Shape[..^1], DataType.Float64, a.Device);
        var right = Empty(r.Shape, a.DataType, a.Device);
        a.Kernels.SingularValues(Flat3(left).Operand, values.Operand, Flat3(right).Operand, Flat3(r).Operand);
        return (q is null ? left : q.MatMul(left), values, right);
    }

    /// <summary>U [ (skew(U^H gU) / E) S + S (skew(V^H gV) / E) + diag(gS) ] V^H and the parts outside the spans, E_ij = S_j^2 - S_i^2 (Townsend 2016).</summary>
    /// <remarks>Complex vectors turn by a common phase: diag(skew(U^H gU) - skew(V^H gV)) / 4S holds what the loss says of it.</remarks>
    private static Tensor SvdGradient(Tensor u, Tensor s, Tensor v, Tensor?[] g)
    {
        var type = u.DataType;
        var (slopeU, slopeS, slopeV) = (g[0], g[1], g[2]);
        var (squares, wide) = (s * s, s.To(type));
        var weights = OffDiagonalReciprocal(squares.Unsqueeze(-2) - squares.Unsqueeze(-1)).To(type);
        var inner = slopeS is null ? Zeros([.. s.Shape, s.Shape[-1]], type, s.Device) : slopeS.To(type).DiagonalMatrix();
        var turnU = slopeU is null ? null : Skew(u.ConjugateTranspose.MatMul(slopeU));
        var turnV = slopeV is null ? null : Skew(v.ConjugateTranspose.MatMul(slopeV));
        if (turnU is not null) inner += turnU * weights * wide.Unsqueeze(-2);
        if (turnV is not null) inner += wide.Unsqueeze(-1) * turnV * weights;
        if (type.IsComplex() && turnU is not null && turnV is not null) inner += ((turnU - turnV).Diagonal() / (wide * 4)).DiagonalMatrix();
        var gradient = u.MatMul(inner).MatMul(v.ConjugateTranspose);
        if (slopeU is not null && u.Shape[-2] > u.Shape[-1])
        {
            var outside = slopeU / wide.Unsqueeze(-2);
            gradient += (outside - u.MatMul(u.ConjugateTranspose.MatMul(outside))).MatMul(v.ConjugateTranspose);
        }
        if (slopeV is not null && v.Shape[-2] > v.Shape[-1])
        {
            var outside = slopeV / wide.Unsqueeze(-2);
            gradient += u.MatMul((outside - v.MatMul(v.ConjugateTranspose.MatMul(outside))).ConjugateTranspose);
        }
        return gradient;
    }

    private static Tensor Skew(Tensor x) => x - x.ConjugateTranspose;

    /// <summary>1 / x off the diagonal, 0 on it.</summary>
    private static Tensor OffDiagonalReciprocal(Tensor x)
    {
        var eye = Identity(x.Shape[-1], x.DataType).To(x.Device);
        return (1 - eye) / (x + eye);
    }

    private static void RequireFinite(Tensor a, string operation)
    {
        if (a.Detach().IsFinite().All().ItemInt64() == 0)
            throw new ArithmeticException($"{operation}: the matrix holds NaN or infinite elements; the iteration would not end in a decomposition.");
    }
}
