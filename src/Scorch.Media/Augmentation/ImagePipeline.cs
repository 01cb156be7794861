using Scorch.Data;

namespace Scorch.Media;

/// <summary>Mean and standard deviation of each channel, of samples in 0 … 1.</summary>
/// <param name="Mean">Taken away first.</param>
/// <param name="Deviation">Then divided by; above 0.</param>
public sealed record ImageNormalisation(float[] Mean, float[] Deviation)
{
    /// <summary>Of ImageNet's training pictures, red, green, blue: what published weights were trained with.</summary>
    public static ImageNormalisation ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
}

/// <summary>Pictures and their classes as tensors.</summary>
/// <param name="Images">float32 [batch, channels, height, width], standardised.</param>
/// <param name="Labels">int64 [batch].</param>
public sealed record ImageBatch(Tensor Images, Tensor Labels);

/// <summary>From a collection to batches: read, transform, standardise.</summary>
/// <remarks>What is drawn for a picture depends on the seed, the epoch and the picture's number alone, not on threads, batches or what was read before.</remarks>
/// <param name="images">The pictures.</param>
/// <param name="transforms">What is done to each, in order; afterwards all pictures have one size.</param>
/// <param name="normalisation">How channels are standardised.</param>
/// <param name="seed">Fixes what is drawn.</param>
public sealed class ImagePipeline(IImageCollection images, IReadOnlyList<IImageTransform> transforms, ImageNormalisation normalisation, long seed = 0)
{
    /// <summary>One batch.</summary>
    /// <param name="epoch">Each epoch draws anew.</param>
    /// <param name="indices">Numbers of the pictures.</param>
    /// <exception cref="InvalidDataException">Pictures end up with different sizes or channels; one is named.</exception>
    public ImageBatch Batch(long epoch, IReadOnlyList<int> indices)
    {
        ArgumentNullException.ThrowIfNull(indices);
        var random = new RandomSource(seed).Fork(epoch);
        float[] values = [];
        var labels = new long[indices.Count];
        var (channels, height, width) = (normalisation.Mean.Length, 0, 0);
        for (var n = 0; n < indices.Count; n++)
        {
            var (image, label, name) = images[indices[n]];
            var own = random.Fork(indices[n]);
            foreach (var transform in transforms) image = transform.Apply(image, own);
            if (n == 0)
            {
                (height, width) = (image.Height, image.Width);
                values = new float[checked(indices.Count * channels * height * width)];
            }
            if (image.Height != height || image.Width != width || image.Channels != channels)
                throw new InvalidDataException($"{name} became {image.Width} x {image.Height} pixels of {image.Channels} channels, the batch has {width} x {height} of {channels}; crop pictures to one size.");
            labels[n] = label;
            Write(image, values.AsSpan(n * channels * height * width, channels * height * width));
        }
        return new(Tensor.From(values, [indices.Count, channels, height, width]), Tensor.From(labels));
    }

    /// <summary>Batches of all pictures, epoch after epoch, prepared ahead on <see cref="DataLoaderConfig.Workers"/> threads.</summary>
    public DataLoader<ImageBatch> Loader(DataLoaderConfig config) => new(images.Count, (position, indices) => Batch(position.Epoch, indices), config);

    private void Write(Image image, Span<float> values)
    {
        var samples = image.Bytes;
        var channels = image.Channels;
        var plane = image.Width * image.Height;
        for (var c = 0; c < channels; c++)
        {
            var (scale, zero) = (1 / (255 * normalisation.Deviation[c]), normalisation.Mean[c] / normalisation.Deviation[c]);
            for (var i = 0; i < plane; i++) values[(c * plane) + i] = (samples[(i * channels) + c] * scale) - zero;
        }
    }
}
