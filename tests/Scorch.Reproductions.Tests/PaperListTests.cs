using System.Text.RegularExpressions;

namespace Scorch.Reproductions.Tests;

public class PaperListTests
{
    [Fact]
    public void All_papers_of_the_five_digests_are_there()
    {
        var counts = PaperList.All.GroupBy(paper => paper.DigestDay).ToDictionary(day => day.Key.ToString("yyyy-MM-dd"), day => day.Count());

        Assert.Equal(67, PaperList.All.Count);
        Assert.Equal(["2021-01-12", "2021-01-22", "2021-01-25", "2021-03-18", "2021-06-09"], counts.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Slugs_arxiv_identifiers_titles_and_summaries_are_unique()
    {
        Assert.Distinct(PaperList.All.Select(paper => paper.Slug));
        Assert.Distinct(PaperList.All.Select(paper => paper.ArxivId));
        Assert.Distinct(PaperList.All.Select(paper => paper.Title));
        Assert.Distinct(PaperList.All.Select(paper => paper.Summary));
        Assert.Distinct(PaperList.All.Select(paper => paper.Overview));
    }

    [Fact]
    public void Ranks_of_a_day_count_from_one()
    {
        Assert.All(PaperList.All.GroupBy(paper => paper.DigestDay), day => Assert.Equal(Enumerable.Range(1, day.Count()), day.Select(paper => paper.Rank)));
    }

    [Fact]
    public void Every_fact_is_well_formed()
    {
        Assert.All(PaperList.All, paper =>
        {
            Assert.Matches(new Regex("^[a-z0-9]+(-[a-z0-9]+)*$"), paper.Slug);
            Assert.Matches(new Regex(@"^2(101|103|106)\.\d{5}$"), paper.ArxivId);
            Assert.Contains(paper.Room, PaperList.Rooms);
            Assert.NotEmpty(paper.Authors);
            Assert.NotEmpty(paper.Categories);
            Assert.DoesNotContain(paper.Authors, author => author.Contains('Ã', StringComparison.Ordinal) || author.Trim() != author || author.Length < 3);
            Assert.True(paper.Retweets >= 0 && paper.Favorites >= 0);
            Assert.EndsWith(".", paper.Summary, StringComparison.Ordinal);
            Assert.InRange(paper.Summary.Length, 50, 220);
            Assert.EndsWith(".", paper.Overview, StringComparison.Ordinal);
            Assert.InRange(paper.Overview.Length, 300, 700);
            Assert.Equal(DateTimeKind.Utc, paper.CountedAt.Kind);
            Assert.InRange(DateOnly.FromDateTime(paper.CountedAt).DayNumber - paper.DigestDay.DayNumber, 0, 3);
        });
        Assert.Equal(PaperList.Rooms.Order(StringComparer.Ordinal), PaperList.All.Select(paper => paper.Room).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_known_paper_has_the_digests_numbers()
    {
        var paper = PaperList.Find("repvgg");

        Assert.Equal(("2101.03697", 5, 160, 79, "Vision"), (paper.ArxivId, paper.Rank, paper.Retweets, paper.Favorites, paper.Room));
    }

    [Fact]
    public void A_misspelt_slug_is_answered_with_the_nearest()
    {
        Assert.Contains("Did you mean doubleml", Assert.Throws<UsageException>(() => PaperList.Find("doublml")).Message, StringComparison.Ordinal);
        Assert.Contains("scorch list", Assert.Throws<UsageException>(() => PaperList.Find("zzzzzzzzzz")).Message, StringComparison.Ordinal);
    }
}
