namespace Scorch.Digest.Tests;

public class PointsRankingTests
{
    private static readonly DateTime Morning = new(2022, 2, 3, 8, 0, 0, DateTimeKind.Utc);

    [SeedsFact]
    public void Seeds_rank_in_their_own_order_from_their_own_numbers()
    {
        var random = new Random(1);
        foreach (var file in Seeds.Files)
        {
            var post = PostParser.Read(File.ReadAllBytes(file));
            for (var round = 0; round < 20; round++)
            {
                var shuffled = post.Entries.ToArray();
                random.Shuffle(shuffled);
                Assert.Equal(post.Entries.Select(entry => (entry.Rank, entry.ArxivId)), new PointsRanking().Rank(shuffled).Select(entry => (entry.Rank, entry.ArxivId)));
            }
        }
    }

    [SeedsFact]
    public void Seeds_are_within_the_defaults()
    {
        foreach (var entry in Seeds.Files.SelectMany(file => PostParser.Read(File.ReadAllBytes(file)).Entries))
        {
            Assert.True(entry.Reposts + entry.Likes >= new RankingOptions().LeastPoints);
            Assert.True(entry.Mentions.Count <= new RankingOptions().MostMentions);
        }
    }

    [Fact]
    public void Points_are_reposts_and_likes_of_all_mentions_and_equal_ones_go_by_identifier()
    {
        var ranked = new PointsRanking().Rank(
        [
            Said("2202.00003", "c", 40, 9),
            Said("2202.00002", "a", 30, 20),
            Said("2202.00001", "a", 10, 10),
            Said("2202.00001", "b", null, 30),
            Said("2202.00004", "a", 100, 1),
            Said("2202.00004", "b", 0, null),
        ]);
        Assert.Equal([("2202.00004", 101L), ("2202.00001", 50L), ("2202.00002", 50L)], ranked.Select(paper => (paper.ArxivId, paper.Points)));
        Assert.Equal((10, 40), (ranked[1].Reposts, ranked[1].Likes));
    }

    [Fact]
    public void Mentions_are_shown_highest_first_at_most_ten_from_twenty_five_points_the_first_always()
    {
        var many = Enumerable.Range(0, 15).Select(index => Said("1", $"a{index}", 20 + index, 0)).Append(Said("2", "b", 12, 12)).Append(Said("2", "c", 1, 23)).Append(Said("2", "d", 10, 13));
        var ranked = new PointsRanking().Rank(many);
        Assert.Equal([34, 33, 32, 31, 30, 29, 28, 27, 26, 25], ranked[0].Mentions.Select(mention => mention.Points));
        Assert.Equal((15 * 20) + (14 * 15 / 2), ranked[0].Points);
        Assert.Equal(["b"], ranked[1].Mentions.Select(mention => mention.AuthorHandle));
        Assert.Equal(["c", "b"], new PointsRanking(new RankingOptions { LeastMentionPoints = 24 }).Rank([Later(Said("2", "b", 40, 12)), Said("2", "c", 51, 1), Said("2", "d", 23, 0)])[0].Mentions.Select(mention => mention.AuthorHandle));
    }

    [Fact]
    public void Options_are_heeded_and_checked()
    {
        PaperMention[] mentions = [Said("1", "a", 5, 5), Said("2", "a", 3, 3), Said("2", "b", 2, 1), Said("3", "a", 1, 1)];
        var options = new RankingOptions { LeastPoints = 3, MostPapers = 1, MostMentions = 1 };
        Assert.Equal(["1"], new PointsRanking(options).Rank(mentions).Select(paper => paper.ArxivId));
        Assert.Equal(["1", "2"], new PointsRanking(options with { MostPapers = 5 }).Rank(mentions).Select(paper => paper.ArxivId));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PointsRanking(options with { MostMentions = 0 }).Rank(mentions));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RobustRanking(options with { MostPapers = 0 }).Rank(mentions));
    }

    [Fact]
    public void Reposts_of_a_post_count_once()
    {
        var original = Said("1", "a", 30, 30);
        var ranked = new PointsRanking().Rank([Repost(original, "b"), original, Later(Repost(original, "c")), Repost(original, "d"), Repost(Repost(original, "d"), "e"), original]);
        Assert.Equal(60, Assert.Single(ranked).Points);
        Assert.Equal(["a"], ranked[0].Mentions.Select(mention => mention.AuthorHandle));

        // Without the original, the earliest of its reposts stands for it.
        ranked = new PointsRanking().Rank([Later(Repost(original, "b")), Repost(original, "c")]);
        Assert.Equal((60, "c"), (ranked[0].Points, Assert.Single(ranked[0].Mentions).AuthorHandle));
    }

    [Fact]
    public void Cycle_of_reposts_counts_once_and_ends()
    {
        var posts = Enumerable.Range(0, 2000).Select(index => Said("1", $"a{index}", 60, 0)).ToArray();
        var cycle = posts.Select((post, index) => post with { Mention = post.Mention with { RepostOf = posts[(index + 1) % posts.Length].Mention.Address } }).ToArray();
        Assert.Equal(60, Assert.Single(new PointsRanking().Rank(cycle)).Points);
        Assert.Equal(60, Assert.Single(new PointsRanking().Rank([posts[0] with { Mention = posts[0].Mention with { RepostOf = posts[0].Mention.Address } }])).Points);
    }

    [Fact]
    public void Order_of_the_mentions_does_not_matter()
    {
        var random = new Random(3);
        for (var round = 0; round < 100; round++)
        {
            var mentions = RandomDays.Day(random);
            var shuffled = mentions.ToArray();
            random.Shuffle(shuffled);
            foreach (IPaperRanking ranking in (IPaperRanking[])[new PointsRanking(), new RobustRanking()])
            {
                Assert.Equal(
                    ranking.Rank(mentions).Select(paper => (paper.ArxivId, paper.Points, paper.Score, string.Join(' ', paper.Mentions.Select(mention => mention.Address)))),
                    ranking.Rank(shuffled).Select(paper => (paper.ArxivId, paper.Points, paper.Score, string.Join(' ', paper.Mentions.Select(mention => mention.Address)))));
            }
        }
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, PointsRanking.LargestCount + 1)]
    public void Counts_that_cannot_be_are_named(long reposts, long likes)
    {
        var problem = Assert.Throws<ArgumentException>(() => new PointsRanking().Rank([Said("1", "a", reposts, likes)]));
        Assert.Contains("https://x.example/a/1 has", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Composed_post_lists_the_ranking_with_what_is_known_of_the_papers()
    {
        var ranking = new PointsRanking().Rank([Said("2202.00002", "a", 50, 20), Said("2202.00001", "b", 50, 0)]);
        var papers = new[] { "2202.00001", "2202.00002" }.ToDictionary(
            id => id, id => new PaperMetadata { ArxivId = id, Title = $"On\n {id}", Authors = ["A. B."], Categories = ["cs.LG"], Abstract = "We." });
        var post = DigestComposer.Compose(PostHeader.For(new DateOnly(2022, 2, 3), Morning), ranking, papers, Morning.AddMilliseconds(5));
        Assert.Equal([(1, "On 2202.00002", 50L, 20L), (2, "On 2202.00001", 50L, 0L)], post.Entries.Select(entry => (entry.Rank, entry.Title, entry.Reposts, entry.Likes)));
        Assert.Equal(Morning, post.Entries[0].CountedAt);
        Assert.Equal(2, PostParser.Read(PostMarkdown.RenderBytes(post)).Entries.Count);
        papers.Remove("2202.00001");
        Assert.Contains("2202.00001", Assert.Throws<ArgumentException>(() => DigestComposer.Compose(post.Header, ranking, papers, Morning)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_from_outside_keeps_a_post_from_being_written()
    {
        string[] nasty =
        [
            "", "\n", "a\nb", "x, y", ", ", ",", "a,, b", "\uD800", "\0", "<blockquote class=\"twitter-tweet\"><p", "<blockquote class=\"mention\"", "- links: [abs](https://arxiv.org/abs/1",
            "\n\n\n\n\n# 2. x\n\ny\n\n- retweets: 1", " (@x", "a (@b) <a href=\"", "</p>", "&amp;", "\r\n", "\u2028", "---",
        ];
        var random = new Random(9);
        for (var round = 0; round < 2000; round++)
        {
            var mention = Said("2202.00001", Text(), 60, 1).Mention with
            {
                Source = Text(),
                Address = Text(),
                AuthorName = Text(),
                Language = Text(),
                Text = [TextRun.Plain(Text()), TextRun.LineBreak, TextRun.Link(Text(), Text()), new TextRun(TextRunKind.Link, Text())],
            };
            var paper = new PaperMetadata { ArxivId = "2202.00001", Title = Text(), Authors = [Text(), Text()], Categories = [Text(), "cs.LG"], Abstract = Text() };
            var post = DigestComposer.Compose(
                PostHeader.For(new DateOnly(2022, 2, 3), Morning),
                new PointsRanking().Rank([new PaperMention("2202.00001", mention)]),
                new Dictionary<string, PaperMetadata> { ["2202.00001"] = paper },
                Morning);
            var entry = Assert.Single(PostParser.Read(PostMarkdown.RenderBytes(post)).Entries);
            Assert.Equal(post.Entries[0].Authors, entry.Authors);
            Assert.Equal(post.Entries[0].Abstract, entry.Abstract);
            Assert.Equal(post.Entries[0].Mentions[0].AuthorHandle, Assert.Single(entry.Mentions).AuthorHandle);
        }

        string Text() => string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => nasty[random.Next(nasty.Length)]));
    }

    internal static PaperMention Said(string paper, string account, long? reposts, long? likes) => new(paper, new Mention
    {
        Source = "x",
        Address = $"https://x.example/{account}/{paper}",
        AuthorName = account.ToUpperInvariant(),
        AuthorHandle = account,
        Text = [TextRun.Plain("Look!")],
        Language = "en",
        PostedAt = Morning,
        Reposts = reposts,
        Likes = likes,
    });

    private static PaperMention Repost(PaperMention post, string account) => post with
    {
        Mention = post.Mention with { AuthorHandle = account, Address = $"{post.Mention.Address}/{account}", RepostOf = post.Mention.Address },
    };

    private static PaperMention Later(PaperMention post) => post with { Mention = post.Mention with { PostedAt = post.Mention.PostedAt.AddHours(1) } };
}
