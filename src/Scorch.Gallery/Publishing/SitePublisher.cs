using System.Text;
using Scorch.Gallery.Rendering;
using Scorch.Gallery.Site;
using Scorch.Gallery.Sources;
using Scorch.Reproductions;

namespace Scorch.Gallery;

/// <summary>What a publication wrote.</summary>
/// <param name="Pages">How many pages.</param>
/// <param name="Files">How many files in all.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Problems">What was left out, and why.</param>
public sealed record Publication(int Pages, int Files, long Bytes, IReadOnlyList<string> Problems);

/// <summary>Writes the gallery as files that any web server can serve: the same pages, each a folder with an <c>index.html</c>.</summary>
public static class SitePublisher
{
    /// <summary>The file by which a later publication knows that the folder is an earlier one's, which it may replace.</summary>
    public const string Marker = ".scorch-publication";

    /// <summary>Writes the site into a temporary folder beside the target, then puts it in the target's place.</summary>
    /// <param name="options">What to show.</param>
    /// <param name="directory">The target: not there, empty, or an earlier publication.</param>
    /// <param name="baseAddress">Where the site will stand: a path such as <c>/scorch</c>, or a whole address such as <c>https://example.org/scorch</c>, which also goes into canonical links and without which there are no feeds.</param>
    /// <param name="cancellationToken">Stops the work; the target is then as it was.</param>
    /// <exception cref="UsageException">The target holds something else, or the base is no path and no address.</exception>
    public static async Task<Publication> PublishAsync(GalleryOptions options, string directory, string baseAddress = "/", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(directory);
        var links = LinksOf(baseAddress);
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        CheckTarget(target, directory);
        var site = await GallerySite.LoadAsync(options.Catalog, options.Store, options.EvidenceFolder, cancellationToken).ConfigureAwait(false);

        var parent = Path.GetDirectoryName(target) ?? throw new UsageException($"publish {directory}: give a folder, not the root of the disk.");
        Directory.CreateDirectory(parent);
        var work = Path.Combine(parent, $".{Path.GetFileName(target)}-{Guid.NewGuid():N}");
        try
        {
            var writer = new SiteWriter(work, new PageContext(site, links, SiteAssets.Default, IsPublished: true), cancellationToken);
            await WriteAsync(writer, site, cancellationToken).ConfigureAwait(false);
            Replace(target, work);
            return new Publication(writer.Pages, writer.Files, writer.Bytes, site.Problems);
        }
        finally
        {
            if (Directory.Exists(work))
            {
                Directory.Delete(work, recursive: true);
            }
        }
    }

    /// <summary>The links of a site that stands at an address.</summary>
    /// <exception cref="UsageException">It is no path and no http address.</exception>
    internal static SiteLinks LinksOf(string baseAddress)
    {
        ArgumentNullException.ThrowIfNull(baseAddress);
        var isAddress = Uri.TryCreate(baseAddress, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && baseAddress.Contains("://", StringComparison.Ordinal);
        if (!isAddress && (!Uri.TryCreate("http://localhost/" + baseAddress.TrimStart('/'), UriKind.Absolute, out uri) || baseAddress.Contains(':', StringComparison.Ordinal)))
        {
            throw Wrong();
        }

        var path = uri!.AbsolutePath.TrimEnd('/');
        return uri.Query.Length > 0 || uri.Fragment.Length > 0 || path.Contains("//", StringComparison.Ordinal)
            ? throw Wrong()
            : new SiteLinks(path, isAddress ? uri.GetLeftPart(UriPartial.Authority) : null, AreFolders: true);

        UsageException Wrong() => new($"--base {baseAddress}: give a path such as /scorch or an address such as https://example.org/scorch.");
    }

    private static async Task WriteAsync(SiteWriter writer, GallerySite site, CancellationToken cancellationToken)
    {
        await writer.PageAsync(SitePages.Home()).ConfigureAwait(false);
        for (var page = 1; page <= SitePages.PagesOfDays(site); page++)
        {
            await writer.PageAsync(SitePages.Days(site, page)).ConfigureAwait(false);
        }

        var index = new SearchIndex(writer.Context);
        await DaysAsync(writer, site, index, cancellationToken).ConfigureAwait(false);
        await writer.PageAsync(SitePages.Rooms()).ConfigureAwait(false);
        foreach (var room in PaperList.Rooms)
        {
            await writer.PageAsync(SitePages.Room(room)).ConfigureAwait(false);
        }

        foreach (var paper in site.Catalog.Papers)
        {
            await PaperAsync(writer, site, paper, cancellationToken).ConfigureAwait(false);
            index.Add(paper);
        }

        await writer.PageAsync(SitePages.Evidence(site, new EvidenceFilter())).ConfigureAwait(false);
        await writer.PageAsync(await SitePages.SearchAsync(site, "", 1, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        await writer.PageAsync(SitePages.NotFound(), "404.html").ConfigureAwait(false);
        await writer.FileAsync("search/index.json", index.ToBytes()).ConfigureAwait(false);

        // Feeds have absolute addresses, so that a site whose address is not known has none.
        foreach (var name in writer.Context.Links.Origin is null ? [] : SiteFeeds.Names)
        {
            var feed = await SiteFeeds.RenderAsync(site, writer.Context.Links, name, cancellationToken).ConfigureAwait(false);
            await writer.FileAsync($"feeds/{name}", feed!.Plain).ConfigureAwait(false);
        }

        foreach (var (name, asset) in SiteAssets.Default.Files)
        {
            await writer.FileAsync($"assets/{name}", asset.Plain).ConfigureAwait(false);
        }

        await writer.FileAsync(Marker, Encoding.UTF8.GetBytes($"Written by scorch publish {EvidenceRecord.BuildVersion().Version}. The next publication replaces this folder.\n")).ConfigureAwait(false);

        // Hosts that run Jekyll leave out what begins with an underscore or a point unless told not to run it.
        await writer.FileAsync(".nojekyll", default).ConfigureAwait(false);
    }

    private static async Task DaysAsync(SiteWriter writer, GallerySite site, SearchIndex index, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var day in site.Days)
        {
            if (await site.FindPostAsync(day.Day, cancellationToken).ConfigureAwait(false) is not { } post)
            {
                continue;
            }

            for (var page = 1; page <= SitePages.PagesOf(post); page++)
            {
                await writer.PageAsync(await SitePages.DayAsync(site, day.Day, page, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            }

            foreach (var entry in post.Entries.Where(entry => site.FindPaperByArxivId(entry.ArxivId) is null && SiteLinks.IsArxivId(entry.ArxivId) && known.Add(entry.ArxivId)))
            {
                await writer.PageAsync(await SitePages.ArxivAsync(site, entry.ArxivId, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                index.Add(entry);
            }
        }
    }

    private static async Task PaperAsync(SiteWriter writer, GallerySite site, Paper paper, CancellationToken cancellationToken)
    {
        await writer.PageAsync(await SitePages.PaperAsync(site, paper.Slug, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        foreach (var run in site.RunsOf(paper.Slug))
        {
            await writer.PageAsync(SitePages.Run(site, paper.Slug, run.Id)).ConfigureAwait(false);
            foreach (var picture in run.Pictures)
            {
                await writer.FileAsync($"pictures/{picture.Key}", await File.ReadAllBytesAsync(picture.Path, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            }
        }

        if (site.FindReproduction(paper.Slug) is { } reproduction)
        {
            foreach (var file in PaperFiles.Of(reproduction))
            {
                await writer.PageAsync(SitePages.Source(site, paper.Slug, file.Name)).ConfigureAwait(false);
            }
        }
    }

    private static void CheckTarget(string target, string given)
    {
        if (File.Exists(target))
        {
            throw new UsageException($"publish {given}: is a file; give a folder.");
        }

        if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any() && !File.Exists(Path.Combine(target, Marker)))
        {
            throw new UsageException($"publish {given}: the folder holds other files, which publishing would delete. Give an empty folder or an earlier publication.");
        }
    }

    // Two renames: a reader meets the old site or the new one, and the old one goes once the new one stands.
    private static void Replace(string target, string work)
    {
        var old = work + "-old";
        if (Directory.Exists(target))
        {
            Directory.Move(target, old);
        }

        try
        {
            Directory.Move(work, target);
        }
        catch (IOException) when (Directory.Exists(old) && !Directory.Exists(target))
        {
            Directory.Move(old, target);
            throw;
        }

        if (Directory.Exists(old))
        {
            Directory.Delete(old, recursive: true);
        }
    }
}
