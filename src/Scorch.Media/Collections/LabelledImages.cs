namespace Scorch.Media;

/// <summary>Pictures of one size with their classes, held as bytes.</summary>
public sealed class LabelledImages : IImageCollection
{
    private readonly byte[] pixels;
    private readonly int[] labels;

    /// <summary>A set; takes the arrays over.</summary>
    /// <param name="pixels">Pictures one after the other, channels first.</param>
    /// <param name="labels">One class a picture.</param>
    /// <param name="channels">Channels: 1 (grey) or 3 (RGB).</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="classes">Names of the classes.</param>
    /// <exception cref="ArgumentException">Sizes do not fit, or a label is no class.</exception>
    public LabelledImages(byte[] pixels, int[] labels, int channels, int height, int width, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classes);
        if (channels is not (1 or 3)) throw new ArgumentException($"LabelledImages: {channels} channels; 1 (grey) or 3 (RGB) are held.", nameof(channels));
        if (pixels.LongLength != (long)labels.Length * channels * height * width)
            throw new ArgumentException($"LabelledImages: {pixels.LongLength} samples for {labels.Length} pictures of {channels} x {height} x {width}.", nameof(pixels));
        if (labels.Any(label => label < 0 || label >= classes.Count))
            throw new ArgumentException($"LabelledImages: a label lies outside 0 to {classes.Count - 1}.", nameof(labels));
        (this.pixels, this.labels, Channels, Height, Width, Classes) = (pixels, labels, channels, height, width, classes);
    }

    /// <summary>The first pictures of each class of a collection, in the order of classes, read now.</summary>
    /// <param name="images">The collection.</param>
    /// <param name="perClass">Pictures of each class.</param>
    /// <exception cref="InvalidDataException">A class has fewer pictures, or sizes differ.</exception>
    public static LabelledImages First(IImageCollection images, int perClass)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfLessThan(perClass, 1);
        var places = Enumerable.Range(0, images.Classes.Count).Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < images.Count; i++)
            if (places[images.Label(i)].Count < perClass) places[images.Label(i)].Add(i);
        if (Array.FindIndex(places, list => list.Count < perClass) is >= 0 and var small)
            throw new InvalidDataException($"Class {images.Classes[small]} has {places[small].Count} pictures, {perClass} are wanted; ask for fewer.");
        return Read(images, [.. places.SelectMany(list => list)]);
    }

    private static LabelledImages Read(IImageCollection images, int[] places)
    {
        var first = images[places[0]].Image;
        var (plane, channels) = (first.Width * first.Height, first.Channels);
        var (pixels, labels) = (new byte[checked(places.Length * channels * plane)], new int[places.Length]);
        for (var n = 0; n < places.Length; n++)
        {
            var (image, label, name) = images[places[n]];
            if (image.Width != first.Width || image.Height != first.Height || image.Channels != channels)
                throw new InvalidDataException($"{name} has {image.Width} x {image.Height} pixels and {image.Channels} channels, the first picture {first.Width} x {first.Height} and {channels}; resize them to one size.");
            var samples = image.Bytes;
            for (var c = 0; c < channels; c++)
                for (var i = 0; i < plane; i++) pixels[(((n * channels) + c) * plane) + i] = samples[(channels * i) + c];
            labels[n] = label;
        }
        return new(pixels, labels, channels, first.Height, first.Width, images.Classes);
    }

    /// <inheritdoc/>
    public int Count => labels.Length;

    /// <summary>Channels.</summary>
    public int Channels { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Classes { get; }

    /// <inheritdoc/>
    public (int Height, int Width)? Size => (Height, Width);

    /// <inheritdoc/>
    public int Label(int index) => labels[index];

    /// <inheritdoc/>
    public LabelledImage this[int index]
    {
        get
        {
            var plane = Height * Width;
            var source = pixels.AsSpan(index * Channels * plane, Channels * plane);
            var samples = new byte[source.Length];
            for (var c = 0; c < Channels; c++)
                for (var i = 0; i < plane; i++) samples[(Channels * i) + c] = source[(c * plane) + i];
            return new(new(Width, Height, Channels, samples), labels[index], $"picture {index}");
        }
    }

    /// <summary>Mean and standard deviation of each channel, of samples in 0 … 1.</summary>
    public ImageNormalisation ChannelStatistics()
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
            // Pictures of one colour have none; they are left as they are.
            deviation[c] = Math.Max(1e-6f, (float)(Math.Sqrt(Math.Max(0, (squares / count) - (sum / count * (sum / count)))) / 255));
        }
        return new(mean, deviation);
    }
}
