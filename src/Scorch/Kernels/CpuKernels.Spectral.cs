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
        var parts = Matrix<double>.Build.Dense(n, n, (i, j) => matrix[i >= j ? (i * n) + j : (j * n) + i]).Evd(Symmetricity.Symmetric);
        var order = Rising(parts.EigenValues);
        for (var column = 0; column < n; column++)
        {
            values[column] = parts.EigenValues[order[column]].Real;
            for (var row = 0; row < n; row++) vectors[(row * n) + column] = parts.EigenVectors[row, order[column]];
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
            Dispatch(input.Shape[0], (long)n * n * n * 10, task =>
            {
                var matrix = matrices + (task * n * n);
                var parts = Matrix<double>.Build.Dense(n, n, (i, j) => matrix[(i * n) + j]).Svd(computeVectors: true);
                for (var c = 0; c < n; c++)
                {
                    spectrum[(task * n) + c] = parts.S[c];
                    for (var i = 0; i < n; i++)
                    {
                        us[(task * n * n) + (i * n) + c] = parts.U[i, c];
                        vs[(task * n * n) + (i * n) + c] = parts.VT[c, i];
                    }
                }
            });
        }
    }
}
