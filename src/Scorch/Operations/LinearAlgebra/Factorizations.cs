using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>The lower triangular L with positive diagonal and A = L L^H, for positive definite matrices [..., n, n]; reads the lower triangle.</summary>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    /// <exception cref="ArithmeticException">A matrix is not positive definite.</exception>
    public Tensor Cholesky()
    {
        RequireSquare("Cholesky");
        return Wide("Cholesky", CholeskyCore);
    }

    /// <summary>A's gradient is the symmetric part of L^-H Phi(L^H g) L^-1; Phi takes the lower triangle and halves the diagonal (Murray 2016).</summary>
    private static Tensor CholeskyCore(Tensor a)
    {
        var factor = a.CopyOf(a.DataType);
        var failed = a.Kernels.Cholesky(Flat3(factor).Operand);
        if (failed >= 0) throw new ArithmeticException($"Cholesky: {MatrixName(a, failed)} is not positive definite; add a positive number to its diagonal if rounding made it so.");
        if (!Tape.Records(a)) return factor;
        return Tape.Record(factor, "Cholesky", [a], [factor], g =>
        {
            var adjoint = factor.ConjugateTranspose;
            var product = adjoint.MatMul(g).LowerTriangle();
            var phi = product - (product.Diagonal() * 0.5).DiagonalMatrix();
            var right = TriangularCore(adjoint, phi, upper: true, unitDiagonal: false);
            var whole = TriangularCore(adjoint, right.ConjugateTranspose, upper: true, unitDiagonal: false);
            return [(whole + whole.ConjugateTranspose) * 0.5];
        });
    }

    /// <summary>The reduced QR decomposition A = Q R of [..., m, n]: Q [..., m, k] with orthonormal columns, R [..., k, n] upper triangular, k = min(m, n).</summary>
    /// <remarks>Signs are those of LAPACK's Householder reflections; R's diagonal is real. The derivative exists where the first k columns are independent.</remarks>
    public (Tensor Q, Tensor R) QrDecomposition()
    {
        RequireMatrix("QrDecomposition");
        var type = Float(this).DataType;
        var (q, r) = QrCore(To(WideType(type)));
        return (q.To(type), r.To(type));
    }

    private static (Tensor Q, Tensor R) QrCore(Tensor a)
    {
        var (rows, columns) = (a.Shape[-2], a.Shape[-1]);
        var (q, r) = PlainQr(a);
        if (!Tape.Records(a)) return (q, r);
        Tape.Record([q, r], "QrDecomposition", [a], [a, q, r], g =>
        {
            var slopeQ = g[0] ?? ZerosLike(q);
            var slopeR = g[1] ?? ZerosLike(r);
            if (rows >= columns) return [QrGradient(q, r, slopeQ, slopeR)];
            // A = [X Y]: Q comes from X alone, and Y = Q V.
            var (gradientU, gradientV) = (slopeR.Narrow(-1, 0, rows), slopeR.Narrow(-1, rows, columns - rows));
            var y = a.Narrow(-1, rows, columns - rows);
            var x = QrGradient(q, r.Narrow(-1, 0, rows), slopeQ + y.MatMul(gradientV.ConjugateTranspose), gradientU);
            return [Concatenate([x, q.MatMul(gradientV)], -1)];
        });
        return (q, r);
    }

    private static (Tensor Q, Tensor R) PlainQr(Tensor a)
    {
        var (rows, columns) = (a.Shape[-2], a.Shape[-1]);
        var small = Math.Min(rows, columns);
        var q = Empty([.. a.Shape[..^1], small], a.DataType, a.Device);
        var r = Empty([.. a.Shape[..^2], small, columns], a.DataType, a.Device);
        a.Kernels.OrthogonalTriangular(Flat3(q).Operand, Flat3(r).Operand, Flat3(a).Operand);
        return (q, r);
    }

    /// <summary>[gQ + Q copyltu(R gR^H - gQ^H Q)] R^-H, where copyltu mirrors the lower triangle upwards and keeps the diagonal's real part (Walter and Lehmann 2010).</summary>
    private static Tensor QrGradient(Tensor q, Tensor r, Tensor slopeQ, Tensor slopeR)
    {
        var m = r.MatMul(slopeR.ConjugateTranspose) - slopeQ.ConjugateTranspose.MatMul(q);
        var lower = m.LowerTriangle(-1);
        var diagonal = m.DataType.IsComplex() ? m.Diagonal().Real().To(m.DataType) : m.Diagonal();
        var mirrored = lower + lower.ConjugateTranspose + diagonal.DiagonalMatrix();
        return TriangularCore(r, (slopeQ + q.MatMul(mirrored)).ConjugateTranspose, upper: true, unitDiagonal: false).ConjugateTranspose;
    }

    private void RequireReal(string operation)
    {
        if (DataType.IsComplex()) throw new NotSupportedException($"{operation} is defined for real matrices; these hold {DataType}.");
    }
}
