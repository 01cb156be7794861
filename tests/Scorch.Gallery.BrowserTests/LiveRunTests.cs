using System.Text.RegularExpressions;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Scorch.Gallery.Tests.Runs;

namespace Scorch.Gallery.BrowserTests;

public sealed class LiveRunTests(Gallery gallery) : IClassFixture<Gallery>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("scorch-runs-").FullName;
    private readonly GatedReproduction _reproduction = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [BrowserFact]
    public async Task A_signed_in_user_starts_a_run_watches_it_and_opens_its_report()
    {
        await using var server = await Gallery.WithRunsAsync(_reproduction, _folder);
        await using var window = await gallery.OpenAsync(server.Address);
        var page = window.Page;
        await page.GotoAsync(server.SignInAddress!.ToString());
        Assert.EndsWith("/runs", page.Url, StringComparison.Ordinal);
        await AccessibleAsync(page);

        await page.GetByLabel("Scale").SelectOptionAsync("smoke");
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Assertions.Expect(page.Locator(".now")).ToHaveTextAsync("at the gate");
        await window.PictureAsync("run-live");
        await AccessibleAsync(page);

        _reproduction.Open();
        await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "The report" })).ToBeVisibleAsync();
        await window.PictureAsync("run-finished");
        await AccessibleAsync(page);
        var errors = window.Errors;
        await page.GetByRole(AriaRole.Link, new() { Name = "The report" }).ClickAsync();
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync(new Regex(".+"));
        await window.PictureAsync("run-report");

        Assert.Empty(errors);
        await server.StopAsync();
    }

    [BrowserFact]
    public async Task A_user_cancels_a_run_and_the_page_says_so()
    {
        await using var server = await Gallery.WithRunsAsync(_reproduction, _folder);
        await using var window = await gallery.OpenAsync(server.Address, ColorScheme.Dark, isPhone: true);
        var page = window.Page;
        await page.GotoAsync(server.SignInAddress!.ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Assertions.Expect(page.Locator(".now")).ToHaveTextAsync("at the gate");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel this run" }).ClickAsync();
        await Assertions.Expect(page.Locator(".badge").First).ToHaveTextAsync("cancelled");
        await window.PictureAsync("run-cancelled-phone");

        Assert.Empty(window.Errors);
        await server.StopAsync();
    }

    [BrowserFact]
    public async Task A_wrong_token_is_answered_with_what_to_do()
    {
        await using var server = await Gallery.WithRunsAsync(_reproduction, _folder);
        await using var window = await gallery.OpenAsync(server.Address);
        var page = window.Page;
        await page.GotoAsync("/runs");
        await page.GetByLabel("Token").FillAsync("not the token");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("printed when the server started");
        await AccessibleAsync(page);
        await server.StopAsync();
    }

    private static async Task AccessibleAsync(IPage page)
    {
        var found = await page.RunAxe();
        Assert.True(found.Violations.Length == 0, string.Join('\n', found.Violations.Select(violation => $"{page.Url} {violation.Id}: {violation.Help}: {violation.Nodes[0].Html}")));
    }
}
