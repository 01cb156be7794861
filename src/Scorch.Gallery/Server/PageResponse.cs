using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Scorch.Gallery.Rendering;

namespace Scorch.Gallery;

/// <summary>Sends a finished page in the smallest encoding that the client takes, or tells it that its copy is still right.</summary>
internal static class PageResponse
{
    public static Task SendAsync(HttpContext http, RenderedPage page, int status = StatusCodes.Status200OK, string cacheControl = "no-cache")
    {
        var (encoding, bytes) = Choose(http.Request.Headers.AcceptEncoding, page);
        var tag = encoding is null ? $"\"{page.Hash}\"" : $"\"{page.Hash}-{encoding}\"";
        var response = http.Response;
        response.Headers.ETag = tag;
        response.Headers.CacheControl = cacheControl;
        response.Headers.Vary = "Accept-Encoding";
        if (status == StatusCodes.Status200OK && Matches(http.Request.Headers.IfNoneMatch, page.Hash))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.StatusCode = status;
        response.ContentType = page.ContentType;
        response.ContentLength = bytes.Length;
        if (encoding is not null)
        {
            response.Headers.ContentEncoding = encoding;
        }

        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    private static (string? Encoding, ReadOnlyMemory<byte> Bytes) Choose(StringValues accepted, RenderedPage page) =>
        Takes(accepted, "br") ? ("br", page.Brotli) : Takes(accepted, "gzip") ? ("gzip", page.Gzip) : (null, page.Plain);

    // Accept-Encoding: gzip, br;q=0.5 - a weight of zero refuses.
    private static bool Takes(StringValues accepted, string encoding)
    {
        foreach (var header in accepted)
        {
            foreach (var range in header.AsSpan().Split(','))
            {
                var item = header.AsSpan()[range].Trim();
                var semicolon = item.IndexOf(';');
                var name = (semicolon < 0 ? item : item[..semicolon]).TrimEnd();
                if (!name.Equals(encoding, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                var weight = semicolon < 0 ? default : item[(semicolon + 1)..].Trim();
                return !weight.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
                    || !double.TryParse(weight[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var q)
                    || q > 0;
            }
        }

        return false;
    }

    // The tag names content and encoding; any encoding of the same content is as good. If-None-Match compares weakly (RFC 9110, 13.1.2).
    private static bool Matches(StringValues wanted, string hash)
    {
        foreach (var header in wanted)
        {
            foreach (var range in header.AsSpan().Split(','))
            {
                var tag = header.AsSpan()[range].Trim();
                tag = tag.StartsWith("W/") ? tag[2..] : tag;
                if (tag is "*" || (tag.Length >= hash.Length + 2 && tag[0] == '"' && tag[1..].StartsWith(hash) && tag[hash.Length + 1] is '"' or '-'))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
