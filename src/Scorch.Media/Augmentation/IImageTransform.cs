namespace Scorch.Media;

/// <summary>Changes a picture, perhaps at random. Safe to use from several threads.</summary>
public interface IImageTransform
{
    /// <summary>The changed picture.</summary>
    /// <param name="image">8 bits, RGB or grey; it stays as it is.</param>
    /// <param name="random">The stream of this picture.</param>
    Image Apply(Image image, RandomSource random);
}
