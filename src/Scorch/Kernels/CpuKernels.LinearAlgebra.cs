using System.Numerics;

namespace Scorch.Kernels;

internal abstract partial class KernelTable
{
    /// <summary>P A = L U with partial pivoting, in place on contiguous [b, n, n]; pivots (int64 [b, n]) are the rows swapped at each step.</summary>
    /// <returns>The first matrix with a zero pivot, or -1.</returns>
    public abstract int LowerUpper(in Operand factors, in Operand pivots);

    /// <summary>Applies the row swaps of <see cref="LowerUpper"/> to contiguous [b, n, k], in place.</summary>
    public abstract void SwapRows(in Operand rows, in Operand pivots);

    /// <summary>Solves a triangular system in place on contiguous [b, n, k] for contiguous matrices [b, n, n]; the other triangle is not read.</summary>
    /// <returns>The first matrix with a zero on the diagonal, or -1.</returns>
    public abstract int TriangularSolve(in Operand solution, in Operand matrix, bool upper, bool unitDiagonal);

    /// <summary>The lower Cholesky factor in place on contiguous [b, n, n]; reads the lower triangle.</summary>
    /// <returns>The first matrix that is not positive definite, or -1.</returns>
    public abstract int Cholesky(in Operand matrix);

    /// <summary>Reduced QR of float64 or complex128 [b, m, n]: q [b, m, k], r [b, k, n], k = min(m, n); all contiguous; signs as Householder's, LAPACK's convention.</summary>
    public abstract void OrthogonalTriangular(in Operand q, in Operand r, in Operand input);

    /// <summary>Eigenvalues (rising) and orthonormal eigenvectors (columns) of symmetric or Hermitian [b, n, n]; reads the lower triangle.</summary>
    public abstract void SymmetricEigen(in Operand values, in Operand vectors, in Operand input);

    /// <summary>Singular value decomposition of square float64 or complex128 [b, n, n]: u and v (columns) [b, n, n], values [b, n] falling; all contiguous.</summary>
    public abstract void SingularValues(in Operand u, in Operand values, in Operand v, in Operand input);
}

internal sealed unsafe partial class CpuKernels
{
    public override int LowerUpper(in Operand factors, in Operand pivots) => factors.Type == DataType.Complex128
        ? LowerUpper<Complex>(factors, pivots)
        : LowerUpper<double>(factors, pivots);

    public override void SwapRows(in Operand rows, in Operand pivots)
    {
        if (rows.Type == DataType.Complex128) SwapRows<Complex>(rows, pivots);
        else SwapRows<double>(rows, pivots);
    }

    public override int TriangularSolve(in Operand solution, in Operand matrix, bool upper, bool unitDiagonal) => solution.Type == DataType.Complex128
        ? TriangularSolve<Complex>(solution, matrix, upper, unitDiagonal)
        : TriangularSolve<double>(solution, matrix, upper, unitDiagonal);

    public override int Cholesky(in Operand matrix) => matrix.Type == DataType.Complex128 ? Cholesky<Complex>(matrix) : Cholesky<double>(matrix);

    private static int LowerUpper<T>(in Operand factors, in Operand pivots)
        where T : unmanaged, INumberBase<T>
    {
        var n = factors.Shape[2];
        var singular = new bool[factors.Shape[0]];
        fixed (byte* factorBytes = &factors.Reference, pivotBytes = &pivots.Reference)
        {
            var matrices = (T*)factorBytes;
            var swaps = (long*)pivotBytes;
            Dispatch(singular.Length, (long)n * n * n, task =>
            {
                var a = matrices + (task * n * n);
                if (typeof(T) == typeof(double) && n >= LeastBlocked)
                {
                    singular[task] = !BlockedLowerUpper((double*)a, n, swaps + (task * n));
                    return;
                }
                for (var k = 0; k < n; k++)
                {
                    var pivot = k;
                    for (var i = k + 1; i < n; i++)
                        if (Modulus(a[(i * n) + k]) > Modulus(a[(pivot * n) + k])) pivot = i;
                    swaps[(task * n) + k] = pivot;
                    if (pivot != k) Swap(a + (k * n), a + (pivot * n), n);
                    var head = a[(k * n) + k];
                    if (T.IsZero(head))
                    {
                        singular[task] = true;
                        continue;
                    }
                    for (var i = k + 1; i < n; i++)
                    {
                        var factor = a[(i * n) + k] / head;
                        a[(i * n) + k] = factor;
                        SubtractScaled(a + (i * n) + k + 1, a + (k * n) + k + 1, factor, n - k - 1);
                    }
                }
            });
        }
        return Array.IndexOf(singular, true);
    }

    private static void SwapRows<T>(in Operand rows, in Operand pivots)
        where T : unmanaged
    {
        var (n, k) = (rows.Shape[1], rows.Shape[2]);
        fixed (byte* rowBytes = &rows.Reference, pivotBytes = &pivots.Reference)
        {
            var all = (T*)rowBytes;
            var swaps = (long*)pivotBytes;
            Dispatch(rows.Shape[0], (long)n * k, task =>
            {
                var x = all + (task * n * k);
                for (var i = 0; i < n; i++)
                {
                    var other = swaps[(task * n) + i];
                    if (other != i) Swap(x + ((long)i * k), x + (other * k), k);
                }
            });
        }
    }

    private static int TriangularSolve<T>(in Operand solution, in Operand matrix, bool upper, bool unitDiagonal)
        where T : unmanaged, INumberBase<T>
    {
        var (n, k) = (solution.Shape[1], solution.Shape[2]);
        var singular = new bool[solution.Shape[0]];
        fixed (byte* solutionBytes = &solution.Reference, matrixBytes = &matrix.Reference)
        {
            var right = (T*)solutionBytes;
            var matrices = (T*)matrixBytes;
            Dispatch(singular.Length, (long)n * n * k, task =>
            {
                var x = right + (task * n * k);
                var a = matrices + (task * n * n);
                if (typeof(T) == typeof(double) && n >= LeastBlocked)
                {
                    singular[task] = !BlockedTriangularSolve((double*)x, (double*)a, n, k, upper, unitDiagonal);
                    return;
                }
                for (var step = 0; step < n; step++)
                {
                    var i = upper ? n - 1 - step : step;
                    var (from, to) = upper ? (i + 1, n) : (0, i);
                    for (var j = from; j < to; j++) SubtractScaled(x + ((long)i * k), x + ((long)j * k), a[(i * n) + j], k);
                    if (unitDiagonal) continue;
                    var head = a[(i * n) + i];
                    if (T.IsZero(head)) singular[task] = true;
                    for (var c = 0; c < k; c++) x[((long)i * k) + c] /= head;
                }
            });
        }
        return Array.IndexOf(singular, true);
    }

    private static int Cholesky<T>(in Operand matrix)
        where T : unmanaged, INumberBase<T>
    {
        var n = matrix.Shape[2];
        var indefinite = new bool[matrix.Shape[0]];
        fixed (byte* bytes = &matrix.Reference)
        {
            var matrices = (T*)bytes;
            Dispatch(indefinite.Length, (long)n * n * n, task =>
            {
                var a = matrices + (task * n * n);
                if (typeof(T) == typeof(double) && n >= LeastBlocked)
                {
                    indefinite[task] = !BlockedCholesky((double*)a, n);
                    return;
                }
                for (var i = 0; i < n; i++)
                {
                    for (var j = 0; j <= i; j++)
                    {
                        var rest = a[(i * n) + j];
                        for (var k = 0; k < j; k++) rest -= a[(i * n) + k] * Conjugate(a[(j * n) + k]);
                        if (j < i)
                        {
                            a[(i * n) + j] = rest / a[(j * n) + j];
                            continue;
                        }
                        var square = RealPart(rest);
                        // Written so that a NaN is refused too.
                        if (!(square > 0) || !double.IsFinite(square)) indefinite[task] = true;
                        a[(i * n) + i] = T.CreateChecked(Math.Sqrt(square));
                    }
                    for (var j = i + 1; j < n; j++) a[(i * n) + j] = T.Zero;
                    if (indefinite[task]) return;
                }
            });
        }
        return Array.IndexOf(indefinite, true);
    }

    public override void OrthogonalTriangular(in Operand q, in Operand r, in Operand input)
    {
        if (input.Type == DataType.Complex128)
        {
            ComplexOrthogonalTriangular(q, r, input);
            return;
        }
        var (m, n) = (input.Shape[1], input.Shape[2]);
        var k = Math.Min(m, n);
        fixed (byte* qBytes = &q.Reference, rBytes = &r.Reference, inputBytes = &input.Reference)
        {
            var qs = (double*)qBytes;
            var rs = (double*)rBytes;
            var xs = (double*)inputBytes;
            Dispatch(input.Shape[0], (long)m * n * k * 4, task => BlockedQr(xs + (task * m * n), m, n, qs + (task * m * k), rs + (task * k * n)));
        }
    }

    private static void Swap<T>(T* first, T* second, int count)
        where T : unmanaged
    {
        var i = 0;
        if (Vector<T>.IsSupported)
        {
            for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
            {
                var (x, y) = (Vector.Load(first + i), Vector.Load(second + i));
                y.Store(first + i);
                x.Store(second + i);
            }
        }
        for (; i < count; i++) (first[i], second[i]) = (second[i], first[i]);
    }

    /// <summary>target -= factor * source; element by element, so that the vector width does not show in the bits.</summary>
    private static void SubtractScaled<T>(T* target, T* source, T factor, int count)
        where T : unmanaged, INumberBase<T>
    {
        var i = 0;
        if (Vector<T>.IsSupported)
        {
            var factors = new Vector<T>(factor);
            for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
                (Vector.Load(target + i) - (factors * Vector.Load(source + i))).Store(target + i);
        }
        for (; i < count; i++) target[i] -= factor * source[i];
    }

    private static double Modulus<T>(T x)
        where T : unmanaged => x is Complex z ? Complex.Abs(z) : x is double r ? Math.Abs(r) : throw new NotSupportedException(typeof(T).Name);

    private static double RealPart<T>(T x)
        where T : unmanaged => x is Complex z ? z.Real : x is double r ? r : throw new NotSupportedException(typeof(T).Name);

    private static T Conjugate<T>(T x)
        where T : unmanaged => x is Complex z ? (T)(object)Complex.Conjugate(z) : x;
}
