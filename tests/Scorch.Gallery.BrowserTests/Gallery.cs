using Microsoft.Playwright;
using Scorch.Gallery.Tests.Runs;

namespace Scorch.Gallery.BrowserTests;

/// <summary>One browser and one server for all tests: the papers that ship, with their evidence.</summary>
public sealed class Gallery : IAsyncLifetime
{
    private IPlaywright? _playwright;

    public IBrowser Browser { get; private set; } = null!;

    public GalleryServer Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Chromium.Path is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium.Path,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        Server = await GalleryServer.CreateAsync(new GalleryOptions { Port = 0 });
        await Server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_playwright is not null)
        {
            await Browser.DisposeAsync();
            await Server.StopAsync();
            await Server.DisposeAsync();
            _playwright.Dispose();
        }
    }

    /// <summary>A page in a window of its own, which notes every error that the browser reports.</summary>
    public async Task<Window> OpenAsync(Uri server, ColorScheme colours = ColorScheme.Light, bool isPhone = false, bool scripts = true)
    {
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = server.ToString(),
            ColorScheme = colours,
            JavaScriptEnabled = scripts,
            ViewportSize = isPhone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1280, Height = 900 },
            ReducedMotion = ReducedMotion.Reduce,
        });
        return new Window(context, await context.NewPageAsync());
    }

    /// <summary>A server whose only paper waits at a gate, in a folder of its own.</summary>
    internal static async Task<GalleryServer> WithRunsAsync(GatedReproduction reproduction, string folder)
    {
        var server = await GalleryServer.CreateAsync(new GalleryOptions
        {
            Catalog = reproduction.Catalog(),
            Port = 0,
            AllowRuns = true,
            EvidenceFolder = folder,
            Poll = TimeSpan.FromMilliseconds(50),
        });
        await server.StartAsync();
        return server;
    }
}

/// <summary>A browser window.</summary>
public sealed class Window : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _errors = [];

    internal Window(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                _errors.Add($"{page.Url}: {message.Text}");
            }
        };
        page.PageError += (_, error) => _errors.Add($"{page.Url}: {error}");
        page.RequestFailed += (_, request) =>
        {
            // Leaving a page ends what it was still receiving.
            if (request.Failure != "net::ERR_ABORTED")
            {
                _errors.Add($"{request.Url}: {request.Failure}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>What the browser complained of.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Keeps a picture where <c>SCORCH_SCREENSHOTS</c> names a folder.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("SCORCH_SCREENSHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = false });
        }
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
