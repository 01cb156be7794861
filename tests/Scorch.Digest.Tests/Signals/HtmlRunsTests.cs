namespace Scorch.Digest.Tests;

public class HtmlRunsTests
{
    [Fact]
    public void Text_links_and_breaks_are_kept() => Assert.Equal(
        [
            TextRun.Plain("A & B "),
            TextRun.Link("https://arxiv.org/abs/2101.08833", "arxiv.org/abs/2101"),
            TextRun.LineBreak,
            TextRun.Plain("<x>"),
            TextRun.LineBreak,
            TextRun.LineBreak,
            TextRun.Plain("#"),
        ],
        HtmlRuns.Read("<p>A &amp; B <a href=\"https://arxiv.org/abs/2101.08833\" rel=\"nofollow\"><span class=\"invisible\">https://</span><span class=\"ellipsis\">arxiv.org/abs/2101</span><span class=\"invisible\">.08833</span></a><br/>&lt;x&gt;</p><p>#</p>"));

    [Fact]
    public void Nothing_that_runs_is_kept()
    {
        var runs = HtmlRuns.Read("<script>alert(1)</script><img src=x onerror=\"alert(2)\"><a href=\"javascript:alert(3)\">click</a><style>p{}</style><!-- c --><svg/onload=alert(4)>a <unclosed");

        Assert.Equal([TextRun.Plain("clicka <unclosed")], runs);
    }

    [Theory]
    [InlineData("<!")]
    [InlineData("<a href='")]
    [InlineData("<span>")]
    [InlineData("<script>")]
    [InlineData("</span>")]
    [InlineData("&")]
    public void Hostile_html_ends_soon(string piece) => Assert.NotNull(HtmlRuns.Read(string.Concat(Enumerable.Repeat(piece, 100_000))));
}
