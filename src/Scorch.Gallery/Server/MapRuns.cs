using System.Globalization;
using System.Text.Json;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Scorch.Gallery.Rendering;
using Scorch.Gallery.Runs;
using Scorch.Reproductions;

namespace Scorch.Gallery;

/// <summary>Signing in, starting runs, watching and cancelling them. Mapped only where runs are allowed.</summary>
internal sealed class MapRuns : IDisposable
{
    private const int MostFollowers = 64;
    private const int MostSettings = 50;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private readonly LiveSite _live;
    private readonly RunQueue _queue;
    private readonly RunAccess _access;
    private readonly IHostApplicationLifetime _lifetime;

    // Guessing a token of 192 bits is hopeless; the bound keeps it from costing anything.
    private readonly FixedWindowRateLimiter _signIns = new(new() { PermitLimit = 20, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 });
    private readonly FixedWindowRateLimiter _starts = new(new() { PermitLimit = 60, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 });
    private readonly ConcurrencyLimiter _followers = new(new() { PermitLimit = MostFollowers, QueueLimit = 0 });

    private MapRuns(LiveSite live, RunQueue queue, RunAccess access, IHostApplicationLifetime lifetime)
    {
        _live = live;
        _queue = queue;
        _access = access;
        _lifetime = lifetime;
    }

    public static MapRuns Map(IEndpointRouteBuilder routes, LiveSite live, RunQueue queue, RunAccess access, IHostApplicationLifetime lifetime)
    {
        var runs = new MapRuns(live, queue, access, lifetime);
        Get("/sign-in", runs.SignInPageAsync);
        Post("/sign-in", runs.SignInAsync);
        Post("/sign-out", runs.SignOutAsync);
        Get("/runs", runs.SignedIn(runs.ListAsync));
        Post("/runs", runs.Own(runs.StartAsync));
        Get("/runs/{id}", runs.SignedIn(runs.ShowAsync));
        Get("/runs/{id}/events", runs.SignedIn(runs.EventsAsync));
        Get("/runs/{id}/report", runs.SignedIn(http => runs.FileAsync(http, RunFiles.Report, "text/html; charset=utf-8")));
        Get("/runs/{id}/evidence.json", runs.SignedIn(http => runs.FileAsync(http, RunFiles.Evidence, "application/json")));
        Post("/runs/{id}/cancel", runs.Own(runs.CancelAsync));
        return runs;

        void Get(string pattern, RequestDelegate answer) => routes.MapMethods(pattern, Reading, answer);
        void Post(string pattern, RequestDelegate answer) => routes.MapMethods(pattern, [HttpMethods.Post], answer);
    }

    public void Dispose()
    {
        _signIns.Dispose();
        _starts.Dispose();
        _followers.Dispose();
    }

    private RequestDelegate SignedIn(RequestDelegate answer) => http =>
    {
        if (_access.TicketOf(http) is not null)
        {
            return answer(http);
        }

        http.Response.Redirect(_live.Links.Page("sign-in"));
        return Task.CompletedTask;
    };

    private RequestDelegate Own(Func<HttpContext, IFormCollection, Task> answer) => async http =>
    {
        if (await FormAsync(http).ConfigureAwait(false) is not { } form)
        {
            await SendAsync(http, SignInPage("That was no form of this server."), StatusCodes.Status400BadRequest).ConfigureAwait(false);
        }
        else if (!_access.IsOwn(http, form["ticket"]))
        {
            await SendAsync(http, SignInPage("Sign in first; the form may be of an earlier session."), StatusCodes.Status403Forbidden).ConfigureAwait(false);
        }
        else
        {
            await answer(http, form).ConfigureAwait(false);
        }
    };

    private Task SignInPageAsync(HttpContext http)
    {
        // The printed address carries the token; the redirect takes it out of the address line.
        return http.Request.Query.TryGetValue("token", out var token) ? TryTokenAsync(http, token) : SendAsync(http, SignInPage(null));
    }

    private async Task SignInAsync(HttpContext http)
    {
        var form = RunAccess.IsSameSite(http.Request) ? await FormAsync(http).ConfigureAwait(false) : null;
        await TryTokenAsync(http, form?["token"]).ConfigureAwait(false);
    }

    private async Task TryTokenAsync(HttpContext http, string? token)
    {
        using var lease = _signIns.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            http.Response.Headers.RetryAfter = "60";
            await SendAsync(http, SignInPage("Too many attempts; wait a minute."), StatusCodes.Status429TooManyRequests).ConfigureAwait(false);
        }
        else if (_access.SignIn(http, token?.Trim()))
        {
            SeeOther(http, "runs");
        }
        else
        {
            await SendAsync(http, SignInPage("That is not the token that was printed when the server started."), StatusCodes.Status403Forbidden).ConfigureAwait(false);
        }
    }

    private async Task SignOutAsync(HttpContext http)
    {
        var form = await FormAsync(http).ConfigureAwait(false);
        if (form is not null && _access.IsOwn(http, form["ticket"]))
        {
            _access.SignOut(http);
        }

        SeeOther(http, "");
    }

    private Task ListAsync(HttpContext http) => SendAsync(http, ListPage(http, null, http.Request.Query["paper"].ToString()));

    private async Task StartAsync(HttpContext http, IFormCollection form)
    {
        using var lease = _starts.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            http.Response.Headers.RetryAfter = "60";
            await SendAsync(http, ListPage(http, "Too many runs were asked for; wait a minute.", form["paper"].ToString()), StatusCodes.Status429TooManyRequests).ConfigureAwait(false);
            return;
        }

        try
        {
            SeeOther(http, $"runs/{_queue.Add(Order(form)).Id}");
        }
        catch (UsageException problem)
        {
            await SendAsync(http, ListPage(http, problem.Message, form["paper"].ToString()), StatusCodes.Status422UnprocessableEntity).ConfigureAwait(false);
        }
    }

    private Task CancelAsync(HttpContext http, IFormCollection form)
    {
        if (!_queue.Cancel(Id(http)))
        {
            return MapPages.NotFoundAsync(http, _live);
        }

        SeeOther(http, $"runs/{Id(http)}");
        return Task.CompletedTask;
    }

    private Task ShowAsync(HttpContext http) => _queue.Find(Id(http)) is { } entry
        ? SendAsync(http, new SitePage
        {
            Path = $"runs/{entry.Id}",
            Title = $"Run of {entry.Order.Paper}",
            Description = "A run of this server.",
            Section = "runs",
            IsHidden = true,
            Body = SitePage.Of<Pages.LiveRunPage>(
                (nameof(Pages.LiveRunPage.Entry), entry),
                (nameof(Pages.LiveRunPage.Ticket), _access.TicketOf(http)),
                (nameof(Pages.LiveRunPage.HasReport), _queue.FileOf(entry.Id, RunFiles.Report) is not null)),
        })
        : MapPages.NotFoundAsync(http, _live);

    private async Task EventsAsync(HttpContext http)
    {
        using var lease = _followers.AttemptAcquire();
        if (!lease.IsAcquired)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = "30";
            return;
        }

        // A stopping server does not wait for readers.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _lifetime.ApplicationStopping);
        var after = long.TryParse(http.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : 0;
        if (_queue.Follow(Id(http), after, stop.Token) is not { } news)
        {
            await MapPages.NotFoundAsync(http, _live).ConfigureAwait(false);
            return;
        }

        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await WriteAsync(http, news, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader left, or the server stops.
        }
    }

    private static async Task WriteAsync(HttpContext http, IAsyncEnumerable<RunNews> news, CancellationToken cancellationToken)
    {
        await using var each = news.GetAsyncEnumerator(cancellationToken);
        var next = each.MoveNextAsync().AsTask();
        while (true)
        {
            if (await Task.WhenAny(next, Task.Delay(Heartbeat, cancellationToken)).ConfigureAwait(false) != next)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await SendLinesAsync(http, ": still here\n\n", cancellationToken).ConfigureAwait(false);
            }
            else if (await next.ConfigureAwait(false))
            {
                var json = JsonSerializer.Serialize(each.Current, RunNewsJson.Default.RunNews);
                await SendLinesAsync(http, string.Create(CultureInfo.InvariantCulture, $"id: {each.Current.Number}\nevent: news\ndata: {json}\n\n"), cancellationToken).ConfigureAwait(false);
                next = each.MoveNextAsync().AsTask();
            }
            else
            {
                await SendLinesAsync(http, "event: end\ndata: {}\n\n", cancellationToken).ConfigureAwait(false);
                return;
            }
        }
    }

    private static async Task SendLinesAsync(HttpContext http, string lines, CancellationToken cancellationToken)
    {
        await http.Response.WriteAsync(lines, cancellationToken).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task FileAsync(HttpContext http, string name, string type)
    {
        if (_queue.FileOf(Id(http), name) is not { } path)
        {
            return MapPages.NotFoundAsync(http, _live);
        }

        http.Response.ContentType = type;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.ContentSecurityPolicy = ContentSecurity.Report;
        return http.Response.SendFileAsync(path, http.RequestAborted);
    }

    private SitePage ListPage(HttpContext http, string? problem, string paper) => new()
    {
        Path = "runs",
        Title = "Runs",
        Description = "Runs of this server.",
        Section = "runs",
        IsHidden = true,
        Body = SitePage.Of<Pages.RunsPage>(
            (nameof(Pages.RunsPage.Entries), _queue.Entries),
            (nameof(Pages.RunsPage.MostWaiting), _queue.MostWaiting),
            (nameof(Pages.RunsPage.Ticket), _access.TicketOf(http)),
            (nameof(Pages.RunsPage.Chosen), paper),
            (nameof(Pages.RunsPage.Problem), problem)),
    };

    private static SitePage SignInPage(string? problem) => new()
    {
        Path = "sign-in",
        Title = "Sign in",
        Description = "Sign in to start runs on this server.",
        Section = "runs",
        IsHidden = true,
        Body = SitePage.Of<Pages.SignInPage>((nameof(Pages.SignInPage.Problem), problem)),
    };

    private async Task SendAsync(HttpContext http, SitePage page, int status = StatusCodes.Status200OK)
    {
        http.Response.Headers.ContentSecurityPolicy = ContentSecurity.Live;
        var rendered = await PageRenderer.RenderAsync(page, _live.Context).ConfigureAwait(false);
        await PageResponse.SendAsync(http, rendered, status, "no-store").ConfigureAwait(false);
    }

    private void SeeOther(HttpContext http, string path)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Location = _live.Links.Page(path);
    }

    private static string Id(HttpContext http) => (string?)http.Request.RouteValues["id"] ?? "";

    private static async Task<IFormCollection?> FormAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
        {
            return null;
        }

        try
        {
            return await http.Request.ReadFormAsync(new FormOptions { BufferBodyLengthLimit = 64 << 10, ValueCountLimit = 64, KeyLengthLimit = 64, ValueLengthLimit = 32 << 10 }, http.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is InvalidDataException or BadHttpRequestException)
        {
            return null;
        }
    }

    private static RunOrder Order(IFormCollection form) => new(
        form["paper"].ToString(),
        ScaleNames.Parse(form["scale"].ToString()),
        Number(form, "seeds"),
        Number(form, "seed") ?? 1)
    {
        Settings = Settings(form["settings"].ToString()),
    };

    private static int? Number(IFormCollection form, string name) => form[name].ToString().Trim() is not { Length: > 0 } text
        ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"{(name == "seed" ? "First seed" : "Seeds")} '{text}': expected an integer.");

    private static Dictionary<string, string> Settings(string text)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || settings.Count >= MostSettings || !settings.TryAdd(line[..equals].Trim(), line[(equals + 1)..].Trim()))
            {
                throw new UsageException($"Setting '{line}': expected name=value on a line of its own, each name once, at most {MostSettings}.");
            }
        }

        return settings;
    }
}
