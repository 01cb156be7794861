namespace Scorch.Digest.Tests;

public sealed class MentionSourceTests : IAsyncDisposable
{
    private static readonly DateTime From = new(2031, 5, 6, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime To = new(2031, 5, 7, 0, 0, 0, DateTimeKind.Utc);

    private readonly PlaybackServer _server = new();
    private readonly HttpClient _client = new();

    [Fact]
    public async Task X_posts_come_page_by_page_with_authors_links_and_counts()
    {
        _server.On("/2/tweets/search/recent", PlaybackResponse.Json(Recorded.XFirst), PlaybackResponse.Json(Recorded.XSecond));

        var mentions = await ReadAsync(new XSource(Http(), "token-of-x", _server.Address));

        Assert.Equal(["3105.00001", "3105.00001", "3105.00002", "3105.00001"], mentions.Select(mention => mention.ArxivId));
        Samples.AssertSame(
            new Mention
            {
                Source = "x",
                Address = "https://x.com/ada/status/1900000000000000003",
                AuthorName = "Ada Example",
                AuthorHandle = "ada",
                Text =
                [
                    TextRun.Plain("Scaling & more "), TextRun.Link("https://arxiv.org/abs/3105.00001", "arxiv.org/abs/3105.00001"),
                    TextRun.Plain(" 🎉 "), TextRun.Link("https://x.com/ada/status/1900000000000000003/photo/1", "pic.x.com/BBBBBBBBBB"),
                ],
                Language = "en",
                PostedAt = From.AddHours(10),
                Reposts = 42,
                Likes = 100,
            },
            mentions[0].Mention);
        Assert.Equal(("ben", mentions[0].Mention.Address, null, null), (mentions[1].Mention.AuthorHandle, mentions[1].Mention.RepostOf, mentions[1].Mention.Reposts, mentions[1].Mention.Likes));
        Assert.True(mentions[2].Mention.IsRightToLeft);
        Assert.Equal(2, _server.Requests.Count);
        Assert.Contains("start_time=2031-05-06T00%3A00%3A00Z", _server.Requests[0].PathAndQuery);
        Assert.Contains("next_token=b26v89c19zqg8o3f", _server.Requests[1].PathAndQuery);
        Assert.All(_server.Requests, request => Assert.Equal("Bearer token-of-x", request.Headers["Authorization"]));
    }

    [Fact]
    public async Task X_without_a_token_says_which_variable_to_set()
    {
        var problem = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(new XSource(Http(), null, _server.Address)));

        Assert.Contains("X_BEARER_TOKEN", problem.Message);
    }

    [Fact]
    public async Task Bluesky_posts_come_with_facets_cards_and_counts()
    {
        _server.On("/xrpc/app.bsky.feed.searchPosts", PlaybackResponse.Json(Recorded.Bluesky), PlaybackResponse.Json(Recorded.BlueskyEnd));

        var mentions = await ReadAsync(new BlueskySource(Http(), server: _server.Address));

        Assert.Equal(["3105.00001", "3105.00002"], mentions.Select(mention => mention.ArxivId));
        Samples.AssertSame(
            new Mention
            {
                Source = "bluesky",
                Address = "https://bsky.app/profile/cleo.example.com/post/3abcdefghij2k",
                AuthorName = "Cléo 🦋",
                AuthorHandle = "cleo.example.com",
                Text = [TextRun.Plain("Déjà 🎉 "), TextRun.Link("https://arxiv.org/abs/3105.00001", "arxiv.org/abs/3105.0..."), TextRun.LineBreak, TextRun.Plain("voilà")],
                Language = "fr-CA",
                PostedAt = From.AddHours(12).AddMilliseconds(123),
                Reposts = 9,
                Likes = 30,
            },
            mentions[0].Mention);
        Assert.Equal(("dan.example.com", "und"), (mentions[1].Mention.AuthorName, mentions[1].Mention.Language));
        Assert.Contains("cursor=2", _server.Requests[1].PathAndQuery);
        Assert.False(_server.Requests[0].Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Mastodon_timelines_are_read_back_to_the_day_and_boosts_name_what_they_boost()
    {
        _server.On("/api/v1/timelines/tag/arxiv", PlaybackResponse.Json(Recorded.MastodonFirst), PlaybackResponse.Json(Recorded.MastodonSecond));

        var mentions = await ReadAsync(new MastodonSource(Http(), _server.Address));

        Assert.Equal(["3105.00002", "math/0309136"], mentions.Select(mention => mention.ArxivId));
        Samples.AssertSame(
            new Mention
            {
                Source = "mastodon",
                Address = "https://social.example/@eve/9",
                AuthorName = "Eve <b>Example</b>",
                AuthorHandle = "eve",
                Text =
                [
                    TextRun.Plain("New: "), TextRun.Link("https://arxiv.org/abs/3105.00002", "arxiv.org/abs/3105.00002"), TextRun.LineBreak, TextRun.LineBreak,
                    TextRun.Plain("Fun <3 "), TextRun.Link("https://social.example/tags/arxiv", "#arxiv"),
                ],
                Language = "en",
                PostedAt = From.AddHours(9),
                Reposts = 12,
                Likes = 20,
            },
            mentions[0].Mention);
        Assert.Equal(("https://other.example/users/fay/statuses/8", "https://other.example/@gus/2", null), (mentions[1].Mention.Address, mentions[1].Mention.RepostOf, mentions[1].Mention.Likes));
        Assert.Contains("max_id=114000000000000008", _server.Requests[1].PathAndQuery);
    }

    [Fact]
    public async Task Mastodon_is_searched_as_well_where_there_is_a_token()
    {
        _server.On("/api/v1/timelines/tag/arxiv", PlaybackResponse.Json("[]"))
            .On("/api/v2/search", PlaybackResponse.Json($$"""{"accounts": [], "statuses": {{Recorded.MastodonFirst}}, "hashtags": []}"""));

        var mentions = await ReadAsync(new MastodonSource(Http(), _server.Address, "token-of-mastodon"));

        Assert.Equal(2, mentions.Count);
        Assert.Equal("Bearer token-of-mastodon", _server.Requests[^1].Headers["Authorization"]);
    }

    [Fact]
    public async Task Hacker_news_points_are_likes()
    {
        _server.On("/api/v1/search_by_date", PlaybackResponse.Json(Recorded.HackerNews));

        var mention = Assert.Single(await ReadAsync(new HackerNewsSource(Http(), _server.Address)));

        Assert.Equal("3105.00001", mention.ArxivId);
        Assert.Equal((200L, null), (mention.Mention.Likes, mention.Mention.Reposts));
        Assert.Equal("A Survey & more https://arxiv.org/abs/3105.00001v1", mention.Mention.PlainText);
        Assert.Equal("https://news.ycombinator.com/item?id=40000002", mention.Mention.Address);
    }

    [Fact]
    public async Task Hacker_news_pages_go_on_from_the_oldest_story_until_one_is_not_full()
    {
        static string Story(int number) => $$"""{"objectID": "{{number}}", "author": "a", "created_at": "{{To.AddSeconds(-number):yyyy-MM-ddTHH:mm:ss}}Z", "title": "T", "url": "https://arxiv.org/abs/3105.{{number:00000}}", "points": 1}""";
        static PlaybackResponse Page(int from, int to) => PlaybackResponse.Json($$"""{"hits": [{{string.Join(',', Enumerable.Range(from, to - from).Select(Story))}}]}""");
        _server.On("/api/v1/search_by_date", Page(1, 101), Page(100, 200), Page(199, 220));

        var mentions = await ReadAsync(new HackerNewsSource(Http(), _server.Address));

        Assert.Equal(Enumerable.Range(1, 219).Select(number => $"3105.{number:00000}"), mentions.Select(mention => mention.ArxivId));
        Assert.Equal(3, _server.Requests.Count);
    }

    [Fact]
    public async Task Hugging_face_upvotes_are_likes_of_the_day_on_which_the_paper_was_listed()
    {
        _server.On("/api/daily_papers?date=2031-05-06&limit=100", PlaybackResponse.Json(Recorded.HuggingFace));

        var mention = Assert.Single(await ReadAsync(new HuggingFaceSource(Http(), _server.Address)));

        Assert.Equal(("3105.00002", 33L, "jo", "Jo Doe"), (mention.ArxivId, mention.Mention.Likes, mention.Mention.AuthorHandle, mention.Mention.AuthorName));
        Assert.Equal(From.AddHours(1.5), mention.Mention.PostedAt);
    }

    [Theory, MemberData(nameof(Sources))]
    public async Task A_source_outlives_failures_of_its_server(string name, string path, string answer)
    {
        _server.On(
            path,
            new PlaybackResponse("slow down", 429).With("Retry-After", "1"),
            new PlaybackResponse("oops", 500),
            PlaybackResponse.Json(answer) with { TruncateAfter = 40 },
            PlaybackResponse.Json(answer[..(answer.Length / 2)]),
            PlaybackResponse.Json(answer),
            PlaybackResponse.Json(Empty(name)));

        Assert.NotEmpty(await ReadAsync(Source(name)));
    }

    [Theory, MemberData(nameof(Sources))]
    public async Task A_source_that_stays_broken_is_named_without_its_token(string name, string path, string answer)
    {
        string[] broken = ["[1, 2", "42", "null", "\"\\ud800\"", "<html>", answer.Replace("\"created", "\"x", StringComparison.Ordinal).Replace("\"id\"", "\"x\"", StringComparison.Ordinal), answer.Replace("2031", "soon", StringComparison.Ordinal)];
        foreach (var body in broken)
        {
            _server.On(path, PlaybackResponse.Json(body));

            var problem = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(Source(name, attempts: 1)));

            Assert.StartsWith("Test: ", problem.Message);
            Assert.DoesNotContain("token-of", problem.ToString());
        }
    }

    [Fact]
    public async Task A_search_that_never_ends_is_stopped()
    {
        _server.On("/xrpc/app.bsky.feed.searchPosts", PlaybackResponse.Json(Recorded.Bluesky));

        var problem = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(new BlueskySource(Http(), server: _server.Address)));

        Assert.Contains("2000 pages", problem.Message);
    }

    public static TheoryData<string, string, string> Sources => new()
    {
        { "x", "/2/tweets/search/recent", Recorded.XFirst },
        { "bluesky", "/xrpc/app.bsky.feed.searchPosts", Recorded.Bluesky },
        { "mastodon", "/api/v1/timelines/tag/arxiv", Recorded.MastodonFirst },
        { "hacker-news", "/api/v1/search_by_date", Recorded.HackerNews },
        { "hugging-face", "/api/daily_papers", Recorded.HuggingFace },
    };

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    private static string Empty(string name) => name switch
    {
        "x" => """{"meta": {"result_count": 0}}""",
        "bluesky" => Recorded.BlueskyEnd,
        "hacker-news" => """{"hits": []}""",
        _ => "[]",
    };

    private static Task<List<PaperMention>> ReadAsync(IMentionSource source) => source.ReadAsync(From, To).ToListAsync().AsTask();

    private IMentionSource Source(string name, int attempts = 5) => name switch
    {
        "x" => new XSource(Http(attempts), "token-of-x", _server.Address),
        "bluesky" => new BlueskySource(Http(attempts), "token-of-bluesky", _server.Address),
        "mastodon" => new MastodonSource(Http(attempts), _server.Address),
        "hacker-news" => new HackerNewsSource(Http(attempts), _server.Address),
        _ => new HuggingFaceSource(Http(attempts), _server.Address),
    };

    private PoliteHttp Http(int attempts = 5) => new(_client, "Test", new PoliteHttpOptions { Attempts = attempts }, new SkippingTime(DateTimeOffset.UnixEpoch));
}
