using MathNet.Numerics.LinearAlgebra;

namespace Scorch.Tabular;

/// <summary>Minimum-norm least squares by Householder QR, and by the SVD of R when the columns are dependent.</summary>
internal static class LeastSquares
{
    /// <summary>The b of smallest norm which minimises |X b - y|.</summary>
    public static double[] Solve(DenseMatrix x, double[] y)
    {
        int n = x.Rows, p = x.Columns;
        if (p == 0)
            return [];
        if (n < p)
            return MinimumNorm(x, y);

        // Column-major copy, so that a reflection runs along memory.
        var columns = new double[p][];
        for (var j = 0; j < p; j++)
            columns[j] = x.Column(j);
        var right = (double[])y.Clone();
        var diagonal = new double[p];
        for (var k = 0; k < p; k++)
        {
            var v = columns[k].AsSpan(k);
            var norm = Math.Sqrt(Numeric.Dot(v, v));
            diagonal[k] = v[0] > 0 ? -norm : norm;
            if (norm == 0)
                continue;
            // Reflection I - w w^T / (w^T w / 2) with w = v - diagonal e1.
            v[0] -= diagonal[k];
            var half = norm * (norm + Math.Abs(v[0] + diagonal[k]));
            for (var j = k + 1; j < p; j++)
                Reflect(v, columns[j].AsSpan(k), half);
            Reflect(v, right.AsSpan(k), half);
        }

        var largest = diagonal.Max(Math.Abs);
        if (diagonal.Min(Math.Abs) <= 1e-11 * largest)
        {
            var r = new DenseMatrix(p, p);
            for (var i = 0; i < p; i++)
            {
                r[i, i] = diagonal[i];
                for (var j = i + 1; j < p; j++)
                    r[i, j] = columns[j][i];
            }
            return MinimumNorm(r, right[..p]);
        }

        var b = new double[p];
        for (var i = p - 1; i >= 0; i--)
        {
            var sum = right[i];
            for (var j = i + 1; j < p; j++)
                sum -= columns[j][i] * b[j];
            b[i] = sum / diagonal[i];
        }
        return b;
    }

    private static void Reflect(ReadOnlySpan<double> v, Span<double> column, double half)
    {
        var factor = Numeric.Dot(v, column) / half;
        for (var i = 0; i < v.Length; i++)
            column[i] -= factor * v[i];
    }

    private static double[] MinimumNorm(DenseMatrix x, double[] y)
    {
        var matrix = Matrix<double>.Build.Dense(x.Rows, x.Columns, (i, j) => x[i, j]);
        var svd = matrix.Svd();
        var cutoff = svd.S[0] * Math.Max(Math.Max(x.Rows, x.Columns), 100) * 1e-14;
        var projected = svd.U.TransposeThisAndMultiply(Vector<double>.Build.Dense(y));
        var b = Vector<double>.Build.Dense(x.Columns);
        for (var k = 0; k < svd.S.Count; k++)
            if (svd.S[k] > cutoff)
                b += svd.VT.Row(k) * (projected[k] / svd.S[k]);
        return b.ToArray();
    }
}
