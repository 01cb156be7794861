using Scorch.Digest;

namespace Scorch.Gallery.Tests;

/// <summary>Posts of our own invention.</summary>
internal static class Posts
{
    public static readonly DateOnly Day = new(2022, 2, 3);

    public static DigestPost Of(DateOnly day, params IEnumerable<DigestEntry> entries) => new()
    {
        Header = PostHeader.For(day, day.ToDateTime(new TimeOnly(9, 30), DateTimeKind.Utc)),
        Entries = [.. entries],
    };

    public static DigestEntry Entry(int rank = 1, string arxivId = "2202.00001", string title = "A paper of our own", string? text = "What it says.", params IReadOnlyList<Mention> mentions) => new()
    {
        Rank = rank,
        ArxivId = arxivId,
        Title = title,
        Authors = ["Ada Example", "Émile Beispiel"],
        Categories = ["cs.LG"],
        Reposts = 120,
        Likes = 34,
        CountedAt = Day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
        Abstract = text,
        Mentions = mentions,
    };

    public static Mention Mention(string address = "https://example.org/post/1", params IReadOnlyList<TextRun> text) => new()
    {
        Source = "mastodon",
        Address = address,
        AuthorName = "Ada",
        AuthorHandle = "ada",
        Text = text.Count > 0 ? text : [TextRun.Plain("Worth reading")],
        Language = "en",
        PostedAt = Day.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc),
        Reposts = 12,
        Likes = 3,
    };
}
