using System.Buffers;
using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Scorch.Kernels;

internal sealed unsafe partial class CpuKernels
{
    public override void SymmetricEigen(in Operand values, in Operand vectors, in Operand input)
    {
        var n = input.Shape[2];
        if (n == 0) return;
        fixed (byte* valueBytes = &values.Reference, vectorBytes = &vectors.Reference, inputBytes = &input.Reference)
        {
            var isComplex = input.Type == DataType.Complex128;
            var from = inputBytes;
            var to = vectorBytes;
            var spectrum = (double*)valueBytes;
            Dispatch(input.Shape[0], (long)n * n * n * 10, task =>
            {
                var own = new Span<double>(spectrum + (task * n), n);
                if (isComplex) HermitianEigen(n, (Complex*)from + (task * n * n), own, (Complex*)to + (task * n * n));
                else SymmetricEigen(n, (double*)from + (task * n * n), own, (double*)to + (task * n * n));
            });
        }
    }

    private static void SymmetricEigen(int n, double* matrix, Span<double> values, double* vectors)
    {
        var buffer = ArrayPool<double>.Shared.Rent(checked((2 * n * n) + (5 * n)));
        fixed (double* memory = buffer)
        {
            var (work, reflectors) = ((nint)memory, (nint)(memory + ((long)n * n)));
            var rest = memory + (2L * n * n);
            var exponent = CopySymmetric(matrix, (double*)work, n);
            var diagonal = new Span<double>(rest, n);
            var beside = new Span<double>(rest + n, n);
            var scales = rest + (2 * n);
            Tridiagonalize((double*)work, n, (double*)reflectors, scales, diagonal, beside, rest + (3 * n));
            var rows = (double*)work;
            Orthogonal(rows, (double*)reflectors, scales, Math.Max(0, n - 2), n, n, 1);
            TridiagonalEigen.Solve(diagonal, beside, rows, n);
            var order = new int[n];
            for (var i = 0; i < n; i++) order[i] = i;
            diagonal.Sort(order.AsSpan());
            for (var i = 0; i < n; i++) values[i] = Math.ScaleB(diagonal[i], exponent);
            var sorted = (double*)reflectors;
            for (var i = 0; i < n; i++) Move(rows + ((long)order[i] * n), sorted + ((long)i * n), n);
            Transpose(sorted, n, vectors, n, n, n);
        }
        ArrayPool<double>.Shared.Return(buffer);
    }

    /// <summary>Both triangles from the lower one, over the power of two returned, which brings products of two elements into the range of float64.</summary>
    private static int CopySymmetric(double* source, double* target, int n)
    {
        var largest = 0.0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var value = source[((long)i * n) + j];
                target[((long)i * n) + j] = value;
                target[((long)j * n) + i] = value;
                largest = Math.Max(largest, Math.Abs(value));
            }
        }
        if (largest is 0 or (> 1e-100 and < 1e100)) return 0;
        var exponent = Math.ILogB(largest);
        for (var i = 0L; i < (long)n * n; i++) target[i] = Math.ScaleB(target[i], -exponent);
        return exponent;
    }

    /// <summary>
    /// Q^T A Q tridiagonal for Q = H_0 … H_(n-3). Both triangles of A are kept, so that a row holds a column: one pass brings a row up to date with the
    /// last reflection and multiplies it by the next.
    /// </summary>
    private static void Tridiagonalize(double* a, int n, double* reflectors, double* scales, Span<double> diagonal, Span<double> beside, double* scratch)
    {
        // The pending update is A -= v w^T + w v^T.
        var w = scratch;
        var products = scratch + n;
        new Span<double>(scratch, 2 * n).Clear();
        for (var k = 0; k < n; k++)
        {
            var row = a + ((long)k * n);
            // Nothing is pending before the first row; the last two rows have no reflection of their own.
            var last = k == 0 || n < 3 ? w : reflectors + ((long)Math.Min(k - 1, n - 3) * n);
            Reflections.UpdateAndDot(row + k, last[k], w + k, w[k], last + k, last + k, n - k);
            diagonal[k] = row[k];
            if (k >= n - 2)
            {
                beside[k] = k == n - 2 ? row[k + 1] : 0;
                continue;
            }
            var (from, count) = (k + 1, n - k - 1);
            var tau = Reflections.Create(row + from, count);
            scales[k] = tau;
            beside[k] = row[from];
            var v = reflectors + ((long)k * n);
            new Span<double>(v, from).Clear();
            v[from] = 1;
            Move(row + from + 1, v + from + 1, count - 1);
            Reflections.UpdateAndMultiply(a + ((long)from * n) + from, n, count, last + from, w + from, w + from, last + from, v + from, count, products + from);
            for (var i = from; i < n; i++) products[i] *= tau;
            var half = tau / 2 * Reflections.Dot(products + from, v + from, count);
            for (var i = from; i < n; i++) w[i] = products[i] - (half * v[i]);
        }
    }

    private static void HermitianEigen(int n, Complex* matrix, Span<double> values, Complex* vectors)
    {
        var parts = Matrix<Complex>.Build
            .Dense(n, n, (i, j) => i > j ? matrix[(i * n) + j] : i < j ? Complex.Conjugate(matrix[(j * n) + i]) : matrix[(i * n) + i].Real)
            .Evd(Symmetricity.Hermitian);
        var order = Rising(parts.EigenValues);
        for (var column = 0; column < n; column++)
        {
            values[column] = parts.EigenValues[order[column]].Real;
            for (var row = 0; row < n; row++) vectors[(row * n) + column] = parts.EigenVectors[row, order[column]];
        }
    }

    private static int[] Rising(MathNet.Numerics.LinearAlgebra.Vector<Complex> values) => [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i].Real)];

    public override void SingularValues(in Operand u, in Operand values, in Operand v, in Operand input)
    {
        var n = input.Shape[2];
        if (n == 0) return;
        if (input.Type == DataType.Complex128)
        {
            ComplexSingularValues(u, values, v, input);
            return;
        }
        fixed (byte* uBytes = &u.Reference, valueBytes = &values.Reference, vBytes = &v.Reference, inputBytes = &input.Reference)
        {
            var us = (double*)uBytes;
            var spectrum = (double*)valueBytes;
            var vs = (double*)vBytes;
            var matrices = (double*)inputBytes;
            Dispatch(input.Shape[0], (long)n * n * n * 10, task => SingularValues(
                n, matrices + (task * n * n), us + (task * n * n), new Span<double>(spectrum + (task * n), n), vs + (task * n * n)));
        }
    }

    private static void SingularValues(int n, double* matrix, double* u, Span<double> values, double* v)
    {
        var buffer = ArrayPool<double>.Shared.Rent(checked((5 * n * n) + (7 * n)));
        fixed (double* memory = buffer)
        {
            var square = (long)n * n;
            var work = memory;
            var (leftReflectors, rightReflectors) = ((nint)(memory + square), (nint)(memory + (2 * square)));
            var (left, right) = ((nint)(memory + (3 * square)), (nint)(memory + (4 * square)));
            var rest = memory + (5 * square);
            var diagonal = new Span<double>(rest, n);
            var above = new Span<double>(rest + n, n);
            var (leftScales, rightScales) = ((nint)(rest + (2 * n)), (nint)(rest + (3 * n)));
            new ReadOnlySpan<double>(matrix, n * n).CopyTo(new Span<double>(work, n * n));
            Bidiagonalize(work, n, (double*)leftReflectors, (double*)leftScales, (double*)rightReflectors, (double*)rightScales, diagonal, above, rest + (4 * n));
            Orthogonal((double*)left, (double*)leftReflectors, (double*)leftScales, n, n, n, 0);
            Orthogonal((double*)right, (double*)rightReflectors, (double*)rightScales, Math.Max(0, n - 1), n, n, 1);
            BidiagonalSingularValues.Solve(diagonal, above, (double*)left, (double*)right, n);
            var order = new int[n];
            for (var i = 0; i < n; i++) order[i] = i;
            diagonal.Sort(order.AsSpan(), (x, y) => y.CompareTo(x));
            diagonal.CopyTo(values);
            for (var i = 0; i < n; i++)
            {
                Move((double*)left + ((long)order[i] * n), (double*)leftReflectors + ((long)i * n), n);
                Move((double*)right + ((long)order[i] * n), (double*)rightReflectors + ((long)i * n), n);
            }
            Transpose((double*)leftReflectors, n, u, n, n, n);
            Transpose((double*)rightReflectors, n, v, n, n, n);
        }
        ArrayPool<double>.Shared.Return(buffer);
    }

    /// <summary>
    /// U^T A V upper bidiagonal, by a reflection of a column and one of a row in turn. The two updates of a step wait for the next, whose first pass over
    /// the matrix makes them and multiplies by the next reflector; a second pass only reads.
    /// </summary>
    private static void Bidiagonalize(
        double* a, int n, double* leftReflectors, double* leftScales, double* rightReflectors, double* rightScales, Span<double> diagonal, Span<double> above, double* scratch)
    {
        // The pending update is A -= x p^T + z y^T.
        var (p, next) = ((nint)scratch, (nint)(scratch + n));
        var z = scratch + (2 * n);
        new Span<double>(scratch, 3 * n).Clear();
        for (var k = 0; k < n; k++)
        {
            var x = leftReflectors + ((long)k * n);
            var lastX = leftReflectors + ((long)Math.Max(0, k - 1) * n);
            var lastY = rightReflectors + ((long)Math.Max(0, k - 1) * n);
            if (k == 0) new Span<double>(lastY, n).Clear();
            for (var i = k; i < n; i++) x[i] = k == 0 ? a[(long)i * n] : a[((long)i * n) + k] - (lastX[i] * ((double*)p)[k]) - (z[i] * lastY[k]);
            new Span<double>(x, k).Clear();
            leftScales[k] = Reflections.Create(x + k, n - k);
            diagonal[k] = x[k];
            x[k] = 1;
            above[k] = 0;
            var (from, count) = (k + 1, n - k - 1);
            if (count == 0) continue;
            var products = (double*)next + from;
            new Span<double>(products, count).Clear();
            Reflections.UpdateAndGather(a + ((long)k * n) + from, n, n - k, lastX + k, (double*)p + from, z + k, lastY + from, x + k, count, products);
            for (var j = 0; j < count; j++) products[j] *= leftScales[k];
            var y = rightReflectors + ((long)k * n);
            new Span<double>(y, from).Clear();
            for (var j = 0; j < count; j++) y[from + j] = a[((long)k * n) + from + j] - products[j];
            var tau = Reflections.Create(y + from, count);
            rightScales[k] = tau;
            above[k] = y[from];
            y[from] = 1;
            Product(z + from, 1, a + ((long)from * n) + from, n, 1, y + from, 1, 1, count, 1, count, accumulate: false);
            var overlap = Reflections.Dot(products, y + from, count);
            for (var i = from; i < n; i++) z[i] = tau * (z[i] - (x[i] * overlap));
            (p, next) = (next, p);
        }
    }
}
