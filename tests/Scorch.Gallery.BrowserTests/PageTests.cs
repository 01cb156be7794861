using System.Globalization;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Scorch.Gallery.BrowserTests;

public sealed class PageTests(Gallery gallery) : IClassFixture<Gallery>
{
    private static readonly string[] Paths =
    [
        "/", "/days", "/days/2021-06-09", "/rooms", "/rooms/vision", "/papers/repvgg", "/papers/pinn-poisson", "/papers/doubleml", "/papers/gevb", "/papers/pinn-poisson/source/HybridPoisson",
        "/evidence", "/evidence?room=Vision&verdict=confirmed", "/search?q=network", "/search?q=", "/no-such-page",
    ];

    public static TheoryData<string, ColorScheme, bool> Views
    {
        get
        {
            var data = new TheoryData<string, ColorScheme, bool>();
            foreach (var path in Paths)
            {
                data.Add(path, ColorScheme.Light, false);
                data.Add(path, ColorScheme.Dark, true);
            }

            return data;
        }
    }

    [BrowserTheory]
    [MemberData(nameof(Views))]
    public async Task A_page_is_accessible_fits_its_window_and_makes_the_browser_complain_of_nothing(string path, ColorScheme colours, bool isPhone)
    {
        await using var window = await gallery.OpenAsync(gallery.Server.Address, colours, isPhone);
        var answer = await window.Page.GotoAsync(path);
        await window.PictureAsync(Name(path, colours, isPhone));

        var found = await window.Page.RunAxe(new AxeRunOptions { RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice") });
        Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.Select(violation =>
            $"{violation.Id}: {violation.Help}: {string.Join(" | ", violation.Nodes.Take(3).Select(node => node.Html))}")));
        Assert.True(found.Passes.Length > 10, $"Only {found.Passes.Length} rules were checked.");
        var overhang = await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(overhang <= 0, $"{path} scrolls {overhang} pixels sideways.");
        var expected = path == "/no-such-page" ? 404 : 200;
        Assert.Equal(expected, answer!.Status);
        Assert.DoesNotContain(window.Errors, error => expected == 200 || !error.Contains("404", StringComparison.Ordinal));
    }

    [BrowserFact]
    public async Task A_reader_finds_a_paper_from_the_front_page_by_links_alone()
    {
        await using var window = await gallery.OpenAsync(gallery.Server.Address, scripts: false);
        await window.Page.GotoAsync("/");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Days", Exact = true }).ClickAsync();
        await window.Page.Locator("main a[href='/days/2021-01-12']").First.ClickAsync();
        await window.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("RepVGG") }).First.ClickAsync();

        Assert.EndsWith("/papers/repvgg", window.Page.Url, StringComparison.Ordinal);
        Assert.Contains("RepVGG", await window.Page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(await window.Page.Locator(".claim").CountAsync() > 0);
    }

    [BrowserFact]
    public async Task The_keyboard_reaches_the_content_first_and_shows_where_it_is()
    {
        await using var window = await gallery.OpenAsync(gallery.Server.Address);
        await window.Page.GotoAsync("/days");

        await window.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await FocusedAsync(window));
        Assert.NotEqual("none", await window.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.Keyboard.PressAsync("Tab");
        Assert.True(await window.Page.EvaluateAsync<bool>("document.getElementById('main').contains(document.activeElement)"));
    }

    [BrowserFact]
    public async Task A_chosen_theme_stays_from_page_to_page()
    {
        await using var window = await gallery.OpenAsync(gallery.Server.Address, ColorScheme.Light);
        await window.Page.GotoAsync("/");
        var light = await BackgroundAsync(window);

        await window.Page.Locator("#theme").ClickAsync();
        var dark = await BackgroundAsync(window);
        await window.Page.GotoAsync("/papers/repvgg");

        Assert.NotEqual(light, dark);
        Assert.Equal(dark, await BackgroundAsync(window));
        await using var system = await gallery.OpenAsync(gallery.Server.Address, ColorScheme.Dark);
        await system.Page.GotoAsync("/");
        Assert.Equal(dark, await BackgroundAsync(system));
    }

    [BrowserFact]
    public async Task Evidence_is_filtered_without_scripts()
    {
        await using var window = await gallery.OpenAsync(gallery.Server.Address, scripts: false);
        await window.Page.GotoAsync("/evidence");
        var all = await window.Page.Locator("table.evidence tbody tr").CountAsync();

        await window.Page.Locator("form.filter select[name=room]").SelectOptionAsync("Vision");
        await window.Page.Locator("form.filter button").ClickAsync();
        var some = await window.Page.Locator("table.evidence tbody tr").CountAsync();

        Assert.InRange(some, 1, all - 1);
        Assert.Equal(some, await window.Page.Locator("table.evidence tbody tr:has(a[href*='repvgg'])").CountAsync());
    }

    [BrowserFact]
    public async Task Text_can_grow_to_twice_its_size_on_a_phone()
    {
        await using var window = await gallery.OpenAsync(gallery.Server.Address, isPhone: true);
        foreach (var path in new[] { "/", "/days/2021-06-09", "/papers/repvgg" })
        {
            await window.Page.GotoAsync(path);
            await window.Page.EvaluateAsync("document.documentElement.style.fontSize = '2rem'");
            var wide = await window.Page.EvaluateAsync<string>(
                "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 120)).slice(0, 5).join(' | ')");
            Assert.True(await window.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, $"{path}: {wide}");
        }
    }

    [BrowserFact]
    public async Task A_page_weighs_less_than_150_kilobytes_without_pictures()
    {
        foreach (var path in Paths)
        {
            await using var window = await gallery.OpenAsync(gallery.Server.Address);
            var weight = 0L;
            var answers = new List<IResponse>();
            window.Page.Response += (_, response) => answers.Add(response);
            await window.Page.GotoAsync(path, new PageGotoOptions { WaitUntil = WaitUntilState.NetworkIdle });
            foreach (var answer in answers.ToList().Where(answer => answer.Request.ResourceType != "image"))
            {
                weight += (await answer.BodyAsync()).LongLength;
            }

            Assert.True(weight < 150_000, string.Create(CultureInfo.InvariantCulture, $"{path} weighs {weight} bytes uncompressed."));
            Assert.True(weight > 1000, path);
        }
    }

    private static Task<string> FocusedAsync(Window window) => window.Page.EvaluateAsync<string>("document.activeElement.textContent");

    private static Task<string> BackgroundAsync(Window window) => window.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor");

    private static string Name(string path, ColorScheme colours, bool isPhone) =>
        $"{Regex.Replace(path.Trim('/'), "[^a-z0-9-]+", "_")}-{colours}-{(isPhone ? "phone" : "desk")}".ToLowerInvariant();
}
