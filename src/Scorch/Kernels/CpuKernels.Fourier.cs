using System.Numerics;

namespace Scorch.Kernels;

internal abstract partial class KernelTable
{
    /// <summary>Discrete Fourier transform of each row of contiguous complex128 [b, n] times <paramref name="scale"/>; the inverse turns the sign of the exponent only.</summary>
    public abstract void FourierTransform(in Operand output, in Operand input, bool inverse, double scale);
}

internal sealed unsafe partial class CpuKernels
{
    public override void FourierTransform(in Operand output, in Operand input, bool inverse, double scale)
    {
        var n = input.Shape[1];
        if (input.Count == 0) return;
        var plan = new FourierPlan(n, inverse);
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference)
        {
            var target = (Complex*)outputBytes;
            var source = (Complex*)inputBytes;
            Dispatch(input.Shape[0], n * 16L, row =>
            {
                var result = new Span<Complex>(target + (row * n), n);
                plan.Transform(new ReadOnlySpan<Complex>(source + (row * n), n), result);
                if (scale != 1)
                    foreach (ref var value in result) value *= scale;
            });
        }
    }
}

/// <summary>Twiddle factors and the way to transform one length: mixed radix where all prime factors are small, Bluestein's chirp convolution otherwise.</summary>
internal sealed class FourierPlan
{
    /// <summary>Greatest prime factor for which the direct butterfly is used.</summary>
    private const int GreatestRadix = 31;

    private readonly int length;
    private readonly int[] radices;
    private readonly Complex[] roots;
    private readonly Complex[] chirp = [];
    private readonly Complex[] chirpSpectrum = [];
    private readonly FourierPlan? forward;
    private readonly FourierPlan? backward;

    public FourierPlan(int length, bool inverse)
    {
        this.length = length;
        radices = Factor(length);
        var sign = inverse ? 2.0 : -2.0;
        if (radices.Length == 0 || radices[^1] <= GreatestRadix)
        {
            roots = new Complex[length];
            for (var k = 0; k < length; k++) roots[k] = Root(sign * k / length);
            return;
        }
        // Bluestein: jk = (j^2 + k^2 - (j - k)^2) / 2 makes the sum a convolution with a chirp.
        roots = [];
        var padded = checked((int)BitOperations.RoundUpToPowerOf2((uint)((2L * length) - 1)));
        (forward, backward) = (new(padded, false), new(padded, true));
        chirp = new Complex[length];
        for (long k = 0; k < length; k++) chirp[k] = Root(sign / 2 * (k * k % (2L * length)) / length);
        var wave = new Complex[padded];
        for (var k = 0; k < length; k++) wave[k] = wave[(padded - k) % padded] = Complex.Conjugate(chirp[k]);
        chirpSpectrum = new Complex[padded];
        forward.Transform(wave, chirpSpectrum);
    }

    public void Transform(ReadOnlySpan<Complex> source, Span<Complex> target)
    {
        if (forward is null) Mixed(source, 0, 1, target, 0);
        else Chirp(source, target);
    }

    private void Chirp(ReadOnlySpan<Complex> source, Span<Complex> target)
    {
        var padded = chirpSpectrum.Length;
        var (signal, spectrum) = (new Complex[padded], new Complex[padded]);
        for (var k = 0; k < length; k++) signal[k] = source[k] * chirp[k];
        forward!.Transform(signal, spectrum);
        for (var k = 0; k < padded; k++) spectrum[k] *= chirpSpectrum[k];
        backward!.Transform(spectrum, signal);
        for (var k = 0; k < length; k++) target[k] = signal[k] * chirp[k] / padded;
    }

    /// <summary>Decimation in time: the transforms of every radix-th element, joined by butterflies.</summary>
    private void Mixed(ReadOnlySpan<Complex> source, int start, int stride, Span<Complex> target, int level)
    {
        if (level == radices.Length)
        {
            target[0] = source[start];
            return;
        }
        var radix = radices[level];
        var part = target.Length / radix;
        for (var r = 0; r < radix; r++) Mixed(source, start + (r * stride), stride * radix, target.Slice(r * part, part), level + 1);
        Span<Complex> terms = stackalloc Complex[GreatestRadix];
        for (var k = 0; k < part; k++)
        {
            if (radix == 2)
            {
                var odd = target[part + k] * roots[k * stride];
                (target[k], target[part + k]) = (target[k] + odd, target[k] - odd);
                continue;
            }
            for (var r = 0; r < radix; r++) terms[r] = target[(r * part) + k] * roots[(int)((long)r * k * stride % length)];
            for (var q = 0; q < radix; q++)
            {
                var sum = terms[0];
                for (var r = 1; r < radix; r++) sum += terms[r] * roots[r * q % radix * (length / radix)];
                target[(q * part) + k] = sum;
            }
        }
    }

    /// <summary>e^(i pi turns).</summary>
    private static Complex Root(double turns)
    {
        var (sine, cosine) = double.SinCosPi(turns);
        return new(cosine, sine);
    }

    private static int[] Factor(int n)
    {
        var factors = new List<int>();
        for (var p = 2; p <= n / p; p++)
            for (; n % p == 0; n /= p) factors.Add(p);
        if (n > 1) factors.Add(n);
        return [.. factors];
    }
}
