using System.Net;
using AngleSharp.Html.Dom;

namespace Scorch.Gallery.Tests;

/// <summary>The gallery as it is on first start: the pages that ship, found by following every link.</summary>
public sealed class PageTests(PageTests.Crawl crawl) : IClassFixture<PageTests.Crawl>
{
    [Fact]
    public void Every_link_leads_to_a_page_or_a_file()
    {
        Assert.Empty(crawl.Broken);
        Assert.True(crawl.Pages.Count > 100, $"Only {crawl.Pages.Count} pages were found.");
    }

    [Fact]
    public void Every_paper_day_and_room_is_reached_from_the_front_page()
    {
        foreach (var paper in Catalog.Default.Papers)
        {
            Assert.Contains($"/papers/{paper.Slug}", crawl.Pages.Keys);
            Assert.Contains($"/days/{paper.DigestDay:yyyy-MM-dd}", crawl.Pages.Keys);
            Assert.Contains($"/rooms/{paper.Room.ToLowerInvariant()}", crawl.Pages.Keys);
        }
    }

    [Fact]
    public void Every_page_has_a_title_of_its_own_a_description_and_a_canonical_address()
    {
        foreach (var (address, page) in crawl.Pages)
        {
            Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
            Assert.False(string.IsNullOrWhiteSpace(page.Title), address);
            Assert.False(string.IsNullOrWhiteSpace(Meta(page, "meta[name=description]")), address);
            Assert.False(string.IsNullOrWhiteSpace(Meta(page, "meta[property='og:title']")), address);
            Assert.Equal(address, page.QuerySelector("link[rel=canonical]")?.GetAttribute("href"));
        }

        Assert.Equal(crawl.Pages.Count, crawl.Pages.Values.Select(page => page.Title).Distinct().Count());

        static string? Meta(IHtmlDocument page, string selector) => page.QuerySelector(selector)?.GetAttribute("content");
    }

    [Fact]
    public void Every_page_has_landmarks_one_first_heading_and_no_heading_that_skips_a_level()
    {
        foreach (var (address, page) in crawl.Pages)
        {
            Assert.Single(page.QuerySelectorAll("main"));
            Assert.Single(page.QuerySelectorAll("body > header"));
            Assert.Single(page.QuerySelectorAll("body > footer"));
            Assert.NotNull(page.QuerySelector("a.skip[href='#main']"));
            Assert.Single(page.QuerySelectorAll("h1"));
            var level = 0;
            foreach (var heading in page.QuerySelectorAll("h1, h2, h3, h4, h5, h6"))
            {
                var next = heading.LocalName[1] - '0';
                Assert.True(next <= level + 1, $"{address}: <{heading.LocalName}> {heading.TextContent} after level {level}");
                level = next;
            }
        }
    }

    [Fact]
    public void Identifiers_are_unique_and_what_refers_to_them_finds_them()
    {
        foreach (var (address, page) in crawl.Pages)
        {
            var identifiers = page.QuerySelectorAll("[id]").Select(element => element.Id!).ToList();
            Assert.True(identifiers.Count == identifiers.Distinct().Count(), $"{address}: {string.Join(", ", identifiers.GroupBy(id => id).Where(group => group.Count() > 1).Select(group => group.Key))}");
            var wanted = page.QuerySelectorAll("[aria-labelledby]").Select(element => element.GetAttribute("aria-labelledby")!)
                .Concat(page.QuerySelectorAll("label[for]").Select(element => element.GetAttribute("for")!))
                .Concat(page.QuerySelectorAll("a[href^='#']").Select(element => element.GetAttribute("href")![1..]));
            Assert.All(wanted, id => Assert.Contains(id, identifiers));
        }
    }

    [Fact]
    public void Tables_pictures_drawings_and_inputs_are_named()
    {
        foreach (var (address, page) in crawl.Pages)
        {
            Assert.All(page.QuerySelectorAll("table"), table => Assert.False(string.IsNullOrWhiteSpace(table.QuerySelector("caption")?.TextContent), address));
            Assert.All(page.QuerySelectorAll("th"), cell => Assert.NotNull(cell.GetAttribute("scope")));
            Assert.All(page.QuerySelectorAll("img"), picture => Assert.NotNull(picture.GetAttribute("alt")));
            Assert.All(page.QuerySelectorAll("svg"), drawing => Assert.False(string.IsNullOrWhiteSpace(drawing.GetAttribute("aria-label")), address));
            Assert.All(page.QuerySelectorAll("input, select"), input => Assert.True(
                input.Closest("label") is not null || page.QuerySelector($"label[for='{input.Id}']") is not null, address));
        }
    }

    [Fact]
    public void No_page_has_inline_script_or_style()
    {
        foreach (var (address, page) in crawl.Pages)
        {
            Assert.Empty(page.QuerySelectorAll("[style], style"));
            Assert.All(page.QuerySelectorAll("script"), script => Assert.StartsWith("/assets/", script.GetAttribute("src"), StringComparison.Ordinal));
            Assert.DoesNotContain(page.All.SelectMany(element => element.Attributes), attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            Assert.True(page.All.Length > 10, address);
        }
    }

    [Fact]
    public void No_page_weighs_more_than_150_KB()
    {
        Assert.All(crawl.Weights, page => Assert.True(page.Value < 150_000, $"{page.Key}: {page.Value} bytes"));
    }

    [Fact]
    public void Every_answer_carries_the_safety_headers()
    {
        Assert.All(crawl.Policies, answer =>
        {
            Assert.Contains("default-src 'none'", answer.Value, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", answer.Value, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", answer.Value, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_paper_that_runs_shows_each_claim_beside_what_was_measured()
    {
        foreach (var run in Catalog.Default.Evidence)
        {
            var page = crawl.Pages[$"/papers/{run.Paper}"];
            foreach (var claim in run.Claims)
            {
                var card = page.GetElementById($"claim-{claim.Id}");
                Assert.NotNull(card);
                Assert.Contains(claim.Statement, card.TextContent, StringComparison.Ordinal);
                Assert.Contains(claim.Reason, card.TextContent, StringComparison.Ordinal);
                Assert.NotNull(card.QuerySelector($".badge.{Reproductions.VerdictNames.Name(claim.Verdict)}"));
                Assert.Equal(claim.Quantity.N > 0, card.QuerySelector("svg") is not null);
            }

            Assert.Contains(run.Machine.Processor, page.Body!.TextContent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_day_marks_exactly_the_papers_that_run()
    {
        foreach (var day in Catalog.Default.Papers.GroupBy(paper => paper.DigestDay))
        {
            var marked = crawl.Pages[$"/days/{day.Key:yyyy-MM-dd}"].QuerySelectorAll("a.badge.runs").Select(badge => badge.GetAttribute("href")).Order();
            var runs = day.Where(paper => Catalog.Default.TryFindReproduction(paper.Slug) is not null).Select(paper => $"/papers/{paper.Slug}").Order();
            Assert.Equal(runs, marked);
        }
    }

    [Fact]
    public void A_paper_that_runs_tells_the_command_lines_and_shows_its_sources()
    {
        foreach (var reproduction in Catalog.Default.Reproductions)
        {
            var page = crawl.Pages[$"/papers/{reproduction.PaperSlug}"];
            var lines = page.QuerySelectorAll("dl.commands code").Select(code => code.TextContent).ToList();
            Assert.Contains($"scorch run {reproduction.PaperSlug} --scale smoke", lines);
            Assert.All(reproduction.Commands, command => Assert.Contains(lines, line => line.StartsWith($"scorch {reproduction.PaperSlug} {command.Name}", StringComparison.Ordinal)));
            Assert.Contains(crawl.Pages.Keys, address => address == $"/papers/{reproduction.PaperSlug}/source/{reproduction.GetType().Name}");
        }
    }

    /// <summary>Follows every link from the front page, once.</summary>
    public sealed class Crawl : IAsyncLifetime
    {
        public Dictionary<string, IHtmlDocument> Pages { get; } = [];

        public Dictionary<string, int> Weights { get; } = [];

        public Dictionary<string, string> Policies { get; } = [];

        public List<string> Broken { get; } = [];

        public async Task InitializeAsync()
        {
            await using var gallery = await TestGallery.StartAsync();
            var waiting = new Queue<string>(["/"]);
            var seen = new HashSet<string>(waiting);
            while (waiting.TryDequeue(out var address))
            {
                using var answer = await gallery.Client.GetAsync(address);
                Policies[address] = string.Join(';', answer.Headers.GetValues("Content-Security-Policy"));
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    Broken.Add($"{address}: {answer.StatusCode}");
                    continue;
                }

                var bytes = await answer.Content.ReadAsByteArrayAsync();
                if (answer.Content.Headers.ContentType?.MediaType != "text/html")
                {
                    continue;
                }

                var page = TestGallery.Parse(System.Text.Encoding.UTF8.GetString(bytes));
                Pages.Add(address, page);
                Weights.Add(address, bytes.Length);
                foreach (var link in TestGallery.Links(page).Where(seen.Add))
                {
                    waiting.Enqueue(link);
                }
            }
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
