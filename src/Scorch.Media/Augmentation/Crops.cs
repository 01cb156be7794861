namespace Scorch.Media;

/// <summary>A part of random size, shape and place, resized to a square (Inception's crop), as torchvision's <c>RandomResizedCrop</c>.</summary>
/// <param name="Size">Side of the result in pixels.</param>
public sealed record RandomResizedCrop(int Size) : IImageTransform
{
    private const int Tries = 10;

    /// <summary>Least share of the picture's area.</summary>
    public double LeastArea { get; init; } = 0.08;

    /// <summary>Greatest share of the picture's area.</summary>
    public double GreatestArea { get; init; } = 1;

    /// <summary>Greatest ratio of width to height; the least is its inverse.</summary>
    public double GreatestAspect { get; init; } = 4.0 / 3;

    /// <inheritdoc/>
    public Image Apply(Image image, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        var (left, top, width, height) = Choose(image.Width, image.Height, random);
        return image.Crop(left, top, width, height).Resize(Size, Size);
    }

    /// <summary>The part of a picture of the given size.</summary>
    internal (int Left, int Top, int Width, int Height) Choose(int width, int height, RandomSource random)
    {
        var spread = Math.Log(GreatestAspect);
        for (var i = 0; i < Tries; i++)
        {
            var area = (double)width * height * (LeastArea + ((GreatestArea - LeastArea) * random.NextDouble()));
            // The logarithm of the aspect is uniform, so that wide and tall are equally likely.
            var aspect = Math.Exp(spread * ((2 * random.NextDouble()) - 1));
            var (w, h) = ((int)Math.Round(Math.Sqrt(area * aspect)), (int)Math.Round(Math.Sqrt(area / aspect)));
            if (w > 0 && h > 0 && w <= width && h <= height) return ((int)random.NextInt64(width - w + 1), (int)random.NextInt64(height - h + 1), w, h);
        }
        var ratio = (double)width / height;
        var (centredWidth, centredHeight) = ratio < 1 / GreatestAspect ? (width, Math.Max(1, (int)Math.Round(width * GreatestAspect)))
            : ratio > GreatestAspect ? (Math.Max(1, (int)Math.Round(height * GreatestAspect)), height)
            : (width, height);
        return ((width - centredWidth) / 2, (height - centredHeight) / 2, centredWidth, centredHeight);
    }
}

/// <summary>The picture shifted by up to some pixels in each direction; black comes in.</summary>
/// <param name="Padding">The most pixels.</param>
public sealed record RandomShift(int Padding) : IImageTransform
{
    /// <inheritdoc/>
    public Image Apply(Image image, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        var (x, y) = (random.NextInt64((2 * Padding) + 1) - Padding, random.NextInt64((2 * Padding) + 1) - Padding);
        return x == 0 && y == 0 ? image : image.Affine(1, 0, x, 0, 1, y);
    }
}

/// <summary>Left and right exchanged, for every second picture.</summary>
public sealed record RandomFlip : IImageTransform
{
    /// <inheritdoc/>
    public Image Apply(Image image, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        return random.NextInt64(2) == 1 ? image.FlipHorizontal() : image;
    }
}

/// <summary>A grey or black square at a random place (arXiv 1708.04552).</summary>
/// <param name="Size">Side of the square in pixels.</param>
/// <param name="Fill">Its samples.</param>
public sealed record RandomCutout(int Size, int Fill = 0) : IImageTransform
{
    /// <inheritdoc/>
    public Image Apply(Image image, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        return image.Cutout((int)random.NextInt64(image.Width), (int)random.NextInt64(image.Height), Size, Fill);
    }
}

/// <summary>The shorter side resized (bilinear, anti-aliased), then the square in the centre: how ImageNet networks are tested.</summary>
/// <param name="Resize">The shorter side's new length; at least <paramref name="Crop"/>.</param>
/// <param name="Crop">Side of the square.</param>
public sealed record ResizedCentreCrop(int Resize, int Crop) : IImageTransform
{
    /// <inheritdoc/>
    public Image Apply(Image image, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (Crop < 1 || Resize < Crop) throw new ArgumentException($"ResizedCentreCrop: a square of {Crop} pixels out of a side of {Resize}; the side must be at least the square's, which is at least 1.");
        // torchvision rounds the longer side down.
        var (width, height) = image.Width <= image.Height
            ? (Resize, (int)((long)Resize * image.Height / image.Width))
            : ((int)((long)Resize * image.Width / image.Height), Resize);
        return image.Resize(width, height).CenterCrop(Crop, Crop);
    }
}
