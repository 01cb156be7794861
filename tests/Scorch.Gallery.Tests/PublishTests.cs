using System.Text.Json;
using Scorch.Reproductions;

namespace Scorch.Gallery.Tests;

public sealed class PublishTests : IDisposable
{
    private readonly string _parent = Directory.CreateTempSubdirectory("scorch-publish").FullName;

    private string Target => Path.Combine(_parent, "site");

    public void Dispose() => Directory.Delete(_parent, recursive: true);

    [Theory]
    [InlineData("/", "", null)]
    [InlineData("/scorch", "/scorch", null)]
    [InlineData("scorch/", "/scorch", null)]
    [InlineData("https://example.org/a/b/", "/a/b", "https://example.org")]
    public async Task Every_link_of_the_published_site_leads_to_a_file(string given, string path, string? origin)
    {
        var store = new MemoryStore(Posts.Of(Posts.Day, Posts.Entry(), Posts.Entry(2, "math/0309136", "Old", mentions: Posts.Mention())));
        var written = await SitePublisher.PublishAsync(new GalleryOptions { Store = store }, Target, given);
        var files = Directory.EnumerateFiles(Target, "*.html", SearchOption.AllDirectories).ToList();
        Assert.Equal(files.Count, written.Pages);
        Assert.True(files.Count > 100);
        foreach (var file in files)
        {
            var page = TestGallery.Parse(await File.ReadAllTextAsync(file));
            foreach (var link in TestGallery.Links(page))
            {
                Assert.StartsWith(path + "/", link, StringComparison.Ordinal);
                var target = Path.Combine(Target, link[(path.Length + 1)..]);
                Assert.True(File.Exists(link.EndsWith('/') ? Path.Combine(target, "index.html") : target), $"{file}: {link}");
            }

            if (page.QuerySelector("meta[name=robots]") is null)
            {
                Assert.StartsWith($"{origin}{path}/", page.QuerySelector("link[rel=canonical]")!.GetAttribute("href"), StringComparison.Ordinal);
            }

            Assert.Contains("default-src 'none'", page.QuerySelector("meta[http-equiv='Content-Security-Policy']")!.GetAttribute("content"), StringComparison.Ordinal);
        }

        Assert.Equal(origin is not null, File.Exists(Path.Combine(Target, "feeds", "rss.xml")));
        using var index = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Target, "search", "index.json")));
        Assert.Equal(Catalog.Default.Papers.Count + 2, index.RootElement.GetArrayLength());
        Assert.All(index.RootElement.EnumerateArray(), paper => Assert.True(
            File.Exists(Path.Combine(Target, paper.GetProperty("address").GetString()![(path.Length + 1)..], "index.html"))));
    }

    [Fact]
    public async Task The_published_pages_say_what_the_served_ones_say()
    {
        var options = new GalleryOptions { Store = new MemoryStore(Posts.Of(Posts.Day, Posts.Entry(mentions: Posts.Mention()))) };
        await SitePublisher.PublishAsync(options, Target);
        await using var gallery = await TestGallery.StartAsync(options);
        foreach (var file in Directory.EnumerateFiles(Target, "index.html", SearchOption.AllDirectories))
        {
            var address = "/" + Path.GetRelativePath(Target, Path.GetDirectoryName(file)!).Replace('\\', '/').TrimStart('.');
            if (address == "/search")
            {
                continue;
            }

            var served = await gallery.PageAsync(address);
            var published = TestGallery.Parse(await File.ReadAllTextAsync(file));
            Assert.Equal(served.QuerySelector("main")!.TextContent, published.QuerySelector("main")!.TextContent);
            Assert.Equal(served.Title, published.Title);
        }
    }

    [Fact]
    public async Task A_folder_with_other_files_is_refused_and_left_alone()
    {
        Directory.CreateDirectory(Target);
        var file = Path.Combine(Target, "thesis.txt");
        await File.WriteAllTextAsync(file, "mine");
        var problem = await Assert.ThrowsAsync<UsageException>(() => SitePublisher.PublishAsync(new GalleryOptions(), Target));
        Assert.Contains("earlier publication", problem.Message, StringComparison.Ordinal);
        Assert.Equal([file], Directory.EnumerateFileSystemEntries(Target));
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_parent));
        await Assert.ThrowsAsync<UsageException>(() => SitePublisher.PublishAsync(new GalleryOptions(), file));
    }

    [Fact]
    public async Task An_earlier_publication_is_replaced_whole()
    {
        await SitePublisher.PublishAsync(new GalleryOptions(), Target);
        var stale = Path.Combine(Target, "stale.html");
        await File.WriteAllTextAsync(stale, "old");
        await SitePublisher.PublishAsync(new GalleryOptions(), Target);
        Assert.False(File.Exists(stale));
        Assert.True(File.Exists(Path.Combine(Target, "index.html")));
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_parent));
    }

    [Fact]
    public async Task A_publication_that_is_stopped_leaves_the_earlier_one()
    {
        await SitePublisher.PublishAsync(new GalleryOptions(), Target);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SitePublisher.PublishAsync(new GalleryOptions(), Target, cancellationToken: stop.Token));
        Assert.True(File.Exists(Path.Combine(Target, "index.html")));
        Assert.Equal([Target], Directory.EnumerateFileSystemEntries(_parent));
    }

    [Theory]
    [InlineData("ftp://example.org/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/a?b")]
    [InlineData("/a#b")]
    [InlineData("/a//b")]
    public async Task A_base_that_is_none_is_refused(string address) =>
        await Assert.ThrowsAsync<UsageException>(() => SitePublisher.PublishAsync(new GalleryOptions(), Target, address));
}
