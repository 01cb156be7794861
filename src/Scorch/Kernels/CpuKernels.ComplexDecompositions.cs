using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Scorch.Kernels;

internal sealed unsafe partial class CpuKernels
{
    private static void ComplexOrthogonalTriangular(in Operand q, in Operand r, in Operand input)
    {
        var (m, n) = (input.Shape[1], input.Shape[2]);
        var k = Math.Min(m, n);
        fixed (byte* qBytes = &q.Reference, rBytes = &r.Reference, inputBytes = &input.Reference)
        {
            var qs = (Complex*)qBytes;
            var rs = (Complex*)rBytes;
            var xs = (Complex*)inputBytes;
            Dispatch(input.Shape[0], (long)m * n * k * 16, task =>
            {
                var a = new Span<Complex>(xs + (task * m * n), m * n).ToArray();
                var scale = new Complex[k];
                for (var j = 0; j < k; j++) scale[j] = Reflect(a, m, n, j);
                var triangle = new Span<Complex>(rs + (task * k * n), k * n);
                for (var at = 0; at < triangle.Length; at++) triangle[at] = at % n >= at / n ? a[at] : Complex.Zero;
                var orthogonal = new Span<Complex>(qs + (task * m * k), m * k);
                orthogonal.Clear();
                for (var j = 0; j < k; j++) orthogonal[(j * k) + j] = 1;
                for (var j = k - 1; j >= 0; j--) ApplyReflector(orthogonal, a, scale[j], m, n, k, j, j);
            });
        }
    }

    /// <summary>One Householder step, as LAPACK's zgeqrf: column j becomes beta e_j, beta real, its tail keeps v (v_j = 1); returns tau of H = I - tau v v^H.</summary>
    private static Complex Reflect(Complex[] a, int m, int n, int j)
    {
        var largest = 0.0;
        for (var i = j + 1; i < m; i++) largest = Math.Max(largest, Complex.Abs(a[(i * n) + j]));
        var alpha = a[(j * n) + j];
        if (largest == 0 && alpha.Imaginary == 0) return 0;
        largest = Math.Max(largest, Complex.Abs(alpha));
        var sum = 0.0;
        for (var i = j; i < m; i++)
        {
            var part = a[(i * n) + j] / largest;
            sum += (part.Real * part.Real) + (part.Imaginary * part.Imaginary);
        }
        var beta = -Math.CopySign(largest * Math.Sqrt(sum), alpha.Real);
        for (var i = j + 1; i < m; i++) a[(i * n) + j] /= alpha - beta;
        a[(j * n) + j] = beta;
        var tau = (beta - alpha) / beta;
        ApplyReflector(a, a, Complex.Conjugate(tau), m, n, n, j, j + 1);
        return tau;
    }

    /// <summary>target[:, from..] = (I - tau v v^H) target, v in column j of <paramref name="reflectors"/>.</summary>
    private static void ApplyReflector(Span<Complex> target, Complex[] reflectors, Complex tau, int m, int n, int columns, int j, int from)
    {
        if (tau == Complex.Zero || from >= columns) return;
        var products = target.Slice((j * columns) + from, columns - from).ToArray();
        for (var i = j + 1; i < m; i++)
            for (var c = from; c < columns; c++) products[c - from] += Complex.Conjugate(reflectors[(i * n) + j]) * target[(i * columns) + c];
        for (var c = from; c < columns; c++) target[(j * columns) + c] -= tau * products[c - from];
        for (var i = j + 1; i < m; i++)
            for (var c = from; c < columns; c++) target[(i * columns) + c] -= tau * reflectors[(i * n) + j] * products[c - from];
    }

    private static void ComplexSingularValues(in Operand u, in Operand values, in Operand v, in Operand input)
    {
        var n = input.Shape[2];
        fixed (byte* uBytes = &u.Reference, valueBytes = &values.Reference, vBytes = &v.Reference, inputBytes = &input.Reference)
        {
            var us = (Complex*)uBytes;
            var spectrum = (double*)valueBytes;
            var vs = (Complex*)vBytes;
            var matrices = (Complex*)inputBytes;
            Dispatch(input.Shape[0], (long)n * n * n * 40, task =>
            {
                var matrix = matrices + (task * n * n);
                var parts = Matrix<Complex>.Build.Dense(n, n, (i, j) => matrix[(i * n) + j]).Svd(computeVectors: true);
                for (var c = 0; c < n; c++)
                {
                    spectrum[(task * n) + c] = parts.S[c].Real;
                    for (var i = 0; i < n; i++)
                    {
                        us[(task * n * n) + (i * n) + c] = parts.U[i, c];
                        vs[(task * n * n) + (i * n) + c] = Complex.Conjugate(parts.VT[c, i]);
                    }
                }
            });
        }
    }
}
