using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Scorch.Gallery.Tests;

/// <summary>The real server at a free port, and a client that neither follows redirects nor decompresses.</summary>
public sealed class TestGallery : IAsyncDisposable
{
    private TestGallery(GalleryServer server)
    {
        Server = server;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None }) { BaseAddress = server.Address };
    }

    public GalleryServer Server { get; }

    public HttpClient Client { get; }

    public static async Task<TestGallery> StartAsync(GalleryOptions? options = null)
    {
        var server = await GalleryServer.CreateAsync((options ?? new GalleryOptions()) with { Port = 0 });
        await server.StartAsync();
        return new TestGallery(server);
    }

    /// <summary>A page that must be there.</summary>
    public async Task<IHtmlDocument> PageAsync(string address)
    {
        using var answer = await Client.GetAsync(address);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{address}: {answer.StatusCode}");
        return Parse(await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.StopAsync();
        await Server.DisposeAsync();
    }

    /// <summary>Reads HTML; what a browser would have to repair is an error.</summary>
    public static IHtmlDocument Parse(string html) => new HtmlParser(new HtmlParserOptions { IsStrictMode = true }).ParseDocument(html);

    /// <summary>The addresses within the site that a page leads to or loads, without fragments.</summary>
    public static IEnumerable<string> Links(IParentNode page) => page
        .QuerySelectorAll("[href], [src], [action]")
        .SelectMany(element => new[] { element.GetAttribute("href"), element.GetAttribute("src"), element.GetAttribute("action") })
        .OfType<string>()
        .Where(address => address.StartsWith('/'))
        .Select(address => address.Split('#')[0])
        .Distinct();
}
