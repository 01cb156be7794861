using Scorch.Digest;
using Scorch.Gallery.Site;

namespace Scorch.Gallery.Rendering;

/// <summary>The feeds of the newest days: RSS, Atom and JSON Feed.</summary>
internal static class SiteFeeds
{
    private const int MostDays = 15;
    private const int MostEntries = 50;

    private static readonly Dictionary<string, (string ContentType, Func<DigestSite, IReadOnlyList<DigestPost>, byte[]> Render)> Kinds = new(StringComparer.Ordinal)
    {
        [RssFeed.FileName] = ("application/rss+xml; charset=utf-8", RssFeed.Render),
        [AtomFeed.FileName] = ("application/atom+xml; charset=utf-8", AtomFeed.Render),
        [JsonFeed.FileName] = ("application/feed+json; charset=utf-8", JsonFeed.Render),
    };

    /// <summary>The files' names.</summary>
    public static IEnumerable<string> Names => Kinds.Keys;

    /// <summary>A feed by its file name; null where there is none of this name.</summary>
    /// <param name="site">What it tells of.</param>
    /// <param name="links">The addresses of the site; their origin must be known.</param>
    /// <param name="name">The file's name.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<RenderedPage?> RenderAsync(GallerySite site, SiteLinks links, string name, CancellationToken cancellationToken)
    {
        if (!Kinds.TryGetValue(name, out var kind))
        {
            return null;
        }

        var posts = new List<DigestPost>();
        foreach (var day in site.Days.Take(MostDays))
        {
            if (await site.FindPostAsync(day.Day, cancellationToken).ConfigureAwait(false) is { } post)
            {
                posts.Add(Short(site, post));
            }
        }

        var address = new DigestSite { Address = new Uri($"{links.Origin}{links.Base}/days/"), Feeds = new Uri($"{links.Origin}{links.Base}/feeds/") };
        return RenderedPage.Of(kind.Render(address, posts), kind.ContentType);
    }

    // A day's page is named by the day; texts are as short as on the pages, so that no post makes a feed of megabytes.
    private static DigestPost Short(GallerySite site, DigestPost post) => post with
    {
        Header = post.Header with { Slug = Show.Iso(post.Day) },
        Entries =
        [
            .. post.Entries.Take(MostEntries).Select(entry => entry with
            {
                Title = Show.Title(entry.Title),
                Authors = entry.Authors.Count > 60 ? [.. entry.Authors.Take(60)] : entry.Authors,
                Abstract = entry.Abstract is { } text ? Show.Cut(text, 2000) : site.FindPaperByArxivId(entry.ArxivId)?.Summary,
                Mentions = [.. entry.Mentions.Take(3).Select(mention => mention with { Text = [.. mention.Text.Take(50).Select(run => run with { Text = Show.Cut(run.Text, Show.LongestMention) })] })],
            }),
        ],
    };
}
