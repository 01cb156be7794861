using System.Numerics;

namespace Scorch.Numerics;

/// <summary>The discrete sine transform of type I, unscaled: <c>X_k = 2 sum_j x_j sin(pi (j+1)(k+1)/(n+1))</c>, as
/// <c>scipy.fft.dst(type=1)</c>. Applied twice it multiplies by <c>2(n+1)</c>.</summary>
public static class SineTransform
{
    /// <summary>Transforms a vector in place.</summary>
    /// <param name="values"><c>[n]</c>, n at least 1.</param>
    public static void Transform(Span<double> values)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("SineTransform: there is nothing to transform.", nameof(values));
        }

        var fourier = new FourierTransform(2 * (values.Length + 1));
        TransformPair(values, values, fourier, new Complex[fourier.Length]);
    }

    /// <summary>Transforms both axes of a grid, in place.</summary>
    /// <param name="values"><c>[rows, columns]</c>, neither empty.</param>
    /// <returns>The same array.</returns>
    public static double[,] Transform(double[,] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0)
        {
            throw new ArgumentException("SineTransform: there is nothing to transform.", nameof(values));
        }

        TransformRows(values);
        var transposed = Transpose(values);
        TransformRows(transposed);
        Array.Copy(Transpose(transposed), values, values.Length);
        return values;
    }

    private static void TransformRows(double[,] values)
    {
        var columns = values.GetLength(1);
        var flat = Grid.AsSpan(values);
        var fourier = new FourierTransform(2 * (columns + 1));
        var buffer = new Complex[fourier.Length];
        for (var row = 0; row < values.GetLength(0); row += 2)
        {
            var first = flat.Slice(row * columns, columns);
            var second = row + 1 < values.GetLength(0) ? flat.Slice((row + 1) * columns, columns) : first;
            TransformPair(first, second, fourier, buffer);
        }
    }

    // The odd extension of a real signal has a purely imaginary spectrum, -i X_k: so one complex transform carries two signals.
    private static void TransformPair(Span<double> first, Span<double> second, FourierTransform fourier, Complex[] buffer)
    {
        var half = first.Length + 1;
        buffer[0] = buffer[half] = Complex.Zero;
        for (var i = 1; i < half; i++)
        {
            buffer[i] = new Complex(first[i - 1], second[i - 1]);
            buffer[(2 * half) - i] = -buffer[i];
        }

        fourier.Forward(buffer);
        for (var i = 1; i < half; i++)
        {
            second[i - 1] = buffer[i].Real;
            first[i - 1] = -buffer[i].Imaginary;
        }
    }

    private static double[,] Transpose(double[,] values)
    {
        var transposed = new double[values.GetLength(1), values.GetLength(0)];
        for (var row = 0; row < values.GetLength(0); row++)
        {
            for (var column = 0; column < values.GetLength(1); column++)
            {
                transposed[column, row] = values[row, column];
            }
        }

        return transposed;
    }
}
