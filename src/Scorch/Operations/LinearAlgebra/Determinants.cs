using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>The sign (or phase) and the logarithm of the modulus of the determinant of [..., n, n]; a singular matrix gives 0 and minus infinity.</summary>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    public (Tensor Sign, Tensor LogAbsolute) LogDeterminantWithSign()
    {
        RequireSquare("LogDeterminantWithSign");
        var type = Float(this).DataType;
        var (sign, logarithm) = DeterminantCore(To(WideType(type)));
        return (sign.To(type), logarithm.To(type.ToReal()));
    }

    /// <summary>The logarithm of the determinant of [..., n, n]; for real matrices NaN where it is negative, minus infinity where it is 0;
    /// for complex ones the principal value.</summary>
    public Tensor LogDeterminant()
    {
        var (sign, logarithm) = LogDeterminantWithSign();
        if (sign.DataType.IsComplex()) return logarithm.To(sign.DataType) + sign.Log();
        return Where(sign.LessThan(0), FullLike(logarithm, double.NaN), logarithm);
    }

    /// <summary>The determinant of [..., n, n].</summary>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    public Tensor Determinant()
    {
        RequireSquare("Determinant");
        return Wide("Determinant", a =>
        {
            Tensor result;
            using (GradientMode.Disable()) result = Diagonals(a).Product(-1);
            return Tape.Records(a) ? Tape.Record(result, "Determinant", [a], [a], g => [g.Unsqueeze(-1).Unsqueeze(-1) * Cofactors(a).Conjugate()]) : result;
        });
    }

    /// <summary>A's gradient: (gl + i c) A^-H with c = -Im(conj(gs) s); for real matrices gl A^-T.</summary>
    private static (Tensor Sign, Tensor LogAbsolute) DeterminantCore(Tensor a)
    {
        Tensor sign, logarithm;
        using (GradientMode.Disable())
        {
            var diagonal = Diagonals(a);
            sign = diagonal.Sign().Product(-1);
            logarithm = diagonal.Abs().Log().Sum(-1);
        }
        if (!Tape.Records(a)) return (sign, logarithm);
        Tape.Record([sign, logarithm], "LogDeterminantWithSign", [a], [a, sign], g =>
        {
            var weight = g[1]?.To(a.DataType) ?? ZerosLike(sign);
            if (a.DataType.IsComplex() && g[0] is { } turn)
                weight -= (turn.Conjugate() * sign).Imaginary().To(a.DataType) * System.Numerics.Complex.ImaginaryOne;
            return [weight.Unsqueeze(-1).Unsqueeze(-1) * SolveCore(a.ConjugateTranspose, IdentityLike(a))];
        });
        return (sign, logarithm);
    }

    /// <summary>The diagonal of U in P A = L U, its first element turned where P is odd.</summary>
    private static Tensor Diagonals(Tensor a)
    {
        var (factors, pivots, _) = Factors(a);
        var n = a.Shape[-1];
        var places = Range(n).To(a.Device);
        var swaps = pivots.NotEqual(places).To(DataType.Int64).Sum(-1, keepDimensions: true);
        var turn = 1 - (2 * swaps.Remainder(2));
        var signs = Where(places.EqualTo(0), turn, OnesLike(pivots)).To(a.DataType);
        return (factors.Diagonal() * signs).Reshape(a.Shape[..^1]);
    }

    /// <summary>The derivative of det A: det(A) A^-T; from the singular values where a matrix of the batch is singular.</summary>
    private static Tensor Cofactors(Tensor a)
    {
        var determinant = a.Determinant();
        if (determinant.Detach().NotEqual(0).All().ItemInt64() != 0 || a.DataType.IsComplex())
            return determinant.Unsqueeze(-1).Unsqueeze(-1) * SolveCore(a.T, IdentityLike(a));
        // A = U S V^T: cof(A) = det(U) det(V) U diag(prod_{j != i} S_j) V^T.
        var (u, s, v) = SvdCore(a);
        var n = a.Shape[-1];
        var others = Where(Identity(n, DataType.Bool).To(a.Device), Ones([], s.DataType, s.Device), s.Unsqueeze(-2).Expand(a.Shape)).Product(-1);
        var sign = (u.Determinant() * v.Determinant()).Unsqueeze(-1).Unsqueeze(-1);
        return sign * (u * others.Unsqueeze(-2)).MatMul(v.T);
    }
}
