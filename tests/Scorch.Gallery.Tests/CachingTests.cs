using System.IO.Compression;
using System.Net;
using System.Text;
using Scorch.Gallery.Rendering;

namespace Scorch.Gallery.Tests;

public sealed class CachingTests
{
    [Fact]
    public async Task A_page_has_a_tag_and_is_not_sent_twice()
    {
        await using var gallery = await TestGallery.StartAsync();
        using var first = await gallery.Client.GetAsync("/papers/repvgg");
        var tag = first.Headers.ETag!;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/papers/repvgg");
        request.Headers.IfNoneMatch.Add(tag);
        using var second = await gallery.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
        Assert.Equal(tag, second.Headers.ETag);
        Assert.Contains("default-src 'none'", second.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

        using var other = new HttpRequestMessage(HttpMethod.Get, "/papers/doubleml");
        other.Headers.IfNoneMatch.Add(tag);
        using var third = await gallery.Client.SendAsync(other);
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
    }

    [Theory]
    [InlineData("br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=1.0, br;q=0", "gzip")]
    [InlineData("identity", null)]
    [InlineData("gzip;q=0", null)]
    public async Task A_page_comes_in_an_encoding_that_the_client_takes(string accepted, string? encoding)
    {
        await using var gallery = await TestGallery.StartAsync();
        var plain = await gallery.Client.GetStringAsync("/papers/repvgg");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/papers/repvgg");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        using var answer = await gallery.Client.SendAsync(request);
        Assert.Equal(encoding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        var body = await answer.Content.ReadAsStreamAsync();
        await using var decoded = encoding switch
        {
            "br" => new BrotliStream(body, CompressionMode.Decompress),
            "gzip" => new GZipStream(body, CompressionMode.Decompress),
            _ => body,
        };
        using var reader = new StreamReader(decoded, Encoding.UTF8);
        Assert.Equal(plain, await reader.ReadToEndAsync());
    }

    [Fact]
    public async Task Assets_have_their_hash_in_the_name_and_may_be_kept_for_good()
    {
        await using var gallery = await TestGallery.StartAsync();
        var page = await gallery.PageAsync("/");
        var style = page.QuerySelector("link[rel=stylesheet]")!.GetAttribute("href")!;
        Assert.Matches(@"^/assets/gallery\.[0-9a-f]{10}\.css$", style);
        using var answer = await gallery.Client.GetAsync(style);
        Assert.Equal("text/css", answer.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", answer.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Head_is_answered_without_a_body_and_post_is_refused()
    {
        await using var gallery = await TestGallery.StartAsync();
        using var head = await gallery.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/days"));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 1000);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        using var post = await gallery.Client.PostAsync("/days", new StringContent("x"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public void The_cache_keeps_to_its_bound_and_drops_what_was_not_asked_for()
    {
        var page = RenderedPage.Of(new byte[1000], "text/plain");
        var cache = new PageCache(3 * page.Size);
        foreach (var name in new[] { "a", "b", "c" })
        {
            cache.Add(name, page);
        }

        Assert.NotNull(cache.Find("a"));
        cache.Add("d", page);
        Assert.NotNull(cache.Find("a"));
        Assert.Null(cache.Find("b"));
        Assert.Equal(3 * page.Size, cache.Bytes);
        cache.Add("too large", RenderedPage.Of(new byte[100_000], "text/plain"));
        Assert.Null(cache.Find("too large"));
    }
}
