namespace Scorch.Media;

/// <summary>How much a file may ask for before it is refused; headers are checked before anything is allocated.</summary>
/// <param name="MaximumPixels">Most pixels of a picture.</param>
/// <param name="MaximumFileBytes">Largest file that is read.</param>
public sealed record MediaLimits(long MaximumPixels = 1L << 28, long MaximumFileBytes = 1L << 30)
{
    /// <summary>268 million pixels, files of one gibibyte.</summary>
    public static MediaLimits Default { get; } = new();
}
