using Scorch.Digest;

namespace Scorch.Cli.Tests;

public class DigestPublishTests
{
    [Fact]
    public async Task Posts_become_pages_feeds_and_mail()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a.md"], Header(3));
        Write(folder["b.md"], Header(4));
        var result = await Cli.RunAsync(
            "digest", "publish", folder["a.md"], folder["b.md"], "--out", folder["site"], "--address", "https://digest.example/hot/", "--mail-from", "a@digest.example", "--mail-to", "b@example.org");
        Assert.Equal((ExitCode.Success, $"2 posts in {folder["site"]}\n"), (result.Code, result.Output));
        Assert.Equal(
            ["atom.xml", "feed.json", "hot-papers-2022-02-03/index.html", "hot-papers-2022-02-03/post.eml", "hot-papers-2022-02-04/index.html", "hot-papers-2022-02-04/post.eml", "rss.xml"],
            Directory.GetFiles(folder["site"], "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder["site"], file).Replace('\\', '/')).Order(StringComparer.Ordinal));
        var feed = File.ReadAllText(folder["site/rss.xml"]);
        Assert.True(feed.IndexOf("hot/hot-papers-2022-02-04/", StringComparison.Ordinal) < feed.IndexOf("hot/hot-papers-2022-02-03/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Slugs_that_lead_elsewhere_or_come_twice_are_refused()
    {
        using var folder = new TemporaryFolder();
        Write(folder["a.md"], Header(3));
        Write(folder["b.md"], Header(3));
        Write(folder["c.md"], Header(3) with { Slug = "../../2022-02-03" });
        var twice = await Cli.RunAsync("digest", "publish", folder["a.md"], folder["b.md"], "--out", folder["site"], "--address", "https://digest.example/");
        Assert.Equal(ExitCode.Failure, twice.Code);
        Assert.Contains("b.md: has the slug 'hot-papers-2022-02-03' of", twice.Error, StringComparison.Ordinal);
        var elsewhere = await Cli.RunAsync("digest", "publish", folder["c.md"], "--out", folder["site"], "--address", "https://digest.example/");
        Assert.Equal(ExitCode.Failure, elsewhere.Code);
        Assert.Contains("c.md: the slug '../../2022-02-03' cannot name a folder", elsewhere.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["site"]));
        Assert.Equal(ExitCode.Usage, (await Cli.RunAsync("digest", "publish", folder["a.md"], "--out", folder["site"], "--address", "nowhere")).Code);
        Assert.Equal(ExitCode.Usage, (await Cli.RunAsync("digest", "publish", folder["a.md"], "--out", folder["site"], "--address", "https://digest.example/", "--mail-to", "b@example.org")).Code);
    }

    private static PostHeader Header(int day) => PostHeader.For(new DateOnly(2022, 2, day), DateTime.UnixEpoch);

    private static void Write(string path, PostHeader header) => File.WriteAllBytes(path, PostMarkdown.RenderBytes(new DigestPost { Header = header, Entries = [] }));
}
