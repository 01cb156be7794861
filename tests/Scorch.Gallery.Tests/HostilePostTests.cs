using System.Net;
using Scorch.Digest;
using Scorch.Gallery.Rendering;

namespace Scorch.Gallery.Tests;

/// <summary>Posts from outside that mean harm do none.</summary>
public sealed class HostilePostTests
{
    private const string Script = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>";

    private static async Task<(TestGallery Gallery, AngleSharp.Html.Dom.IHtmlDocument Page)> DayOfAsync(params IEnumerable<DigestEntry> entries)
    {
        var gallery = await TestGallery.StartAsync(new GalleryOptions { Store = new MemoryStore(Posts.Of(Posts.Day, entries)) });
        return (gallery, await gallery.PageAsync("/days/2022-02-03"));
    }

    [Fact]
    public async Task Markup_in_any_field_is_shown_as_text()
    {
        var entry = Posts.Entry(title: Script, text: Script, mentions: Posts.Mention("https://example.org/1", TextRun.Plain(Script), TextRun.Link("https://example.org/\"><script>", Script)) with
        {
            AuthorName = Script,
            AuthorHandle = Script,
            Language = Script,
            Source = Script,
        }) with
        { Authors = [Script], Categories = [Script] };
        var (gallery, page) = await DayOfAsync(entry);
        await using (gallery)
        {
            foreach (var shown in new[] { page, await gallery.PageAsync("/papers/arxiv/2202.00001"), await gallery.PageAsync("/days"), await gallery.PageAsync("/") })
            {
                Assert.Equal(1, shown.QuerySelectorAll("script").Length);
                Assert.Empty(shown.QuerySelectorAll("[onerror]"));
                Assert.Contains("<script>alert(1)</script>", shown.Body!.TextContent, StringComparison.Ordinal);
            }

            Assert.Null(page.QuerySelector("blockquote p")!.GetAttribute("lang"));
        }
    }

    [Theory]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt:alert(1)")]
    [InlineData(" javascript:alert(1)")]
    [InlineData("data:text/html,<script>alert(1)</script>")]
    [InlineData("vbscript:x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("//evil.example/x")]
    [InlineData("/days")]
    [InlineData("")]
    public async Task Addresses_that_are_not_http_are_text(string address)
    {
        var (gallery, page) = await DayOfAsync(Posts.Entry(mentions: Posts.Mention(address, TextRun.Link(address, "press here"))));
        await using (gallery)
        {
            var quote = page.QuerySelector("blockquote")!;
            Assert.Contains("press here", quote.TextContent, StringComparison.Ordinal);
            Assert.Empty(quote.QuerySelectorAll("a"));
            Assert.Null(quote.GetAttribute("cite"));
        }
    }

    [Fact]
    public async Task Links_to_the_web_stay_links_and_hand_nothing_on()
    {
        var (gallery, page) = await DayOfAsync(Posts.Entry(mentions: Posts.Mention("https://example.org/1", TextRun.Link("https://example.org/a?b=1&c=\"2", "here"))));
        await using (gallery)
        {
            var link = page.QuerySelector("blockquote p a")!;
            Assert.Equal("https://example.org/a?b=1&c=%222", link.GetAttribute("href"));
            Assert.Contains("noreferrer", link.GetAttribute("rel"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_abstract_of_ten_megabytes_is_cut_with_a_link_to_more()
    {
        var (gallery, page) = await DayOfAsync(Posts.Entry(text: string.Concat(Enumerable.Repeat("many words ", 950_000))));
        await using (gallery)
        {
            Assert.True(page.DocumentElement.OuterHtml.Length < 20_000);
            Assert.Equal("/papers/arxiv/2202.00001", page.QuerySelector("a.on")!.GetAttribute("href"));
            var own = await gallery.Client.GetByteArrayAsync("/papers/arxiv/2202.00001");
            Assert.InRange(own.Length, 10_000, 30_000);
        }
    }

    [Fact]
    public async Task Pages_stay_small_whatever_a_post_holds()
    {
        var text = new string('x', 100_000);
        var mention = Posts.Mention("https://example.org/1", TextRun.Plain(text)) with { AuthorName = text, AuthorHandle = text };
        var entries = Enumerable.Range(1, 100).Select(rank => Posts.Entry(rank, $"2202.{rank:00000}", text, text, [.. Enumerable.Repeat(mention, 50)]) with
        {
            Authors = [.. Enumerable.Repeat(text, 100)],
            Categories = [.. Enumerable.Repeat(text, 100)],
        });
        var (gallery, page) = await DayOfAsync(entries);
        await using (gallery)
        {
            Assert.True(page.DocumentElement.OuterHtml.Length < 1_000_000, $"{page.DocumentElement.OuterHtml.Length}");
            Assert.Equal(SitePages.EntriesAPage, page.QuerySelectorAll(".entry").Length);
            var last = await gallery.PageAsync("/days/2022-02-03/page/4");
            Assert.Equal(10, last.QuerySelectorAll(".entry").Length);
            using var beyond = await gallery.Client.GetAsync("/days/2022-02-03/page/5");
            Assert.Equal(HttpStatusCode.NotFound, beyond.StatusCode);
        }
    }

    [Fact]
    public async Task Characters_that_turn_the_text_around_are_kept_in_their_place()
    {
        const string turned = "safe \u202Eevil\u2066 \u200Fname";
        var (gallery, page) = await DayOfAsync(Posts.Entry(title: turned, mentions: Posts.Mention("https://example.org/1", TextRun.Plain(turned)) with { AuthorName = turned }) with { Authors = [turned] });
        await using (gallery)
        {
            Assert.NotNull(page.QuerySelector(".entry h2 bdi"));
            Assert.NotNull(page.QuerySelector("blockquote footer bdi"));
            var own = await gallery.PageAsync("/papers/arxiv/2202.00001");
            Assert.Equal("safe evil name · Scorch", own.Title);
            Assert.NotNull(own.QuerySelector("h1 bdi"));
            foreach (var attribute in page.QuerySelectorAll("meta[content]").Select(meta => meta.GetAttribute("content")!))
            {
                Assert.DoesNotContain('\u202E', attribute);
            }
        }
    }

    [Fact]
    public async Task A_cycle_of_reposts_is_shown_as_the_mentions_that_it_is()
    {
        var (gallery, page) = await DayOfAsync(Posts.Entry(mentions:
        [
            Posts.Mention("https://example.org/1") with { RepostOf = "https://example.org/2" },
            Posts.Mention("https://example.org/2") with { RepostOf = "https://example.org/1" },
        ]));
        await using (gallery)
        {
            Assert.Equal(2, page.QuerySelectorAll("blockquote").Length);
        }
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("2202.00001/../x")]
    [InlineData("2202.00001v2")]
    [InlineData("2202.00001\n")]
    [InlineData("cs.LG/evil")]
    [InlineData("javascript:alert(1)")]
    public async Task An_identifier_that_is_none_becomes_no_address(string identifier)
    {
        var (gallery, page) = await DayOfAsync(Posts.Entry(arxivId: identifier));
        await using (gallery)
        {
            Assert.Empty(page.QuerySelectorAll(".entry a"));
            Assert.Equal("A paper of our own", page.QuerySelector(".entry h2 bdi")!.TextContent);
        }
    }

    [Fact]
    public async Task Letters_beyond_ascii_arrive_as_themselves()
    {
        var (gallery, _) = await DayOfAsync(Posts.Entry(title: "日本語の論文 & Ångström 𝒳 &#x3c;b&#x3e;"));
        await using (gallery)
        {
            var html = await gallery.Client.GetStringAsync("/days/2022-02-03");
            Assert.Contains("日本語の論文 &amp; Ångström 𝒳 &amp;#x3c;b&amp;#x3e;", html, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/assets/..%2f..%2fgallery.css")]
    [InlineData("/pictures/..%2F..%2Fetc%2Fpasswd")]
    [InlineData("/papers/../../etc/passwd")]
    [InlineData("/papers/repvgg/source/..%2FRepVgg")]
    [InlineData("/papers/repvgg/runs/nothing")]
    [InlineData("/days/2021-13-45")]
    [InlineData("/days/9999999999999999")]
    [InlineData("/days/page/99999999999999999999")]
    [InlineData("/days/page/0")]
    [InlineData("/rooms/kitchen")]
    [InlineData("/evidence?page=-1")]
    [InlineData("/evidence?page=99999")]
    [InlineData("/search?q=x&page=99999")]
    [InlineData("/papers/arxiv/9999.99999")]
    [InlineData("/nothing")]
    public async Task Addresses_of_nothing_are_answered_with_a_page_that_says_so(string address)
    {
        await using var gallery = await TestGallery.StartAsync();
        using var answer = await gallery.Client.GetAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("default-src 'none'", string.Join(';', answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("There is no such page", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
