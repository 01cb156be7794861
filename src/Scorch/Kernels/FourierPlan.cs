using System.Collections.Concurrent;
using System.Numerics;

namespace Scorch.Kernels;

/// <summary>
/// How to transform one length, forward: Stockham's sorted mixed radix where all prime factors are small, Bluestein's chirp convolution otherwise.
/// Works on many lines at once, one a lane; an element is two vectors, real and imaginary parts.
/// </summary>
internal sealed unsafe class FourierPlan<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Greatest prime factor for which there is a butterfly.</summary>
    private const int GreatestRadix = 31;

    /// <summary>Plans that are kept; with more lengths in use all are made anew.</summary>
    private const int KeptPlans = 128;

    private static readonly ConcurrentDictionary<int, FourierPlan<T>> Plans = new();
    private static readonly ConcurrentDictionary<int, T[]> Roots = new();

    private readonly int length;
    private readonly int[] radices;
    private readonly T[][] twiddles = [];
    private readonly T[] chirp = [];
    private readonly T[] chirpSpectrum = [];
    private readonly FourierPlan<T>? convolution;

    private FourierPlan(int length)
    {
        this.length = length;
        radices = Factor(length);
        if (radices.Length == 0 || radices.Max() <= GreatestRadix)
        {
            twiddles = new T[radices.Length][];
            var rest = length;
            for (var pass = 0; pass < radices.Length; pass++)
            {
                twiddles[pass] = Twiddles(rest, radices[pass]);
                rest /= radices[pass];
            }
            return;
        }
        // jk = (j^2 + k^2 - (j - k)^2) / 2 makes the sum a convolution with a chirp.
        var padded = checked((int)BitOperations.RoundUpToPowerOf2((uint)((2L * length) - 1)));
        convolution = Of(padded);
        chirp = new T[2 * length];
        var wave = new double[2L * padded];
        for (long k = 0; k < length; k++)
        {
            var (sine, cosine) = double.SinCosPi(-(double)(k * k % (2L * length)) / length);
            Put(chirp, k, cosine, sine);
            Put(wave, k, cosine, -sine);
            Put(wave, (padded - k) % padded, cosine, -sine);
        }
        chirpSpectrum = Spectrum(wave, padded);
    }

    /// <summary>Whether there are butterflies for every factor.</summary>
    public bool Direct => convolution is null;

    /// <summary>Elements that each of the two buffers of <see cref="Transform"/> must hold.</summary>
    public int ScratchLength => convolution?.length ?? length;

    public static FourierPlan<T> Of(int length)
    {
        if (Plans.TryGetValue(length, out var plan)) return plan;
        if (Plans.Count >= KeptPlans) Plans.Clear();
        return Plans[length] = new(length);
    }

    /// <summary>e^(-2 pi i k / n) for k = 0 … n-1.</summary>
    public static T[] RootsOf(int n)
    {
        if (Roots.TryGetValue(n, out var roots)) return roots;
        if (Roots.Count >= KeptPlans) Roots.Clear();
        roots = new T[2 * n];
        for (long k = 0; k < n; k++) PutRoot(roots, k, k, n);
        return Roots[n] = roots;
    }

    /// <summary>Transforms [length, columns] elements of two vectors each over the length; both buffers are written, the one returned holds the result.</summary>
    public T* Transform<V>(T* data, T* spare, int columns)
        where V : struct, ISimd<V, T>
    {
        if (convolution is not null) return Chirp<V>(data, spare);
        var (rest, stride) = (length, columns);
        for (var pass = 0; pass < radices.Length; pass++)
        {
            var radix = radices[pass];
            rest /= radix;
            fixed (T* roots = twiddles[pass])
            {
                switch (radix)
                {
                    case 2: FourierButterflies.Two<V, T>(data, spare, roots, rest, stride); break;
                    case 3: FourierButterflies.Three<V, T>(data, spare, roots, rest, stride); break;
                    case 4: FourierButterflies.Four<V, T>(data, spare, roots, rest, stride); break;
                    case 5: FourierButterflies.Five<V, T>(data, spare, roots, rest, stride); break;
                    case 8: FourierButterflies.Eight<V, T>(data, spare, roots, rest, stride); break;
                    default:
                        fixed (T* circle = RootsOf(radix)) FourierButterflies.Any<V, T>(data, spare, roots, circle, radix, rest, stride);
                        break;
                }
            }
            stride *= radix;
            var written = spare;
            spare = data;
            data = written;
        }
        return data;
    }

    private T* Chirp<V>(T* data, T* spare)
        where V : struct, ISimd<V, T>
    {
        var padded = convolution!.length;
        var step = 2L * V.Count;
        fixed (T* wave = chirp, spectrum = chirpSpectrum)
        {
            FourierButterflies.Multiply<V, T>(data, wave, length, conjugate: false);
            new Span<T>(data + (length * step), checked((int)((padded - length) * step))).Clear();
            var middle = convolution.Transform<V>(data, spare, 1);
            // The inverse transform is the conjugate of the conjugate's forward transform.
            FourierButterflies.Multiply<V, T>(middle, spectrum, padded, conjugate: true);
            var result = convolution.Transform<V>(middle, middle == data ? spare : data, 1);
            FourierButterflies.Conjugate<V, T>(result, length);
            FourierButterflies.Multiply<V, T>(result, wave, length, conjugate: false);
            return result;
        }
    }

    /// <summary>The transform over n of the chirp, in float64 whatever T is, over n.</summary>
    private static T[] Spectrum(double[] wave, int n)
    {
        var buffer = new double[8L * n];
        fixed (double* data = buffer)
        {
            for (var k = 0; k < n; k++) (data[4L * k], data[(4L * k) + 2]) = (wave[2 * k], wave[(2 * k) + 1]);
            var spectrum = FourierPlan<double>.Of(n).Transform<Simd128<double>>(data, data + (4L * n), 1);
            var result = new T[2 * n];
            for (long k = 0; k < n; k++) Put(result, k, spectrum[4 * k] / n, spectrum[(4 * k) + 2] / n);
            return result;
        }
    }

    /// <summary>w^(p j) for each of the n / r butterflies p and their outputs j = 1 … r-1.</summary>
    private static T[] Twiddles(int n, int radix)
    {
        var result = new T[2L * (n / radix) * (radix - 1)];
        long at = 0;
        for (var p = 0; p < n / radix; p++)
            for (var j = 1; j < radix; j++) PutRoot(result, at++, (long)p * j, n);
        return result;
    }

    private static void PutRoot(T[] target, long at, long k, int n)
    {
        var (sine, cosine) = double.SinCosPi(-2.0 * (k % n) / n);
        Put(target, at, cosine, sine);
    }

    private static void Put<S>(S[] target, long at, double cosine, double sine)
        where S : INumberBase<S>
    {
        target[2 * at] = S.CreateChecked(cosine);
        target[(2 * at) + 1] = S.CreateChecked(sine);
    }

    /// <summary>Eights, then a four or two, then the odd primes.</summary>
    private static int[] Factor(int n)
    {
        var factors = new List<int>();
        for (; n % 8 == 0 && n != 16; n /= 8) factors.Add(8);
        foreach (var radix in new[] { 4, 2 })
            for (; n % radix == 0; n /= radix) factors.Add(radix);
        for (var p = 3; p <= n / p; p += 2)
            for (; n % p == 0; n /= p) factors.Add(p);
        if (n > 1) factors.Add(n);
        return [.. factors];
    }
}
