using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>Numerator of the diagonal Padé approximant of order 13 to e^x.</summary>
    private static readonly double[] PadeCoefficients =
    [
        64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800,
        33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
    ];

    /// <summary>The sum of the main diagonal of [..., m, n].</summary>
    public Tensor Trace()
    {
        RequireMatrix("Trace");
        return Diagonal().Sum(-1);
    }

    /// <summary>The matrix exponential of [..., n, n], by scaling, the order 13 Padé approximant and squaring (Higham 2005).</summary>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    /// <exception cref="ArithmeticException">An element is not finite.</exception>
    public Tensor MatrixExponential()
    {
        RequireSquare("MatrixExponential");
        return Wide("MatrixExponential", a =>
        {
            RequireFinite(a, "MatrixExponential");
            if (a.ElementCount == 0) return a.Clone();
            // The 1-norm of each matrix decides how often it is halved; 5.37 keeps the approximant at rounding error.
            var norms = Flat3(a.Detach()).Abs().Sum(-2).Maximum([-1]).ToArray<double>();
            var halvings = Array.ConvertAll(norms, norm => Math.Max(0, (int)Math.Ceiling(Math.Log2(norm / 5.371920351148152))));
            if (halvings.All(count => count == halvings[0])) return Exponential(a, halvings[0]);
            var matrices = a.Reshape(-1, a.Shape[-1], a.Shape[-1]);
            return Stack([.. halvings.Select((count, i) => Exponential(matrices.Select(0, i), count))]).Reshape(a.Shape);
        });
    }

    private static Tensor Exponential(Tensor matrix, int halvings)
    {
        var b = PadeCoefficients;
        var a = matrix * Math.Pow(2, -halvings);
        var eye = IdentityLike(a);
        var a2 = a.MatMul(a);
        var a4 = a2.MatMul(a2);
        var a6 = a4.MatMul(a2);
        var odd = a.MatMul(a6.MatMul((a6 * b[13]) + (a4 * b[11]) + (a2 * b[9])) + (a6 * b[7]) + (a4 * b[5]) + (a2 * b[3]) + (eye * b[1]));
        var even = a6.MatMul((a6 * b[12]) + (a4 * b[10]) + (a2 * b[8])) + (a6 * b[6]) + (a4 * b[4]) + (a2 * b[2]) + (eye * b[0]);
        var result = SolveCore(even - odd, even + odd);
        for (var i = 0; i < halvings; i++) result = result.MatMul(result);
        return result;
    }

    /// <summary>The Moore-Penrose inverse [..., n, m] of real [..., m, n].</summary>
    /// <param name="relativeTolerance">Singular values up to this share of the greatest count as 0; by default max(m, n) times the type's rounding unit.</param>
    public Tensor PseudoInverse(double? relativeTolerance = null)
    {
        RequireMatrix("PseudoInverse");
        RequireReal("PseudoInverse");
        var unit = DataType == DataType.Float64 ? Math.ScaleB(1, -52) : Math.ScaleB(1, -23);
        var tolerance = relativeTolerance ?? Math.Max(Shape[-1], Shape[-2]) * unit;
        return Wide("PseudoInverse", a => PseudoInverseCore(a, tolerance));
    }

    /// <summary>The derivative of Golub and Pereyra (1973), for matrices of constant rank.</summary>
    private static Tensor PseudoInverseCore(Tensor a, double tolerance)
    {
        if (a.ElementCount == 0) return a.T.Clone();
        Tensor result;
        using (GradientMode.Disable())
        {
            var (u, s, v) = SvdCore(a);
            var kept = s.GreaterThan(s.Narrow(-1, 0, 1) * tolerance);
            result = (v * Where(kept, 1 / s, ZerosLike(s)).Unsqueeze(-2)).MatMul(u.T);
        }
        if (!Tape.Records(a)) return result;
        return Tape.Record(result, "PseudoInverse", [a], [a, result], g =>
        {
            var (p, slope) = (result, g.T);
            if (a.Shape[-2] <= a.Shape[-1])
            {
                var k = slope.MatMul(p);
                var kp = k.MatMul(p.T);
                return [kp - p.MatMul(k).T - a.MatMul(p).MatMul(kp) + p.T.MatMul(p).MatMul(slope - k.MatMul(a))];
            }
            var left = p.MatMul(slope);
            var pl = p.T.MatMul(left);
            return [pl - left.MatMul(p).T + (slope - a.MatMul(left)).MatMul(p).MatMul(p.T) - pl.MatMul(p).MatMul(a)];
        });
    }

    /// <summary>A whole power of square matrices [..., n, n], by repeated squaring; negative powers are those of the inverse.</summary>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    /// <exception cref="ArithmeticException">The power is negative and a matrix singular.</exception>
    public Tensor MatrixPower(int power)
    {
        RequireSquare("MatrixPower");
        var square = power < 0 ? Inverse() : this;
        Tensor? result = null;
        for (var rest = Math.Abs((long)power); rest > 0; rest >>= 1)
        {
            if ((rest & 1) == 1) result = result is null ? square : result.MatMul(square);
            if (rest > 1) square = square.MatMul(square);
        }
        return result ?? IdentityLike(this).Clone();
    }

    /// <summary>The Kronecker product: every element of this tensor times the whole other; missing leading dimensions count as 1.</summary>
    public Tensor Kronecker(Tensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var rank = Math.Max(Rank, other.Rank);
        var (mine, theirs, joined) = (new int[2 * rank], new int[2 * rank], new int[rank]);
        for (var d = 0; d < rank; d++)
        {
            mine[2 * d] = d >= rank - Rank ? Shape[d - (rank - Rank)] : 1;
            theirs[(2 * d) + 1] = d >= rank - other.Rank ? other.Shape[d - (rank - other.Rank)] : 1;
            mine[(2 * d) + 1] = theirs[2 * d] = 1;
            joined[d] = checked(mine[2 * d] * theirs[(2 * d) + 1]);
        }
        return (Reshape(mine) * other.Reshape(theirs)).Reshape(joined);
    }
}
