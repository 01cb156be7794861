using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Scorch.Gallery.Rendering;

namespace Scorch.Gallery;

/// <summary>Styles, scripts and figures from the assembly, and the pictures of run folders.</summary>
internal static class MapAssets
{
    private const string Immutable = "public, max-age=31536000, immutable";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapGalleryAssets(this IEndpointRouteBuilder routes, LiveSite live)
    {
        routes.MapMethods("/assets/{name}", Methods, (RequestDelegate)(http =>
            SiteAssets.Default.Files.TryGetValue((string)http.Request.RouteValues["name"]!, out var file)
                ? PageResponse.SendAsync(http, file, cacheControl: Immutable)
                : MapPages.NotFoundAsync(http, live)));

        routes.MapMethods("/favicon.ico", Methods, (RequestDelegate)(http =>
        {
            http.Response.Redirect(live.Links.File(SiteAssets.Default.PathOf("mark.svg")));
            return Task.CompletedTask;
        }));

        routes.MapMethods("/pictures/{key}", Methods, (RequestDelegate)(async http =>
        {
            var picture = live.Site.FindPicture((string)http.Request.RouteValues["key"]!);
            var file = picture is null ? null : new FileInfo(picture.Path);
            if (picture is null || !file!.Exists || file.LinkTarget is not null)
            {
                await MapPages.NotFoundAsync(http, live).ConfigureAwait(false);
                return;
            }

            // The key changes with the file, so that the picture may be kept for good.
            http.Response.Headers.CacheControl = Immutable;
            http.Response.Headers.ContentSecurityPolicy = ContentSecurity.Picture;
            http.Response.ContentType = picture.MediaType;
            await http.Response.SendFileAsync(picture.Path, http.RequestAborted).ConfigureAwait(false);
        }));
    }
}
