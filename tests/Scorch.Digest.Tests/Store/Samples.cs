namespace Scorch.Digest.Tests;

/// <summary>Papers, mentions and posts of our own invention.</summary>
internal static class Samples
{
    /// <summary>Characters that databases, JSON, HTML and SQL find hard: all must come back.</summary>
    public const string Nasty = "a\0b \ud800 \udc00\ud83d \ud83d\ude00 \u001b0041 '\"`;-- <script>alert(1)</script> \\ % _ \r\n\t\u2028 e\u0301 \u202e \uffff";

    public static readonly DateOnly Day = new(2031, 5, 6);

    public static readonly DateTime Time = new DateTime(2031, 5, 7, 8, 9, 10, DateTimeKind.Utc).AddTicks(1234567);

    public static PaperMetadata Paper(string id, string title, string? text = "An abstract.", params string[] authors) => new()
    {
        ArxivId = id,
        Title = title,
        Authors = authors,
        Categories = ["cs.LG", "stat.ML"],
        Abstract = text,
    };

    public static Mention Mention(string address, long? reposts = null, long? likes = null) => new()
    {
        Source = "x",
        Address = address,
        AuthorName = "Ada Example",
        AuthorHandle = "ada",
        Text = [TextRun.Plain("Look: "), TextRun.LineBreak, TextRun.Link("https://arxiv.org/abs/3105.00001", "arxiv.org/abs/31…")],
        Language = "en",
        PostedAt = Time,
        Reposts = reposts,
        Likes = likes,
    };

    public static DigestEntry Entry(int rank, string id, string title, string? text = "An abstract.", params Mention[] mentions) => new()
    {
        Rank = rank,
        ArxivId = id,
        Title = title,
        Authors = ["Ada Example", "Ben Sample"],
        Categories = ["cs.LG"],
        Reposts = 1000 / rank,
        Likes = long.MaxValue,
        CountedAt = Time,
        Abstract = text,
        Mentions = mentions,
    };

    public static DigestPost Post(DateOnly day, params DigestEntry[] entries) => new() { Header = PostHeader.For(day, Time), Entries = entries };

    public static DigestPost NastyPost() => new()
    {
        Header = PostHeader.For(Day, Time) with
        {
            PublishedAt = Time,
            PublishedTrailingZeros = null,
            Title = Nasty,
            Slug = Nasty,
            Description = "",
            Template = Nasty,
            IsDraft = true,
            Category = "",
            Tags = ["", Nasty, "a,b"],
            SocialImage = Nasty,
        },
        Entries =
        [
            Entry(7, "hep-th/9901001", Nasty, text: null) with { Authors = [Nasty, ""], Categories = [], Reposts = 0 },
            Entry(7, "hep-th/9901001", "The same paper twice, and a rank twice", text: ""),
            Entry(
                -1,
                Nasty,
                "",
                Nasty,
                Mention("https://x.example/1", reposts: 0),
                Mention(Nasty, likes: 5) with
                {
                    Source = Nasty,
                    AuthorName = Nasty,
                    AuthorHandle = "",
                    Language = "ar",
                    IsRightToLeft = true,
                    RepostOf = Nasty,
                    Text = [TextRun.Plain(""), TextRun.Link(Nasty, Nasty), TextRun.LineBreak, TextRun.LineBreak, TextRun.Plain(Nasty), TextRun.Link("", "")],
                },
                Mention("https://x.example/2") with { Text = [] }),
        ],
    };

    public static async IAsyncEnumerable<PaperMetadata> Stream(params IEnumerable<PaperMetadata> papers)
    {
        foreach (var paper in papers)
        {
            await Task.Yield();
            yield return paper;
        }
    }

    /// <summary>Whether every field of two posts is the same.</summary>
    public static void AssertSame(DigestPost expected, DigestPost? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Header with { Tags = [] }, actual.Header with { Tags = [] }, HeaderComparer);
        Assert.Equal(expected.Header.Tags, actual.Header.Tags);
        Assert.Equal(expected.Entries.Count, actual.Entries.Count);
        foreach (var (one, other) in expected.Entries.Zip(actual.Entries))
        {
            Assert.Equal(
                (one.Rank, one.ArxivId, one.Title, one.Reposts, one.Likes, one.CountedAt, one.Abstract),
                (other.Rank, other.ArxivId, other.Title, other.Reposts, other.Likes, other.CountedAt, other.Abstract));
            Assert.Equal(one.Authors, other.Authors);
            Assert.Equal(one.Categories, other.Categories);
            Assert.Equal(one.Mentions.Count, other.Mentions.Count);
            foreach (var (mention, again) in one.Mentions.Zip(other.Mentions))
            {
                AssertSame(mention, again);
            }
        }
    }

    public static void AssertSame(Mention expected, Mention actual)
    {
        Assert.Equal(expected.Text, actual.Text);
        Assert.Equal(expected with { Text = actual.Text }, actual);
        Assert.Equal(DateTimeKind.Utc, actual.PostedAt.Kind);
    }

    public static void AssertSame(PaperMetadata expected, PaperMetadata? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Authors, actual.Authors);
        Assert.Equal(expected.Categories, actual.Categories);
        Assert.Equal(expected with { Authors = actual.Authors, Categories = actual.Categories }, actual);
    }

    private static readonly IEqualityComparer<PostHeader> HeaderComparer =
        EqualityComparer<PostHeader>.Create((one, other) => one is not null && other is not null && one with { Tags = other.Tags } == other);
}
