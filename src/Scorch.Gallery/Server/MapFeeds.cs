using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Scorch.Gallery;

/// <summary>The feeds of the newest days. Their addresses are absolute: those under which the reader asked.</summary>
internal static class MapFeeds
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapGalleryFeeds(this IEndpointRouteBuilder routes, LiveSite live) =>
        routes.MapMethods("/feeds/{name}", Methods, (RequestDelegate)(async http =>
        {
            var name = (string)http.Request.RouteValues["name"]!;
            var origin = $"{http.Request.Scheme}://{http.Request.Host.ToUriComponent()}";
            if (Uri.TryCreate(origin + "/", UriKind.Absolute, out var address) && address.AbsolutePath == "/" && address.UserInfo.Length == 0
                && await live.FeedAsync(name, address.GetLeftPart(UriPartial.Authority), http.RequestAborted).ConfigureAwait(false) is { } feed)
            {
                await PageResponse.SendAsync(http, feed).ConfigureAwait(false);
            }
            else
            {
                await MapPages.NotFoundAsync(http, live).ConfigureAwait(false);
            }
        }));
}
