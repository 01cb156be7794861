using System.Globalization;

namespace Scorch.Digest.Tests;

public class ArxivSourceTests
{
    private const string First = "/oai?verb=ListRecords&metadataPrefix=arXiv&set=cs&from=2022-02-03&until=2022-02-03";
    private const string FirstOfStatistics = "/oai?verb=ListRecords&metadataPrefix=arXiv&set=stat&from=2022-02-03&until=2022-02-03";

    private static readonly HarvestRequest Request = new(new DateOnly(2022, 2, 3), new DateOnly(2022, 2, 3), HarvestRequest.DefaultCategories);
    private static readonly HarvestRequest OnlyComputerScience = Request with { Categories = ["cs.*"] };

    [Fact]
    public async Task Record_reads_as_a_paper()
    {
        await using var server = new PlaybackServer().On(First, Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.01234"))));
        var paper = Assert.Single(await HarvestAsync(Source(server), OnlyComputerScience));
        Assert.Equal("2202.01234", paper.ArxivId);
        Assert.Equal("On Pumpkins in the Wild & Elsewhere", paper.Title);
        Assert.Equal(["Ada B. Example Jr", "Müller"], paper.Authors);
        Assert.Equal(["cs.LG", "stat.ML"], paper.Categories);
        Assert.Equal("We grow pumpkins with $x < 2$.", paper.Abstract);
        Assert.Equal((new DateOnly(2022, 1, 2), new DateOnly(2022, 2, 2)), (paper.SubmittedOn, paper.UpdatedOn));
    }

    [Fact]
    public async Task Pages_are_followed_and_cross_listed_papers_come_once()
    {
        await using var server = new PlaybackServer()
            .On(First, Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.00001") + ArxivAnswers.Deleted("2202.00002"), "761|1001")))
            .On("/oai?verb=ListRecords&resumptionToken=761%7C1001", Xml(ArxivAnswers.Page(ArxivAnswers.Record("math/0309136", "math.DG cs.CG", "math cs:cs:CG") + ArxivAnswers.Record("2202.00001"), "")))
            .On(FirstOfStatistics, Xml(ArxivAnswers.Page(
                ArxivAnswers.Record("2202.00001") + ArxivAnswers.Record("2202.00003", "stat.ML", "stat") + ArxivAnswers.Record("2202.00004", "stat.ME", "stat"), set: "stat")));
        var papers = await HarvestAsync(Source(server), Request);
        Assert.Equal(["2202.00001", "math/0309136", "2202.00003"], papers.Select(paper => paper.ArxivId));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Requests_are_three_seconds_apart()
    {
        await using var server = new PlaybackServer()
            .On(First, Xml(ArxivAnswers.Page("", "a")))
            .On("/oai?verb=ListRecords&resumptionToken=a", Xml(ArxivAnswers.Page("", "b")))
            .On("/oai?verb=ListRecords&resumptionToken=b", Xml(ArxivAnswers.Page("")));
        var time = new InstantTime();
        await HarvestAsync(Source(server, time: time), OnlyComputerScience);
        Assert.Equal([TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)], time.Waits);
    }

    [Fact]
    public async Task Retry_after_is_heeded_in_both_forms()
    {
        var time = new InstantTime();
        var later = time.GetUtcNow().AddSeconds(600).ToString("R", CultureInfo.InvariantCulture);
        await using var server = new PlaybackServer().On(
            First,
            new PlaybackResponse("wait", 503).With("Retry-After", "120"),
            new PlaybackResponse("wait", 503).With("Retry-After", later),
            Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.00001"))));
        Assert.Single(await HarvestAsync(Source(server, time: time), OnlyComputerScience));
        Assert.Equal([TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(480)], time.Waits);
    }

    [Fact]
    public async Task Broken_answers_are_asked_for_again_and_then_named()
    {
        var whole = Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.00001")));
        await using var server = new PlaybackServer()
            .On(First, whole with { TruncateAfter = 300 }, new PlaybackResponse("oops", 500), PlaybackResponse.Xml("<html>busy</html>"), Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.00001"))[..400]), whole);
        Assert.Single(await HarvestAsync(Source(server), OnlyComputerScience));
        Assert.Equal(5, server.Requests.Count);

        await using var broken = new PlaybackServer().On(First, PlaybackResponse.Xml("<html>busy</html>"));
        var problem = await Assert.ThrowsAsync<SourceException>(() => HarvestAsync(Source(broken), OnlyComputerScience));
        Assert.Contains("expected an answer of OAI-PMH, found <html>", problem.Message, StringComparison.Ordinal);
        Assert.Equal(5, broken.Requests.Count);
    }

    [Fact]
    public async Task Days_without_papers_are_empty_and_other_errors_are_named()
    {
        await using var server = new PlaybackServer().On(First, Xml(ArxivAnswers.Error("noRecordsMatch")), Xml(ArxivAnswers.Error("badArgument", "until is in the future")));
        Assert.Empty(await HarvestAsync(Source(server), OnlyComputerScience));
        var problem = await Assert.ThrowsAsync<SourceException>(() => HarvestAsync(Source(server), OnlyComputerScience));
        Assert.Equal("arXiv (OAI-PMH) refuses the request: badArgument, until is in the future.", problem.Message);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Document_type_definitions_and_endless_answers_are_refused()
    {
        var bomb = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\">&b;</OAI-PMH>";
        await using var server = new PlaybackServer().On(First, PlaybackResponse.Xml(bomb));
        Assert.Contains("DTD", (await Assert.ThrowsAsync<SourceException>(() => HarvestAsync(Source(server), OnlyComputerScience))).Message, StringComparison.Ordinal);

        await using var large = new PlaybackServer().On(First, Xml(ArxivAnswers.Page(new string(' ', 20_000))));
        Assert.Contains("more than 10000 bytes", (await Assert.ThrowsAsync<SourceException>(() => HarvestAsync(Source(large, largestAnswer: 10_000), OnlyComputerScience))).Message, StringComparison.Ordinal);

        await using var endless = new PlaybackServer().On("/oai", Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.00001"), "again")));
        Assert.Contains("repeats a resumption token", (await Assert.ThrowsAsync<SourceException>(() => HarvestAsync(Source(endless), OnlyComputerScience))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_harvest_goes_on_where_it_stopped()
    {
        using var folder = new Folder();
        var journal = new FileHarvestJournal(folder["journal"]);
        await using var server = ThreePages();
        var taken = new List<string>();
        await foreach (var paper in Source(server, journal).HarvestAsync(OnlyComputerScience))
        {
            taken.Add(paper.ArxivId);
            if (taken.Count == 3)
            {
                break;
            }
        }

        // The third paper is of the second page, which was not taken whole: it comes again.
        Assert.Equal(["2202.00003", "2202.00004", "2202.00005"], (await HarvestAsync(Source(server, journal), OnlyComputerScience)).Select(paper => paper.ArxivId));
        Assert.Equal(["/oai?verb=ListRecords&resumptionToken=a", "/oai?verb=ListRecords&resumptionToken=b"], server.Requests.Skip(2).Select(request => request.PathAndQuery));
        Assert.False(File.Exists(folder["journal"]));
        Assert.Equal(5, (await HarvestAsync(Source(server, journal), OnlyComputerScience)).Count);
    }

    [Fact]
    public async Task Journal_of_another_request_does_not_count_and_a_broken_one_is_named()
    {
        using var folder = new Folder();
        var journal = new FileHarvestJournal(folder["journal"]);
        await journal.WriteAsync(Request, new HarvestCheckpoint("cs", "a", 7));
        Assert.Equal(new HarvestCheckpoint("cs", "a", 7), await journal.ReadAsync(Request));
        Assert.Null(await journal.ReadAsync(OnlyComputerScience));
        File.WriteAllText(folder["journal"], "{");
        Assert.Contains("delete it", (await Assert.ThrowsAsync<InvalidDataException>(() => journal.ReadAsync(Request))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Forgotten_token_starts_its_set_again()
    {
        await using var server = new PlaybackServer()
            .On(First, Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.00001"), "a")))
            .On("/oai?verb=ListRecords&resumptionToken=a", Xml(ArxivAnswers.Error("badResumptionToken")), Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.00002"))));
        Assert.Equal(["2202.00001", "2202.00002"], (await HarvestAsync(Source(server), OnlyComputerScience)).Select(paper => paper.ArxivId));
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task Harvested_file_is_the_same_however_often_the_harvest_is_killed()
    {
        using var folder = new Folder();
        await using var server = ThreePages();
        await HarvestFile.WriteAsync(Source(server), OnlyComputerScience, folder["whole.jsonl"]);
        Assert.Equal(5, File.ReadLines(folder["whole.jsonl"]).Count());
        for (var stop = 1; stop <= 3; stop++)
        {
            using var kill = new CancellationTokenSource();
            var pages = 0;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => HarvestFile.WriteAsync(Source(server), OnlyComputerScience, folder["a.jsonl"], _ => Kill(++pages), kill.Token));
            Assert.False(File.Exists(folder["a.jsonl"]));

            // A line that was being written when the process died.
            File.AppendAllText(folder["a.jsonl.part"], "{\"arxivId\":\"2202.0");
            Assert.Equal(5, await HarvestFile.WriteAsync(Source(server), OnlyComputerScience, folder["a.jsonl"]));
            Assert.Equal(File.ReadAllBytes(folder["whole.jsonl"]), File.ReadAllBytes(folder["a.jsonl"]));
            Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
            File.Delete(folder["a.jsonl"]);

            void Kill(int page)
            {
                if (page == stop)
                {
                    kill.Cancel();
                    kill.Token.ThrowIfCancellationRequested();
                }
            }
        }
    }

    [Fact]
    public async Task Single_papers_come_from_the_query_service()
    {
        await using var server = new PlaybackServer().On("/query", Xml(ArxivAnswers.Feed(ArxivAnswers.Entry("math/0309136v1"), ArxivAnswers.Entry("2202.01234v3"))));
        var papers = await Source(server).FindAsync(["2202.01234v2", "nonsense", "math/0309136", "2202.99999", "2202.01234"]);
        Assert.Equal(["2202.01234", "math/0309136"], papers.Select(paper => paper.ArxivId));
        Assert.Equal("/query?id_list=2202.01234,math/0309136,2202.99999&start=0&max_results=3", Assert.Single(server.Requests).PathAndQuery);
        Assert.Equal("On Pumpkins in the Wild", papers[0].Title);
        Assert.Equal(["Ada B. Example", "Müller"], papers[0].Authors);
        Assert.Equal(["stat.ML", "cs.LG"], papers[0].Categories);
        Assert.Equal("We grow pumpkins.", papers[0].Abstract);
        Assert.Equal((new DateOnly(2022, 1, 2), new DateOnly(2022, 2, 2)), (papers[0].SubmittedOn, papers[0].UpdatedOn));
    }

    [Fact]
    public async Task Identifier_that_the_service_does_not_like_costs_only_itself()
    {
        await using var server = new PlaybackServer()
            .On("/query", Xml(ArxivAnswers.Feed(ArxivAnswers.ErrorEntry("incorrect id format for 2202.0002"))))
            .On("/query?id_list=2202.00001&start=0&max_results=1", Xml(ArxivAnswers.Feed(ArxivAnswers.Entry("2202.00001v1"))));
        Assert.Equal(["2202.00001"], (await Source(server).FindAsync(["2202.00001", "2202.0002"])).Select(paper => paper.ArxivId));

        await using var down = new PlaybackServer().On("/query", Xml(ArxivAnswers.Feed(ArxivAnswers.ErrorEntry("max_results must be non-negative"))));
        Assert.Contains("max_results must be", (await Assert.ThrowsAsync<SourceException>(() => Source(down).FindAsync(["2202.00001"]))).Message, StringComparison.Ordinal);
        await using var idle = new PlaybackServer();
        Assert.Empty(await Source(idle).FindAsync([]));
        Assert.Empty(idle.Requests);
    }

    [Theory]
    [InlineData("cs", "cs.LG", false)]
    [InlineData("cs.*", "cs.LG", true)]
    [InlineData("cs.LG", "cs.LG", true)]
    [InlineData("cs.LG", "cs.AI", false)]
    [InlineData("cs.*", "math.CS", false)]
    [InlineData("hep-th", "hep-th", true)]
    [InlineData("quant-ph", "hep-th", false)]
    public void Categories_are_whole_archives_or_single(string asked, string category, bool isAccepted) =>
        Assert.Equal(isAccepted, new CategoryFilter([asked]).Accepts(new PaperMetadata { ArxivId = "2202.00001", Title = "", Authors = [], Categories = ["math.DG", category] }));

    [Fact]
    public void Categories_name_the_sets_to_ask_for()
    {
        Assert.Equal(["cs", "stat", "physics:quant-ph", "physics:physics"], new CategoryFilter(["cs.LG", "stat.ML", "cs.*", "quant-ph", "physics.*"]).Sets);
        foreach (var wrong in (string[])["", "cs.*.x", "*", "cs LG", "cs.LG&set=x"])
        {
            Assert.Throws<ArgumentException>(() => new CategoryFilter([wrong]));
        }

        Assert.Throws<ArgumentException>(() => new CategoryFilter([]));
    }

    private static PlaybackServer ThreePages() => new PlaybackServer()
        .On(First, Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.00001") + ArxivAnswers.Record("2202.00002"), "a")))
        .On("/oai?verb=ListRecords&resumptionToken=a", Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.00003") + ArxivAnswers.Record("2202.00004"), "b")))
        .On("/oai?verb=ListRecords&resumptionToken=b", Xml(ArxivAnswers.Page(ArxivAnswers.Record("2202.00005"))));

    private static PlaybackResponse Xml(string body) => PlaybackResponse.Xml(body);

    private static ArxivSource Source(PlaybackServer server, IHarvestJournal? journal = null, TimeProvider? time = null, int largestAnswer = 1 << 20)
    {
        var options = new ArxivOptions { OaiAddress = new Uri(server.Address, "oai"), QueryAddress = new Uri(server.Address, "query") };
        return new ArxivSource(new HttpClient(), options with { Http = options.Http with { LargestAnswer = largestAnswer } }, journal, time ?? new InstantTime());
    }

    private static async Task<List<PaperMetadata>> HarvestAsync(ArxivSource source, HarvestRequest request)
    {
        var papers = new List<PaperMetadata>();
        await foreach (var paper in source.HarvestAsync(request))
        {
            papers.Add(paper);
        }

        return papers;
    }

    private sealed class Folder : IDisposable
    {
        public Folder() => Directory.CreateDirectory(Path);

        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"scorch-harvest-{Guid.NewGuid():N}");

        public string this[string file] => System.IO.Path.Combine(Path, file);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
