namespace Scorch.Digest.Tests;

public class RobustRankingTests
{
    [Fact]
    public void Hundredfold_reach_of_any_account_moves_no_paper_more_than_two_places()
    {
        var random = new Random(20220203);
        var (changed, farthest, farthestByPoints) = (0, 0, 0);
        for (var day = 0; day < 400; day++)
        {
            var mentions = RandomDays.Day(random);
            var before = Places(new RobustRanking(), mentions);
            var beforeByPoints = Places(new PointsRanking(new RankingOptions { LeastPoints = 0 }), mentions);
            foreach (var account in mentions.Select(mention => mention.Mention.AuthorHandle).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                var boosted = Boost(mentions, account, 100);
                var after = Places(new RobustRanking(), boosted);
                Assert.Equal(before.Keys.Order(StringComparer.Ordinal), after.Keys.Order(StringComparer.Ordinal));
                var moved = before.Max(paper => Math.Abs(after[paper.Key] - paper.Value));
                Assert.True(moved <= 2, $"day {day}, account {account}: a paper moved {moved} places");
                changed += moved > 0 ? 1 : 0;
                farthest = Math.Max(farthest, moved);
                var afterByPoints = Places(new PointsRanking(new RankingOptions { LeastPoints = 0 }), boosted);
                farthestByPoints = Math.Max(farthestByPoints, beforeByPoints.Max(paper => Math.Abs(afterByPoints[paper.Key] - paper.Value)));
            }
        }

        // The test can fail: counts do matter to this ranking, and the ranking by points moves papers far on the same days.
        Assert.True(changed > 100, $"only {changed} boosts changed anything");
        Assert.Equal(2, farthest);
        Assert.True(farthestByPoints > 20);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1_000_003)]
    public void Scores_do_not_depend_on_an_accounts_reach_in_a_single_bit(long factor)
    {
        var random = new Random(5);
        for (var day = 0; day < 50; day++)
        {
            var mentions = RandomDays.Day(random);
            var account = mentions[random.Next(mentions.Count)].Mention.AuthorHandle;
            Assert.Equal(Scores(mentions), Scores(Boost(mentions, account, factor)));
        }

        static IEnumerable<(string Paper, double Score)> Scores(IReadOnlyList<PaperMention> mentions) =>
            new RobustRanking().Rank(mentions).Select(paper => (paper.ArxivId, paper.Score)).OrderBy(paper => paper.ArxivId, StringComparer.Ordinal);
    }

    [Fact]
    public void Voices_are_measured_against_the_accounts_own_average()
    {
        // a speaks of three papers with 30, 60 and 90 points: 0.5, 1 and 1.5 times its average of 60; 2 r / (1 + r) of these.
        var ranked = new RobustRanking().Rank(
        [
            PointsRankingTests.Said("1", "a", 30, 0),
            PointsRankingTests.Said("2", "a", 30, 30),
            PointsRankingTests.Said("3", "A", 0, 90),
            PointsRankingTests.Said("4", "b", 1, 0),
            PointsRankingTests.Said("5", "c", 0, null),
        ]).ToDictionary(paper => paper.ArxivId, paper => paper.Score);
        Assert.Equal(2 * 0.5 / 1.5, ranked["1"], 15);
        Assert.Equal(1, ranked["2"]);
        Assert.Equal(2 * 1.5 / 2.5, ranked["3"], 15);
        Assert.Equal(1, ranked["4"]);
        Assert.Equal(1, ranked["5"]);
    }

    [Fact]
    public void Many_accounts_outrank_one_famous_one()
    {
        var mentions = Enumerable.Range(0, 8).SelectMany(paper => Enumerable.Range(0, 8 - paper).Select(account => PointsRankingTests.Said($"{paper}", $"a{paper}{account}", 5, 5)))
            .Append(PointsRankingTests.Said("star", "star", 1_000_000, 1_000_000)).ToArray();
        Assert.Equal("star", new PointsRanking().Rank(mentions)[0].ArxivId);
        var robust = new RobustRanking().Rank(mentions).Select(paper => paper.ArxivId).ToList();
        Assert.Equal(["0", "1", "2"], robust.Take(3));
        Assert.Contains("star", robust[6..]);
        Assert.DoesNotContain("star", new RobustRanking(new RankingOptions { LeastAccounts = 2 }).Rank(mentions).Select(paper => paper.ArxivId));
    }

    private static Dictionary<string, int> Places(IPaperRanking ranking, IReadOnlyList<PaperMention> mentions) =>
        ranking.Rank(mentions).Select((paper, index) => (paper.ArxivId, index)).ToDictionary(paper => paper.ArxivId, paper => paper.index);

    private static List<PaperMention> Boost(IReadOnlyList<PaperMention> mentions, string account, long factor) =>
    [
        .. mentions.Select(mention => mention.Mention.AuthorHandle.Equals(account, StringComparison.OrdinalIgnoreCase)
            ? mention with { Mention = mention.Mention with { Reposts = mention.Mention.Reposts * factor, Likes = mention.Mention.Likes * factor } }
            : mention),
    ];
}

/// <summary>Random days: heavy-tailed counts, accounts that speak of many papers, reposts, posts seen twice, unknown counts.</summary>
internal static class RandomDays
{
    public static IReadOnlyList<PaperMention> Day(Random random)
    {
        var papers = random.Next(1, 40);
        var accounts = random.Next(1, 40);
        var reach = Enumerable.Range(0, accounts).Select(_ => Math.Pow(10, random.NextDouble() * 5)).ToArray();
        var mentions = new List<PaperMention>();
        for (var count = random.Next(1, 160); count > 0; count--)
        {
            // Half of all posts come from a few busy accounts.
            var account = random.Next(2) == 0 ? random.Next(accounts) : random.Next(Math.Min(3, accounts));
            var paper = $"2202.{random.Next(papers):00000}";
            var mention = PointsRankingTests.Said(paper, random.Next(10) == 0 ? $"A{account}" : $"a{account}", Count(), Count()).Mention;
            mention = mention with { Address = $"{mention.Address}/{random.Next(6)}".ToLowerInvariant(), PostedAt = mention.PostedAt.AddMinutes(random.Next(3)) };
            if (mentions.Count > 0 && random.Next(8) == 0)
            {
                mention = mention with { RepostOf = mentions[random.Next(mentions.Count)].Mention.Address };
            }

            mentions.Add(new PaperMention(paper, mention));

            long? Count() => random.Next(8) == 0 ? null : (long)(reach[account] * Math.Pow(random.NextDouble(), 3));
        }

        return mentions;
    }
}
