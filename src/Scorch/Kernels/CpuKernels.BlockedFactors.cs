using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <content>Factorizations of float64 matrices by panels: what is left of the matrix is updated by the matrix product.</content>
internal sealed unsafe partial class CpuKernels
{
    /// <summary>Columns of a panel.</summary>
    private const int PanelWidth = 32;

    /// <summary>Rows of a triangle that are updated together.</summary>
    private const int TrailingRows = 96;

    /// <summary>Least size of a matrix that is worth panels.</summary>
    private const int LeastBlocked = 48;

    /// <summary>c = a b or c += a b, any strides of a and b.</summary>
    private static void Product(
        double* c, long cRow, double* a, long aRow, long aDepth, double* b, long bDepth, long bColumn, int rows, int columns, int depth, bool accumulate)
    {
        if (rows == 0 || columns == 0) return;
        Product(c, cRow, 1, a, aRow, aDepth, b, bDepth, bColumn, rows, depth, columns, accumulate);
    }

    /// <summary>P A = L U of one matrix; false where a pivot is zero.</summary>
    private static bool BlockedLowerUpper(double* a, int n, long* swaps)
    {
        var regular = true;
        var panel = (double*)Workspace.Get(Workspace.Factor, (long)n * PanelWidth * sizeof(double));
        for (var from = 0; from < n; from += PanelWidth)
        {
            var width = Math.Min(PanelWidth, n - from);
            var height = n - from;
            // The panel is factored in a dense copy: rows of a large matrix lie a power of two apart too often.
            for (var i = 0; i < height; i++) Move(a + ((long)(from + i) * n) + from, panel + (i * width), width);
            regular &= FactorPanel(panel, height, width, swaps + from);
            var (left, right) = (from, n - from - width);
            for (var k = 0; k < width; k++)
            {
                var pivot = swaps[from + k];
                swaps[from + k] = pivot + from;
                if (pivot == k) continue;
                var first = a + ((long)(from + k) * n);
                var second = a + ((from + pivot) * n);
                Swap(first, second, left);
                Swap(first + from + width, second + from + width, right);
            }
            for (var i = 0; i < height; i++) Move(panel + (i * width), a + ((long)(from + i) * n) + from, width);
            if (right == 0) continue;
            var top = a + ((long)from * n) + from + width;
            for (var i = 1; i < width; i++) SubtractRows(top + ((long)i * n), top, n, panel + (i * width), 1, i, right);
            var below = panel + (width * width);
            for (var i = 0; i < (height - width) * width; i++) below[i] = -below[i];
            Product(top + ((long)width * n), n, below, width, 1, top, n, 1, height - width, right, width, accumulate: true);
        }
        return regular;
    }

    private static bool FactorPanel(double* panel, int height, int width, long* swaps)
    {
        var regular = true;
        for (var k = 0; k < width; k++)
        {
            var pivot = k;
            var greatest = Math.Abs(panel[(k * width) + k]);
            for (var i = k + 1; i < height; i++)
            {
                var modulus = Math.Abs(panel[(i * width) + k]);
                if (modulus > greatest) (greatest, pivot) = (modulus, i);
            }
            swaps[k] = pivot;
            if (pivot != k) Swap(panel + (k * width), panel + (pivot * width), width);
            var head = panel[(k * width) + k];
            if (head == 0)
            {
                regular = false;
                continue;
            }
            EliminatePanel(panel, k, height, width, head);
        }
        return regular;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void EliminatePanel(double* panel, int k, int height, int width, double head)
    {
        var source = panel + (k * width);
        for (var i = k + 1; i < height; i++)
        {
            var row = panel + (i * width);
            var factor = row[k] / head;
            row[k] = factor;
            var c = k + 1;
            var factors = Vector256.Create(factor);
            for (; c <= width - 4; c += 4) (Vector256.Load(row + c) - (factors * Vector256.Load(source + c))).Store(row + c);
            for (; c < width; c++) row[c] -= factor * source[c];
        }
    }

    /// <summary>Solves a triangular system for the rows of x [n, k]; false where the diagonal holds a zero.</summary>
    private static bool BlockedTriangularSolve(double* x, double* a, int n, int k, bool upper, bool unitDiagonal)
    {
        var regular = true;
        var negative = (double*)Workspace.Get(Workspace.Factor, (long)k * PanelWidth * sizeof(double));
        var blocks = (n + PanelWidth - 1) / PanelWidth;
        for (var step = 0; step < blocks; step++)
        {
            var from = (upper ? blocks - 1 - step : step) * PanelWidth;
            var to = Math.Min(n, from + PanelWidth);
            for (var s = from; s < to; s++)
            {
                var i = upper ? from + to - 1 - s : s;
                var (least, count) = upper ? (i + 1, to - i - 1) : (from, i - from);
                SubtractRows(x + ((long)i * k), x + ((long)least * k), k, a + ((long)i * n) + least, 1, count, k);
                if (unitDiagonal) continue;
                var head = a[((long)i * n) + i];
                regular &= head != 0;
                for (var c = 0; c < k; c++) x[((long)i * k) + c] /= head;
            }
            var (first, rest) = upper ? (0, from) : (to, n - to);
            if (rest == 0) continue;
            for (var c = 0L; c < (long)(to - from) * k; c++) negative[c] = -x[((long)from * k) + c];
            Product(x + ((long)first * k), k, a + ((long)first * n) + from, n, 1, negative, k, 1, rest, k, to - from, accumulate: true);
        }
        return regular;
    }

    /// <summary>The lower Cholesky factor of one matrix; false where it is not positive definite.</summary>
    private static bool BlockedCholesky(double* a, int n)
    {
        var head = stackalloc double[PanelWidth * PanelWidth];
        var scratch = (double*)Workspace.Get(Workspace.Factor, 2L * n * PanelWidth * sizeof(double));
        for (var from = 0; from < n; from += PanelWidth)
        {
            var width = Math.Min(PanelWidth, n - from);
            var corner = a + ((long)from * n) + from;
            for (var i = 0; i < width; i++) Move(corner + ((long)i * n), head + (i * width), width);
            if (!PlainCholesky(head, width)) return false;
            for (var i = 0; i < width; i++) Move(head + (i * width), corner + ((long)i * n), width);
            var rest = n - from - width;
            if (rest > 0)
            {
                // Below the diagonal: X = L21^T solves L11 X = A21^T.
                var below = corner + ((long)width * n);
                var (x, negative) = ((nint)scratch, (nint)(scratch + ((long)width * rest)));
                Transpose(below, n, (double*)x, rest, rest, width);
                for (var i = 0; i < width; i++)
                {
                    var row = (double*)x + ((long)i * rest);
                    SubtractRows(row, (double*)x, rest, head + (i * width), 1, i, rest);
                    for (var c = 0; c < rest; c++) row[c] /= head[(i * width) + i];
                    for (var c = 0; c < rest; c++) ((double*)negative)[((long)i * rest) + c] = -row[c];
                }
                Transpose((double*)x, rest, below, n, width, rest);
                var trailing = below + width;
                for (var row = 0; row < rest; row += TrailingRows)
                {
                    var height = Math.Min(TrailingRows, rest - row);
                    Product(trailing + ((long)row * n), n, (double*)negative + row, 1, rest, (double*)x, rest, 1, height, row + height, width, accumulate: true);
                }
            }
            for (var i = 0; i < width; i++) new Span<double>(corner + ((long)i * n) + i + 1, n - from - i - 1).Clear();
        }
        return true;
    }

    private static bool PlainCholesky(double* a, int n)
    {
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var rest = a[(i * n) + j];
                for (var k = 0; k < j; k++) rest -= a[(i * n) + k] * a[(j * n) + k];
                if (j < i)
                {
                    a[(i * n) + j] = rest / a[(j * n) + j];
                    continue;
                }
                // Written so that a NaN is refused too.
                if (!(rest > 0) || !double.IsFinite(rest)) return false;
                a[(i * n) + i] = Math.Sqrt(rest);
            }
        }
        return true;
    }

    private static void Move(double* source, double* target, int count) => new ReadOnlySpan<double>(source, count).CopyTo(new Span<double>(target, count));

    /// <summary>target [columns, rows] = source [rows, columns], by squares that the nearest cache holds.</summary>
    private static void Transpose(double* source, long sourceRow, double* target, long targetRow, int rows, int columns)
    {
        const int Side = 16;
        for (var i = 0; i < rows; i += Side)
            for (var j = 0; j < columns; j += Side)
            {
                var (lines, depth) = (Math.Min(Side, rows - i), Math.Min(Side, columns - j));
                MatrixPacking.Transposed(target + (j * targetRow) + i, targetRow, source + (i * sourceRow) + j, sourceRow, lines, depth);
            }
    }

    /// <summary>target -= sum_j factors_j rows_j.</summary>
    private static void SubtractRows(double* target, double* rows, long rowStride, double* factors, long factorStride, int count, int length)
    {
        if (Vector512.IsHardwareAccelerated) SubtractRows<Simd512<double>>(target, rows, rowStride, factors, factorStride, count, length);
        else if (Vector256.IsHardwareAccelerated) SubtractRows<Simd256<double>>(target, rows, rowStride, factors, factorStride, count, length);
        else SubtractRows<Simd128<double>>(target, rows, rowStride, factors, factorStride, count, length);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SubtractRows<V>(double* target, double* rows, long rowStride, double* factors, long factorStride, int count, int length)
        where V : struct, ISimd<V, double>
    {
        var c = 0;
        for (; c <= length - (4 * V.Count); c += 4 * V.Count)
        {
            var (s0, s1) = (V.Load(target + c), V.Load(target + c + V.Count));
            var (s2, s3) = (V.Load(target + c + (2 * V.Count)), V.Load(target + c + (3 * V.Count)));
            for (var j = 0; j < count; j++)
            {
                var factor = V.Create(-factors[j * factorStride]);
                var row = rows + (j * rowStride) + c;
                s0 = V.MultiplyAdd(factor, V.Load(row), s0);
                s1 = V.MultiplyAdd(factor, V.Load(row + V.Count), s1);
                s2 = V.MultiplyAdd(factor, V.Load(row + (2 * V.Count)), s2);
                s3 = V.MultiplyAdd(factor, V.Load(row + (3 * V.Count)), s3);
            }
            V.Store(s0, target + c);
            V.Store(s1, target + c + V.Count);
            V.Store(s2, target + c + (2 * V.Count));
            V.Store(s3, target + c + (3 * V.Count));
        }
        for (; c <= length - V.Count; c += V.Count)
        {
            var sum = V.Load(target + c);
            for (var j = 0; j < count; j++) sum = V.MultiplyAdd(V.Create(-factors[j * factorStride]), V.Load(rows + (j * rowStride) + c), sum);
            V.Store(sum, target + c);
        }
        for (; c < length; c++)
            for (var j = 0; j < count; j++) target[c] -= factors[j * factorStride] * rows[(j * rowStride) + c];
    }
}
