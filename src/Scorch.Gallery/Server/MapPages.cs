using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Scorch.Gallery.Rendering;
using Scorch.Gallery.Site;

namespace Scorch.Gallery;

/// <summary>The pages of the site. What stands in an address is looked up, never made into a path.</summary>
internal static class MapPages
{
    private const int LongestQuery = 200;

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapGalleryPages(this IEndpointRouteBuilder routes, LiveSite live)
    {
        Page("/", (_, _) => Found(SitePages.Home()));
        Page("/days", (site, _) => Found(SitePages.Days(site)));
        Page("/days/page/{page:int}", (site, http) => Found(SitePages.Days(site, Number(http, "page"))));
        Page("/days/{day}", (site, http) => DayAsync(site, http, 1));
        Page("/days/{day}/page/{page:int}", (site, http) => DayAsync(site, http, Number(http, "page")));
        Page("/rooms", (_, _) => Found(SitePages.Rooms()));
        Page("/rooms/{room}", (_, http) => Found(SitePages.Room(Value(http, "room"))));
        Page("/papers/{slug}", (site, http) => SitePages.PaperAsync(site, Value(http, "slug")));
        Page("/papers/{slug}/runs/{run}", (site, http) => Found(SitePages.Run(site, Value(http, "slug"), Value(http, "run"))));
        Page("/papers/{slug}/source/{file}", (site, http) => Found(SitePages.Source(site, Value(http, "slug"), Value(http, "file"))));
        Map("/papers", http => Redirect(http, live.Links.Page("rooms")));
        Map("/papers/arxiv/{**id}", http => ArxivAsync(http, live));
        Map("/evidence", http => EvidenceAsync(http, live));
        Map("/search", http => SearchAsync(http, live));
        Map("/{**path}", http => NotFoundAsync(http, live));

        void Map(string pattern, RequestDelegate answer) => routes.MapMethods(pattern, Methods, answer);

        void Page(string pattern, Func<GallerySite, HttpContext, Task<SitePage?>> find) =>
            Map(pattern, http => PageAsync(http, live, find));
    }

    /// <summary>Answers that there is no such page.</summary>
    public static async Task NotFoundAsync(HttpContext http, LiveSite live)
    {
        var page = await live.RenderAsync("404", _ => Found(SitePages.NotFound())).ConfigureAwait(false);
        await PageResponse.SendAsync(http, page!, StatusCodes.Status404NotFound, "no-store").ConfigureAwait(false);
    }

    private static Task PageAsync(HttpContext http, LiveSite live, Func<GallerySite, HttpContext, Task<SitePage?>> find) =>
        SendAsync(http, live, http.Request.Path.Value!.Trim('/'), site => find(site, http));

    private static Task ArxivAsync(HttpContext http, LiveSite live)
    {
        var id = Value(http, "id").TrimEnd('/');
        return live.Site.FindPaperByArxivId(id) is { } paper
            ? Redirect(http, live.Links.Paper(paper.Slug))
            : SendAsync(http, live, $"papers/arxiv/{id}", site => SitePages.ArxivAsync(site, id, http.RequestAborted));
    }

    private static Task EvidenceAsync(HttpContext http, LiveSite live)
    {
        var query = http.Request.Query;
        var filter = EvidenceFilter.Read(live.Site, query["room"], query["paper"], query["verdict"], query["scale"]);
        var page = PageOf(query);
        return SendAsync(http, live, $"evidence?{filter}&{page}", site => Found(SitePages.Evidence(site, filter, page)));
    }

    private static Task SearchAsync(HttpContext http, LiveSite live)
    {
        var words = Show.Bare(http.Request.Query["q"].ToString());
        words = words.Length > LongestQuery ? words[..LongestQuery] : words;
        var page = PageOf(http.Request.Query);
        return SendAsync(http, live, $"search?{page}&{words}", site => SitePages.SearchAsync(site, words, page, http.RequestAborted));
    }

    private static async Task SendAsync(HttpContext http, LiveSite live, string address, Func<GallerySite, Task<SitePage?>> find)
    {
        if (await live.RenderAsync(address, find).ConfigureAwait(false) is { } page)
        {
            await PageResponse.SendAsync(http, page).ConfigureAwait(false);
        }
        else
        {
            await NotFoundAsync(http, live).ConfigureAwait(false);
        }
    }

    private static Task<SitePage?> DayAsync(GallerySite site, HttpContext http, int page) =>
        DateOnly.TryParseExact(Value(http, "day"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? SitePages.DayAsync(site, day, page, http.RequestAborted)
            : Found(null);

    private static Task<SitePage?> Found(SitePage? page) => Task.FromResult(page);

    private static Task Redirect(HttpContext http, string address)
    {
        http.Response.Redirect(address);
        return Task.CompletedTask;
    }

    private static string Value(HttpContext http, string name) => (string?)http.Request.RouteValues[name] ?? "";

    private static int Number(HttpContext http, string name) => int.TryParse(Value(http, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // A page that is no number is no page.
    private static int PageOf(IQueryCollection query) => !query.TryGetValue("page", out var text)
        ? 1
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
