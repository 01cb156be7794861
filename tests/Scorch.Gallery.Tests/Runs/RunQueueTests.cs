using Scorch.Gallery.Runs;
using Scorch.Reproductions;

namespace Scorch.Gallery.Tests.Runs;

public sealed class RunQueueTests : IDisposable
{
    private static readonly RunOrder Order = new("pinn-poisson", Scale.Smoke);

    private readonly string _folder = Directory.CreateTempSubdirectory("scorch-runs-").FullName;
    private readonly GatedReproduction _reproduction = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_run_finishes_with_evidence_and_report_and_tells_its_progress()
    {
        await using var queue = Queue();
        _reproduction.Open();

        var entry = queue.Add(Order);
        var news = await NewsAsync(queue, entry.Id);

        Assert.Equal(RunState.Finished, queue.Find(entry.Id)!.State);
        Assert.Equal(RunState.Finished, news[^1].State);
        Assert.Contains(news, item => item is { Message: "at the gate", State: RunState.Running });
        Assert.Equal(Enumerable.Range(1, news.Count), news.Select(item => (int)item.Number));
        Assert.Equal("pinn-poisson", EvidenceFile.Read(queue.FileOf(entry.Id, RunFiles.Evidence)!).Paper);
        Assert.NotNull(queue.FileOf(entry.Id, RunFiles.Report));
        Assert.Null(queue.FileOf(entry.Id, "../run.json"));
    }

    [Fact]
    public async Task A_follower_who_comes_back_hears_only_what_is_new()
    {
        await using var queue = Queue();
        _reproduction.Open();
        var entry = queue.Add(Order);
        var news = await NewsAsync(queue, entry.Id);

        var later = await NewsAsync(queue, entry.Id, after: news[^2].Number);

        Assert.Equal(news[^1], Assert.Single(later));
    }

    [Fact]
    public async Task Runs_come_one_after_the_other_and_no_more_wait_than_may()
    {
        await using var queue = Queue(mostWaiting: 2);
        var first = queue.Add(Order);
        await _reproduction.Began.WaitAsync(TimeSpan.FromSeconds(30));
        var (second, third) = (queue.Add(Order), queue.Add(Order));

        var refusal = Assert.Throws<UsageException>(() => queue.Add(Order));

        Assert.Contains("2 runs wait already", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([RunState.Waiting, RunState.Waiting, RunState.Running], queue.Entries.Select(entry => entry.State));
        _reproduction.Open();
        foreach (var entry in new[] { first, second, third })
        {
            await NewsAsync(queue, entry.Id);
        }

        Assert.All(queue.Entries, entry => Assert.Equal(RunState.Finished, entry.State));
        Assert.True(queue.Find(first.Id)!.EndedAt <= queue.Find(second.Id)!.StartedAt && queue.Find(second.Id)!.EndedAt <= queue.Find(third.Id)!.StartedAt);
    }

    [Fact]
    public async Task A_run_under_way_and_one_that_waits_can_be_cancelled()
    {
        await using var queue = Queue();
        var (running, waiting) = (queue.Add(Order), queue.Add(Order));
        await _reproduction.Began.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.True(queue.Cancel(waiting.Id));
        Assert.True(queue.Cancel(running.Id));
        Assert.False(queue.Cancel("0123456789abcdef"));
        await NewsAsync(queue, running.Id);

        Assert.All(queue.Entries, entry => Assert.Equal(RunState.Cancelled, entry.State));
        Assert.Equal(1, _reproduction.Count);
        Assert.Null(queue.FileOf(running.Id, RunFiles.Evidence));
    }

    [Fact]
    public async Task A_run_that_fails_says_why_and_the_next_one_goes_on()
    {
        await using var queue = Queue();
        _reproduction.Open();

        var failing = queue.Add(Order with { Settings = new Dictionary<string, string> { ["fail"] = "true" } });
        var next = queue.Add(Order);
        await NewsAsync(queue, next.Id);

        Assert.Equal(RunState.Failed, queue.Find(failing.Id)!.State);
        Assert.Contains("on purpose", queue.Find(failing.Id)!.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Finished, queue.Find(next.Id)!.State);
    }

    [Theory]
    [InlineData("no-such-paper", "There is no paper")]
    [InlineData("gevb", "does not run yet")]
    public async Task A_paper_that_does_not_run_is_refused(string slug, string reason)
    {
        await using var queue = Queue();

        Assert.Contains(reason, Assert.Throws<UsageException>(() => queue.Add(Order with { Paper = slug })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_and_settings_out_of_range_are_refused()
    {
        await using var queue = Queue();

        Assert.Throws<UsageException>(() => queue.Add(Order with { SeedCount = 0 }));
        Assert.Throws<UsageException>(() => queue.Add(Order with { SeedCount = 1_000_000 }));
        Assert.Throws<UsageException>(() => queue.Add(Order with { FirstSeed = -1 }));
        Assert.Throws<UsageException>(() => queue.Add(Order with { Scale = (Scale)9 }));
        Assert.Throws<UsageException>(() => queue.Add(Order with { Settings = new Dictionary<string, string> { ["steps"] = "none" } }));
        Assert.Throws<UsageException>(() => queue.Add(Order with { Settings = new Dictionary<string, string> { ["stops"] = "3" } }));
        Assert.Empty(queue.Entries);
    }

    [Fact]
    public async Task A_server_that_stops_marks_what_it_was_doing_as_interrupted()
    {
        string running, waiting;
        await using (var queue = Queue())
        {
            (running, waiting) = (queue.Add(Order).Id, queue.Add(Order).Id);
            await _reproduction.Began.WaitAsync(TimeSpan.FromSeconds(30));
        }

        await using var next = Queue();

        Assert.Equal(RunState.Interrupted, next.Find(running)!.State);
        Assert.Equal(RunState.Interrupted, next.Find(waiting)!.State);
        Assert.Contains("before the run ended", next.Find(running)!.Message, StringComparison.Ordinal);
        Assert.Contains("before the run began", next.Find(waiting)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_server_loses_no_finished_run_and_marks_the_others()
    {
        string finished, cut;
        await using (var queue = Queue())
        {
            _reproduction.Open();
            (finished, cut) = (queue.Add(Order).Id, queue.Add(Order).Id);
            await NewsAsync(queue, cut);
        }

        // As a kill between the evidence and the record, and one before the evidence, leave the folders.
        Rewrite(finished, text => text.Replace("\"Finished\"", "\"Running\"", StringComparison.Ordinal));
        Rewrite(cut, text => text.Replace("\"Finished\"", "\"Running\"", StringComparison.Ordinal));
        File.Delete(Path.Combine(_folder, cut, RunFiles.Evidence));
        File.WriteAllText(Path.Combine(_folder, cut, "evidence.json.half.tmp"), "{");

        await using var next = Queue();

        Assert.Equal(RunState.Finished, next.Find(finished)!.State);
        Assert.Equal(RunState.Interrupted, next.Find(cut)!.State);
        Assert.Equal(RunState.Interrupted, Assert.Single(await NewsAsync(next, cut)).State);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_named_and_the_others_stay()
    {
        string good;
        await using (var queue = Queue())
        {
            _reproduction.Open();
            good = queue.Add(Order).Id;
            await NewsAsync(queue, good);
        }

        Directory.CreateDirectory(Path.Combine(_folder, "00000000000000aa"));
        File.WriteAllText(Path.Combine(_folder, "00000000000000aa", "run.json"), "{ not json");
        Directory.CreateDirectory(Path.Combine(_folder, "00000000000000bb"));
        File.Copy(Path.Combine(_folder, good, "run.json"), Path.Combine(_folder, "00000000000000bb", "run.json"));

        await using var next = Queue();

        Assert.Equal(good, Assert.Single(next.Entries).Id);
        Assert.Equal(2, next.Problems.Count);
        Assert.Contains(next.Problems, problem => problem.Contains("00000000000000aa", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_servers_do_not_share_a_folder()
    {
        await using var queue = Queue();

        Assert.Contains("Another server", Assert.Throws<UsageException>(() => Queue()).Message, StringComparison.Ordinal);
    }

    private static async Task<List<RunNews>> NewsAsync(RunQueue queue, string id, long after = 0)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var news = new List<RunNews>();
        await foreach (var item in queue.Follow(id, after, patience.Token)!)
        {
            news.Add(item);
        }

        return news;
    }

    private RunQueue Queue(int mostWaiting = 8) => new(_reproduction.Catalog(), _folder, mostWaiting: mostWaiting);

    private void Rewrite(string id, Func<string, string> change)
    {
        var path = Path.Combine(_folder, id, "run.json");
        File.WriteAllText(path, change(File.ReadAllText(path)));
    }
}
