using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Scorch.Gallery.Runs;
using Scorch.Reproductions;

namespace Scorch.Gallery.Tests.Runs;

/// <summary>Signing in, starting, watching and cancelling runs, over HTTP against the real server.</summary>
public sealed partial class RunPagesTests : IAsyncLifetime
{
    private const string Token = "a token for these tests";

    private readonly string _folder = Directory.CreateTempSubdirectory("scorch-runs-").FullName;
    private readonly GatedReproduction _reproduction = new();
    private readonly HttpClient _browser = new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });
    private GalleryServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await GalleryServer.CreateAsync(new GalleryOptions
        {
            Catalog = _reproduction.Catalog(),
            Port = 0,
            AllowRuns = true,
            Token = Token,
            EvidenceFolder = _folder,
            MostWaitingRuns = 2,
            Poll = TimeSpan.FromMilliseconds(50),
            SearchesPerSecond = 5,
        });
        await _server.StartAsync();
        _browser.BaseAddress = _server.Address;
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _server.StopAsync();
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_signed_in_user_starts_a_run_watches_it_and_sees_its_report()
    {
        var ticket = await SignInAsync();
        var started = await PostAsync("/runs", ("ticket", ticket), ("paper", "pinn-poisson"), ("scale", "smoke"), ("seeds", "4"), ("settings", "steps=7\r\n"));
        Assert.Equal(HttpStatusCode.SeeOther, started.StatusCode);
        var address = started.Headers.Location!.OriginalString;
        Assert.Contains("steps=7", await _browser.GetStringAsync(address), StringComparison.Ordinal);

        _reproduction.Open();
        var events = await EventsAsync(address);

        Assert.Equal("end", events[^1].Kind);
        Assert.Contains(events, item => item.Data.Contains("\"message\":\"at the gate\"", StringComparison.Ordinal) && item.Data.Contains("\"state\":\"Running\"", StringComparison.Ordinal));
        Assert.Contains("\"state\":\"Finished\"", events[^2].Data, StringComparison.Ordinal);
        Assert.Contains("The report", await _browser.GetStringAsync(address), StringComparison.Ordinal);

        using var report = await _browser.GetAsync($"{address}/report");
        Assert.Equal(HttpStatusCode.OK, report.StatusCode);
        Assert.Contains("sandbox allow-scripts", string.Join(' ', report.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal(4, EvidenceFile.Read(await _browser.GetStreamAsync($"{address}/evidence.json"), "answer").Seeds.Count);
    }

    [Fact]
    public async Task A_finished_run_appears_on_the_papers_page()
    {
        var ticket = await SignInAsync();
        _reproduction.Open();
        var started = await PostAsync("/runs", ("ticket", ticket), ("paper", "pinn-poisson"), ("scale", "smoke"));
        await EventsAsync(started.Headers.Location!.OriginalString);

        var patience = DateTime.UtcNow.AddSeconds(30);
        string page;
        do
        {
            await Task.Delay(20);
            page = await _browser.GetStringAsync("/papers/pinn-poisson");
        }
        while (page.Contains("No run is recorded", StringComparison.Ordinal) && DateTime.UtcNow < patience);

        Assert.DoesNotContain("No run is recorded", page, StringComparison.Ordinal);
        Assert.Contains("The method is better.", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_follower_who_comes_back_is_sent_what_it_missed()
    {
        var ticket = await SignInAsync();
        _reproduction.Open();
        var started = await PostAsync("/runs", ("ticket", ticket), ("paper", "pinn-poisson"), ("scale", "smoke"));
        var address = started.Headers.Location!.OriginalString;
        var all = await EventsAsync(address);

        var rest = await EventsAsync(address, after: all[^3].Id);

        Assert.Equal([all[^2], all[^1]], rest);
    }

    [Fact]
    public async Task A_run_can_be_cancelled()
    {
        var ticket = await SignInAsync();
        var started = await PostAsync("/runs", ("ticket", ticket), ("paper", "pinn-poisson"), ("scale", "smoke"));
        var address = started.Headers.Location!.OriginalString;
        await _reproduction.Began.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync($"{address}/cancel", ("ticket", ticket))).StatusCode);
        await EventsAsync(address);

        Assert.Equal(RunState.Cancelled, Assert.Single(_server.Runs!.Entries).State);
        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync($"{address}/report")).StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_run_is_refused_with_the_reason()
    {
        var ticket = await SignInAsync();

        var refused = await PostAsync("/runs", ("ticket", ticket), ("paper", "gevb"), ("scale", "smoke"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("does not run yet", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var (name, value) in new[] { ("scale", "huge"), ("seeds", "none"), ("seed", "-3"), ("settings", "steps"), ("settings", "steps=0") })
        {
            var answer = await PostAsync("/runs", ("ticket", ticket), ("paper", "pinn-poisson"), ("scale", name == "scale" ? value : "smoke"), (name == "scale" ? "seeds" : name, name == "scale" ? "" : value));
            Assert.True(answer.StatusCode == HttpStatusCode.UnprocessableEntity, $"{name}={value}: {answer.StatusCode}");
        }

        Assert.Empty(_server.Runs!.Entries);
    }

    [Fact]
    public async Task Nobody_starts_a_run_without_having_signed_in()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/runs", ("ticket", ""), ("paper", "pinn-poisson"), ("scale", "smoke"))).StatusCode);
        foreach (var path in new[] { "/runs", "/runs/0123456789abcdef", "/runs/0123456789abcdef/events", "/runs/0123456789abcdef/report" })
        {
            var answer = await _browser.GetAsync(path);
            Assert.Equal((HttpStatusCode.Redirect, "/sign-in"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        }

        Assert.Empty(_server.Runs!.Entries);
    }

    [Fact]
    public async Task A_wrong_token_signs_nobody_in_and_attempts_are_bounded()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/sign-in", ("token", "another token than that"))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _browser.GetAsync("/sign-in?token=" + new string('x', 500))).StatusCode);
        HttpStatusCode last = default;
        for (var attempt = 0; attempt < 30; attempt++)
        {
            last = (await PostAsync("/sign-in", ("token", $"guess number {attempt}"))).StatusCode;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        Assert.Equal("/sign-in", (await _browser.GetAsync("/runs")).Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("Origin", "http://elsewhere.example")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task A_form_of_another_site_starts_nothing(string header, string value)
    {
        var ticket = await SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/runs") { Content = Form(("ticket", ticket), ("paper", "pinn-poisson"), ("scale", "smoke")) };
        request.Headers.Add(header, value);

        Assert.Equal(HttpStatusCode.Forbidden, (await _browser.SendAsync(request)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/runs", ("ticket", "of another session"), ("paper", "pinn-poisson"), ("scale", "smoke"))).StatusCode);
        Assert.Empty(_server.Runs!.Entries);
    }

    [Fact]
    public async Task The_session_cookie_is_out_of_the_reach_of_scripts_and_other_sites()
    {
        var answer = await PostAsync("/sign-in", ("token", Token));

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie")).ToLowerInvariant();
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(Token, cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_signed_out_starts_nothing_more()
    {
        var ticket = await SignInAsync();
        await PostAsync("/sign-out", ("ticket", ticket));

        Assert.Equal(HttpStatusCode.Forbidden, (await PostAsync("/runs", ("ticket", ticket), ("paper", "pinn-poisson"), ("scale", "smoke"))).StatusCode);
    }

    [Theory]
    [InlineData("/runs/..%2f..%2fetc%2fpasswd/report")]
    [InlineData("/runs/../../secret")]
    [InlineData("/runs/0123456789abcdef/report")]
    [InlineData("/runs/.queue.lock")]
    public async Task No_address_leaves_the_folder_of_runs(string path)
    {
        await SignInAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await _browser.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Large_bodies_other_hosts_and_floods_of_searches_are_refused()
    {
        var ticket = await SignInAsync();
        using var large = Form(("ticket", ticket), ("paper", "pinn-poisson"), ("scale", "smoke"), ("settings", new string('x', 200_000)));
        try
        {
            Assert.Contains((await _browser.PostAsync("/runs", large)).StatusCode, new[] { HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest });
        }
        catch (HttpRequestException)
        {
            // The server may close the connection before all was sent.
        }

        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "rebound.example" } };
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await _browser.SendAsync(rebound)).StatusCode);

        var searches = new List<HttpStatusCode>();
        for (var i = 0; i < 40; i++)
        {
            searches.Add((await _browser.GetAsync($"/search?q=word{i}")).StatusCode);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, searches);
        Assert.Equal(HttpStatusCode.OK, searches[0]);
        Assert.Empty(_server.Runs!.Entries);
    }

    [Fact]
    public async Task Without_leave_there_is_nothing_to_start()
    {
        await using var quiet = await GalleryServer.CreateAsync(new GalleryOptions { Catalog = _reproduction.Catalog(), Port = 0 });
        await quiet.StartAsync();
        using var visitor = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = quiet.Address };

        foreach (var path in new[] { "/runs", "/sign-in" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync(path)).StatusCode);
            Assert.Contains((await visitor.PostAsync(path, Form(("token", Token)))).StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed });
        }

        Assert.DoesNotContain("href=\"/runs\"", await visitor.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.Null(quiet.SignInAddress);
        await quiet.StopAsync();
    }

    [Fact]
    public async Task The_printed_address_signs_in_and_takes_the_token_out_of_sight()
    {
        var answer = await _browser.GetAsync(_server.SignInAddress);

        Assert.Equal((HttpStatusCode.SeeOther, "/runs"), (answer.StatusCode, answer.Headers.Location!.OriginalString));
        Assert.Equal(HttpStatusCode.OK, (await _browser.GetAsync("/runs")).StatusCode);
    }

    [GeneratedRegex("name=\"ticket\" value=\"([0-9a-f]+)\"")]
    private static partial Regex TicketField();

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private async Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = Form(fields);
        return await _browser.PostAsync(path, form);
    }

    private async Task<string> SignInAsync()
    {
        Assert.Equal(HttpStatusCode.SeeOther, (await PostAsync("/sign-in", ("token", Token))).StatusCode);
        return TicketField().Match(await _browser.GetStringAsync("/runs")).Groups[1].Value;
    }

    private async Task<List<(string Id, string Kind, string Data)>> EventsAsync(string address, string? after = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{address}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        using var answer = await _browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var text = await answer.Content.ReadAsStringAsync(patience.Token);
        return
        [
            .. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(block => !block.StartsWith(':')).Select(block =>
            {
                var fields = block.Split('\n').Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => pair[1]);
                return (fields.GetValueOrDefault("id", ""), fields["event"], fields["data"]);
            }),
        ];
    }
}
