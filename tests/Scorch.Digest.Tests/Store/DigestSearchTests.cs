namespace Scorch.Digest.Tests;

[Collection(DatabasesCollection.Name)]
public class DigestSearchTests(TestDatabases databases)
{
    private static readonly PaperMetadata[] Papers =
    [
        Samples.Paper("1", "Switch Transformers for speech", "We scale sparse models.", "William Fedus", "Noam Shazeer"),
        Samples.Paper("2", "Diffusion models", "Not a transformer, but speech of a kind.", "Søren Ångström"),
        Samples.Paper("3", "Attention is all you need", "The Transformer is built on attention alone; transformers are fast.", "Ashish Vaswani"),
        Samples.Paper("4", "深度学习 in 3D", null, "李雷"),
        Samples.Paper("5", Samples.Nasty, Samples.Nasty, Samples.Nasty),
    ];

    [Theory, OnSqlite, OnPostgres]
    public async Task All_words_must_be_there_anywhere_and_the_best_match_comes_first(string database)
    {
        await using var store = await FilledAsync(database);

        Assert.Equal(["1", "3", "2"], await FindAsync(store, "transformer"));
        Assert.Equal(["1", "2"], await FindAsync(store, "SPEECH Transformers"));
        Assert.Equal(["3"], await FindAsync(store, "vaswani attention"));
        Assert.Equal(["3"], await FindAsync(store, "attention is all you need"));
        Assert.Empty(await FindAsync(store, "transformer nowhere"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Accents_plurals_and_case_make_no_difference(string database)
    {
        await using var store = await FilledAsync(database);

        Assert.Equal(["2"], await FindAsync(store, "soren angstrom"));
        Assert.Equal(["2"], await FindAsync(store, "SØREN ÅNGSTRÖM"));
        Assert.Equal(["2"], await FindAsync(store, "A\u030angstro\u0308m model"));
        Assert.Equal(["2", "1"], await FindAsync(store, "models"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Chinese_is_found_by_its_characters(string database)
    {
        await using var store = await FilledAsync(database);

        Assert.Equal(["4"], await FindAsync(store, "学习"));
        Assert.Equal(["4"], await FindAsync(store, "李雷 3d"));
        Assert.Empty(await FindAsync(store, "李四"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_last_word_that_no_paper_holds_is_taken_as_a_beginning(string database)
    {
        await using var store = await FilledAsync(database);

        Assert.Equal(["3"], await FindAsync(store, "attention vasw"));
        Assert.Empty(await FindAsync(store, "vasw attention"));
        Assert.Equal(["1"], await FindAsync(store, "shaz"));
        Assert.Empty(await FindAsync(store, "sha"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task No_character_of_a_query_has_a_meaning(string database)
    {
        await using var store = await FilledAsync(database);
        string[] hostile =
        [
            "\"", "'", "*", "a*", "NEAR(speech, models)", "speech AND", "OR", "NOT speech", "-speech", "title:speech", "{title} : speech", "^speech", "(", ")",
            "speech)", "\\", "';DROP TABLE papers;--", "%", "_", ":*", "speech:A", "!", "&", "|", "<->", "<2>", "\0", "\ud800", "speech\0", "+", "$1", "@query",
            ".speech", "/", "0/speech", Samples.Nasty, new string('(', 5000), new string('a', 100_000), string.Join(' ', Enumerable.Range(0, 50_000)),
        ];

        foreach (var query in hostile)
        {
            var page = await store.SearchAsync(query);
            Assert.InRange(page.Papers.Count, 0, Papers.Length);
        }

        Assert.Equal(["1", "2"], await FindAsync(store, "\"speech* AND\" -(transformer)".Replace("AND", "", StringComparison.Ordinal)));
        Assert.Equal(["5"], await FindAsync(store, Samples.Nasty));
        Assert.Empty(await FindAsync(store, ""));
        Assert.Empty(await FindAsync(store, " \t\n—…"));
        Assert.Equal(Papers.Length, await store.CountPapersAsync());
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_changed_paper_is_found_by_its_new_words_only(string database)
    {
        await using var store = await FilledAsync(database);

        await store.SavePapersAsync(Samples.Stream(Samples.Paper("1", "Renamed", "Gone.")));

        Assert.Equal(["1"], await FindAsync(store, "renamed"));
        Assert.Equal(["2"], await FindAsync(store, "speech"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Papers_of_a_post_are_found(string database)
    {
        await using var store = await FilledAsync(database);

        await store.SavePostAsync(Samples.Post(Samples.Day, Samples.Entry(1, "9", "Hot <b>zebra</b>", "Stripes.")));

        Assert.Equal(["9"], await FindAsync(store, "zebra stripes ben"));
        var page = await store.SearchAsync("zebra");
        Assert.Equal("Hot <b>zebra</b>", page.Papers[0].Title);
        Assert.Equal(["Ada Example", "Ben Sample"], page.Papers[0].Authors);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Pages_follow_one_another_without_gap_or_repeat(string database)
    {
        await using var store = await databases.OpenAsync(database);
        var papers = Enumerable.Range(0, 1700).Select(number => Samples.Paper(
            $"p{number:0000}", number % 3 == 0 ? $"Common word {number}" : $"Title {number}", "A common abstract."));
        await store.SavePapersAsync(Samples.Stream(papers));

        List<string> seen = [];
        for (SearchPage? page = null; page?.HasMore != false;)
        {
            page = await store.SearchAsync("common", seen.Count, 90);
            seen.AddRange(page.Papers.Select(paper => paper.ArxivId));
            Assert.True(page.Papers.Count == 90 || !page.HasMore);
        }

        Assert.Equal(1700, seen.Count);
        Assert.Equal(1700, seen.Distinct().Count());
        Assert.All(seen.Take(250), id => Assert.Equal(0, int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture) % 3));
        Assert.Empty((await store.SearchAsync("common", 5000)).Papers);
        Assert.False((await store.SearchAsync("common", 1690, 10)).HasMore);
        Assert.True((await store.SearchAsync("common", 1689, 10)).HasMore);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Matches_in_every_part_of_a_large_store_are_found(string database)
    {
        await using var store = await databases.OpenAsync(database);
        var papers = Enumerable.Range(0, 40_000).Select(number => Samples.Paper(
            $"p{number:00000}", number % 6_000 == 5 ? $"Needle {number}" : $"Title {number}", "Hay."));
        await store.SavePapersAsync(Samples.Stream(papers));

        Assert.Equal(["p00005", "p06005", "p12005", "p18005", "p24005", "p30005", "p36005"], await FindAsync(store, "needle"));
        Assert.Equal(["p06005"], await FindAsync(store, "needle 6005 hay"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_very_long_abstract_does_no_harm(string database)
    {
        await using var store = await databases.OpenAsync(database);
        var text = string.Join(' ', Enumerable.Range(0, 1_500_000).Select(number => $"w{number}"));

        await store.SavePapersAsync(Samples.Stream(Samples.Paper("1", "Long", text), Samples.Paper("2", "Wide", new string('ü', 10_000_000))));

        Assert.Equal(["1"], await FindAsync(store, "long w100"));
        Assert.Equal(text, (await store.FindPaperAsync("1"))!.Abstract);
        Assert.Equal(["2"], await FindAsync(store, "wide"));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Offsets_and_limits_out_of_range_are_refused(string database)
    {
        await using var store = await databases.OpenAsync(database);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.SearchAsync("a", -1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.SearchAsync("a", 0, 0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.SearchAsync("a", 0, 101));
    }

    private async Task<IDigestStore> FilledAsync(string database)
    {
        var store = await databases.OpenAsync(database);
        await store.SavePapersAsync(Samples.Stream(Papers));
        return store;
    }

    private static async Task<string[]> FindAsync(IDigestStore store, string query) =>
        [.. (await store.SearchAsync(query)).Papers.Select(paper => paper.ArxivId)];
}
