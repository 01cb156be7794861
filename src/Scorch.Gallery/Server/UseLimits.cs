using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Scorch.Gallery.Runs;

namespace Scorch.Gallery;

/// <summary>Bounds how much one address may ask for, and refuses what names another machine than the one that listens.</summary>
internal static class UseLimits
{
    public static IDisposable UseGalleryLimits(this IApplicationBuilder app, GalleryOptions options)
    {
        var requests = PerAddress(options.RequestsPerSecond);
        var searches = PerAddress(options.SearchesPerSecond);
        var isLocal = options.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(options.Host, out var address) && IPAddress.IsLoopback(address));
        app.Use(async (HttpContext http, RequestDelegate next) =>
        {
            if (isLocal && !RunAccess.NamesLocalhost(http.Request))
            {
                http.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
                return;
            }

            var isSearch = http.Request.Path.StartsWithSegments("/search", StringComparison.OrdinalIgnoreCase);
            using var request = requests.AttemptAcquire(http);
            using var search = isSearch ? searches.AttemptAcquire(http) : null;
            if (!request.IsAcquired || search is { IsAcquired: false })
            {
                http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
                http.Response.Headers.RetryAfter = "1";
                return;
            }

            await next(http).ConfigureAwait(false);
        });
        return new Both(requests, searches);
    }

    private static PartitionedRateLimiter<HttpContext> PerAddress(int aSecond) => PartitionedRateLimiter.Create<HttpContext, IPAddress>(http =>
        RateLimitPartition.GetTokenBucketLimiter(http.Connection.RemoteIpAddress ?? IPAddress.None, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 2 * aSecond,
            TokensPerPeriod = Math.Max(1, aSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
            QueueLimit = 0,
        }));

    private sealed class Both(IDisposable one, IDisposable other) : IDisposable
    {
        public void Dispose()
        {
            one.Dispose();
            other.Dispose();
        }
    }
}
