using System.Numerics;

namespace Scorch.Numerics;

/// <summary>The discrete Fourier transform of one length, planned once: radix 2 where the length is a power of two, Bluestein's
/// chirp otherwise; <c>O(n log n)</c> for every length.</summary>
public sealed class FourierTransform
{
    private readonly Complex[] roots;
    private readonly FourierTransform? inner;
    private readonly Complex[]? chirp;
    private readonly Complex[]? chirpSpectrum;

    /// <summary>Plans transforms of a length.</summary>
    /// <param name="length">1 to 2^26.</param>
    public FourierTransform(int length)
    {
        if (length is < 1 or > 1 << 26)
        {
            throw new ArgumentOutOfRangeException(nameof(length), length, "FourierTransform: a length from 1 to 2^26 is needed.");
        }

        Length = length;
        roots = new Complex[length];
        for (var i = 0; i < length; i++)
        {
            roots[i] = Root(-2.0 * i / length);
        }

        if (BitOperations.IsPow2(length))
        {
            return;
        }

        // Bluestein: jk = (j^2 + k^2 - (k - j)^2)/2 turns the transform into a convolution, done at a power of two.
        inner = new FourierTransform((int)BitOperations.RoundUpToPowerOf2((uint)((2 * length) - 1)));
        chirp = new Complex[length];
        chirpSpectrum = new Complex[inner.Length];
        for (var i = 0; i < length; i++)
        {
            // i^2 modulo 2n keeps the angle, and so its rounding, small.
            chirp[i] = Root(-(double)((long)i * i % (2L * length)) / length);
            chirpSpectrum[i] = Complex.Conjugate(chirp[i]);
            if (i > 0)
            {
                chirpSpectrum[inner.Length - i] = chirpSpectrum[i];
            }
        }

        inner.Forward(chirpSpectrum);
    }

    /// <summary>The number of values that a transform takes.</summary>
    public int Length { get; }

    /// <summary>Replaces <c>x</c> by <c>X_k = sum_j x_j exp(-2 pi i j k / n)</c>, unscaled.</summary>
    /// <param name="values"><c>[Length]</c>.</param>
    /// <exception cref="ArgumentException">The number of values is not <see cref="Length"/>.</exception>
    public void Forward(Span<Complex> values)
    {
        if (values.Length != Length)
        {
            throw new ArgumentException($"FourierTransform: {values.Length} values were given to a transform of length {Length}.", nameof(values));
        }

        if (inner is null)
        {
            RadixTwo(values);
            return;
        }

        var padded = new Complex[inner.Length];
        for (var i = 0; i < Length; i++)
        {
            padded[i] = values[i] * chirp![i];
        }

        inner.Forward(padded);
        for (var i = 0; i < padded.Length; i++)
        {
            // The conjugate makes the next forward transform an inverse one.
            padded[i] = Complex.Conjugate(padded[i] * chirpSpectrum![i]);
        }

        inner.Forward(padded);
        for (var i = 0; i < Length; i++)
        {
            values[i] = Complex.Conjugate(padded[i]) * chirp![i] / inner.Length;
        }
    }

    private void RadixTwo(Span<Complex> values)
    {
        for (int i = 1, reversed = 0; i < Length; i++)
        {
            var bit = Length >> 1;
            for (; (reversed & bit) != 0; bit >>= 1)
            {
                reversed ^= bit;
            }

            reversed ^= bit;
            if (i < reversed)
            {
                (values[i], values[reversed]) = (values[reversed], values[i]);
            }
        }

        for (var half = 1; half < Length; half *= 2)
        {
            var stride = Length / (2 * half);
            for (var start = 0; start < Length; start += 2 * half)
            {
                for (var i = 0; i < half; i++)
                {
                    var root = roots[i * stride];
                    var (low, high) = (values[start + i], values[start + i + half]);
                    var turned = new Complex((root.Real * high.Real) - (root.Imaginary * high.Imaginary), (root.Real * high.Imaginary) + (root.Imaginary * high.Real));
                    values[start + i] = new Complex(low.Real + turned.Real, low.Imaginary + turned.Imaginary);
                    values[start + i + half] = new Complex(low.Real - turned.Real, low.Imaginary - turned.Imaginary);
                }
            }
        }
    }

    private static Complex Root(double halfTurns) => new(double.CosPi(halfTurns), double.SinPi(halfTurns));
}
