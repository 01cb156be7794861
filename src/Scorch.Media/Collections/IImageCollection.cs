using Scorch.Data;

namespace Scorch.Media;

/// <summary>A picture and its class.</summary>
/// <param name="Image">8 bits, RGB or grey.</param>
/// <param name="Label">The number of its class.</param>
/// <param name="Name">Where it comes from, for messages.</param>
public sealed record LabelledImage(Image Image, int Label, string Name);

/// <summary>Pictures with classes. Reading is safe from several threads.</summary>
public interface IImageCollection : IDataSet<LabelledImage>
{
    /// <summary>Names of the classes.</summary>
    IReadOnlyList<string> Classes { get; }

    /// <summary>The common size of all pictures; null where it differs or is not known.</summary>
    (int Height, int Width)? Size { get; }

    /// <summary>The class of a picture, without reading the picture.</summary>
    int Label(int index);
}
