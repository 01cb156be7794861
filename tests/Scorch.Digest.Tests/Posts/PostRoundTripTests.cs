using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Scorch.Digest.Tests;

public class PostRoundTripTests
{
    [Fact]
    public void Sample_reads_as_it_is_typed() => SamplePost.AssertSame(SamplePost.Post, PostParser.Read(Encoding.UTF8.GetBytes(SamplePost.Markdown)));

    [Fact]
    public void Sample_is_written_as_it_stands() => Assert.Equal(SamplePost.Markdown, PostMarkdown.Render(SamplePost.Post));

    [SeedsFact]
    public void Seeds_render_to_the_same_bytes()
    {
        Assert.Equal(5, Seeds.Files.Count);
        foreach (var file in Seeds.Files)
        {
            var bytes = File.ReadAllBytes(file);
            Assert.Equal(bytes, PostMarkdown.RenderBytes(PostParser.Read(bytes)));
            Assert.Empty(PostParser.ReadLeniently(bytes).Problems);
        }
    }

    [SeedsFact]
    public void Seeds_hold_the_papers_of_the_catalogue()
    {
        var posts = Seeds.Files.Select(file => PostParser.Read(File.ReadAllBytes(file))).ToDictionary(post => post.Day);
        Assert.Equal(67, posts.Values.Sum(post => post.Entries.Count));
        Assert.Equal(74, posts.Values.Sum(post => post.Entries.Sum(entry => entry.Mentions.Count)));
        using var papers = JsonDocument.Parse(File.ReadAllText(Path.Combine(Seeds.Repository, "src/Scorch.Reproductions/Papers/papers.json")));
        foreach (var paper in papers.RootElement.EnumerateArray())
        {
            var day = DateOnly.Parse(paper.GetProperty("digestDay").GetString()!, CultureInfo.InvariantCulture);
            var entry = posts[day].Entries[paper.GetProperty("rank").GetInt32() - 1];
            Assert.Equal(paper.GetProperty("arxivId").GetString(), entry.ArxivId);
            Assert.Equal(paper.GetProperty("retweets").GetInt64(), entry.Reposts);
            Assert.Equal(paper.GetProperty("favorites").GetInt64(), entry.Likes);
            Assert.Equal(paper.GetProperty("categories").EnumerateArray().Select(category => category.GetString()!), entry.Categories);
            Assert.Equal(paper.GetProperty("authors").GetArrayLength(), entry.Authors.Count);
        }
    }

    [SeedsFact]
    public void Edits_of_seeds_are_as_if_made_by_hand()
    {
        foreach (var file in Seeds.Files)
        {
            var text = File.ReadAllText(file);
            var post = PostParser.Read(Encoding.UTF8.GetBytes(text));
            foreach (var entry in post.Entries)
            {
                var counts = $"- retweets: {entry.Reposts}, favorites: {entry.Likes} ({entry.CountedAt.ToString("MM/dd/yyyy HH:mm:ss", CultureInfo.InvariantCulture)})";
                var edited = counts.Replace($": {entry.Likes} ", $": {entry.Likes + 1000} ", StringComparison.Ordinal);
                var heading = $"# {entry.Rank}. ";
                var at = text.IndexOf(heading, StringComparison.Ordinal);
                var expected = text[..at] + text[at..].ReplaceFirst(counts, edited);
                Assert.Equal(expected, PostMarkdown.Render(post with { Entries = [.. post.Entries.Select(other => other == entry ? other with { Likes = other.Likes + 1000 } : other)] }));

                foreach (var mention in entry.Mentions)
                {
                    var lines = text.Split('\n').ToList();
                    var line = lines.FindIndex(candidate => candidate.StartsWith("<blockquote", StringComparison.Ordinal) && candidate.Contains(mention.Address.Replace("&", "&amp;", StringComparison.Ordinal), StringComparison.Ordinal));
                    lines.RemoveRange(line - 1, 3);
                    Assert.Equal(string.Join('\n', lines), PostMarkdown.Render(post with { Entries = [.. post.Entries.Select(other => other == entry ? other with { Mentions = [.. other.Mentions.Where(one => one != mention)] } : other)] }));
                }
            }

            // A paper inserted at the second place, the rest renumbered.
            var inserted = SamplePost.Post.Entries[1];
            var byHand = new StringBuilder();
            var section = SamplePost.Markdown[SamplePost.Markdown.IndexOf("# 2. An old one", StringComparison.Ordinal)..SamplePost.Markdown.IndexOf("# 3. An", StringComparison.Ordinal)];
            foreach (var line in text.Split('\n'))
            {
                var isHeading = line.StartsWith("# ", StringComparison.Ordinal);
                var number = isHeading ? int.Parse(line[2..line.IndexOf('.', StringComparison.Ordinal)], CultureInfo.InvariantCulture) : 0;
                byHand.Append(number == 2 ? section : "");
                byHand.Append(number >= 2 ? $"# {number + 1}{line[line.IndexOf('.', StringComparison.Ordinal)..]}" : line).Append('\n');
            }

            byHand.Length--;
            Assert.Equal(byHand.ToString(), PostMarkdown.Render((post with { Entries = [post.Entries[0], inserted, .. post.Entries.Skip(1)] }).Renumbered()));
        }
    }

    [Fact]
    public void Removed_paper_leaves_the_others_renumbered()
    {
        var start = SamplePost.Markdown.IndexOf("# 2. ", StringComparison.Ordinal);
        var end = SamplePost.Markdown.IndexOf("# 3. ", StringComparison.Ordinal);
        var byHand = SamplePost.Markdown[..start] + SamplePost.Markdown[end..].Replace("# 3. ", "# 2. ", StringComparison.Ordinal);
        Assert.Equal(byHand, PostMarkdown.Render((SamplePost.Post with { Entries = [SamplePost.Post.Entries[0], SamplePost.Post.Entries[2]] }).Renumbered()));
    }

    [Fact]
    public void Counts_of_mentions_do_not_show_in_a_post()
    {
        var counted = SamplePost.Post with
        {
            Entries = [.. SamplePost.Post.Entries.Select(entry => entry with
            {
                Mentions = [.. entry.Mentions.Select(mention => mention with { Reposts = 5, Likes = 7, RepostOf = "https://example.org/", PostedAt = mention.PostedAt.AddHours(13.5) })],
            })],
        };
        Assert.Equal(SamplePost.Markdown, PostMarkdown.Render(counted));
    }

    [Theory]
    [InlineData("2022-02-04T05:06:07.Z")]
    [InlineData("2022-02-04T05:06:07Z")]
    [InlineData("2022-02-04T05:06:07.5Z")]
    [InlineData("2022-02-04T05:06:07.000Z")]
    [InlineData("2022-02-04T05:06:07.120Z")]
    [InlineData("2022-02-04T05:06:07.1234567Z")]
    [InlineData("2022-02-04T05:06:07.0000000Z")]
    [InlineData("2022-02-04T23:59:59.0100Z")]
    public void Published_times_are_kept_to_the_byte(string written)
    {
        var markdown = SamplePost.Markdown.Replace("2022-02-04T05:06:07.Z", written, StringComparison.Ordinal);
        var post = PostParser.Read(Encoding.UTF8.GetBytes(markdown));
        Assert.Equal(SamplePost.Utc(written.Replace(".Z", "Z", StringComparison.Ordinal)), post.Header.PublishedAt);
        Assert.Equal(markdown, PostMarkdown.Render(post));
    }

    [Fact]
    public void Front_matter_keeps_quotes_drafts_and_its_own_day()
    {
        var post = SamplePost.Post with
        {
            Header = SamplePost.Post.Header with
            {
                Title = "Alles: \"heiß\" # 1 \\ 2022-02-03",
                Slug = "no-day",
                Description = "a \"quoted\" \\ text \\\"",
                IsDraft = true,
                Tags = [],
                Template = "",
            },
        };
        var markdown = PostMarkdown.Render(post);
        Assert.Contains("description: \"a \\\"quoted\\\" \\\\ text \\\\\\\"\"\n", markdown, StringComparison.Ordinal);
        Assert.Contains("tags:\ndescription", markdown, StringComparison.Ordinal);
        SamplePost.AssertSame(post, PostParser.Read(Encoding.UTF8.GetBytes(markdown)));
    }

    [Fact]
    public void Post_without_papers_is_a_header()
    {
        var post = SamplePost.Post with { Entries = [] };
        var markdown = SamplePost.Markdown[..SamplePost.Markdown.IndexOf("# 1. ", StringComparison.Ordinal)];
        Assert.Equal(markdown, PostMarkdown.Render(post));
        SamplePost.AssertSame(post, PostParser.Read(Encoding.UTF8.GetBytes(markdown)));
    }

    [Fact]
    public void Random_posts_read_back_as_they_were()
    {
        var random = new RandomPosts(20220203);
        for (var round = 0; round < 1500; round++)
        {
            var post = random.Post();
            var bytes = PostMarkdown.RenderBytes(post);
            var read = PostParser.Read(bytes);
            SamplePost.AssertSame(post, read);
            Assert.Equal(bytes, PostMarkdown.RenderBytes(read));
        }

        // The generator meets fields that no post can hold; the writer must have named each, and they must be few.
        Assert.InRange(random.Refused, 1, 20_000);
    }
}

internal static class StringEdits
{
    public static string ReplaceFirst(this string text, string part, string replacement)
    {
        var at = text.IndexOf(part, StringComparison.Ordinal);
        Assert.True(at >= 0, $"'{part}' is not there");
        return text[..at] + replacement + text[(at + part.Length)..];
    }
}
