using System.Text.Json;
using System.Text.RegularExpressions;

namespace Scorch.Reproductions.Tests;

public class RunReportTests
{
    private const string Hostile = "</script><script>alert('x')</script><img src=http://evil.example/a.png onerror=alert(1)>\"'&";

    private static async Task<string> RenderAsync()
    {
        using var folder = new TemporaryFolder();
        var evidence = (await SmallReproduction.RunAsync(folder.Path)).Evidence;
        return RunReport.Render(
            PaperList.Find("repvgg") with { Title = Hostile, Authors = [Hostile], Summary = Hostile, Room = Hostile, ArxivId = Hostile },
            evidence with
            {
                Notes = [Hostile],
                Settings = new Dictionary<string, string> { [Hostile] = Hostile },
                Data = [new DataUse(Hostile, Hostile, Hostile)],
                Claims = [.. evidence.Claims.Select(claim => claim with { Statement = Hostile, Metric = Hostile, Unit = Hostile, Reason = Hostile, PaperFigure = 0.25, PaperFigureSource = Hostile })],
            },
            [new ScalarPoint(Hostile, 1, 2), new ScalarPoint(Hostile, 2, double.NaN), new ScalarPoint(Hostile, 3, 1)]);
    }

    [Fact]
    public async Task Nothing_that_a_run_says_becomes_markup()
    {
        var page = await RenderAsync();

        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=http", page, StringComparison.Ordinal);
        Assert.Contains("&lt;/script&gt;&lt;script&gt;alert", page, StringComparison.Ordinal);
        Assert.Equal(Regex.Count(page, "<script"), Regex.Count(page, "</script>"));
    }

    [Fact]
    public async Task Nothing_is_loaded_from_elsewhere()
    {
        var page = await RenderAsync();
        var markup = Regex.Replace(page, @"<script(?! type)[^>]*>.*?</script>", "", RegexOptions.Singleline);

        Assert.DoesNotMatch(new Regex(@"<[a-z][^>]*\s(src|href)\s*=\s*[""']?\s*(https?:)?//", RegexOptions.IgnoreCase), markup);
        Assert.DoesNotMatch(new Regex(@"<(link|iframe|object|embed|img)\b", RegexOptions.IgnoreCase), markup);
        Assert.DoesNotMatch(new Regex(@"url\(|@import", RegexOptions.IgnoreCase), markup);
        Assert.DoesNotContain("sourceMappingURL", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex(@"<script[^>]*\ssrc"), page);
    }

    [Fact]
    public async Task Charts_are_valid_json_and_show_the_papers_figure_beside_ours()
    {
        var specs = Regex.Matches(await RenderAsync(), @"data-chart>(.*?)</script>", RegexOptions.Singleline).Select(match => JsonDocument.Parse(match.Groups[1].Value).RootElement).ToList();

        // Values of C1 and C2, intervals of C1 and C2, one group of curves; C3 has no finite value.
        Assert.Equal(5, specs.Count);
        Assert.Equal(6, Rows(specs[0]).Count(row => row.GetProperty("kind").GetString() == "seed"));
        Assert.DoesNotContain(Rows(specs[0]), IsPaper);
        Assert.Contains(Rows(specs[1]), IsPaper);
        Assert.Contains(Rows(specs[2]), IsPaper);
        Assert.Contains(Rows(specs[3]), IsPaper);
        Assert.Equal(2, Rows(specs[^1]).Count());

        static IEnumerable<JsonElement> Rows(JsonElement spec) => spec.GetProperty("data").GetProperty("values").EnumerateArray();

        // C1 compares a difference, so its figure stands beside the interval alone; that of C2 also beside the values.
        static bool IsPaper(JsonElement row) =>
            row.GetProperty("kind").GetString() == "paper" && (row.TryGetProperty("value", out var value) ? value : row.GetProperty("middle")).GetDouble() == 0.25;
    }

    [Fact]
    public async Task Every_verdict_and_measurement_is_on_the_page()
    {
        using var folder = new TemporaryFolder();
        var result = await SmallReproduction.RunAsync(folder.Path);
        var page = RunReport.Render(PaperList.Find("repvgg"), result.Evidence, result.Curves);

        Assert.Contains("1 confirmed, 1 not-confirmed, 1 not-measurable", page, StringComparison.Ordinal);
        Assert.Equal(result.Evidence.Measurements.Count, Regex.Count(page, "<td>(method|baseline)</td>"));
        Assert.Contains("Interactive Data Lab", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_curve_does_not_make_a_huge_page()
    {
        using var folder = new TemporaryFolder();
        var evidence = (await SmallReproduction.RunAsync(folder.Path)).Evidence;
        var curve = Enumerable.Range(0, 1_000_000).Select(i => new ScalarPoint("loss", i, 1.0 / (i + 1))).ToList();

        var without = RunReport.Render(PaperList.Find("repvgg"), evidence, []).Length;
        Assert.InRange(RunReport.Render(PaperList.Find("repvgg"), evidence, curve).Length, without + 1, without + 200_000);
    }
}
