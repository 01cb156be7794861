using Scorch.Autograd;

namespace Scorch;

public partial class Tensor
{
    /// <summary>The solution X of A X = B for this square A; by LU factors with partial pivoting.</summary>
    /// <remarks>float32 goes through float64. Batch dimensions broadcast.</remarks>
    /// <param name="right">B: [..., n, k], or a vector [n] for A [..., n, n].</param>
    /// <exception cref="ArgumentException">A is not square, or sizes do not fit.</exception>
    /// <exception cref="ArithmeticException">A matrix is singular.</exception>
    public Tensor Solve(Tensor right)
    {
        ArgumentNullException.ThrowIfNull(right);
        RequireSquare("Solve");
        if (right.Rank == 1) return Solve(right.Unsqueeze(1)).Squeeze(-1);
        var (a, b) = SystemOf("Solve", right);
        return SolveCore(a, b).To(DataTypes.Promote(Float(this).DataType, Float(right).DataType));
    }

    /// <summary>The solution X of A X = B for this triangular A.</summary>
    /// <param name="right">B: [..., n, k], or a vector [n].</param>
    /// <param name="upper">Whether A's upper triangle counts, else its lower; the other is not read.</param>
    /// <param name="unitDiagonal">Take A's diagonal as ones without reading it.</param>
    /// <exception cref="ArgumentException">A is not square, or sizes do not fit.</exception>
    /// <exception cref="ArithmeticException">A diagonal holds a zero.</exception>
    public Tensor TriangularSolve(Tensor right, bool upper, bool unitDiagonal = false)
    {
        ArgumentNullException.ThrowIfNull(right);
        RequireSquare("TriangularSolve");
        if (right.Rank == 1) return TriangularSolve(right.Unsqueeze(1), upper, unitDiagonal).Squeeze(-1);
        var (a, b) = SystemOf("TriangularSolve", right);
        return TriangularCore(a, b, upper, unitDiagonal).To(DataTypes.Promote(Float(this).DataType, Float(right).DataType));
    }

    /// <summary>The inverse of square matrices [..., n, n].</summary>
    /// <exception cref="ArgumentException">The matrices are not square.</exception>
    /// <exception cref="ArithmeticException">A matrix is singular.</exception>
    public Tensor Inverse()
    {
        RequireSquare("Inverse");
        return Wide("Inverse", a => SolveCore(a, IdentityLike(a)));
    }

    /// <summary>The solution X of A X = B from this lower Cholesky factor of A.</summary>
    /// <param name="right">B: [..., n, k], or a vector [n].</param>
    public Tensor CholeskySolve(Tensor right) => ConjugateTranspose.TriangularSolve(TriangularSolve(right, upper: false), upper: true);

    /// <summary>The conjugate of the transpose over the last two dimensions.</summary>
    internal Tensor ConjugateTranspose => Conjugate().T;

    /// <summary>dX: B's gradient is A^-H g, A's is -(A^-H g) X^H.</summary>
    private static Tensor SolveCore(Tensor a, Tensor b)
    {
        var solution = Plain(b, b.DataType);
        if (ReferenceEquals(solution, b)) solution = b.CopyOf(b.DataType);
        using (GradientMode.Disable())
        {
            var (factors, pivots, singular) = Factors(a);
            if (singular >= 0) throw new ArithmeticException($"Solve: {MatrixName(a, singular)} is singular; use PseudoInverse for a least-squares solution.");
            var rows = Flat3(solution);
            a.Kernels.SwapRows(rows.Operand, pivots.Operand);
            a.Kernels.TriangularSolve(rows.Operand, factors.Operand, upper: false, unitDiagonal: true);
            a.Kernels.TriangularSolve(rows.Operand, factors.Operand, upper: true, unitDiagonal: false);
        }
        Tape.Watch(solution, "Solve");
        if (!Tape.Records(a, b)) return solution;
        return Tape.Record(solution, "Solve", [a, b], [a, solution], g =>
        {
            var right = SolveCore(a.ConjugateTranspose, g);
            return [Tape.Wants(0) ? -right.MatMul(solution.ConjugateTranspose) : null, Tape.Wants(1) ? right : null];
        });
    }

    private static Tensor TriangularCore(Tensor a, Tensor b, bool upper, bool unitDiagonal)
    {
        var solution = b.CopyOf(b.DataType);
        using (GradientMode.Disable())
        {
            var singular = a.Kernels.TriangularSolve(Flat3(solution).Operand, Flat3(a).Operand, upper, unitDiagonal);
            if (singular >= 0) throw new ArithmeticException($"TriangularSolve: {MatrixName(a, singular)} has a zero on its diagonal, so it is singular.");
        }
        Tape.Watch(solution, "TriangularSolve");
        if (!Tape.Records(a, b)) return solution;
        return Tape.Record(solution, "TriangularSolve", [a, b], [a, solution], g =>
        {
            var right = TriangularCore(a.ConjugateTranspose, g, !upper, unitDiagonal);
            if (!Tape.Wants(0)) return [null, right];
            var whole = -right.MatMul(solution.ConjugateTranspose);
            var skip = unitDiagonal ? 1 : 0;
            return [upper ? whole.UpperTriangle(skip) : whole.LowerTriangle(-skip), Tape.Wants(1) ? right : null];
        });
    }

    private (Tensor A, Tensor B) SystemOf(string operation, Tensor right)
    {
        if (right.Rank < 2 || right.Shape[-2] != Shape[-1])
            throw new ArgumentException($"{operation}: a matrix of shape {Shape} needs a right side with {Shape[-1]} rows; it has shape {right.Shape}.", nameof(right));
        var batch = Shape.Broadcast(Shape[..^2], right.Shape[..^2], operation);
        var type = WideType(DataTypes.Promote(DataType, right.DataType));
        return (To(type).Expand([.. batch, .. Shape[^2..]]), right.To(type).Expand([.. batch, .. right.Shape[^2..]]));
    }

    /// <summary>LU factors and swapped rows of contiguous [b, n, n], and the first singular matrix or -1.</summary>
    private static (Tensor Factors, Tensor Pivots, int Singular) Factors(Tensor a)
    {
        var factors = Flat3(a.CopyOf(a.DataType));
        var pivots = Empty(factors.Shape[..2], DataType.Int64, a.Device);
        return (factors, pivots, a.Kernels.LowerUpper(factors.Operand, pivots.Operand));
    }

    /// <summary>Runs a function in float64 or complex128 and brings the result back to this tensor's precision.</summary>
    private Tensor Wide(string operation, Func<Tensor, Tensor> function)
    {
        var type = Float(this).DataType;
        var wide = To(WideType(type));
        var result = function(wide);
        Tape.Watch(result, operation);
        return result.To(result.DataType.IsComplex() ? type.ToComplex() : type.ToReal());
    }

    private static DataType WideType(DataType type) => type.IsComplex() ? DataType.Complex128 : DataType.Float64;

    /// <summary>The matrices as one contiguous batch [b, m, n], without history.</summary>
    private static Tensor Flat3(Tensor x)
    {
        var plain = Plain(x, x.DataType);
        var shape = x.Shape;
        var count = checked((int)shape[..^2].ElementCount);
        return new Tensor(plain.Storage, plain.Offset, [count, shape[-2], shape[-1]], [(long)shape[-2] * shape[-1], shape[-1], 1], plain.DataType);
    }

    private static Tensor IdentityLike(Tensor a) => Identity(a.Shape[-1], a.DataType).To(a.Device).Expand(a.Shape);

    private void RequireMatrix(string operation)
    {
        if (Rank < 2) throw new ArgumentException($"{operation}: shape {Shape} is not a matrix; the last two dimensions are its rows and columns.");
    }

    private void RequireSquare(string operation)
    {
        RequireMatrix(operation);
        if (Shape[-1] != Shape[-2])
            throw new ArgumentException($"{operation}: the matrix is not square: {Shape[-2]} rows against {Shape[-1]} columns (shape {Shape}).");
    }

    /// <summary>"the matrix", or "matrix [1, 2]" where a batch holds several.</summary>
    private static string MatrixName(Tensor a, int index)
    {
        var batch = a.Shape[..^2];
        if (batch.Rank == 0) return "the matrix";
        var place = new int[batch.Rank];
        for (var d = batch.Rank - 1; d >= 0; d--)
        {
            place[d] = index % batch[d];
            index /= batch[d];
        }
        return $"matrix [{string.Join(", ", place)}] of the batch";
    }
}
