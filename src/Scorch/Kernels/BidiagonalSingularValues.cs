namespace Scorch.Kernels;

/// <summary>Singular values of an upper bidiagonal matrix by the implicitly shifted QR method (Golub and Reinsch 1970, as LINPACK's dsvdc).</summary>
internal static unsafe class BidiagonalSingularValues
{
    private const double Unit = 2.220446049250313e-16;
    private const double Tiny = 1.6033346880071782e-291;

    /// <summary>Sweeps a singular value may take; two are usual.</summary>
    private const int GreatestSweeps = 500;

    /// <summary>
    /// The diagonal s becomes the singular values, in no order; the rows of <paramref name="left"/> and <paramref name="right"/> [n, n], at first the
    /// transposes of what made the matrix bidiagonal, the singular vectors. e[i] stands above the diagonal between i and i + 1; e[n - 1] is 0.
    /// </summary>
    public static void Solve(Span<double> s, Span<double> e, double* left, double* right, int n)
    {
        var (leftRotations, rightRotations) = (new PlaneRotations(left, n, n), new PlaneRotations(right, n, n));
        var turned = new bool[n];
        var sweeps = 0;
        for (var end = n; end > 0;)
        {
            var start = end - 1;
            while (start > 0 && Math.Abs(e[start - 1]) > Tiny + (Unit * (Math.Abs(s[start - 1]) + Math.Abs(s[start])))) start--;
            if (start > 0) e[start - 1] = 0;
            if (start == end - 1)
            {
                if (s[start] < 0)
                {
                    s[start] = -s[start];
                    turned[start] = true;
                }
                end--;
                sweeps = 0;
                continue;
            }
            if (++sweeps > GreatestSweeps) throw new ArithmeticException("SingularValueDecomposition: the iteration did not converge.");
            var zero = end - 1;
            while (zero >= start && Math.Abs(s[zero]) > Tiny + (Unit * (Math.Abs(e[zero]) + (zero > start ? Math.Abs(e[zero - 1]) : 0)))) zero--;
            if (zero == end - 1)
            {
                rightRotations.Apply();
                ClearColumn(s, e, right, n, start, end);
            }
            else if (zero >= start)
            {
                leftRotations.Apply();
                ClearRow(s, e, left, n, zero, end);
            }
            else
            {
                Sweep(s, e, leftRotations, rightRotations, start, end);
            }
        }
        leftRotations.Apply();
        rightRotations.Apply();
        // No rotation comes after a singular value's sign.
        for (var row = 0; row < n; row++)
            if (turned[row])
                for (var i = 0; i < n; i++) right[((long)row * n) + i] = -right[((long)row * n) + i];
    }

    /// <summary>The last diagonal element is 0: rotations from the right clear the element above it.</summary>
    private static void ClearColumn(Span<double> s, Span<double> e, double* right, int n, int start, int end)
    {
        s[end - 1] = 0;
        var f = e[end - 2];
        e[end - 2] = 0;
        for (var j = end - 2; j >= start; j--)
        {
            var (c, t) = Rotation(s[j], f, out s[j]);
            if (j > start)
            {
                f = -t * e[j - 1];
                e[j - 1] *= c;
            }
            Rotate(right + ((long)j * n), right + ((long)(end - 1) * n), c, t, n);
        }
    }

    /// <summary>A diagonal element before the last is 0: rotations from the left clear the element beside it.</summary>
    private static void ClearRow(Span<double> s, Span<double> e, double* left, int n, int zero, int end)
    {
        s[zero] = 0;
        var f = e[zero];
        e[zero] = 0;
        for (var j = zero + 1; j < end; j++)
        {
            var (c, t) = Rotation(s[j], f, out s[j]);
            f = -t * e[j];
            e[j] *= c;
            Rotate(left + ((long)j * n), left + ((long)zero * n), c, t, n);
        }
    }

    private static void Sweep(Span<double> s, Span<double> e, PlaneRotations left, PlaneRotations right, int start, int end)
    {
        // The shift is the eigenvalue of the last 2 x 2 block of B^T B that is nearer to its last element.
        var scale = Math.Max(
            Math.Max(Math.Max(Math.Abs(s[end - 1]), Math.Abs(s[end - 2])), Math.Abs(e[end - 2])), Math.Max(Math.Abs(s[start]), Math.Abs(e[start])));
        var (last, before, beside) = (s[end - 1] / scale, s[end - 2] / scale, e[end - 2] / scale);
        var (first, next) = (s[start] / scale, e[start] / scale);
        var b = (((before + last) * (before - last)) + (beside * beside)) / 2;
        var c = last * beside * (last * beside);
        var shift = b == 0 && c == 0 ? 0 : c / (b + Math.CopySign(Math.Sqrt((b * b) + c), b));
        var f = ((first + last) * (first - last)) + shift;
        var g = first * next;
        var count = end - 1 - start;
        var leftPairs = left.Begin(count);
        var rightPairs = right.Begin(count);
        for (var j = start; j < end - 1; j++)
        {
            var at = 2 * (j - start);
            var (cosine, sine) = Rotation(f, g, out var length);
            if (j > start) e[j - 1] = length;
            f = (cosine * s[j]) + (sine * e[j]);
            e[j] = (cosine * e[j]) - (sine * s[j]);
            g = sine * s[j + 1];
            s[j + 1] *= cosine;
            (rightPairs[at], rightPairs[at + 1]) = (cosine, sine);
            (cosine, sine) = Rotation(f, g, out s[j]);
            f = (cosine * e[j]) + (sine * s[j + 1]);
            s[j + 1] = (cosine * s[j + 1]) - (sine * e[j]);
            g = sine * e[j + 1];
            e[j + 1] *= cosine;
            (leftPairs[at], leftPairs[at + 1]) = (cosine, sine);
        }
        e[end - 2] = f;
        right.Rising(start, count);
        left.Rising(start, count);
    }

    /// <summary>The rotation of (x, y) to (length, 0), whose cosine is not negative: the length has the sign of x.</summary>
    private static (double Cosine, double Sine) Rotation(double x, double y, out double length)
    {
        length = Math.CopySign(TridiagonalEigen.Length(x, y), x);
        return length == 0 ? (1, 0) : (x / length, y / length);
    }

    private static void Rotate(double* x, double* y, double c, double s, int n)
    {
        for (var i = 0; i < n; i++) (x[i], y[i]) = ((c * x[i]) + (s * y[i]), (c * y[i]) - (s * x[i]));
    }
}
