using System.Text;

namespace Scorch.Digest.Tests;

public sealed class PoliteHttpTests : IAsyncDisposable
{
    private const string Token = "AAAA%2Fsecret-token.42";
    private static readonly DateTimeOffset Start = new(2031, 5, 6, 7, 8, 0, TimeSpan.Zero);

    private readonly PlaybackServer _server = new();
    private readonly HttpClient _client = new();
    private readonly SkippingTime _time = new(Start);

    [Fact]
    public async Task An_answer_comes_at_the_first_attempt()
    {
        _server.On("/a", new PlaybackResponse("hello"));

        Assert.Equal("hello", Encoding.UTF8.GetString(await Http().GetBytesAsync(new Uri(_server.Address, "a"), Token)));
        Assert.Equal($"Bearer {Token}", Assert.Single(_server.Requests).Headers["Authorization"]);
        Assert.Empty(_time.Waits);
    }

    [Theory]
    [InlineData("Retry-After", "7", 7)]
    [InlineData("Retry-After", "Tue, 06 May 2031 07:08:30 GMT", 30)]
    [InlineData("x-rate-limit-reset", "1935817720", 40)]
    [InlineData("RateLimit-Reset", "1935817720", 40)]
    [InlineData("X-RateLimit-Reset", "2031-05-06T07:09:00.000Z", 60)]
    [InlineData("x-rate-limit-reset", "5", 0)]
    public async Task Too_many_requests_wait_as_long_as_the_server_says(string header, string value, int seconds)
    {
        _server.On("/a", new PlaybackResponse("slow down", 429).With(header, value), new PlaybackResponse("ok"));

        Assert.Equal("ok"u8.ToArray(), await Http().GetBytesAsync(new Uri(_server.Address, "a")));
        Assert.Equal(seconds, _time.Waits.Sum(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task A_server_that_asks_for_too_long_a_wait_is_not_asked_again_and_the_error_says_when()
    {
        _server.On("/a", new PlaybackResponse("", 429).With("Retry-After", "7200"));

        var problem = await Assert.ThrowsAsync<SourceException>(() => Http().GetBytesAsync(new Uri(_server.Address, "a")));

        Assert.Contains("2031-05-06 09:08:00 UTC", problem.Message);
        Assert.Single(_server.Requests);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(408)]
    public async Task Failures_of_the_server_are_tried_again_with_longer_and_longer_waits(int status)
    {
        var failure = new PlaybackResponse("oops", status);
        _server.On("/a", failure, failure, failure, new PlaybackResponse("ok"));

        await Http().GetBytesAsync(new Uri(_server.Address, "a"));

        Assert.Equal(3, _time.Waits.Count);
        Assert.True(_time.Waits.Sum(wait => wait.TotalSeconds) > 3);
    }

    [Fact]
    public async Task Attempts_end_and_the_error_names_source_status_and_address_without_its_query()
    {
        _server.On("/a", new PlaybackResponse("oops\n\u001b[31m", 500));

        var problem = await Assert.ThrowsAsync<SourceException>(() => Http().GetBytesAsync(new Uri(_server.Address, "a?key=hidden")));

        Assert.Equal(5, _server.Requests.Count);
        Assert.Matches(@"^Test: status 500: oops  \[31m \(asked 5 times: http://127\.0\.0\.1:\d+/a\)\. Try again later\.$", problem.Message);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task A_refusal_is_final(int status)
    {
        _server.On("/a", new PlaybackResponse("no", status));

        var problem = await Assert.ThrowsAsync<SourceException>(() => Http().GetBytesAsync(new Uri(_server.Address, "a")));

        Assert.Contains($"status {status}", problem.Message);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_asked_for_again()
    {
        _server.On("/a", new PlaybackResponse("whole") { TruncateAfter = 3 }, new PlaybackResponse("whole"));

        Assert.Equal("whole"u8.ToArray(), await Http().GetBytesAsync(new Uri(_server.Address, "a")));
    }

    [Fact]
    public async Task Truncated_json_is_asked_for_again_and_named_in_the_end()
    {
        _server.On("/a", PlaybackResponse.Json("{\"a\": [1, 2"), PlaybackResponse.Json("{\"a\": 1}")).On("/b", PlaybackResponse.Json("{\"a\": [1, 2"));

        using var document = await Http().GetJsonAsync(new Uri(_server.Address, "a"));
        Assert.Equal(1, document.RootElement.GetProperty("a").GetInt32());
        var problem = await Assert.ThrowsAsync<SourceException>(() => Http().GetJsonAsync(new Uri(_server.Address, "b")));
        Assert.Contains("cannot be read", problem.Message);
    }

    [Fact]
    public async Task An_answer_that_takes_too_long_is_given_up()
    {
        _server.On("/a", new PlaybackResponse("late") { Delay = TimeSpan.FromSeconds(30) }, new PlaybackResponse("ok"));

        Assert.Equal("ok"u8.ToArray(), await Http(new PoliteHttpOptions { AttemptTime = TimeSpan.FromSeconds(0.5) }).GetBytesAsync(new Uri(_server.Address, "a")));
    }

    [Fact]
    public async Task Answers_are_bounded_in_size_and_depth()
    {
        _server.On("/large", new PlaybackResponse(new string('x', 5000)));
        _server.On("/deep", PlaybackResponse.Json(new string('[', 100) + new string(']', 100)));
        var http = Http(new PoliteHttpOptions { LargestAnswer = 4999, Attempts = 1 });

        Assert.Contains("4999 bytes", (await Assert.ThrowsAsync<SourceException>(() => http.GetBytesAsync(new Uri(_server.Address, "large")))).Message);
        await Assert.ThrowsAsync<SourceException>(() => http.GetJsonAsync(new Uri(_server.Address, "deep")));
    }

    [Fact]
    public async Task No_connection_is_an_error_that_names_the_source()
    {
        var nowhere = new Uri("http://127.0.0.1:1/");

        var problem = await Assert.ThrowsAsync<SourceException>(() => Http().GetBytesAsync(nowhere, Token));

        Assert.StartsWith("Test: no whole answer", problem.Message);
        Assert.DoesNotContain("secret", problem.ToString());
    }

    [Fact]
    public async Task Requests_are_apart_by_the_interval()
    {
        _server.On("/a", new PlaybackResponse("ok"));
        var http = Http(new PoliteHttpOptions { Interval = TimeSpan.FromSeconds(3) });

        for (var request = 0; request < 3; request++)
        {
            await http.GetBytesAsync(new Uri(_server.Address, "a"));
        }

        Assert.Equal([TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3)], _time.Waits);
    }

    [Fact]
    public async Task A_token_is_in_no_message_even_where_the_server_repeats_it()
    {
        _server.On("/a", new PlaybackResponse($"bad token {Token}", 401)).On("/b", new PlaybackResponse($"{Token}", 500));

        foreach (var path in new[] { "a", "b" })
        {
            var problem = await Assert.ThrowsAsync<SourceException>(() => Http().GetBytesAsync(new Uri(_server.Address, path), Token));
            Assert.DoesNotContain("secret", problem.ToString());
        }
    }

    [Theory]
    [InlineData("secret\nnewline")]
    [InlineData("secret with spaces")]
    [InlineData("")]
    public async Task A_token_that_cannot_be_one_is_refused_without_being_shown(string token)
    {
        var problem = await Assert.ThrowsAsync<SourceException>(() => Http().GetBytesAsync(_server.Address, token));

        Assert.DoesNotContain("secret", problem.ToString());
        Assert.Empty(_server.Requests);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private PoliteHttp Http(PoliteHttpOptions? options = null) => new(_client, "Test", options, _time);
}
