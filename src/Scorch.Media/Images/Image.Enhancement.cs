namespace Scorch.Media;

/// <summary>Changes of colour and contrast, sample for sample those of PIL's <c>ImageOps</c> and <c>ImageEnhance</c>; for 8-bit pictures in grey or RGB.</summary>
public sealed partial class Image
{
    /// <summary>255 minus each sample.</summary>
    public Image Invert() => Look(nameof(Invert), _ => sample => 255 - sample);

    /// <summary>Samples of at least a threshold are inverted.</summary>
    public Image Solarize(double threshold) => Look(nameof(Solarize), _ => sample => sample < threshold ? sample : 255 - sample);

    /// <summary>Keeps the highest bits of each sample.</summary>
    /// <param name="bits">How many, 1 to 8.</param>
    public Image Posterize(int bits)
    {
        if (bits is < 1 or > 8) throw new ArgumentOutOfRangeException(nameof(bits), bits, "Image.Posterize: 1 to 8 bits can be kept.");
        return Look(nameof(Posterize), _ => sample => sample & (0xFF << (8 - bits)));
    }

    /// <summary>Stretches each channel evenly, so that its least sample becomes 0 and its greatest 255.</summary>
    public Image AutoContrast() => Look(nameof(AutoContrast), counts =>
    {
        var (least, greatest) = (Array.FindIndex(counts, count => count > 0), Array.FindLastIndex(counts, count => count > 0));
        if (greatest <= least) return sample => sample;
        var scale = 255.0 / (greatest - least);
        return sample => (int)((sample * scale) + (-least * scale));
    });

    /// <summary>Bends each channel so that its samples are spread evenly.</summary>
    public Image Equalize() => Look(nameof(Equalize), counts =>
    {
        var greatest = Array.FindLastIndex(counts, count => count > 0);
        var step = (counts.Sum() - counts[greatest]) / 255;
        if (step == 0) return sample => sample;
        var map = new int[256];
        for (int i = 0, sum = step / 2; i < 256; sum += counts[i++]) map[i] = sum / step;
        return sample => map[sample];
    });

    /// <summary>Between black (0) and the picture (1), or beyond.</summary>
    /// <param name="factor">At least 0.</param>
    public Image Brightness(double factor) => Blend(nameof(Brightness), factor, _ => 0);

    /// <summary>Between an even grey of the mean luma (0) and the picture (1), or beyond.</summary>
    /// <param name="factor">At least 0.</param>
    public Image Contrast(double factor)
    {
        CheckKind(nameof(Contrast));
        long sum = 0;
        foreach (var luma in ToGrey().Bytes) sum += luma;
        var mean = (int)(((double)sum / ((long)Width * Height)) + 0.5);
        return Blend(nameof(Contrast), factor, _ => mean);
    }

    /// <summary>Between grey (0) and the picture (1), or beyond: PIL's <c>Color</c>.</summary>
    /// <param name="factor">At least 0.</param>
    public Image Saturation(double factor)
    {
        CheckKind(nameof(Saturation));
        var grey = ToGrey();
        return Blend(nameof(Saturation), factor, at => grey.bytes![at / Channels]);
    }

    /// <summary>Between a smoothed picture (0) and the picture (1), or beyond.</summary>
    /// <param name="factor">At least 0.</param>
    public Image Sharpness(double factor)
    {
        CheckKind(nameof(Sharpness));
        const float edge = 1f / 13, centre = 5f / 13;
        var row = Width * Channels;
        return Blend(nameof(Sharpness), factor, at =>
        {
            var (x, y) = (at % row / Channels, at / row);
            if (x == 0 || y == 0 || x == Width - 1 || y == Height - 1) return bytes![at];
            var sum = 0.5f;
            sum += Three(at + row, edge);
            sum += Three(at, centre);
            sum += Three(at - row, edge);
            return (int)Math.Clamp(sum, 0, 255);
        });

        float Three(int at, float middle) => (bytes![at - Channels] * edge) + (bytes[at] * middle) + (bytes[at + Channels] * edge);
    }

    /// <summary>A square of one sample painted over the picture, as far as it lies inside (arXiv 1708.04552).</summary>
    /// <param name="centreX">Column of the centre.</param>
    /// <param name="centreY">Row of the centre.</param>
    /// <param name="size">Side of the square, at least 1.</param>
    /// <param name="fill">The sample of every channel.</param>
    public Image Cutout(int centreX, int centreY, int size, int fill = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (fill < 0 || fill > MaximumSample) throw new ArgumentOutOfRangeException(nameof(fill), fill, $"Image.Cutout: the fill is a sample of 0 to {MaximumSample}.");
        var (left, top) = (centreX - (size / 2), centreY - (size / 2));
        return Build(Width, Height, Channels, (x, y, channel) => x >= left && x < left + size && y >= top && y < top + size ? fill : this[x, y, channel]);
    }

    /// <summary>Each sample mapped by a function of its channel's histogram.</summary>
    private Image Look(string operation, Func<int[], Func<int, int>> map)
    {
        CheckKind(operation);
        var samples = new byte[bytes!.Length];
        var table = new byte[256];
        for (var channel = 0; channel < Channels; channel++)
        {
            var counts = new int[256];
            for (var i = channel; i < bytes.Length; i += Channels) counts[bytes[i]]++;
            var function = map(counts);
            for (var i = 0; i < 256; i++) table[i] = (byte)Math.Clamp(function(i), 0, 255);
            for (var i = channel; i < bytes.Length; i += Channels) samples[i] = table[bytes[i]];
        }
        return new(Width, Height, Channels, samples);
    }

    /// <summary>start + factor (sample - start) in float32, cut off and rounded down as PIL does.</summary>
    private Image Blend(string operation, double factor, Func<int, int> start)
    {
        CheckKind(operation);
        if (!(factor >= 0) || !double.IsFinite(factor)) throw new ArgumentOutOfRangeException(nameof(factor), factor, $"Image.{operation}: the factor is at least 0.");
        var weight = (float)factor;
        if (weight == 1) return this;
        var samples = new byte[bytes!.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            var from = start(i);
            samples[i] = (byte)Math.Clamp(from + (weight * (bytes[i] - from)), 0, 255);
        }
        return new(Width, Height, Channels, samples);
    }

    private void CheckKind(string operation)
    {
        if (bytes is null || HasAlpha)
            throw new InvalidOperationException($"Image.{operation}: the picture has {BitDepth} bits and {Channels} channels; 8 bits in grey or RGB are needed (To8Bit(), ToRgb()).");
    }
}
