using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Scorch.Gallery.Runs;

/// <summary>Who may start runs: whoever showed the token that was printed when the server started.</summary>
/// <remarks>
/// A signed-in browser holds a random session in a cookie that scripts cannot read and other sites cannot send. What changes something must
/// also carry the session's ticket, which stands in the page's form, and must not come from another site.
/// </remarks>
public sealed class RunAccess
{
    private const string CookieName = "scorch-session";
    private const int MostSessions = 64;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly byte[] _token;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>Makes an access with a token.</summary>
    /// <param name="token">The token, at least 16 characters; null for a random one.</param>
    /// <param name="time">Tells the time.</param>
    /// <exception cref="ArgumentException">The token is too short.</exception>
    public RunAccess(string? token = null, TimeProvider? time = null)
    {
        Token = token ?? Random();
        if (Token.Length < 16)
        {
            throw new ArgumentException($"RunAccess: a token needs at least 16 characters; this one has {Token.Length}.", nameof(token));
        }

        _token = Hash(Token);
        _time = time ?? TimeProvider.System;
    }

    /// <summary>What a user shows to sign in.</summary>
    public string Token { get; }

    /// <summary>Signs a browser in.</summary>
    /// <returns>False where the token is another one.</returns>
    public bool SignIn(HttpContext http, string? token)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (token is null || !CryptographicOperations.FixedTimeEquals(Hash(token), _token))
        {
            return false;
        }

        var now = _time.GetUtcNow();
        foreach (var (old, session) in _sessions.OrderBy(pair => pair.Value.Ends))
        {
            if (session.Ends <= now || _sessions.Count >= MostSessions)
            {
                _sessions.TryRemove(old, out _);
            }
        }

        var id = Random();
        _sessions[id] = new Session(Random(), now + Lifetime);
        http.Response.Cookies.Append(CookieName, id, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = "/",
            MaxAge = Lifetime,
            IsEssential = true,
        });
        return true;
    }

    /// <summary>Signs a browser out.</summary>
    public void SignOut(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.Request.Cookies[CookieName] is { } id)
        {
            _sessions.TryRemove(id, out _);
        }

        http.Response.Cookies.Delete(CookieName, new CookieOptions { Path = "/", SameSite = SameSiteMode.Strict, HttpOnly = true });
    }

    /// <summary>The ticket that the forms of a signed-in browser carry; null for one that is not signed in.</summary>
    public string? TicketOf(HttpContext http)
    {
        ArgumentNullException.ThrowIfNull(http);
        return http.Request.Cookies[CookieName] is { } id && _sessions.TryGetValue(id, out var session) && session.Ends > _time.GetUtcNow() ? session.Ticket : null;
    }

    /// <summary>Whether a form was sent by a page of this server to a signed-in browser.</summary>
    public bool IsOwn(HttpContext http, string? ticket)
    {
        ArgumentNullException.ThrowIfNull(http);
        return IsSameSite(http.Request)
            && TicketOf(http) is { } expected
            && ticket is not null
            && CryptographicOperations.FixedTimeEquals(Hash(ticket), Hash(expected));
    }

    /// <summary>Whether a request does not come from a page of another site, as far as the browser tells.</summary>
    public static bool IsSameSite(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        return site is "" or "same-origin" or "none"
            && (origin.Length == 0 || origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Whether a request names this machine: a page elsewhere that has its own name point here is refused.</summary>
    public static bool NamesLocalhost(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var host = request.Host.Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.AsSpan().Trim("[]").ToString(), out var address) && IPAddress.IsLoopback(address));
    }

    private static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private sealed record Session(string Ticket, DateTimeOffset Ends);
}
