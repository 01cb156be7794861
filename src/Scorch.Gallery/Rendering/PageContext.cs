using Scorch.Gallery.Site;

namespace Scorch.Gallery.Rendering;

/// <summary>What every component of a page may ask for.</summary>
/// <param name="Site">What the pages show.</param>
/// <param name="Links">The addresses of pages.</param>
/// <param name="Assets">Styles, scripts and pictures.</param>
/// <param name="IsPublished">Whether the page becomes a file, so that filters and search must work without a server.</param>
/// <param name="AllowsRuns">Whether a signed-in user may start runs.</param>
public sealed record PageContext(GallerySite Site, SiteLinks Links, SiteAssets Assets, bool IsPublished = false, bool AllowsRuns = false);
