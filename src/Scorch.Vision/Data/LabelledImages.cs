namespace Scorch.Vision.Data;

/// <summary>Pictures of one size with their classes, held as bytes.</summary>
public sealed class LabelledImages
{
    private readonly byte[] pixels;
    private readonly int[] labels;

    /// <summary>A set; takes the arrays over.</summary>
    /// <param name="pixels">Pictures one after the other, channels first.</param>
    /// <param name="labels">One class a picture.</param>
    /// <param name="channels">Channels.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <exception cref="ArgumentException">Sizes do not fit, or a label is no class.</exception>
    public LabelledImages(byte[] pixels, int[] labels, int channels, int height, int width, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classes);
        if (pixels.LongLength != (long)labels.Length * channels * height * width)
            throw new ArgumentException($"LabelledImages: {pixels.LongLength} samples for {labels.Length} pictures of {channels} x {height} x {width}.", nameof(pixels));
        if (labels.Any(label => label < 0 || label >= classes.Count))
            throw new ArgumentException($"LabelledImages: a label lies outside 0 to {classes.Count - 1}.", nameof(labels));
        (this.pixels, this.labels, Channels, Height, Width, Classes) = (pixels, labels, channels, height, width, classes);
    }

    /// <summary>Number of pictures.</summary>
    public int Count => labels.Length;

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Names of the classes.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The class of a picture.</summary>
    public int Label(int index) => labels[index];

    /// <summary>The classes of pictures, int64 [count].</summary>
    public Tensor Labels(ReadOnlySpan<int> indices)
    {
        var values = new long[indices.Length];
        for (var i = 0; i < values.Length; i++) values[i] = labels[indices[i]];
        return Tensor.From(values);
    }

    /// <summary>Mean and standard deviation of each channel, of samples in 0 … 1.</summary>
    public (float[] Mean, float[] Deviation) ChannelStatistics()
    {
        var plane = Height * Width;
        var (mean, deviation) = (new float[Channels], new float[Channels]);
        for (var c = 0; c < Channels; c++)
        {
            var (sum, squares) = (0.0, 0.0);
            for (var n = 0; n < Count; n++)
                foreach (var sample in pixels.AsSpan(((n * Channels) + c) * plane, plane))
                {
                    sum += sample;
                    squares += (double)sample * sample;
                }
            var count = (double)Count * plane;
            mean[c] = (float)(sum / count / 255);
            deviation[c] = (float)(Math.Sqrt(Math.Max(0, (squares / count) - (sum / count * (sum / count)))) / 255);
        }
        return (mean, deviation);
    }

    /// <summary>Standardised pictures [count, channels, height, width], float32; with <paramref name="random"/>, shifted by up to <paramref name="padding"/> pixels (zeros come in) and flipped at random.</summary>
    /// <param name="indices">Which pictures.</param>
    /// <param name="mean">Of each channel, in 0 … 1.</param>
    /// <param name="deviation">Of each channel.</param>
    /// <param name="padding">Pixels; below 0 nothing is changed.</param>
    /// <param name="random">Draws shifts and flips; null for none.</param>
    public Tensor Batch(ReadOnlySpan<int> indices, float[] mean, float[] deviation, int padding = -1, RandomSource? random = null)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(deviation);
        var values = new float[indices.Length * Channels * Height * Width];
        for (var n = 0; n < indices.Length; n++)
        {
            var (dx, dy, flip) = (0, 0, false);
            if (random is not null && padding >= 0)
            {
                dx = (int)random.NextInt64((2 * padding) + 1) - padding;
                dy = (int)random.NextInt64((2 * padding) + 1) - padding;
                flip = random.NextInt64(2) == 1;
            }
            for (var c = 0; c < Channels; c++)
            {
                var (scale, zero) = (1 / (255 * Math.Max(deviation[c], 1e-6f)), mean[c] / Math.Max(deviation[c], 1e-6f));
                var source = pixels.AsSpan(((indices[n] * Channels) + c) * Height * Width, Height * Width);
                var target = values.AsSpan(((n * Channels) + c) * Height * Width, Height * Width);
                for (var y = 0; y < Height; y++)
                    for (var x = 0; x < Width; x++)
                    {
                        var (sx, sy) = ((flip ? Width - 1 - x : x) + dx, y + dy);
                        var sample = (uint)sx < (uint)Width && (uint)sy < (uint)Height ? source[(sy * Width) + sx] : 0;
                        target[(y * Width) + x] = (sample * scale) - zero;
                    }
            }
        }
        return Tensor.From(values, [indices.Length, Channels, Height, Width]);
    }
}
