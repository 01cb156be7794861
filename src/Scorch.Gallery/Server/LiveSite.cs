using System.Globalization;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scorch.Gallery.Rendering;
using Scorch.Gallery.Site;

namespace Scorch.Gallery;

/// <summary>The site as it is now: put together at the start and again whenever its store or evidence folder changes.</summary>
public sealed partial class LiveSite : BackgroundService
{
    /// <summary>A store that is no file does not tell of a change within a known day's post: such pages are made anew after this time.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromMinutes(2);

    private readonly GalleryOptions _options;
    private readonly ILogger<LiveSite> _log;
    private volatile Moment _now;

    /// <summary>Starts with a site.</summary>
    internal LiveSite(GalleryOptions options, GallerySite first, string stamp, ILogger<LiveSite> log)
    {
        _options = options;
        _log = log;
        _now = new Moment(first, new PageCache(options.CacheBytes), stamp, DateTime.UtcNow);
        Tell(first);
    }

    /// <summary>What the pages show now.</summary>
    public GallerySite Site => _now.Site;

    /// <summary>What pages may ask for now.</summary>
    internal PageContext Context => ContextOf(_now.Site);

    /// <summary>The addresses of pages.</summary>
    public SiteLinks Links { get; } = new();

    internal static async Task<(GallerySite Site, string Stamp)> LoadAsync(GalleryOptions options, CancellationToken cancellationToken)
    {
        // The stamp is taken first: what changes while the site is put together is seen at the next look.
        var stamp = await StampAsync(options, cancellationToken).ConfigureAwait(false);
        return (await GallerySite.LoadAsync(options.Catalog, options.Store, options.EvidenceFolder, cancellationToken).ConfigureAwait(false), stamp);
    }

    /// <summary>Puts the site together anew if something changed.</summary>
    /// <returns>Whether it did.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken = default)
    {
        var now = _now;
        var expires = _options is { Store: not null, StoreFile: null } && DateTime.UtcNow - now.Since > Oldest;
        if (!expires && await StampAsync(_options, cancellationToken).ConfigureAwait(false) == now.Stamp)
        {
            return false;
        }

        var (site, stamp) = await LoadAsync(_options, cancellationToken).ConfigureAwait(false);
        _now = new Moment(site, new PageCache(_options.CacheBytes), stamp, DateTime.UtcNow);
        if (!expires)
        {
            Tell(site);
        }

        return true;
    }

    /// <summary>A page as bytes, from the cache where it may be kept; null where there is no such page.</summary>
    /// <param name="address">What the page is kept under: its path and whatever else it depends on.</param>
    /// <param name="find">Finds the page in the site.</param>
    internal async Task<RenderedPage?> RenderAsync(string address, Func<GallerySite, Task<SitePage?>> find)
    {
        var now = _now;
        if (now.Cache.Find(address) is { } kept)
        {
            return kept;
        }

        if (await find(now.Site).ConfigureAwait(false) is not { } page)
        {
            return null;
        }

        var rendered = await PageRenderer.RenderAsync(page, ContextOf(now.Site)).ConfigureAwait(false);
        if (page.IsKept)
        {
            now.Cache.Add(address, rendered);
        }

        return rendered;
    }

    /// <summary>A feed of the newest days with addresses under an origin; null where there is none of this name.</summary>
    internal async Task<RenderedPage?> FeedAsync(string name, string origin, CancellationToken cancellationToken)
    {
        var now = _now;
        var address = $"feeds/{name}@{origin}";
        if (now.Cache.Find(address) is { } kept)
        {
            return kept;
        }

        var feed = await SiteFeeds.RenderAsync(now.Site, Links with { Origin = origin }, name, cancellationToken).ConfigureAwait(false);
        if (feed is not null)
        {
            now.Cache.Add(address, feed);
        }

        return feed;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.Poll);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            try
            {
                await RefreshAsync(stoppingToken).ConfigureAwait(false);
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                // The last good site stays until the store or the folder can be read again.
                RefreshFailed(_log, problem);
            }
        }
    }

    private PageContext ContextOf(GallerySite site) => new(site, Links, SiteAssets.Default, AllowsRuns: _options.AllowRuns);

    private static async Task<string> StampAsync(GalleryOptions options, CancellationToken cancellationToken)
    {
        var evidence = EvidenceFolder.Stamp(options.EvidenceFolder);
        if (options.StoreFile is { } path)
        {
            return $"{evidence}|{Stamp(path)}|{Stamp(path + "-wal")}";
        }

        if (options.Store is null)
        {
            return evidence;
        }

        var hash = new HashCode();
        foreach (var day in await options.Store.ListDaysAsync(cancellationToken).ConfigureAwait(false))
        {
            hash.Add(day);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{evidence}|{hash.ToHashCode()}");
    }

    private static string Stamp(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks}-{file.Length}") : "";
    }

    private void Tell(GallerySite site)
    {
        foreach (var problem in site.Problems)
        {
            LeftOut(_log, problem);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Left out: {Problem}")]
    private static partial void LeftOut(ILogger log, string problem);

    [LoggerMessage(LogLevel.Error, "The site could not be put together anew; the last one stays.")]
    private static partial void RefreshFailed(ILogger log, Exception problem);

    private sealed record Moment(GallerySite Site, PageCache Cache, string Stamp, DateTime Since);
}
