using System.Net;
using Scorch.Digest;

namespace Scorch.Gallery.Tests;

/// <summary>What imported posts add to the pages.</summary>
public sealed class StoreTests
{
    [Fact]
    public async Task A_stored_day_takes_the_place_of_the_built_in_one()
    {
        var paper = Catalog.Default.Papers[0];
        var post = Posts.Of(paper.DigestDay, Posts.Entry(1, paper.ArxivId, paper.Title, "The abstract as posted.", Posts.Mention()), Posts.Entry(2, "2101.99999", "Another"));
        await using var gallery = await TestGallery.StartAsync(new GalleryOptions { Store = new MemoryStore(post) });
        var day = await gallery.PageAsync($"/days/{paper.DigestDay:yyyy-MM-dd}");
        Assert.Equal(2, day.QuerySelectorAll(".entry").Length);
        Assert.Equal($"/papers/{paper.Slug}", day.QuerySelector(".entry h2 a")!.GetAttribute("href"));

        var own = await gallery.PageAsync($"/papers/{paper.Slug}");
        Assert.Contains("The abstract as posted.", own.Body!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Worth reading", own.QuerySelector("blockquote")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Another", (await gallery.PageAsync("/papers/arxiv/2101.99999")).QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_paper_of_the_catalogue_asked_for_by_its_identifier_is_found_under_its_name()
    {
        await using var gallery = await TestGallery.StartAsync();
        var paper = Catalog.Default.Papers[0];
        using var answer = await gallery.Client.GetAsync($"/papers/arxiv/{paper.ArxivId}");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal($"/papers/{paper.Slug}", answer.Headers.Location!.ToString());
    }

    [Fact]
    public async Task An_old_identifier_with_a_slash_has_a_page()
    {
        await using var gallery = await TestGallery.StartAsync(new GalleryOptions { Store = new MemoryStore(Posts.Of(Posts.Day, Posts.Entry(arxivId: "math/0309136"))) });
        var day = await gallery.PageAsync("/days/2022-02-03");
        Assert.Equal("/papers/arxiv/math/0309136", day.QuerySelector(".entry h2 a")!.GetAttribute("href"));
        Assert.Contains("A paper of our own", (await gallery.PageAsync("/papers/arxiv/math/0309136")).QuerySelector("h1")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_finds_papers_of_the_catalogue_and_of_the_store()
    {
        var store = new MemoryStore(Posts.Of(Posts.Day, Posts.Entry()));
        await store.SavePapersAsync(Enumerable.Range(1, 45).Select(i => new PaperMetadata
        {
            ArxivId = $"2202.{i:00000}",
            Title = $"Energy of kettles {i}",
            Authors = ["Ada"],
            Categories = ["cs.LG"],
            Abstract = "Water boils.",
        }).ToAsyncEnumerable());
        await using var gallery = await TestGallery.StartAsync(new GalleryOptions { Store = store });

        var own = await gallery.PageAsync("/search?q=energy-based+yang");
        Assert.Contains(own.QuerySelectorAll(".paper a").Select(link => link.GetAttribute("href")), href => href == "/papers/ebm");

        var page = await gallery.PageAsync("/search?q=kettles+water");
        Assert.Equal(20, page.QuerySelectorAll(".paper").Length);
        Assert.Equal("/papers/arxiv/2202.00001", page.QuerySelector(".paper a")!.GetAttribute("href"));
        var last = await gallery.PageAsync("/search?q=kettles+water&page=3");
        Assert.Equal(5, last.QuerySelectorAll(".paper").Length);
        Assert.Null(last.QuerySelector("a[rel=next]"));

        var nothing = await gallery.PageAsync("/search?q=%3Cscript%3Ezzz");
        Assert.Contains("Nothing holds all words of “<script>zzz”", nothing.Body!.TextContent, StringComparison.Ordinal);
        Assert.NotNull(nothing.QuerySelector("meta[name=robots][content=noindex]"));
    }

    [Fact]
    public async Task A_new_day_is_shown_once_the_site_is_refreshed()
    {
        var store = new MemoryStore();
        await using var gallery = await TestGallery.StartAsync(new GalleryOptions { Store = store, Poll = TimeSpan.FromHours(1) });
        Assert.False(await gallery.Server.Live.RefreshAsync());
        await store.SavePostAsync(Posts.Of(Posts.Day, Posts.Entry()));
        using (var before = await gallery.Client.GetAsync("/days/2022-02-03"))
        {
            Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        }

        Assert.True(await gallery.Server.Live.RefreshAsync());
        Assert.Single((await gallery.PageAsync("/days/2022-02-03")).QuerySelectorAll(".entry"));
        Assert.Equal("/days/2022-02-03", (await gallery.PageAsync("/days")).QuerySelector(".days a")!.GetAttribute("href"));
    }

    [Theory]
    [InlineData("rss.xml", "application/rss+xml")]
    [InlineData("atom.xml", "application/atom+xml")]
    [InlineData("feed.json", "application/feed+json")]
    public async Task Feeds_lead_to_the_days_under_the_address_that_was_asked(string name, string type)
    {
        await using var gallery = await TestGallery.StartAsync(new GalleryOptions { Store = new MemoryStore(Posts.Of(Posts.Day, Posts.Entry(text: new string('x', 10_000_000)))) });
        using var answer = await gallery.Client.GetAsync($"/feeds/{name}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains($"{gallery.Server.Address}days/2022-02-03/", text, StringComparison.Ordinal);
        Assert.Contains($"{gallery.Server.Address}feeds/{name}", text, StringComparison.Ordinal);
        Assert.InRange(text.Length, 1000, 500_000);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/feeds/{name}");
        Assert.True(request.Headers.TryAddWithoutValidation("Host", "name@evil.example"));
        using var refused = await gallery.Client.SendAsync(request);
        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
    }
}
