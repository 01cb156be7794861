using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using AngleSharp.Html.Parser;

namespace Scorch.Digest.Tests;

public class PublishingTests
{
    private static readonly DigestSite Site = new() { Address = new Uri("https://digest.example/hot/"), Title = "Heiße <Papers> & more" };

    private static readonly string Folder = Path.Combine(Seeds.Repository, "tests/oracles/digest/published");

    /// <summary>The sample with a hostile paper.</summary>
    private static readonly DigestPost Post = SamplePost.Post with
    {
        Header = SamplePost.Post.Header with
        {
            Title = "Hot Papers: Größe </title><script>alert(1)</script>\r\nBcc: victim@example.org\r\n\r\n2022-02-03",
            Description = "A \"description\" & more\u0001",
        },
        Entries =
        [
            .. SamplePost.Post.Entries,
            SamplePost.Post.Entries[0] with
            {
                Rank = 4,
                ArxivId = "\"><script>alert(2)</script>",
                Title = "<img src=x onerror=alert(3)> \u0000\uFFFE\uD800 ]]> 🎃",
                Authors = ["</p><script>alert(4)</script>"],
                Categories = ["<b>"],
                Abstract = "</article><script>alert(5)</script>\n\n.\nFrom here\n" + new string('ü', 200),
                Mentions =
                [
                    SamplePost.Post.Entries[0].Mentions[0] with
                    {
                        Address = "javascript:alert(6)",
                        AuthorName = "\u202E\"><script>",
                        AuthorHandle = "'><script>",
                        Language = "\" onclick=\"alert(7)",
                        Text =
                        [
                            TextRun.Link("javascript:alert(8)", "<b>click</b>"),
                            TextRun.Link("https://example.org/?a=\"><script>&b", "fine"),
                            TextRun.Link("data:text/html,x", "data"),
                            TextRun.Plain("two\nlines"),
                        ],
                    },
                ],
            },
        ],
    };

    private static readonly Dictionary<string, Func<byte[]>> Files = new()
    {
        ["post.html"] = () => Encoding.UTF8.GetBytes(PostHtml.RenderPage(Post)),
        ["post.eml"] = () => PostMail.Render(Post, new MailParty("digest@scorch.example", "Größte \"Digest\"\r\nBcc: x@y.z"), new MailParty("ada@example.org"), new MailParty("b+c@example.org", "B \\ \"C\"")),
        ["rss.xml"] = () => RssFeed.Render(Site, [Post, SamplePost.Post]),
        ["atom.xml"] = () => AtomFeed.Render(Site, [Post, SamplePost.Post]),
        ["feed.json"] = () => JsonFeed.Render(Site, [Post, SamplePost.Post]),
    };

    [Fact]
    public void Published_sample_is_the_one_that_other_readers_read()
    {
        foreach (var (name, render) in Files)
        {
            var path = Path.Combine(Folder, name);
            if (Environment.GetEnvironmentVariable("SCORCH_WRITE_PUBLISHED") == "1")
            {
                File.WriteAllBytes(path, render());
            }

            // A checkout may have changed the line ends of a text file.
            Assert.Equal(Encoding.UTF8.GetString(File.ReadAllBytes(path)).ReplaceLineEndings("\n"), Encoding.UTF8.GetString(render()).ReplaceLineEndings("\n"));
        }
    }

    [Fact]
    public void Mail_reads_as_one_message_with_the_posts_title()
    {
        var mail = Read("post.eml");
        Assert.Equal("Hot Papers: Größe </title><script>alert(1)</script> Bcc: victim@example.org  2022-02-03", mail.GetProperty("subject").GetString());
        Assert.Equal(["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"], Strings(mail.GetProperty("headers")));
        Assert.Equal(["Größte \"Digest\" Bcc: x@y.z", "digest@scorch.example"], Strings(mail.GetProperty("from")[0]));
        Assert.Equal(["", "ada@example.org"], Strings(mail.GetProperty("to")[0]));
        Assert.Equal(["B \\ \"C\"", "b+c@example.org"], Strings(mail.GetProperty("to")[1]));
        Assert.Equal("2022-02-04T05:06:07+00:00", mail.GetProperty("date").GetString());
        Assert.Equal("multipart/alternative", mail.GetProperty("type").GetString());
        Assert.Equal(["text/plain", "text/html"], Strings(mail.GetProperty("types")));
        Assert.Equal(0, mail.GetProperty("defects").GetArrayLength());
        Assert.Equal(PostText.Render(Post).ReplaceLineEndings("\n"), mail.GetProperty("text").GetString()!.ReplaceLineEndings("\n"));
        Assert.InRange(mail.GetProperty("longest_line").GetInt32(), 1, 76);
        Assert.Equal(0, mail.GetProperty("bare_line_feeds").GetInt32());
        Assert.True(mail.GetProperty("is_ascii").GetBoolean());
        AssertPage(mail.GetProperty("page"), isWhole: true);
    }

    [Fact]
    public void Feeds_read_as_feeds_with_every_post()
    {
        var rss = Read("rss.xml");
        Assert.Equal(Site.Title, rss.GetProperty("title").GetString());
        Assert.Equal("https://digest.example/hot/rss.xml", rss.GetProperty("self").GetString());
        var item = rss.GetProperty("items")[0];
        Assert.Equal("https://digest.example/hot/hot-papers-2022-02-03/", item.GetProperty("guid").GetString());
        Assert.Equal("Fri, 04 Feb 2022 05:06:07 +0000", item.GetProperty("pubDate").GetString());
        Assert.Equal(2, rss.GetProperty("items").GetArrayLength());
        AssertPage(item.GetProperty("page"), isWhole: false);

        var atom = Read("atom.xml");
        Assert.Equal("{http://www.w3.org/2005/Atom}feed", atom.GetProperty("tag").GetString());
        Assert.Equal("https://digest.example/hot/", atom.GetProperty("id").GetString());
        Assert.Equal("2022-02-04T05:06:07Z", atom.GetProperty("updated").GetString());
        Assert.Equal("Scorch", atom.GetProperty("author").GetString());
        var entry = atom.GetProperty("entries")[0];
        Assert.Equal(Post.Header.Title, entry.GetProperty("title").GetString());
        Assert.Equal("A \"description\" & more\uFFFD", entry.GetProperty("summary").GetString());
        Assert.Equal("https://digest.example/hot/hot-papers-2022-02-03/", entry.GetProperty("id").GetString());
        Assert.Equal("html", entry.GetProperty("type").GetString());
        AssertPage(entry.GetProperty("page"), isWhole: false);

        var json = Read("feed.json");
        Assert.Equal("https://jsonfeed.org/version/1.1", json.GetProperty("version").GetString());
        Assert.Equal(Post.Header.Title, json.GetProperty("items")[0].GetProperty("title").GetString());
        Assert.Equal("2022-02-04T05:06:07Z", json.GetProperty("items")[0].GetProperty("date_published").GetString());
        AssertPage(json.GetProperty("items")[0].GetProperty("page"), isWhole: false);
        AssertPage(Read("post.html"), isWhole: true);
    }

    [Fact]
    public void Random_hostile_posts_publish_as_plain_text()
    {
        var random = new RandomPosts(11);
        var parser = new HtmlParser(new HtmlParserOptions { IsScripting = true });
        for (var round = 0; round < 150; round++)
        {
            var post = random.Post();
            using var page = parser.ParseDocument(PostHtml.RenderPage(post));
            Assert.Empty(page.QuerySelectorAll("script, iframe, img, object, embed, form, base, svg, link"));
            Assert.All(page.All.SelectMany(element => element.Attributes), attribute => Assert.DoesNotMatch("^(on|src|style$)", attribute.Name));
            Assert.All(page.QuerySelectorAll("a"), link => Assert.Matches("^https?://", link.GetAttribute("href")!));
            Assert.Equal(post.Entries.Count, page.QuerySelectorAll("main > article").Length);
            Assert.Equal(
                post.Entries.Select(entry => Normal($"{entry.Rank}. {entry.Title}")),
                page.QuerySelectorAll("main > article > h2").Select(heading => Normal(heading.TextContent)));
            Assert.Equal(post.Entries.Sum(entry => entry.Mentions.Count), page.QuerySelectorAll("main > article > blockquote").Length);

            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit };
            foreach (var feed in (byte[][])[RssFeed.Render(Site, [post]), AtomFeed.Render(Site, [post])])
            {
                using var reader = XmlReader.Create(new MemoryStream(feed), settings);
                var document = XDocument.Load(reader);
                Assert.Contains(SafeText.Clean(post.Header.Title), document.Descendants().Where(element => element.Name.LocalName == "title").Select(element => element.Value));
                Assert.Contains(PostHtml.RenderPapers(post), document.Descendants().Where(element => element.Name.LocalName is "content" or "description").Select(element => element.Value));
            }

            using var json = JsonDocument.Parse(JsonFeed.Render(Site, [post]));
            Assert.Equal(PostHtml.RenderPapers(post), json.RootElement.GetProperty("items")[0].GetProperty("content_html").GetString());
            var mail = Encoding.ASCII.GetString(PostMail.Render(post, new MailParty("a@b.example"), new MailParty("c@d.example", post.Header.Title)));
            var lines = mail.Split("\r\n");
            Assert.All(lines, line => Assert.True(line.Length <= 76 && !line.Contains('\n') && !line.Contains('\r')));
            Assert.Equal(7, lines.TakeWhile(line => line.Length > 0).Count(line => line[0] != ' '));
        }

        static string Normal(string text) => SafeText.Clean(text).ReplaceLineEndings("\n").Trim();
    }

    [Fact]
    public void Feeds_without_posts_are_valid()
    {
        Assert.Equal("1970-01-01T00:00:00Z", XDocument.Parse(Encoding.UTF8.GetString(AtomFeed.Render(Site, []))).Root!.Element(XName.Get("updated", "http://www.w3.org/2005/Atom"))!.Value);
        Assert.Empty(XDocument.Parse(Encoding.UTF8.GetString(RssFeed.Render(Site, []))).Descendants("item"));
        Assert.Equal(0, JsonDocument.Parse(JsonFeed.Render(Site, [])).RootElement.GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("ftp://digest.example/")]
    [InlineData("https://digest.example/feed")]
    [InlineData("https://digest.example/?a=/")]
    public void Site_needs_an_address_that_posts_can_lie_under(string address) => Assert.Throws<ArgumentException>(() => new DigestSite { Address = new Uri(address) });

    [Theory]
    [InlineData("ada")]
    [InlineData("ada@")]
    [InlineData("a@b@c")]
    [InlineData("a b@c.example")]
    [InlineData("a@c.example\r\nBcc: d@e.example")]
    [InlineData("<a@c.example>")]
    [InlineData("ä@c.example")]
    [InlineData("a..b@c.example")]
    public void Addresses_that_could_break_a_header_are_refused(string address) => Assert.Throws<ArgumentException>(() => new MailParty(address));

    // What Python's readers found; the page's facts are those of the typed post.
    private static JsonElement Read(string file)
    {
        using var found = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "read.json")));
        return found.RootElement.GetProperty(file).Clone();
    }

    private static void AssertPage(JsonElement page, bool isWhole)
    {
        string[] known = ["a", "article", "bdi", "blockquote", "br", "h2", "p", "time", .. isWhole ? (string[])["body", "h1", "head", "html", "main", "meta", "style", "title"] : []];
        Assert.Equal(known.Order(StringComparer.Ordinal), page.GetProperty("tags").EnumerateObject().Select(tag => tag.Name).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Strings(page.GetProperty("attributes")), name => name.StartsWith("on", StringComparison.Ordinal));
        Assert.All(Strings(page.GetProperty("links")), link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
        Assert.Equal(Post.Entries.Select(entry => SafeText.Clean($"{entry.Rank}. {entry.Title}")), Strings(page.GetProperty("headings")));
        Assert.Equal(Post.Entries.SelectMany(entry => entry.Mentions).Select(mention => mention.PlainText), Strings(page.GetProperty("quotes")));
    }

    private static IEnumerable<string> Strings(JsonElement array) => array.EnumerateArray().Select(element => element.GetString()!);
}
