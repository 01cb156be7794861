using System.Text;
using Scorch.Digest;
using Scorch.Digest.Tests;

namespace Scorch.Cli.Tests;

public class DigestStoreCommandTests
{
    [Fact]
    public async Task What_is_imported_is_found()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["papers.jsonl"], """
            {"arxivId": "3105.00001", "title": "Zebra nets", "authors": ["Ada Example"], "categories": ["cs.LG"], "abstract": "Stripes."}
            {"arxivId": "3105.00002", "title": "Other \u001b[31m nets", "authors": [], "categories": []}
            """);

        var import = await Cli.RunAsync("digest", "import", folder["papers.jsonl"], "--store", folder["store.db"]);
        var search = await Cli.RunAsync("digest", "search", "zebra", "stripes", "--store", folder["store.db"]);
        var json = await Cli.RunAsync("digest", "search", "nets", "--limit", "1", "--json", "--store", folder["store.db"]);

        Assert.Equal((0, "1 files: 0 posts saved, 0 unchanged; of JSON Lines 2 papers and 0 mentions; 0 problems\n"), (import.Code, import.Output));
        Assert.Equal((0, "3105.00001  Zebra nets\n    Ada Example\n"), (search.Code, search.Output));
        Assert.StartsWith("""{"arxivId":"3105.0000""", json.Output);
        Assert.Contains("There are more", json.Error);
        Assert.DoesNotContain('\u001b', (await Cli.RunAsync("digest", "search", "other", "--store", folder["store.db"])).Output);
    }

    [Fact]
    public async Task What_cannot_be_imported_is_named_and_the_code_is_1()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.jsonl"], "{}\n");

        var import = await Cli.RunAsync("digest", "import", folder.Path, folder["missing.md"], "--store", folder["store.db"]);

        Assert.Equal(1, import.Code);
        Assert.Contains($"{folder["a.jsonl"]}:1: ", import.Error);
        Assert.Contains(folder["missing.md"], import.Error);
    }

    [Theory]
    [InlineData("mysql://user:secret@host/db")]
    [InlineData("postgres://user:secret@host:port/db")]
    [InlineData("Host=h;Password=secret;Nonsense=secret")]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=secret;Database=d")]
    [InlineData("postgres://u:secret@127.0.0.1:1/d?sslmode=disable")]
    public async Task No_message_about_a_store_holds_its_password(string connection)
    {
        var result = await Cli.RunAsync("digest", "search", "words", "--store", connection);

        Assert.NotEqual(0, result.Code);
        Assert.DoesNotContain("secret", result.Error + result.Output);
        Assert.StartsWith("scorch: ", result.Error);
    }

    [Fact]
    public async Task A_file_that_is_no_store_is_refused_and_kept()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["notes.txt"], new string('n', 5000));

        var result = await Cli.RunAsync("digest", "search", "words", "--store", folder["notes.txt"]);

        Assert.Equal(1, result.Code);
        Assert.Contains("no SQLite database", result.Error);
        Assert.Equal(new string('n', 5000), File.ReadAllText(folder["notes.txt"]));
    }

    [Fact]
    public async Task Daily_reads_all_sources_and_says_by_its_code_that_one_failed()
    {
        using var folder = new TemporaryFolder();
        await using var server = Server();

        var whole = await Cli.RunAsync([.. Daily(folder, server, "out"), "--sources", "bluesky", "mastodon", "hacker-news", "hugging-face"]);
        server.On("/api/v1/search_by_date", new PlaybackResponse("broken", 404));
        var partial = await Cli.RunAsync([.. Daily(folder, server, "out"), "--sources", "bluesky", "mastodon", "hacker-news", "hugging-face"]);

        Assert.Equal((0, $"2 papers of 2031-05-06 in {folder["out"]}\n"), (whole.Code, whole.Output));
        Assert.Equal(ExitCode.Partial, partial.Code);
        Assert.Contains("Hacker News: status 404", partial.Error);
        Assert.Equal(["3105.00001", "3105.00002"], PostParser.Read(File.ReadAllBytes(folder["out/2031-05-06-hot-papers.md"])).Entries.Select(entry => entry.ArxivId));
    }

    [UnixTheory]
    [InlineData("lock taken")]
    [InlineData("papers harvested")]
    [InlineData("mentions read from bluesky")]
    [InlineData("papers ranked")]
    [InlineData("post saved")]
    [InlineData("published atom.xml")]
    public async Task A_killed_run_is_made_good_by_the_next(string line)
    {
        using var folder = new TemporaryFolder();
        await using var server = Server();
        var whole = await Cli.ProcessAsync("Scorch.Cli.TestHost.dll", folder.Path, [.. Daily(folder, server, "whole", "whole.db")]);
        Assert.True(whole.Code == 0, whole.Error);

        using (var process = Cli.Start("Scorch.Cli.TestHost.dll", folder.Path, [.. Daily(folder, server, "killed", "killed.db")]))
        {
            while (await process.StandardError.ReadLineAsync() is { } said && !said.StartsWith(line, StringComparison.Ordinal))
            {
            }

            process.Kill();
            await process.WaitForExitAsync();
        }

        var next = await Cli.ProcessAsync("Scorch.Cli.TestHost.dll", folder.Path, [.. Daily(folder, server, "killed", "killed.db")]);

        Assert.True(next.Code == 0, next.Error);
        Assert.Equal(Contents(folder["whole"]), Contents(folder["killed"]));
    }

    [Fact]
    public async Task A_second_daily_at_once_says_so_with_a_code_of_its_own()
    {
        using var folder = new TemporaryFolder();
        await using var server = Server();
        using (DigestFolder.Take(folder["out"]))
        {
            var result = await Cli.RunAsync([.. Daily(folder, server, "out")]);

            Assert.Equal(ExitCode.Busy, result.Code);
            Assert.Contains("Another process", result.Error);
        }
    }

    private static PlaybackServer Server() => new PlaybackServer()
        .On("/oai", PlaybackResponse.Xml(ArxivAnswers.Page(ArxivAnswers.Record("3105.00001"))))
        .On("/query", PlaybackResponse.Xml(ArxivAnswers.Feed(ArxivAnswers.Entry("3105.00002"))))
        .On("/xrpc/app.bsky.feed.searchPosts", PlaybackResponse.Json(Recorded.Bluesky.Replace("\"cursor\": \"2\"", "\"cursor\": null", StringComparison.Ordinal)))
        .On("/api/v1/timelines/tag/arxiv", PlaybackResponse.Json(Recorded.MastodonFirst.Replace("\"favourites_count\": 20", "\"favourites_count\": 50", StringComparison.Ordinal)), PlaybackResponse.Json("[]"))
        .On("/api/v1/search_by_date", PlaybackResponse.Json(Recorded.HackerNews))
        .On("/api/daily_papers", PlaybackResponse.Json(Recorded.HuggingFace));

    private static string[] Daily(TemporaryFolder folder, PlaybackServer server, string output, string store = "store.db") =>
    [
        "digest", "daily", "--day", "2031-05-06", "--at", "2031-05-07T06:00:00Z", "--out", folder[output], "--store", folder[store], "--site", "https://digest.example/",
        "--delay", "0", "--attempts", "1", "--sources", "bluesky", "hacker-news", "hugging-face", "--address", $"arxiv-oai={server.Address}oai", $"arxiv-query={server.Address}query",
        $"bluesky={server.Address}", $"mastodon={server.Address}", $"hacker-news={server.Address}", $"hugging-face={server.Address}",
    ];

    private static SortedDictionary<string, string> Contents(string folder) => new(
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file), file => Encoding.UTF8.GetString(File.ReadAllBytes(file))),
        StringComparer.Ordinal);
}
