namespace Scorch.Media;

/// <summary>The data set on which a policy of AutoAugment was found.</summary>
public enum AutoAugmentPolicy
{
    /// <summary>ImageNet (arXiv 1805.09501, table 9).</summary>
    ImageNet,

    /// <summary>CIFAR-10 (table 7).</summary>
    Cifar,
}

/// <summary>AutoAugment (arXiv 1805.09501): one of 25 pairs of operations is drawn for each picture, and each of the two applied with its probability.</summary>
/// <remarks>Operations and ranges are the paper's (table 6), shifts in shares of the picture's side: up to 150/331. Signs are drawn at random.</remarks>
/// <param name="policy">The pairs.</param>
/// <param name="fill">Sample that comes in at the borders: grey, as in the authors' code.</param>
public sealed class AutoAugment(AutoAugmentPolicy policy, int fill = 128) : IImageTransform
{
    /// <summary>The 25 pairs.</summary>
    public IReadOnlyList<AutoAugmentPair> Pairs { get; } = policy switch
    {
        AutoAugmentPolicy.ImageNet => AutoAugmentPairs.ImageNet,
        AutoAugmentPolicy.Cifar => AutoAugmentPairs.Cifar,
        _ => throw new ArgumentOutOfRangeException(nameof(policy), policy, "Not a policy."),
    };

    /// <inheritdoc/>
    public Image Apply(Image image, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        var pair = Pairs[(int)random.NextInt64(Pairs.Count)];
        foreach (var (operation, probability, level) in new[] { pair.First, pair.Second })
        {
            var (isApplied, isNegative) = (random.NextDouble() < probability, random.NextInt64(2) == 0);
            if (isApplied) image = Apply(image, operation, level, isNegative, fill);
        }
        return image;
    }

    /// <summary>One operation at a level.</summary>
    /// <param name="image">8 bits, RGB or grey.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="level">0 (weakest) to 9; operations without a strength take no notice.</param>
    /// <param name="isNegative">The other direction, for operations that have one.</param>
    /// <param name="fill">Sample that comes in at the borders.</param>
    public static Image Apply(Image image, AutoAugmentOperation operation, int level, bool isNegative = false, int fill = 128)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (level is < 0 or > 9) throw new ArgumentOutOfRangeException(nameof(level), level, "AutoAugment: levels are 0 to 9.");
        var share = level / 9.0;
        var sign = isNegative ? -1 : 1;
        int Shift(int side) => (int)(150.0 / 331 * side * share) * sign;
        var factor = 1 + (0.9 * share * sign);
        return operation switch
        {
            AutoAugmentOperation.ShearX => image.Affine(1, 0.3 * share * sign, 0, 0, 1, 0, fill),
            AutoAugmentOperation.ShearY => image.Affine(1, 0, 0, 0.3 * share * sign, 1, 0, fill),
            AutoAugmentOperation.TranslateX => image.Affine(1, 0, -Shift(image.Width), 0, 1, 0, fill),
            AutoAugmentOperation.TranslateY => image.Affine(1, 0, 0, 0, 1, -Shift(image.Height), fill),
            AutoAugmentOperation.Rotate => image.Rotate(30 * share * sign, fill),
            AutoAugmentOperation.AutoContrast => image.AutoContrast(),
            AutoAugmentOperation.Invert => image.Invert(),
            AutoAugmentOperation.Equalize => image.Equalize(),
            AutoAugmentOperation.Solarize => image.Solarize(255 * (1 - share)),
            AutoAugmentOperation.Posterize => image.Posterize(8 - (int)Math.Round(4 * share)),
            AutoAugmentOperation.Contrast => image.Contrast(factor),
            AutoAugmentOperation.Color => image.Saturation(factor),
            AutoAugmentOperation.Brightness => image.Brightness(factor),
            AutoAugmentOperation.Sharpness => image.Sharpness(factor),
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "Not an operation of AutoAugment."),
        };
    }
}
