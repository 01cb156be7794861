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
            var inner = g[0] is { } slope ? slope.To(a.DataType).DiagonalMatrix() : ZerosLike(a);
            if (g[1] is { } turn) inner += vectors.ConjugateTranspose.MatMul(turn) * OffDiagonalReciprocal(values.Unsqueeze(-2) - values.Unsqueeze(-1));
            return [vectors.MatMul(inner).MatMul(vectors.ConjugateTranspose)];
        });
        return (values, vectors);
    }

    /// <summary>The thin singular value decomposition A = U diag(S) V^T of real [..., m, n]: U [..., m, k], S [..., k] falling, V^T [..., k, n], k = min(m, n).</summary>
    /// <remarks>The vectors' derivative exists where the singular values differ and are not 0, for functions that do not depend on the vectors' signs.</remarks>
    /// <exception cref="NotSupportedException">The matrices are complex.</exception>
    public (Tensor U, Tensor S, Tensor VT) SingularValueDecomposition()
    {
        RequireMatrix("SingularValueDecomposition");
        RequireReal("SingularValueDecomposition");
        var type = Float(this).DataType;
        var (u, s, v) = SvdCore(To(DataType.Float64));
        return (u.To(type), s.To(type), v.T.To(type));
    }

    private static (Tensor U, Tensor S, Tensor V) SvdCore(Tensor a)
    {
        RequireFinite(a, "SingularValueDecomposition");
        Tensor u, s, v;
        using (GradientMode.Disable()) (u, s, v) = a.Shape[-2] >= a.Shape[-1] ? TallSvd(a) : TallSvd(a.T) is var (left, middle, right) ? (right, middle, left) : default;
        if (!Tape.Records(a)) return (u, s, v);
        Tape.Record([u, s, v], "SingularValueDecomposition", [a], [u, s, v], g => [SvdGradient(u, s, v, g)]);
        return (u, s, v);
    }

    /// <summary>Through the triangular factor, so that no m x m matrix is made.</summary>
    private static (Tensor U, Tensor S, Tensor V) TallSvd(Tensor a)
    {
        var columns = a.Shape[-1];
        var (q, r) = a.Shape[-2] > columns ? PlainQr(a) : (null, a);
        var left = Empty(r.Shape, DataType.Float64, a.Device);
        var values = Empty(r.Shape[..^1], DataType.Float64, a.Device);
        var right = Empty(r.Shape, DataType.Float64, a.Device);
        a.Kernels.SingularValues(Flat3(left).Operand, values.Operand, Flat3(right).Operand, Flat3(r).Operand);
        return (q is null ? left : q.MatMul(left), values, right);
    }

    /// <summary>U [ (skew(U^T gU) / E) S + S (skew(V^T gV) / E) + diag(gS) ] V^T and the parts outside the spans, E_ij = S_j^2 - S_i^2 (Townsend 2016).</summary>
    private static Tensor SvdGradient(Tensor u, Tensor s, Tensor v, Tensor?[] g)
    {
        var (slopeU, slopeS, slopeV) = (g[0], g[1], g[2]);
        var squares = s * s;
        var weights = OffDiagonalReciprocal(squares.Unsqueeze(-2) - squares.Unsqueeze(-1));
        var inner = slopeS is null ? Zeros([.. s.Shape, s.Shape[-1]], s.DataType, s.Device) : slopeS.DiagonalMatrix();
        if (slopeU is not null) inner += Skew(u.T.MatMul(slopeU)) * weights * s.Unsqueeze(-2);
        if (slopeV is not null) inner += s.Unsqueeze(-1) * Skew(v.T.MatMul(slopeV)) * weights;
        var gradient = u.MatMul(inner).MatMul(v.T);
        if (slopeU is not null && u.Shape[-2] > u.Shape[-1])
        {
            var outside = slopeU / s.Unsqueeze(-2);
            gradient += (outside - u.MatMul(u.T.MatMul(outside))).MatMul(v.T);
        }
        if (slopeV is not null && v.Shape[-2] > v.Shape[-1])
        {
            var outside = slopeV / s.Unsqueeze(-2);
            gradient += u.MatMul((outside - v.MatMul(v.T.MatMul(outside))).T);
        }
        return gradient;
    }

    private static Tensor Skew(Tensor x) => x - x.T;

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
