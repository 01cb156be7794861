using System.Globalization;
using System.Text.RegularExpressions;

namespace Scorch.Gallery.Rendering;

/// <summary>The addresses of the site's pages.</summary>
/// <param name="Base">What stands before every path, e.g. <c>/scorch</c>; empty at the root of a host.</param>
/// <param name="Origin">Scheme and host for addresses that must be absolute, e.g. <c>https://example.org</c>; null where it is not known.</param>
/// <param name="AreFolders">Whether pages are folders with an <c>index.html</c>, whose addresses end in a slash.</param>
public sealed partial record SiteLinks(string Base = "", string? Origin = null, bool AreFolders = false)
{
    /// <summary>The address of a page by its path from the site's root, e.g. <c>days/2021-01-25</c>; an empty path is the front page.</summary>
    public string Page(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Length == 0 ? Base + "/" : AreFolders ? $"{Base}/{path}/" : $"{Base}/{path}";
    }

    /// <summary>The address of a file by its path from the site's root.</summary>
    public string File(string path) => $"{Base}/{path}";

    /// <summary>The absolute form of an address of the site, or the address itself where the origin is not known.</summary>
    public string Absolute(string address) => Origin + address;

    /// <summary>The page of a day.</summary>
    public string Day(DateOnly day, int page = 1) => Page(DayPath(day, page));

    /// <summary>The page of a room.</summary>
    public string Room(string room) => Page(RoomPath(room));

    /// <summary>The page of a paper of the catalogue.</summary>
    public string Paper(string slug) => Page($"papers/{slug}");

    /// <summary>The page of a recorded run.</summary>
    public string Run(string slug, string run) => Page($"papers/{slug}/runs/{run}");

    /// <summary>The page of a source file of a paper.</summary>
    public string Source(string slug, string name) => Page($"papers/{slug}/source/{name}");

    /// <summary>The page of a paper that is known by its arXiv identifier alone; null where the identifier is none.</summary>
    public string? Arxiv(string arxivId) => IsArxivId(arxivId) ? Page($"papers/arxiv/{arxivId}") : null;

    /// <summary>The path of a day's page.</summary>
    public static string DayPath(DateOnly day, int page = 1)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"days/{day:yyyy-MM-dd}");
        return page == 1 ? path : string.Create(CultureInfo.InvariantCulture, $"{path}/page/{page}");
    }

    /// <summary>The path of a room's page.</summary>
    public static string RoomPath(string room)
    {
        ArgumentNullException.ThrowIfNull(room);
        return $"rooms/{room.ToLowerInvariant()}";
    }

    /// <summary>Whether a text is an arXiv identifier, new or old, without a version.</summary>
    public static bool IsArxivId(string text) => ArxivId().IsMatch(text);

    [GeneratedRegex(@"^([0-9]{4}\.[0-9]{4,5}|[a-z]{2,12}(-[a-z]{2,12})?(\.[A-Z]{2})?/[0-9]{7})\z", RegexOptions.CultureInvariant)]
    private static partial Regex ArxivId();
}
