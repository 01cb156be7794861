using System.Globalization;
using Scorch.Reproductions;

namespace Scorch.Gallery.Site;

/// <summary>A picture that a run left in its folder.</summary>
/// <param name="Key">Its name in addresses: made of the file's path, time and size, so that it changes with the file.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="MediaType">Its media type.</param>
public sealed record RunPicture(string Key, string Name, string Path, string MediaType);

/// <summary>A recorded run, checked.</summary>
/// <param name="Record">What was measured.</param>
/// <param name="IsCommitted">Whether it ships with Scorch; otherwise it was read from the evidence folder.</param>
/// <param name="Pictures">The pictures of its folder.</param>
/// <param name="Curves">The curves of its folder.</param>
public sealed record GalleryRun(EvidenceRecord Record, bool IsCommitted, IReadOnlyList<RunPicture> Pictures, IReadOnlyList<Curve> Curves)
{
    /// <summary>Its name in addresses, unique among the runs of its paper: scale and start.</summary>
    public string Id { get; init; } = string.Create(CultureInfo.InvariantCulture, $"{Record.Scale.Name()}-{Record.StartedAt.UtcDateTime:yyyyMMdd-HHmmss}");

    /// <summary>How many claims have a verdict.</summary>
    public int Count(Verdict verdict) => Record.Claims.Count(claim => claim.Verdict == verdict);
}

/// <summary>A curve that a run logged.</summary>
/// <param name="Series">Its name.</param>
/// <param name="Points">Steps and values, in order.</param>
public sealed record Curve(string Series, IReadOnlyList<(long Step, double Value)> Points);
