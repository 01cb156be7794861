using System.Text;

namespace Scorch.Digest.Tests;

[Collection(DatabasesCollection.Name)]
public sealed class DigestImporterTests(TestDatabases databases) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scorch-import-").FullName;
    private readonly List<ImportProblem> _problems = [];

    [Theory, OnSqlite, OnPostgres]
    public async Task Posts_come_in_once_and_come_out_with_the_same_bytes(string database)
    {
        await using var store = await databases.OpenAsync(database);
        var bytes = Write("a.md", Post(1));
        Write("deep/er/b.md", Post(2));

        Assert.Equal((2, 2, 0), Posts(await ImportAsync(store, _folder)));
        Assert.Equal((2, 0, 2), Posts(await ImportAsync(store, _folder)));

        Assert.Empty(_problems);
        Assert.Equal(bytes, PostMarkdown.RenderBytes((await store.FindPostAsync(Samples.Day.AddDays(1)))!));
    }

    [SeedsFact]
    public async Task The_seed_posts_come_in_and_come_out_with_the_same_bytes()
    {
        await using var store = await databases.OpenAsync(Database.Sqlite);

        Assert.Equal((5, 5, 0), Posts(await ImportAsync(store, Seeds.Folder!)));

        Assert.Empty(_problems);
        foreach (var file in Seeds.Files)
        {
            var day = DateOnly.ParseExact(Path.GetFileName(file)[..10], "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(File.ReadAllBytes(file), PostMarkdown.RenderBytes((await store.FindPostAsync(day))!));
        }
    }

    [Fact]
    public async Task Of_two_posts_of_a_day_the_first_stays_and_the_second_is_named()
    {
        await using var store = await databases.OpenAsync(Database.Sqlite);
        var first = Write("1.md", Post(1));
        Write("2.md", Post(1) with { Entries = [Samples.Entry(1, "3105.00009", "Other") with { Likes = 1, CountedAt = Post(1).Entries[0].CountedAt }] });
        Write("3.md", Post(1));

        Assert.Equal((3, 1, 1), Posts(await ImportAsync(store, _folder)));

        var problem = Assert.Single(_problems);
        Assert.Equal(Path.Combine(_folder, "2.md"), problem.File);
        Assert.Contains("1.md", problem.Reason);
        Assert.Contains("2031-05-07", problem.Reason);
        Assert.Equal(first, PostMarkdown.RenderBytes((await store.FindPostAsync(Samples.Day.AddDays(1)))!));
    }

    [Fact]
    public async Task What_cannot_be_read_is_named_with_its_line_and_the_rest_goes_on()
    {
        await using var store = await databases.OpenAsync(Database.Sqlite);
        Write("1.md", "no post"u8.ToArray());
        Write("2.md", [.. PostMarkdown.RenderBytes(Post(2)).Concat("\xff\xfe\x80"u8.ToArray())]);
        Write("3.md", PostMarkdown.RenderBytes(Post(3))[..^40]);
        Write("4.md", Post(4));
        Write("5.md", []);

        var summary = await ImportAsync(store, _folder, Path.Combine(_folder, "missing.md"));

        Assert.NotNull(await store.FindPostAsync(Samples.Day.AddDays(4)));
        Assert.NotNull(await store.FindPostAsync(Samples.Day.AddDays(2)));
        Assert.Equal(summary.Problems, _problems.Count);
        Assert.Superset(
            new HashSet<string> { "1.md", "2.md", "5.md", "missing.md" }, _problems.Select(problem => Path.GetFileName(problem.File)).ToHashSet());
        Assert.All(_problems.Where(problem => Path.GetFileName(problem.File) is "1.md" or "2.md"), problem => Assert.NotNull(problem.Line));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Archives_of_papers_and_mentions_are_read_line_by_line(string database)
    {
        await using var store = await databases.OpenAsync(database);
        Write("papers.jsonl", Encoding.UTF8.GetBytes(
            """
            {"arxivId": "3105.00001v2", "title": "One", "authors": ["Ada", "Ben"], "categories": ["cs.LG"], "abstract": "A.", "submittedOn": "2031-05-01"}
            not json

            {"id": "math.GT/0309136", "authors": "A. Ex and B. Sample", "authors_parsed": [["Ex", "A.", ""], ["Sample", "B.", "Jr"]], "title": "Broken\n  title", "categories": "math.GT cs.LG", "abstract": "  Two\nlines\n", "update_date": "2008-11-26", "versions": [{"version": "v1"}]}
            {"arxivId": "3105.00002", "title": "\ud800", "authors": [], "categories": []}
            {"arxivId": "../evil", "title": "T", "authors": [], "categories": []}
            {"arxivId": "3105.00003", "title": 7, "authors": [], "categories": []}
            {"arxivId": "3105.00001", "source": "x", "address": "https://x.example/1", "authorHandle": "@ada", "text": ["Hi\nthere ", {"text": "link", "address": "https://a.example"}], "postedAt": "2031-05-06T01:00:00+01:00", "likes": 3}
            {"arxivId": "3105.00001", "source": "x", "address": "https://x.example/2", "authorHandle": "ada", "text": "x", "postedAt": "yesterday"}
            {"arxivId": "3105.00004", "title": "Last", "authors": [], "categories": []}
            """));

        var summary = await ImportAsync(store, _folder);

        Assert.Equal((3L, 1L), (summary.Papers, summary.Mentions));
        Assert.Equal([2L, 5L, 6L, 7L, 9L], _problems.Select(problem => problem.Line));
        Assert.Equal(["Ada", "Ben"], (await store.FindPaperAsync("3105.00001"))!.Authors);
        Samples.AssertSame(
            new PaperMetadata { ArxivId = "math/0309136", Title = "Broken title", Authors = ["A. Ex", "B. Sample Jr"], Categories = ["math.GT", "cs.LG"], Abstract = "Two lines", UpdatedOn = new DateOnly(2008, 11, 26) },
            await store.FindPaperAsync("math/0309136"));
        var mention = Assert.Single(await store.ReadMentionsAsync(Samples.Day.ToDateTime(default), Samples.Day.ToDateTime(new TimeOnly(0, 1))).ToListAsync());
        Assert.Equal("Hi\nthere link", mention.Mention.PlainText);
        Assert.Equal(("ada", 3L, null), (mention.Mention.AuthorHandle, mention.Mention.Likes, mention.Mention.Reposts));
    }

    [Fact]
    public async Task Lines_are_bounded()
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes("\ufeffone\r\n" + new string('x', 100_000) + "\n\ntwo\n" + new string('y', 70) + "\nlast"));

        var lines = new List<(long, string, bool)>();
        await foreach (var line in BoundedLines.ReadAsync(stream, 64))
        {
            lines.Add((line.Number, Encoding.UTF8.GetString(line.Bytes.Span), line.IsTooLong));
        }

        Assert.Equal([(1, "one", false), (2, "", true), (3, "", false), (4, "two", false), (5, "", true), (6, "last", false)], lines);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(128)]
    [InlineData(1000)]
    public async Task Lines_of_every_length_are_whole_or_too_long(int length)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes($"{new string('a', length)}\nb\n{new string('c', length)}"));

        var lines = new List<(int, bool)>();
        await foreach (var line in BoundedLines.ReadAsync(stream, 64))
        {
            lines.Add((line.Bytes.Length, line.IsTooLong));
        }

        (int, bool) expected = length <= 64 ? (length, false) : (0, true);
        Assert.Equal(length == 0 ? [(0, false), (1, false)] : [expected, (1, false), expected], lines);
    }

    [Fact]
    public async Task A_source_of_an_archive_names_bad_lines_or_fails_at_the_first()
    {
        Write("m.jsonl", Encoding.UTF8.GetBytes(
            """
            {"arxivId": "3105.00001", "source": "x", "address": "1", "authorHandle": "ada", "text": "x", "postedAt": "2031-05-06T01:00:00Z"}
            {"address": 1}
            {"arxivId": "3105.00002", "source": "x", "address": "2", "authorHandle": "ada", "text": "x", "postedAt": "2031-05-08T01:00:00Z"}
            """));
        var file = Path.Combine(_folder, "m.jsonl");
        var (from, to) = (Samples.Day.ToDateTime(default), Samples.Day.AddDays(1).ToDateTime(default));

        Assert.Single(await new JsonLinesSource(file, _problems.Add).ReadAsync(from, to).ToListAsync());
        Assert.Equal(2, Assert.Single(_problems).Line);
        var problem = await Assert.ThrowsAsync<SourceException>(async () => await new JsonLinesSource(file).ReadAsync(from, to).ToListAsync());
        Assert.Contains("m.jsonl:2:", problem.Message);
        await Assert.ThrowsAsync<SourceException>(async () => await new JsonLinesSource(file + "x").ReadAsync(from, to).ToListAsync());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static (int, int, int) Posts(ImportSummary summary) => (summary.Files, summary.PostsSaved, summary.PostsUnchanged);

    // As Markdown can say it: whole seconds, mentions of X, no counts.
    private static DigestPost Post(int days)
    {
        var time = new DateTime(2031, 5, 7, 8, 9, 10, DateTimeKind.Utc);
        return Samples.Post(Samples.Day.AddDays(days), Samples.Entry(1, $"3105.0000{days}", $"Title  {days}") with { CountedAt = time, Likes = 5 });
    }

    private byte[] Write(string name, DigestPost post) => Write(name, PostMarkdown.RenderBytes(post));

    private byte[] Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return bytes;
    }

    private Task<ImportSummary> ImportAsync(IDigestStore store, params string[] paths) => new DigestImporter(store, _problems.Add).ImportAsync(paths);
}
