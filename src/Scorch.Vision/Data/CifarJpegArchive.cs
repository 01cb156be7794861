using Scorch.Media;

namespace Scorch.Vision.Data;

/// <summary>CIFAR-10 as JPEG files in a zip archive: <c>train/&lt;class&gt;/NNNN.jpg</c> and <c>test/&lt;class&gt;/NNNN.jpg</c>.</summary>
public static class CifarJpegArchive
{
    // A JPEG of 32x32 pixels has about a kilobyte; a header that promises a megabyte is not one.
    private const long MaximumFileBytes = 1 << 20;

    /// <summary>Reads the first pictures of each class of one part, in the order of classes and names.</summary>
    /// <param name="path">The archive.</param>
    /// <param name="part"><c>train</c> or <c>test</c>.</param>
    /// <param name="perClass">Pictures of each class.</param>
    /// <exception cref="InvalidDataException">The archive has no such part, too few pictures of a class, or pictures of different sizes.</exception>
    public static LabelledImages Load(string path, string part, int perClass)
    {
        using var images = ImageFolder.OpenArchive(path, part, MaximumFileBytes);
        return LabelledImages.First(images, perClass);
    }
}
