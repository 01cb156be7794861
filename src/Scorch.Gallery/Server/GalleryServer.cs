using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scorch.Gallery.Runs;
using Scorch.Reproductions;

namespace Scorch.Gallery;

/// <summary>The gallery's web server.</summary>
public sealed class GalleryServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly RunAccess? _access;
    private readonly List<IDisposable> _owned;

    private GalleryServer(WebApplication app, LiveSite live, RunQueue? runs, RunAccess? access, List<IDisposable> owned)
    {
        _app = app;
        _access = access;
        _owned = owned;
        Live = live;
        Runs = runs;
    }

    /// <summary>The queue of runs; null where runs are not allowed.</summary>
    public RunQueue? Runs { get; }

    /// <summary>The address that signs a user in; null where runs are not allowed.</summary>
    /// <exception cref="InvalidOperationException">The server was not started.</exception>
    public Uri? SignInAddress => _access is null ? null : new Uri(Address, $"/sign-in?token={Uri.EscapeDataString(_access.Token)}");

    /// <summary>What the pages show.</summary>
    public LiveSite Live { get; }

    /// <summary>Where it listens, e.g. <c>http://localhost:5170</c>; known once it was started.</summary>
    /// <exception cref="InvalidOperationException">It was not started.</exception>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
        ?? throw new InvalidOperationException("GalleryServer: it has no address before it is started; call StartAsync first."));

    /// <summary>Reads what the pages show and builds the server; it does not listen yet.</summary>
    /// <param name="options">What to show and where to listen.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<GalleryServer> CreateAsync(GalleryOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var (site, stamp) = await LiveSite.LoadAsync(options, cancellationToken).ConfigureAwait(false);

        // Empty: no configuration files, no environment variables, so that the tool does the same in any folder.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Scorch.Gallery" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.AddRoutingCore();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(services => new LiveSite(options, site, stamp, services.GetRequiredService<ILogger<LiveSite>>()));
        builder.Services.AddHostedService(services => services.GetRequiredService<LiveSite>());

        var app = builder.Build();
        var live = app.Services.GetRequiredService<LiveSite>();
        var owned = new List<IDisposable>();
        app.UseGallerySafeHeaders();
        owned.Add(app.UseGalleryLimits(options));
        app.UseRouting();
        app.MapGalleryPages(live);
        app.MapGalleryAssets(live);
        app.MapGalleryFeeds(live);
        if (!options.AllowRuns)
        {
            return new GalleryServer(app, live, null, null, owned);
        }

        var access = new RunAccess(options.Token);
        var queue = new RunQueue(
            options.Catalog,
            options.EvidenceFolder ?? throw new UsageException("Runs are allowed but there is no folder to keep them in; give --evidence."),
            options.Data,
            options.MostWaitingRuns);
        owned.Add(MapRuns.Map(app, live, queue, access, app.Lifetime));
        return new GalleryServer(app, live, queue, access, owned);
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default) => _app.StartAsync(cancellationToken);

    /// <summary>Stops listening, once the answers under way are sent.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync().ConfigureAwait(false);
        if (Runs is not null)
        {
            await Runs.DisposeAsync().ConfigureAwait(false);
        }

        _owned.ForEach(owned => owned.Dispose());
    }

    private static void Configure(KestrelServerOptions kestrel, GalleryOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = 2048;
        kestrel.Limits.MaxRequestBodySize = 64 << 10;
        kestrel.Limits.MaxRequestLineSize = 8 << 10;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
        if (options.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            // A free port must be the same on both addresses of localhost, which only one address can give.
            if (options.Port == 0)
            {
                kestrel.Listen(IPAddress.Loopback, 0);
            }
            else
            {
                kestrel.ListenLocalhost(options.Port);
            }
        }
        else if (IPAddress.TryParse(options.Host, out var address))
        {
            kestrel.Listen(address, options.Port);
        }
        else
        {
            throw new UsageException($"--host '{options.Host}': give localhost or an IP address, e.g. 0.0.0.0 for all of this machine's.");
        }
    }
}
