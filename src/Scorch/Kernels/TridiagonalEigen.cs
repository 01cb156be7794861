namespace Scorch.Kernels;

/// <summary>Eigenvalues of a symmetric tridiagonal matrix by the implicit QL method (Bowdler, Martin, Reinsch and Wilkinson 1968; EISPACK's tql2).</summary>
internal static unsafe class TridiagonalEigen
{
    private const double Unit = 2.220446049250313e-16;

    /// <summary>Sweeps an eigenvalue may take; two are usual.</summary>
    private const int GreatestSweeps = 200;

    /// <summary>
    /// The diagonal d becomes the eigenvalues, in no order; the rows of <paramref name="vectors"/> [n, n], at first the transpose of what made the
    /// matrix tridiagonal, the eigenvectors. e[i] stands between i and i + 1; e[n - 1] is 0.
    /// </summary>
    public static void Solve(Span<double> d, Span<double> e, double* vectors, int n)
    {
        var rotations = new PlaneRotations(vectors, n, n);
        var (shifted, largest) = (0.0, 0.0);
        for (var l = 0; l < n; l++)
        {
            largest = Math.Max(largest, Math.Abs(d[l]) + Math.Abs(e[l]));
            var m = l;
            while (m < n - 1 && Math.Abs(e[m]) > Unit * largest) m++;
            for (var sweep = 0; m > l && (sweep == 0 || Math.Abs(e[l]) > Unit * largest); sweep++)
            {
                if (sweep == GreatestSweeps) throw new ArithmeticException("SymmetricEigen: the iteration did not converge.");
                // The shift is the eigenvalue of the leading 2 x 2 matrix that is nearer to d_l.
                var g = d[l];
                var p = (d[l + 1] - g) / (2 * e[l]);
                var r = Math.CopySign(double.Hypot(p, 1), p);
                d[l] = e[l] / (p + r);
                d[l + 1] = e[l] * (p + r);
                var next = d[l + 1];
                var shift = g - d[l];
                for (var i = l + 2; i < n; i++) d[i] -= shift;
                shifted += shift;
                p = d[m];
                var (c, c2, c3, s, s2) = (1.0, 1.0, 1.0, 0.0, 0.0);
                var beyond = e[l + 1];
                var pairs = rotations.Begin(m - l);
                for (var i = m - 1; i >= l; i--)
                {
                    (c3, c2, s2) = (c2, c, s);
                    g = c * e[i];
                    var h = c * p;
                    // With the sign of p no cosine is negative.
                    r = Math.CopySign(Length(p, e[i]), p);
                    e[i + 1] = s * r;
                    (s, c) = r == 0 ? (0, 1) : (e[i] / r, p / r);
                    p = (c * d[i]) - (s * g);
                    d[i + 1] = h + (s * ((c * g) + (s * d[i])));
                    (pairs[2 * (m - 1 - i)], pairs[(2 * (m - 1 - i)) + 1]) = (c, s);
                }
                rotations.Falling(l, m - l);
                p = -s * s2 * c3 * beyond * e[l] / next;
                e[l] = s * p;
                d[l] = c * p;
            }
            d[l] += shifted;
            e[l] = 0;
        }
        rotations.Apply();
    }

    /// <summary>sqrt(x^2 + y^2), quickly where nothing can overflow.</summary>
    public static double Length(double x, double y)
    {
        var sum = (x * x) + (y * y);
        return sum is > 1e-280 and < 1e280 ? Math.Sqrt(sum) : double.Hypot(x, y);
    }
}
