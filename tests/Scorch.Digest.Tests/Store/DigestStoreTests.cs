namespace Scorch.Digest.Tests;

[Collection(DatabasesCollection.Name)]
public class DigestStoreTests(TestDatabases databases)
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Every_field_of_a_post_comes_back_as_it_was_saved(string database)
    {
        await using var store = await databases.OpenAsync(database);

        await store.SavePostAsync(Samples.NastyPost());

        Samples.AssertSame(Samples.NastyPost(), await store.FindPostAsync(Samples.Day));
        Assert.Null(await store.FindPostAsync(Samples.Day.AddDays(1)));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_post_replaces_the_post_of_its_day_whole(string database)
    {
        await using var store = await databases.OpenAsync(database);
        await store.SavePostAsync(Samples.NastyPost());
        var second = Samples.Post(Samples.Day, Samples.Entry(1, "3105.00001", "Another", "Text.", Samples.Mention("https://x.example/3")));

        await store.SavePostAsync(second);

        Samples.AssertSame(second, await store.FindPostAsync(Samples.Day));
        Assert.Equal([new DaySummary(Samples.Day, "Hot Papers 2031-05-06", 1, "Another")], await store.ListDaysAsync());
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_saved_post_is_there_for_the_next_process(string database)
    {
        var connection = await databases.NewAsync(database);
        await using (var first = DigestStores.Open(connection))
        {
            await first.MigrateAsync();
            await first.SavePostAsync(Samples.NastyPost());
        }

        await using var second = DigestStores.Open(connection);
        await second.MigrateAsync();

        Samples.AssertSame(Samples.NastyPost(), await second.FindPostAsync(Samples.Day));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Days_are_listed_newest_first_and_a_day_without_papers_is_one(string database)
    {
        await using var store = await databases.OpenAsync(database);
        await store.SavePostAsync(Samples.Post(Samples.Day));
        await store.SavePostAsync(Samples.Post(Samples.Day.AddDays(2), Samples.Entry(1, "1", "One"), Samples.Entry(2, "2", "Two")));
        await store.SavePostAsync(Samples.Post(Samples.Day.AddDays(-400), Samples.Entry(1, "3", "Three")));

        var days = await store.ListDaysAsync();

        Assert.Equal([("One", 2), (null, 0), ("Three", 1)], days.Select(day => (day.TopPaper, day.PaperCount)));
        Assert.Equal([Samples.Day.AddDays(2), Samples.Day, Samples.Day.AddDays(-400)], days.Select(day => day.Day));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Appearances_of_a_paper_come_newest_first(string database)
    {
        await using var store = await databases.OpenAsync(database);
        await store.SavePostAsync(Samples.Post(Samples.Day, Samples.Entry(1, "1", "One"), Samples.Entry(2, "2", "Two")));
        await store.SavePostAsync(Samples.Post(Samples.Day.AddDays(1), Samples.Entry(4, "2", "Two")));

        Assert.Equal(
            [new Appearance(Samples.Day.AddDays(1), 4, 250, long.MaxValue), new Appearance(Samples.Day, 2, 500, long.MaxValue)],
            await store.FindAppearancesAsync("2"));
        Assert.Empty(await store.FindAppearancesAsync("3"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Papers_come_back_and_the_last_record_counts(string database)
    {
        await using var store = await databases.OpenAsync(database);
        var first = Samples.Paper("3105.00001", "First", "Text", Samples.Nasty) with { SubmittedOn = Samples.Day };
        var last = first with { Title = Samples.Nasty, Authors = [], UpdatedOn = Samples.Day.AddDays(9) };

        Assert.Equal(3, await store.SavePapersAsync(Samples.Stream(first, Samples.Paper("other", "Other"), last)));
        Samples.AssertSame(last, await store.FindPaperAsync("3105.00001"));
        Assert.Equal(1, await store.SavePapersAsync(Samples.Stream(first)));

        Samples.AssertSame(first with { UpdatedOn = last.UpdatedOn }, await store.FindPaperAsync("3105.00001"));
        Assert.Equal(2, await store.CountPapersAsync());
        Assert.Null(await store.FindPaperAsync("3105.0000"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task What_a_record_does_not_know_erases_nothing(string database)
    {
        await using var store = await databases.OpenAsync(database);
        var known = Samples.Paper("1", "Title", "Text") with { SubmittedOn = Samples.Day, UpdatedOn = Samples.Day };

        await store.SavePapersAsync(Samples.Stream(known));
        await store.SavePapersAsync(Samples.Stream(known with { Title = "New title", Abstract = null, SubmittedOn = null, UpdatedOn = null }));

        Samples.AssertSame(known with { Title = "New title" }, await store.FindPaperAsync("1"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_posts_papers_are_known_but_do_not_replace_what_arxiv_says(string database)
    {
        await using var store = await databases.OpenAsync(database);
        var harvested = Samples.Paper("1", "Schrödinger", text: null) with { SubmittedOn = Samples.Day };
        await store.SavePapersAsync(Samples.Stream(harvested));

        await store.SavePostAsync(Samples.Post(Samples.Day, Samples.Entry(1, "1", "SchrÃ¶dinger", "From the post."), Samples.Entry(2, "2", "New")));

        Samples.AssertSame(harvested with { Abstract = "From the post." }, await store.FindPaperAsync("1"));
        Assert.Equal("New", (await store.FindPaperAsync("2"))?.Title);
        Assert.Equal("SchrÃ¶dinger", (await store.FindPostAsync(Samples.Day))?.Entries[0].Title);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Counts_of_a_mention_never_fall_back_to_unknown(string database)
    {
        await using var store = await databases.OpenAsync(database);
        await store.SaveMentionsAsync([new("1", Samples.Mention("a", 3, 4)), new("2", Samples.Mention("a", 5))]);
        await store.SaveMentionsAsync([new("1", Samples.Mention("a", likes: 9) with { AuthorName = "New name" })]);
        await store.SavePostAsync(Samples.Post(Samples.Day, Samples.Entry(1, "1", "One", "", Samples.Mention("a"))));

        var mentions = await store.ReadMentionsAsync(Samples.Time, Samples.Time.AddTicks(1)).ToListAsync();

        Assert.Equal([("1", 3L, 9L), ("2", 5L, null)], mentions.Select(mention => (mention.ArxivId, mention.Mention.Reposts!.Value, mention.Mention.Likes)));
        Samples.AssertSame(Samples.Mention("a", 3, 9) with { AuthorName = "New name" }, mentions[0].Mention);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Mentions_are_read_within_a_half_open_span_by_paper_and_time(string database)
    {
        await using var store = await databases.OpenAsync(database);
        await store.SaveMentionsAsync(
        [
            new("b", Samples.Mention("1")),
            new("a", Samples.Mention("2") with { PostedAt = Samples.Time.AddHours(1) }),
            new("a", Samples.Mention("3") with { PostedAt = Samples.Time.AddMinutes(1), Source = Samples.Nasty, RepostOf = "4" }),
            new("a", Samples.Mention("4") with { PostedAt = Samples.Time.AddHours(2) }),
            new("a", Samples.Mention("5") with { PostedAt = Samples.Time.AddTicks(-1) }),
        ]);

        var mentions = await store.ReadMentionsAsync(Samples.Time, Samples.Time.AddHours(2)).ToListAsync();

        Assert.Equal(["3", "2", "1"], mentions.Select(mention => mention.Mention.Address));
        Assert.Equal("4", mentions[0].Mention.RepostOf);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_save_that_fails_changes_nothing(string database)
    {
        await using var store = await databases.OpenAsync(database);
        var kept = Samples.Post(Samples.Day, Samples.Entry(1, "1", "Kept", "", Samples.Mention("a")));
        await store.SavePostAsync(kept);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => store.SavePostAsync(Samples.Post(Samples.Day, Samples.Entry(1, "2", "Lost"), Samples.Entry(2, "", "No identifier"))));
        await Assert.ThrowsAnyAsync<Exception>(() => store.SaveMentionsAsync([new("1", Samples.Mention("b")), new("2", Samples.Mention("c") with { AuthorName = null! })]));

        Samples.AssertSame(kept, await store.FindPostAsync(Samples.Day));
        Assert.Equal(1, await store.CountPapersAsync());
        Assert.Single(await store.ReadMentionsAsync(DateTime.MinValue, DateTime.MaxValue).ToListAsync());
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Writers_at_once_lose_nothing(string database)
    {
        var connection = await databases.NewAsync(database);
        await using var one = DigestStores.Open(connection);
        await using var other = DigestStores.Open(connection);

        await Task.WhenAll(Task.Run(() => one.MigrateAsync()), Task.Run(() => other.MigrateAsync()));
        await Task.WhenAll(
            Save(one, 0, 60), Save(other, 30, 90),
            Task.Run(() => one.SavePostAsync(Samples.NastyPost())), Task.Run(() => other.SavePostAsync(Samples.NastyPost())));

        Assert.Equal(92, await one.CountPapersAsync());
        Samples.AssertSame(Samples.NastyPost(), await other.FindPostAsync(Samples.Day));

        static Task Save(IDigestStore store, int from, int to) => Task.Run(() =>
            store.SavePapersAsync(Samples.Stream(Enumerable.Range(from, to - from).Select(number => Samples.Paper($"p{number}", $"Title {number}")))));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_database_of_a_newer_version_is_refused(string database)
    {
        var connection = await databases.NewAsync(database);
        await using var store = DigestStores.Open(connection);
        await store.MigrateAsync();
        await SqlAccess.RunAsync(connection, "INSERT INTO schema_versions (version, name, applied_at) VALUES (99, 'future', 0)");

        var problem = await Assert.ThrowsAsync<InvalidDataException>(() => store.MigrateAsync());

        Assert.Contains("99", problem.Message);
        Assert.Contains("newer version", problem.Message);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_migrated_database_names_its_version(string database)
    {
        var connection = await databases.NewAsync(database);
        await using var store = DigestStores.Open(connection);
        await store.MigrateAsync();
        await store.MigrateAsync();

        Assert.Equal(Migration.All.Select(migration => (long)migration.Version), await SqlAccess.NumbersAsync(connection, "SELECT version FROM schema_versions ORDER BY version"));
    }
}
