using System.Net;

namespace Scorch.Digest.Tests;

public class PlaybackServerTests
{
    [Fact]
    public async Task Plays_a_script_in_order_and_repeats_its_last_response()
    {
        await using var server = new PlaybackServer().On("/a", new("busy", 503), new("done"));
        using var http = new HttpClient { BaseAddress = server.Address };
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("a")).StatusCode);
        Assert.Equal("done", await http.GetStringAsync("a?x=1"));
        Assert.Equal("done", await http.GetStringAsync("a"));
        Assert.Equal(["/a", "/a?x=1", "/a"], server.Requests.Select(request => request.PathAndQuery));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("b")).StatusCode);
    }

    [Fact]
    public async Task Cuts_a_body_short_and_keeps_a_client_waiting()
    {
        await using var server = new PlaybackServer()
            .On("/cut", new PlaybackResponse("0123456789") { TruncateAfter = 4 })
            .On("/slow", new PlaybackResponse("late") { Delay = TimeSpan.FromSeconds(30) });
        using var http = new HttpClient { BaseAddress = server.Address };
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetStringAsync("cut"));
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => http.GetStringAsync("slow", patience.Token));
    }

    [Fact]
    public async Task Records_method_headers_and_body()
    {
        await using var server = new PlaybackServer().On("/post", PlaybackResponse.Json("{}"));
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Add("X-Test", "1");
        using var answer = await http.PostAsync("post", new StringContent("grüße"));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "1", "grüße"), (request.Method, request.Headers["X-Test"], request.Body));
    }
}
