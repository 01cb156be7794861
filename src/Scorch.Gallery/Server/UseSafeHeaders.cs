using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Scorch.Gallery;

/// <summary>Puts the headers on every answer that keep a browser from doing what the page does not need.</summary>
internal static class UseSafeHeaders
{
    public static void UseGallerySafeHeaders(this IApplicationBuilder app) => app.Use((HttpContext http, RequestDelegate next) =>
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurity.Served;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(http);
    });
}
