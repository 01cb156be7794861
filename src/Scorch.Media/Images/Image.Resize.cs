using System.Runtime.Intrinsics;

namespace Scorch.Media;

/// <summary>How samples between pixels are found.</summary>
public enum Resampling
{
    /// <summary>The pixel whose area holds the centre.</summary>
    Nearest,

    /// <summary>Triangle filter, widened when the picture shrinks.</summary>
    Bilinear,

    /// <summary>Keys' cubic filter with a = -1/2, widened when the picture shrinks.</summary>
    Bicubic,
}

public sealed partial class Image
{
    // Weights of 8-bit samples are rounded to multiples of 2^-22, as in PIL, so that the results are the same.
    private const int FractionBits = 22;

    /// <summary>The picture in another size, with anti-aliasing, computed as PIL does it: columns first, then rows, colours premultiplied by alpha.</summary>
    /// <param name="width">New columns.</param>
    /// <param name="height">New rows.</param>
    /// <param name="resampling">The filter.</param>
    public Image Resize(int width, int height, Resampling resampling = Resampling.Bilinear)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (width == Width && height == Height) return this;
        if (resampling == Resampling.Nearest)
        {
            int Source(int i, int size, int sourceSize) => Math.Min((int)((i + 0.5) * ((double)sourceSize / size)), sourceSize - 1);
            return Build(width, height, Channels, (x, y, channel) => this[Source(x, width, Width), Source(y, height, Height), channel]);
        }
        var result = HasAlpha ? MultiplyByAlpha() : this;
        if (width != Width) result = result.Resample(new Filter(Width, width, resampling), alongRows: true);
        if (height != Height) result = result.Resample(new Filter(Height, height, resampling), alongRows: false);
        return HasAlpha ? result.DivideByAlpha() : result;
    }

    private Image Resample(Filter filter, bool alongRows)
    {
        var (width, height) = alongRows ? (filter.Starts.Length, Height) : (Width, filter.Starts.Length);
        if (bytes is not null)
        {
            var samples = GC.AllocateUninitializedArray<byte>(checked(width * height * Channels));
            if (alongRows) AlongRows(bytes, samples, filter);
            else AlongColumns(bytes, samples, filter);
            return new(width, height, Channels, samples);
        }
        var step = alongRows ? Channels : Width * Channels;
        return Build(width, height, Channels, (x, y, channel) =>
        {
            var target = alongRows ? x : y;
            var first = filter.Starts[target];
            var at = alongRows ? (((y * Width) + first) * Channels) + channel : (((first * Width) + x) * Channels) + channel;
            var sum = 0.0;
            foreach (var weight in filter.Weights[target])
            {
                sum += weight * words![at];
                at += step;
            }
            return (int)Math.Clamp(Math.Floor(sum + 0.5), 0, ushort.MaxValue);
        });
    }

    private void AlongRows(byte[] source, byte[] samples, Filter filter)
    {
        var at = 0;
        for (var y = 0; y < Height; y++)
        {
            var row = source.AsSpan(y * Width * Channels, Width * Channels);
            for (var x = 0; x < filter.Starts.Length; x++)
            {
                var weights = filter.FixedWeights[x];
                for (var channel = 0; channel < Channels; channel++)
                {
                    var sum = 1 << (FractionBits - 1);
                    var place = (filter.Starts[x] * Channels) + channel;
                    foreach (var weight in weights)
                    {
                        sum += weight * row[place];
                        place += Channels;
                    }
                    samples[at++] = (byte)Math.Clamp(sum >> FractionBits, 0, byte.MaxValue);
                }
            }
        }
    }

    /// <summary>Whole rows at once: each target row is a weighted sum of source rows.</summary>
    private void AlongColumns(byte[] source, byte[] samples, Filter filter)
    {
        var size = Width * Channels;
        var sums = new int[size];
        for (var y = 0; y < filter.Starts.Length; y++)
        {
            Array.Fill(sums, 1 << (FractionBits - 1));
            var start = filter.Starts[y] * size;
            foreach (var weight in filter.FixedWeights[y])
            {
                Accumulate(source.AsSpan(start, size), weight, sums);
                start += size;
            }
            var target = samples.AsSpan(y * size, size);
            for (var x = 0; x < target.Length; x++) target[x] = (byte)Math.Clamp(sums[x] >> FractionBits, 0, byte.MaxValue);
        }
    }

    private static void Accumulate(ReadOnlySpan<byte> row, int weight, Span<int> sums)
    {
        var x = 0;
        for (; x <= row.Length - 8; x += 8) (Vector256.Create<int>(sums.Slice(x, 8)) + (Planes.Widen(row, x) * weight)).CopyTo(sums[x..]);
        for (; x < row.Length; x++) sums[x] += weight * row[x];
    }

    private Image MultiplyByAlpha() => Build(Width, Height, Channels, (x, y, channel) =>
    {
        if (channel == Channels - 1) return this[x, y, channel];
        var product = (long)this[x, y, channel] * this[x, y, Channels - 1];
        if (bytes is null) return (int)((product + (MaximumSample / 2)) / MaximumSample);
        var rounded = (int)product + 128;
        return ((rounded >> 8) + rounded) >> 8;
    });

    private Image DivideByAlpha() => Build(Width, Height, Channels, (x, y, channel) =>
    {
        var (sample, alpha) = (this[x, y, channel], this[x, y, Channels - 1]);
        return channel == Channels - 1 || alpha == 0 || alpha == MaximumSample
            ? sample
            : (int)Math.Min((long)MaximumSample * sample / alpha, MaximumSample);
    });

    private Image Build(int width, int height, int channels, Func<int, int, int, int> sample)
    {
        var count = checked(width * height * channels);
        var (small, large) = bytes is null ? (null, new ushort[count]) : (new byte[count], (ushort[]?)null);
        var at = 0;
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                for (var channel = 0; channel < channels; channel++, at++)
                {
                    var value = sample(x, y, channel);
                    if (small is null) large![at] = (ushort)value;
                    else small[at] = (byte)value;
                }
        return small is null ? new(width, height, channels, large!) : new(width, height, channels, small);
    }

    /// <summary>For each target position, where its window starts in the source and the weights there, which sum to 1.</summary>
    private sealed class Filter
    {
        public Filter(int source, int target, Resampling resampling)
        {
            var scale = (double)source / target;
            var stretch = Math.Max(scale, 1);
            var support = (resampling == Resampling.Bilinear ? 1 : 2) * stretch;
            Starts = new int[target];
            Weights = new double[target][];
            FixedWeights = new int[target][];
            for (var i = 0; i < target; i++)
            {
                var centre = (i + 0.5) * scale;
                var first = Math.Max((int)(centre - support + 0.5), 0);
                var end = Math.Min((int)(centre + support + 0.5), source);
                var weights = new double[end - first];
                var sum = 0.0;
                for (var j = 0; j < weights.Length; j++) sum += weights[j] = Kernel((j + first - centre + 0.5) / stretch, resampling);
                for (var j = 0; j < weights.Length && sum != 0; j++) weights[j] *= 1 / sum;
                Starts[i] = first;
                Weights[i] = weights;
                FixedWeights[i] = [.. weights.Select(weight => (int)((weight < 0 ? -0.5 : 0.5) + (weight * (1 << FractionBits))))];
            }
        }

        public int[] Starts { get; }

        public double[][] Weights { get; }

        public int[][] FixedWeights { get; }

        private static double Kernel(double x, Resampling resampling)
        {
            const double a = -0.5;
            x = Math.Abs(x);
            if (resampling == Resampling.Bilinear) return x < 1 ? 1 - x : 0;
            if (x < 1) return (((a + 2) * x - (a + 3)) * x * x) + 1;
            return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
        }
    }
}
