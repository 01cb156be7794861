using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Scorch.Digest.Tests;

[Collection(DatabasesCollection.Name)]
public sealed class DailyDigestTests(TestDatabases databases) : IDisposable
{
    private static readonly DateTime Morning = new(2031, 5, 6, 9, 0, 0, DateTimeKind.Utc);

    private readonly string _root = Directory.CreateTempSubdirectory("scorch-daily-").FullName;

    [Theory, OnSqlite, OnPostgres]
    public async Task A_day_is_harvested_ranked_saved_and_published(string database)
    {
        await using var store = await databases.OpenAsync(database);

        var result = await Daily(store).RunAsync(Options("out"));

        Assert.Empty(result.Failures);
        Assert.Equal([("3105.00002", 300L), ("3105.00001", 120L)], result.Post!.Entries.Select(entry => (entry.ArxivId, entry.Likes)));
        Samples.AssertSame(result.Post, await store.FindPostAsync(Samples.Day));
        Assert.Equal(
            [".digest.lock", "2031-05-06-hot-papers.md", "atom.xml", "feed.json", "hot-papers-2031-05-06/index.html", "rss.xml"],
            Files("out").Keys);
        Assert.Equal(PostMarkdown.RenderBytes(result.Post), File.ReadAllBytes(Path.Combine(_root, "out", "2031-05-06-hot-papers.md")));
    }

    [Fact]
    public async Task A_run_that_is_stopped_at_any_step_is_made_good_by_the_next()
    {
        List<string> steps = [];
        await using var whole = await databases.OpenAsync(Database.Sqlite);
        var expected = await Daily(whole, steps.Add).RunAsync(Options("whole"));
        Assert.True(steps.Count >= 10, string.Join(", ", steps));

        for (var stop = 0; stop < steps.Count; stop++)
        {
            await using var store = await databases.OpenAsync(Database.Sqlite);
            var left = stop;
            await Assert.ThrowsAsync<TimeoutException>(() => Daily(store, _ => { if (left-- == 0) { throw new TimeoutException("killed"); } }).RunAsync(Options($"stopped-{stop}")));

            var result = await Daily(store).RunAsync(Options($"stopped-{stop}"));

            Assert.Equal(Files("whole"), Files($"stopped-{stop}"));
            Samples.AssertSame(expected.Post!, await store.FindPostAsync(Samples.Day));
            Samples.AssertSame(expected.Post!, result.Post);
        }
    }

    [Fact]
    public async Task What_a_killed_process_left_half_written_is_written_over()
    {
        await using var store = await databases.OpenAsync(Database.Sqlite);
        Directory.CreateDirectory(Path.Combine(_root, "out"));
        File.WriteAllText(Path.Combine(_root, "out", "atom.xml.part"), new string('x', 100_000));

        await Daily(store).RunAsync(Options("out"));

        Assert.DoesNotContain("atom.xml.part", Files("out").Keys);
        Assert.DoesNotContain("xxxx", File.ReadAllText(Path.Combine(_root, "out", "atom.xml")));
    }

    [Fact]
    public async Task A_second_run_at_once_is_refused_and_changes_nothing()
    {
        await using var store = await databases.OpenAsync(Database.Sqlite);
        using (DigestFolder.Take(Path.Combine(_root, "out")))
        {
            var problem = await Assert.ThrowsAsync<FolderInUseException>(() => Daily(store).RunAsync(Options("out")));
            Assert.Contains("Another process", problem.Message);
            Assert.Equal(0, await store.CountPapersAsync());
        }

        Assert.NotNull((await Daily(store).RunAsync(Options("out"))).Post);
    }

    [Fact]
    public async Task A_source_that_fails_is_named_and_the_rest_goes_on()
    {
        await using var store = await databases.OpenAsync(Database.Sqlite);
        var daily = new DailyDigest(store, new Papers(), [new Failing("broken", 1), new Mentions()], new PointsRanking());

        var result = await daily.RunAsync(Options("out"));

        Assert.Equal(["broken is down"], result.Failures);
        Assert.Equal(2, result.Post!.Entries.Count);
        Assert.Contains(result.Post.Entries[1].Mentions, mention => mention.Source == "broken");
    }

    [Fact]
    public async Task Where_no_source_answers_the_post_of_before_stays()
    {
        await using var store = await databases.OpenAsync(Database.Sqlite);
        await Daily(store).RunAsync(Options("out"));
        var before = Files("out");

        var result = await new DailyDigest(store, new Papers(isDown: true), [new Failing("broken", 0)], new PointsRanking()).RunAsync(Options("out"));

        Assert.Null(result.Post);
        Assert.Equal(3, result.Failures.Count);
        Assert.Equal(before, Files("out"));
        Assert.Equal(2, (await store.FindPostAsync(Samples.Day))!.Entries.Count);
    }

    [Fact]
    public async Task Papers_of_other_categories_and_unknown_ones_are_not_listed()
    {
        await using var store = await databases.OpenAsync(Database.Sqlite);

        var result = await Daily(store).RunAsync(Options("out") with { Categories = ["stat.ML"] });

        Assert.Equal(["3105.00001"], result.Post!.Entries.Select(entry => entry.ArxivId));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static DailyDigest Daily(IDigestStore store, Action<string>? step = null) => new(store, new Papers(), [new Mentions()], new PointsRanking(), step);

    private DailyOptions Options(string folder) => new()
    {
        Day = Samples.Day,
        Folder = Path.Combine(_root, folder),
        Site = new DigestSite { Address = new Uri("https://digest.example/") },
        PublishedAt = Morning.AddDays(1),
    };

    private SortedDictionary<string, string> Files(string folder)
    {
        var root = Path.Combine(_root, folder);
        return new SortedDictionary<string, string>(
            Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToDictionary(
                file => Path.GetRelativePath(root, file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))),
            StringComparer.Ordinal);
    }

    // One paper is harvested, one is found when asked for, one is unknown to arXiv.
    private sealed class Papers(bool isDown = false) : IPaperSource
    {
        public async IAsyncEnumerable<PaperMetadata> HarvestAsync(HarvestRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield return isDown ? throw new SourceException("arXiv is down") : Samples.Paper("3105.00001", "One");
        }

        public Task<IReadOnlyList<PaperMetadata>> FindAsync(IReadOnlyList<string> arxivIds, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<PaperMetadata>>([.. arxivIds.Where(id => id == "3105.00002").Select(id => Samples.Paper(id, "Two") with { Categories = ["cs.CV"] })]);
    }

    private sealed class Mentions : IMentionSource
    {
        public string Name => "x";

        public async IAsyncEnumerable<PaperMention> ReadAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield return new PaperMention("3105.00001", Samples.Mention("https://x.com/ada/status/1", 20, 100) with { PostedAt = Morning });
            yield return new PaperMention("3105.00001", Samples.Mention("https://x.com/ada/status/2", 10, 20) with { PostedAt = Morning.AddHours(1) });
            yield return new PaperMention("3105.00002", Samples.Mention("https://x.com/ada/status/3", 10, 300) with { PostedAt = Morning.AddHours(2) });
            yield return new PaperMention("3105.00003", Samples.Mention("https://x.com/ada/status/4", 10, 900) with { PostedAt = Morning.AddHours(3) });
        }
    }

    private sealed class Failing(string name, int mentions) : IMentionSource
    {
        public string Name => name;

        public async IAsyncEnumerable<PaperMention> ReadAsync(DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            for (var number = 0; number < mentions; number++)
            {
                yield return new PaperMention("3105.00001", Samples.Mention($"https://x.com/ben/status/{number}", 1, 50) with { Source = name, PostedAt = Morning });
            }

            throw new SourceException($"{name} is down");
        }
    }
}
