using System.Diagnostics;
using System.Text;

namespace Scorch.Digest.Tests;

public class PostFormatTests
{
    [Theory]
    [InlineData("title: Hot", "titel: Hot", 2, "expected 'title: ', found 'titel: Hot")]
    [InlineData("06:07.Z\n", "06:07.12345678Z\n", 3, "expected a time such as 2021-01-26T10:03:24.Z, found '2022-02-04T05:06:07.12345678Z'")]
    [InlineData("06:07.Z\n", "06:61.Z\n", 3, "expected a time")]
    [InlineData("draft: false", "draft: False", 5, "found 'False'")]
    [InlineData("slug: \"hot", "slug: hot", 6, "expected '\"'")]
    [InlineData("category: \"arXiv\"", "category: \"ar\"Xiv\"", 7, "follow a backslash")]
    [InlineData("  - \"Twitter\"", "  - \"Twit\\ter\"", 10, "follow a backslash")]
    [InlineData("  - \"Twitter\"", " - \"Twitter\"", 10, "expected 'description: '")]
    [InlineData("\n\n---\n", "\n---\n", 15, "found '---'")]
    [InlineData("# 1. Growing", "1. Growing", 18, "expected a paper: '# 1. title'")]
    [InlineData("# 1. Growing", "# 01. Growing", 18, "expected a whole number from 1, found '01. Growing")]
    [InlineData("# 1. Growing", "# 0. Growing", 18, "a whole number from 1")]
    [InlineData("# 1. Growing", "# 99999999999. Growing", 18, "a whole number from 1")]
    [InlineData("Care\n\nAda", "Care\nAda", 19, "found 'Ada")]
    [InlineData("retweets: 4321", "retweets: 4,321", 22, "expected a whole number from 0, found '4,321")]
    [InlineData("retweets: 4321", "retweets: -1", 22, "found '-1, fav")]
    [InlineData("retweets: 4321", "retweets: 9223372036854775808", 22, "a whole number")]
    [InlineData("(02/04/2022 05:06:07)", "(2/4/2022 05:06:07)", 22, "expected a time such as 01/26/2021 10:03:24, found '2/4/2022")]
    [InlineData("(02/04/2022 05:06:07)", "(02/30/2022 05:06:07)", 22, "found '02/30/2022 05:06:07)'")]
    [InlineData("pdf/2202.01234)", "pdf/2202.01235)", 24, "expected ' | [pdf](https://arxiv.org/pdf/2202.01234)\\n', found ' | [pdf](https://arxiv.org/pdf/2202.01235)'")]
    [InlineData("abs/2202.01234)", "abs/2202.01234) [x](javascript:1)", 24, "found ' [x](javascript:1) |")]
    [InlineData("abs/math/0309136", "abs/<b>", 49, "expected an arXiv identifier such as 2101.08833, found '<b>)")]
    [InlineData("list/cs.LG/recent", "list/cs.AI/recent", 25, "found '(https://arxiv.org/list/cs.AI/recent")]
    [InlineData("lang=\"en\"", "lang='en'", 32, "found '><p lang='en' dir=")]
    [InlineData("dir=\"rtl\"", "dir=\"auto\"", 35, "expected 'ltr\">', found 'auto")]
    [InlineData("it&#39;s", "it's", 32, "and no other entity")]
    [InlineData("it&#39;s", "it&#x27;s", 32, "and no other entity")]
    [InlineData("&lt;3", "<i>3</i>", 32, "expected '<a href=', '<br>' or '</p>', found '<i>3")]
    [InlineData("<br><br>", "<br/><br>", 32, "found '<br/>")]
    [InlineData("<br><br>", "\n", 32, "the mention's text on one line")]
    [InlineData("(@ada)", "@ada", 32, "expected the author: 'name (@account) '")]
    [InlineData("February 12, 2022", "February 30, 2022", 35, "expected a day such as January 25, 2021")]
    [InlineData("February 12, 2022", "Feb 12, 2022", 35, "a day such as")]
    [InlineData("February 3, 2022", "February 03, 2022", 32, "a day such as")]
    [InlineData("widgets.js", "other.js", 33, "found '<script async src=\"https://platform.twitter.com/other.js")]
    [InlineData("data-source=\"mastodon\"", "data-source=\"x\"", 38, "a source other than x")]
    [InlineData("\n\n\n\n\n# 2.", "\n\n\n# 2.", 38, "expected 4 empty lines before the next paper, found 2")]
    [InlineData("\n\n\n\n\n# 2.", "\n\n\n\n\n\n# 2.", 38, "one empty line and a mention, or the end")]
    [InlineData("\n\n\n\n\n# 3.", "\n\n\n\n\n## 3.", 61, "links of a paper stand within the abstract")]
    [InlineData("December 31, 2021</a></blockquote>", "December 31, 2021</a></blockquote> ", 66, "expected '\\n', found ' '")]
    public void What_cannot_be_represented_is_named_with_its_line(string text, string replacement, int line, string reason)
    {
        var broken = SamplePost.Markdown.ReplaceFirst(text, replacement);
        var problem = Assert.Throws<PostFormatException>(() => PostParser.Read(Encoding.UTF8.GetBytes(broken)));
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
        Assert.Equal(line, problem.Line);
        Assert.StartsWith($"line {line}: ", problem.Message, StringComparison.Ordinal);
        Assert.Equal(new PostProblem(problem.Line, problem.Reason), PostCheck.FindDifference(Encoding.UTF8.GetBytes(broken)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public void Post_that_ends_early_is_named_at_its_end(string end)
    {
        var broken = SamplePost.Markdown.TrimEnd('\n') + end;
        var problem = Assert.Throws<PostFormatException>(() => PostParser.Read(Encoding.UTF8.GetBytes(broken)));
        Assert.Contains("expected 3 empty lines at the end of the post, found 0", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_utf8_is_named_with_line_and_byte()
    {
        var bytes = Encoding.UTF8.GetBytes(SamplePost.Markdown);
        var at = bytes.AsSpan().IndexOf("Solo"u8);
        bytes[at] = 0xC3;
        var problem = Assert.Throws<PostFormatException>(() => PostParser.Read(bytes));
        Assert.Equal(45, problem.Line);
        Assert.Contains($"invalid UTF-8 at byte {at} of the post (0xC3)", problem.Message, StringComparison.Ordinal);

        var reading = PostParser.ReadLeniently(bytes);
        Assert.Equal([new PostProblem(problem.Line, problem.Reason)], reading.Problems);
        Assert.Equal(["\uFFFDolo"], reading.Entries[1].Authors);
        Assert.Equal(3, reading.Entries.Count);
    }

    [Fact]
    public void Byte_order_mark_and_carriage_returns_are_refused_and_read_leniently()
    {
        var marked = (byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(SamplePost.Markdown.Replace("\n", "\r\n", StringComparison.Ordinal))];
        Assert.Contains("byte order mark", Assert.Throws<PostFormatException>(() => PostParser.Read(marked)).Message, StringComparison.Ordinal);
        Assert.Contains("CR LF", Assert.Throws<PostFormatException>(() => PostParser.Read(marked.AsSpan(3))).Message, StringComparison.Ordinal);
        var reading = PostParser.ReadLeniently(marked);
        Assert.Equal(2, reading.Problems.Count);
        SamplePost.AssertSame(SamplePost.Post, reading.Post!);
    }

    [Fact]
    public void Lenient_reading_keeps_what_can_be_read_and_names_the_rest()
    {
        var broken = SamplePost.Markdown
            .ReplaceFirst("draft: false", "draft: no")
            .ReplaceFirst("dir=\"rtl\"", "dir=\"up\"")
            .ReplaceFirst("retweets: 60", "retweets: many")
            .ReplaceFirst("it&#39;s", "it's")
            .TrimEnd('\n');
        var reading = PostParser.ReadLeniently(Encoding.UTF8.GetBytes(broken));
        Assert.Null(reading.Header);
        Assert.Null(reading.Post);
        Assert.Equal([1, 3], reading.Entries.Select(entry => entry.Rank));
        Assert.Equal(["ada", "c@social.example"], reading.Entries[0].Mentions.Select(mention => mention.AuthorHandle));
        Assert.Equal("\"Pumpkins\" <3 & more: it's ", reading.Entries[0].Mentions[0].Text[0].Text);
        Assert.Equal([5, 32, 35, 47, 67], reading.Problems.Select(problem => problem.Line));
    }

    [Fact]
    public void Paper_with_a_broken_heading_is_named_and_not_part_of_an_abstract()
    {
        var reading = PostParser.ReadLeniently(Encoding.UTF8.GetBytes(SamplePost.Markdown.ReplaceFirst("# 3. An", "### An").ReplaceFirst("math.DG/recent)", "math.DG/recent)\n\nShort.")));
        Assert.Equal("Short.", reading.Entries[1].Abstract);
        Assert.Contains("expected '# number. title'", Assert.Single(reading.Problems).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Titles_that_no_post_can_hold_are_refused()
    {
        Assert.Contains("entry 1 (2202.01234): the title has a line feed", Refusal("Title\nin two lines"), StringComparison.Ordinal);
        Assert.Contains("entry 1 (2202.01234): the title has half of a surrogate pair at character 5", Refusal("Half \uD800"), StringComparison.Ordinal);
        Assert.Contains("entry 1 (2202.01234): the title has half of a surrogate pair at character 2", Refusal("\U0001F383\uDC00"), StringComparison.Ordinal);

        static string Refusal(string title) => Assert.Throws<ArgumentException>(
            () => PostMarkdown.Render(SamplePost.Post with { Entries = [SamplePost.Post.Entries[0] with { Title = title }] })).Message;
    }

    [Theory]
    [InlineData("<blockquote class=\"twitter-tweet\">", "read as a mention")]
    [InlineData("Text\n\n<blockquote class=\"mention\" ", "read as a mention")]
    [InlineData("Text\n\n\n\n\n# 2. Title", "read as the next paper")]
    [InlineData("Text\n# 2. Title\n\nAuthor\n\n- retweets: 1", "read as the next paper")]
    public void Abstracts_that_would_read_differently_are_refused(string summary, string reason)
    {
        var post = SamplePost.Post with { Entries = [SamplePost.Post.Entries[0] with { Abstract = summary }] };
        Assert.Contains(reason, Assert.Throws<ArgumentException>(() => PostMarkdown.Render(post)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# 2. A heading")]
    [InlineData("\n\n\n")]
    [InlineData("Text\n\n\n\n\nText")]
    [InlineData("<script>alert(1)</script>\n<blockquote>\n---\n")]
    public void Unusual_abstracts_are_kept(string summary)
    {
        var post = SamplePost.Post with { Entries = [.. SamplePost.Post.Entries.Select(entry => entry with { Abstract = summary })] };
        SamplePost.AssertSame(post, PostParser.Read(PostMarkdown.RenderBytes(post)));
    }

    [Fact]
    public void Line_feeds_in_a_mention_are_written_as_line_breaks()
    {
        var mention = SamplePost.Post.Entries[1].Mentions.DefaultIfEmpty(SamplePost.Post.Entries[2].Mentions[0]).First() with
        {
            Text = [TextRun.Plain("a\r\nb\n\n\n\n\n# 2. c"), TextRun.Plain("d"), TextRun.Link("https://e", "f\ng")],
        };
        var post = SamplePost.Post with { Entries = [SamplePost.Post.Entries[1] with { Mentions = [mention] }] };
        var read = PostParser.Read(PostMarkdown.RenderBytes(post)).Entries[0].Mentions[0].Text;
        Assert.Equal(
            [TextRun.Plain("a"), TextRun.LineBreak, TextRun.Plain("b"), .. Enumerable.Repeat(TextRun.LineBreak, 5), TextRun.Plain("# 2. cd"), TextRun.Link("https://e", "f g")],
            read);
    }

    [Fact]
    public void Damaged_posts_are_refused_or_come_back_to_the_byte()
    {
        var random = new Random(7);
        var sample = Encoding.UTF8.GetBytes(SamplePost.Markdown);
        byte[][] pieces = [[], "\n"u8.ToArray(), "\n\n"u8.ToArray(), "<"u8.ToArray(), "\""u8.ToArray(), "# 2. "u8.ToArray(), " "u8.ToArray(), [0xFF], "&amp;"u8.ToArray(), "9"u8.ToArray()];
        var (kept, refused) = (0, 0);
        for (var round = 0; round < 8000; round++)
        {
            var at = random.Next(sample.Length);
            var bytes = random.Next(3) == 0
                ? [.. sample[..at], .. sample[random.Next(sample.Length)..]]
                : (byte[])[.. sample[..at], .. pieces[random.Next(pieces.Length)], .. sample[Math.Min(sample.Length, at + random.Next(3))..]];
            try
            {
                Assert.Equal(bytes, PostMarkdown.RenderBytes(PostParser.Read(bytes)));
                kept++;
            }
            catch (PostFormatException problem)
            {
                Assert.InRange(problem.Line, 1, bytes.Count(value => value == '\n') + 1);
                Assert.NotEmpty(PostParser.ReadLeniently(bytes).Problems);
                refused++;
            }
        }

        Assert.True(kept > 500 && refused > 500, $"{kept} kept, {refused} refused");
    }

    [Fact]
    public void Long_posts_read_in_linear_time()
    {
        var entry = SamplePost.Post.Entries[0];
        string[] hostile =
        [
            new string('a', 10_000_000),
            string.Concat(Enumerable.Repeat("\n# 1. x", 1_400_000)),
            string.Concat(Enumerable.Repeat("\n\n<blockquote class=\"tw", 400_000)),
            new string('\n', 10_000_000),
        ];
        foreach (var summary in hostile)
        {
            AssertFast(PostMarkdown.RenderBytes(SamplePost.Post with { Entries = [entry with { Abstract = summary }] }), 0);
        }

        var links = entry.Mentions[0] with { Text = [.. Enumerable.Repeat(TextRun.Link("https://example.org/?a&b", "'x'"), 150_000)] };
        AssertFast(PostMarkdown.RenderBytes(SamplePost.Post with { Entries = [entry with { Mentions = [links] }] }), 0);

        var head = SamplePost.Markdown[..SamplePost.Markdown.IndexOf("<blockquote", StringComparison.Ordinal)];
        AssertFast(Encoding.UTF8.GetBytes(head + string.Concat(Enumerable.Repeat("<blockquote class=\"mention\" bad\n\n", 20_000))), 20_000);
        var front = SamplePost.Markdown[..SamplePost.Markdown.IndexOf("# 1.", StringComparison.Ordinal)];
        AssertFast(Encoding.UTF8.GetBytes(front + string.Concat(Enumerable.Repeat("# 1. \n\n\n\n- retweets: bad\n\n\n\n", 20_000))), 20_000);
        AssertFast([.. Encoding.UTF8.GetBytes(front), .. Enumerable.Repeat((byte)0xFF, 10_000_000)], 1);

        static void AssertFast(byte[] bytes, int leastProblems)
        {
            var watch = Stopwatch.StartNew();
            var problems = PostParser.ReadLeniently(bytes).Problems.Count;
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), $"{bytes.Length} bytes took {watch.Elapsed}");
            Assert.True(problems >= leastProblems);
        }
    }

    [Fact]
    public void Post_above_the_bound_is_refused()
    {
        var problem = Assert.Throws<PostFormatException>(() => PostParser.Read(new byte[PostParser.LargestPost + 1]));
        Assert.Contains("at most 67108864 are read", problem.Message, StringComparison.Ordinal);
    }
}
