using System.Globalization;

namespace Scorch.Digest.Tests;

/// <summary>A post of our own that uses every feature of the format: as it is written, and as it is typed.</summary>
internal static class SamplePost
{
    public const string Script = "<script async src=\"https://platform.twitter.com/widgets.js\" charset=\"utf-8\"></script>";

    public const string Markdown = """
        ---
        title: Hot Papers 2022-02-03
        date: 2022-02-04T05:06:07.Z
        template: "post"
        draft: false
        slug: "hot-papers-2022-02-03"
        category: "arXiv"
        tags:
          - "arXiv"
          - "Twitter"
          - "Machine Learning"
          - "Computer Science"
        description: "Hot papers 2022-02-03"
        socialImage: "/media/flying-marine.jpg"

        ---

        # 1. Growing  Pumpkins with <b>Gradients</b> & Care

        Ada Example, FÃ©lix de Garden, José Ünïcode

        - retweets: 4321, favorites: 56 (02/04/2022 05:06:07)

        - links: [abs](https://arxiv.org/abs/2202.01234) | [pdf](https://arxiv.org/pdf/2202.01234)
        - [cs.LG](https://arxiv.org/list/cs.LG/recent) | [q-bio.PE](https://arxiv.org/list/q-bio.PE/recent)

        We grow pumpkins 12\% larger & "better" than <before>.

        A second paragraph,
        with a line of its own.

        <blockquote class="twitter-tweet"><p lang="en" dir="ltr">&quot;Pumpkins&quot; &lt;3 &amp; more: it&#39;s <a href="https://twitter.com/hashtag/pumpkin?src=hash&amp;ref_src=twsrc%5Etfw">#pumpkin</a><br><br>pdf: <a href="https://t.co/abc">https://t.co/abc</a></p>&mdash; Ada (she/her) &amp; co (@ada) <a href="https://twitter.com/ada/status/1?ref_src=twsrc%5Etfw">February 3, 2022</a></blockquote>
        <script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>

        <blockquote class="twitter-tweet"><p lang="he" dir="rtl">דלעת</p>&mdash; B (@b_1) <a href="https://twitter.com/b_1/status/2?ref_src=twsrc%5Etfw">February 12, 2022</a></blockquote>
        <script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>

        <blockquote class="mention" data-source="mastodon"><p lang="und" dir="ltr"></p>&mdash;  (@c@social.example) <a href="https://social.example/@c/3">February 3, 2022</a></blockquote>




        # 2. An old one

        Solo

        - retweets: 60, favorites: 0 (02/04/2022 05:06:08)

        - links: [abs](https://arxiv.org/abs/math/0309136) | [pdf](https://arxiv.org/pdf/math/0309136)
        - [math.DG](https://arxiv.org/list/math.DG/recent)




        # 3. An empty abstract

        Comma,First, Second,, Third

        - retweets: 30, favorites: 21 (02/04/2022 23:59:59)

        - links: [abs](https://arxiv.org/abs/2202.00001) | [pdf](https://arxiv.org/pdf/2202.00001)
        - [stat.ML](https://arxiv.org/list/stat.ML/recent)



        <blockquote class="twitter-tweet"><p lang="ja" dir="ltr">ã‹ã¼ã¡ã‚ƒ</p>&mdash; D (@d) <a href="https://twitter.com/d/status/4?ref_src=twsrc%5Etfw">December 31, 2021</a></blockquote>
        <script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>




        """;

    public static DateTime Utc(string time) => DateTime.Parse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    public static DigestPost Post { get; } = new()
    {
        Header = PostHeader.For(new DateOnly(2022, 2, 3), Utc("2022-02-04 05:06:07")),
        Entries =
        [
            new DigestEntry
            {
                Rank = 1,
                ArxivId = "2202.01234",
                Title = "Growing  Pumpkins with <b>Gradients</b> & Care",
                Authors = ["Ada Example", "FÃ©lix de Garden", "José Ünïcode"],
                Categories = ["cs.LG", "q-bio.PE"],
                Reposts = 4321,
                Likes = 56,
                CountedAt = Utc("2022-02-04 05:06:07"),
                Abstract = "We grow pumpkins 12\\% larger & \"better\" than <before>.\n\nA second paragraph,\nwith a line of its own.",
                Mentions =
                [
                    new Mention
                    {
                        Source = "x",
                        Address = "https://twitter.com/ada/status/1?ref_src=twsrc%5Etfw",
                        AuthorName = "Ada (she/her) & co",
                        AuthorHandle = "ada",
                        Text =
                        [
                            TextRun.Plain("\"Pumpkins\" <3 & more: it's "),
                            TextRun.Link("https://twitter.com/hashtag/pumpkin?src=hash&ref_src=twsrc%5Etfw", "#pumpkin"),
                            TextRun.LineBreak,
                            TextRun.LineBreak,
                            TextRun.Plain("pdf: "),
                            TextRun.Link("https://t.co/abc", "https://t.co/abc"),
                        ],
                        Language = "en",
                        PostedAt = Utc("2022-02-03"),
                    },
                    new Mention
                    {
                        Source = "x",
                        Address = "https://twitter.com/b_1/status/2?ref_src=twsrc%5Etfw",
                        AuthorName = "B",
                        AuthorHandle = "b_1",
                        Text = [TextRun.Plain("דלעת")],
                        Language = "he",
                        IsRightToLeft = true,
                        PostedAt = Utc("2022-02-12"),
                    },
                    new Mention
                    {
                        Source = "mastodon",
                        Address = "https://social.example/@c/3",
                        AuthorName = "",
                        AuthorHandle = "c@social.example",
                        Text = [],
                        Language = "und",
                        PostedAt = Utc("2022-02-03"),
                    },
                ],
            },
            new DigestEntry
            {
                Rank = 2,
                ArxivId = "math/0309136",
                Title = "An old one",
                Authors = ["Solo"],
                Categories = ["math.DG"],
                Reposts = 60,
                Likes = 0,
                CountedAt = Utc("2022-02-04 05:06:08"),
                Abstract = null,
                Mentions = [],
            },
            new DigestEntry
            {
                Rank = 3,
                ArxivId = "2202.00001",
                Title = "An empty abstract",
                Authors = ["Comma,First", "Second,", "Third"],
                Categories = ["stat.ML"],
                Reposts = 30,
                Likes = 21,
                CountedAt = Utc("2022-02-04 23:59:59"),
                Abstract = "",
                Mentions =
                [
                    new Mention
                    {
                        Source = "x",
                        Address = "https://twitter.com/d/status/4?ref_src=twsrc%5Etfw",
                        AuthorName = "D",
                        AuthorHandle = "d",
                        Text = [TextRun.Plain("ã‹ã¼ã¡ã‚ƒ")],
                        Language = "ja",
                        PostedAt = Utc("2021-12-31"),
                    },
                ],
            },
        ],
    };

    /// <summary>Every field of a post, so that two posts can be compared whole.</summary>
    public static string Describe(DigestPost post) => System.Text.Json.JsonSerializer.Serialize(post, new System.Text.Json.JsonSerializerOptions { WriteIndented = true });

    public static void AssertSame(DigestPost expected, DigestPost actual) => Assert.Equal(Describe(expected), Describe(actual));
}
