using static Scorch.Media.AutoAugmentOperation;

namespace Scorch.Media;

/// <summary>An operation of AutoAugment (arXiv 1805.09501, table 6).</summary>
public enum AutoAugmentOperation
{
    /// <summary>Columns shifted by up to 0.3 of their row.</summary>
    ShearX,

    /// <summary>Rows shifted by up to 0.3 of their column.</summary>
    ShearY,

    /// <summary>Shifted along rows by up to 150/331 of the width.</summary>
    TranslateX,

    /// <summary>Shifted along columns by up to 150/331 of the height.</summary>
    TranslateY,

    /// <summary>Turned by up to 30 degrees.</summary>
    Rotate,

    /// <summary>Each channel stretched to the full range.</summary>
    AutoContrast,

    /// <summary>Inverted.</summary>
    Invert,

    /// <summary>Each channel's histogram made even.</summary>
    Equalize,

    /// <summary>Samples above a threshold inverted: 255 (none) down to 0 (all).</summary>
    Solarize,

    /// <summary>8 down to 4 bits kept.</summary>
    Posterize,

    /// <summary>Contrast times 0.1 to 1.9.</summary>
    Contrast,

    /// <summary>Saturation times 0.1 to 1.9.</summary>
    Color,

    /// <summary>Brightness times 0.1 to 1.9.</summary>
    Brightness,

    /// <summary>Sharpness times 0.1 to 1.9.</summary>
    Sharpness,
}

/// <summary>One step of a pair.</summary>
/// <param name="Operation">What is done.</param>
/// <param name="Probability">How often.</param>
/// <param name="Level">How strongly, 0 to 9; 0 where the operation has no strength.</param>
public readonly record struct AutoAugmentStep(AutoAugmentOperation Operation, double Probability, int Level)
{
    /// <summary>A step in short.</summary>
    public static implicit operator AutoAugmentStep((AutoAugmentOperation Operation, double Probability, int Level) step) => new(step.Operation, step.Probability, step.Level);
}

/// <summary>Two steps, one after the other.</summary>
/// <param name="First">The first.</param>
/// <param name="Second">The second.</param>
public sealed record AutoAugmentPair(AutoAugmentStep First, AutoAugmentStep Second);

/// <summary>The policies of the paper's tables 7 and 9.</summary>
internal static class AutoAugmentPairs
{
    public static AutoAugmentPair[] ImageNet { get; } =
    [
        new((Posterize, 0.4, 8), (Rotate, 0.6, 9)),
        new((Solarize, 0.6, 5), (AutoContrast, 0.6, 0)),
        new((Equalize, 0.8, 0), (Equalize, 0.6, 0)),
        new((Posterize, 0.6, 7), (Posterize, 0.6, 6)),
        new((Equalize, 0.4, 0), (Solarize, 0.2, 4)),
        new((Equalize, 0.4, 0), (Rotate, 0.8, 8)),
        new((Solarize, 0.6, 3), (Equalize, 0.6, 0)),
        new((Posterize, 0.8, 5), (Equalize, 1, 0)),
        new((Rotate, 0.2, 3), (Solarize, 0.6, 8)),
        new((Equalize, 0.6, 0), (Posterize, 0.4, 6)),
        new((Rotate, 0.8, 8), (Color, 0.4, 0)),
        new((Rotate, 0.4, 9), (Equalize, 0.6, 0)),
        new((Equalize, 0, 0), (Equalize, 0.8, 0)),
        new((Invert, 0.6, 0), (Equalize, 1, 0)),
        new((Color, 0.6, 4), (Contrast, 1, 8)),
        new((Rotate, 0.8, 8), (Color, 1, 2)),
        new((Color, 0.8, 8), (Solarize, 0.8, 7)),
        new((Sharpness, 0.4, 7), (Invert, 0.6, 0)),
        new((ShearX, 0.6, 5), (Equalize, 1, 0)),
        new((Color, 0.4, 0), (Equalize, 0.6, 0)),
        new((Equalize, 0.4, 0), (Solarize, 0.2, 4)),
        new((Solarize, 0.6, 5), (AutoContrast, 0.6, 0)),
        new((Invert, 0.6, 0), (Equalize, 1, 0)),
        new((Color, 0.6, 4), (Contrast, 1, 8)),
        new((Equalize, 0.8, 0), (Equalize, 0.6, 0)),
    ];

    public static AutoAugmentPair[] Cifar { get; } =
    [
        new((Invert, 0.1, 0), (Contrast, 0.2, 6)),
        new((Rotate, 0.7, 2), (TranslateX, 0.3, 9)),
        new((Sharpness, 0.8, 1), (Sharpness, 0.9, 3)),
        new((ShearY, 0.5, 8), (TranslateY, 0.7, 9)),
        new((AutoContrast, 0.5, 0), (Equalize, 0.9, 0)),
        new((ShearY, 0.2, 7), (Posterize, 0.3, 7)),
        new((Color, 0.4, 3), (Brightness, 0.6, 7)),
        new((Sharpness, 0.3, 9), (Brightness, 0.7, 9)),
        new((Equalize, 0.6, 0), (Equalize, 0.5, 0)),
        new((Contrast, 0.6, 7), (Sharpness, 0.6, 5)),
        new((Color, 0.7, 7), (TranslateX, 0.5, 8)),
        new((Equalize, 0.3, 0), (AutoContrast, 0.4, 0)),
        new((TranslateY, 0.4, 3), (Sharpness, 0.2, 6)),
        new((Brightness, 0.9, 6), (Color, 0.2, 8)),
        new((Solarize, 0.5, 2), (Invert, 0, 0)),
        new((Equalize, 0.2, 0), (AutoContrast, 0.6, 0)),
        new((Equalize, 0.2, 0), (Equalize, 0.6, 0)),
        new((Color, 0.9, 9), (Equalize, 0.6, 0)),
        new((AutoContrast, 0.8, 0), (Solarize, 0.2, 8)),
        new((Brightness, 0.1, 3), (Color, 0.7, 0)),
        new((Solarize, 0.4, 5), (AutoContrast, 0.9, 0)),
        new((TranslateY, 0.9, 9), (TranslateY, 0.7, 9)),
        new((AutoContrast, 0.9, 0), (Solarize, 0.8, 3)),
        new((Equalize, 0.8, 0), (Invert, 0.1, 0)),
        new((TranslateY, 0.7, 9), (AutoContrast, 0.9, 0)),
    ];
}
