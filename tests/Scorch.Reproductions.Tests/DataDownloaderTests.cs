using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Scorch.Reproductions.Tests;

public sealed class DataDownloaderTests : IDisposable
{
    private readonly byte[] _content = RandomNumberGenerator.GetBytes(300_000);
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();
    private readonly TestServer _server = new();

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _folder.Dispose();
    }

    private string Target => _folder["set/sub/file.bin"];

    private DataSet Set(Uri? address) => new()
    {
        Name = "set",
        Description = "d",
        Licence = "MIT",
        Source = new Uri("https://example.org"),
        Files = [new DataFile("sub/file.bin", _content.Length, Convert.ToHexStringLower(SHA256.HashData(_content)), address)],
        Remedy = "Make it yourself.",
    };

    private Task<string> GetAsync(CancellationToken cancellationToken = default) =>
        new DataDownloader(_client).GetAsync(Set(_server.Address), _folder.Path, null, cancellationToken);

    [Fact]
    public async Task A_whole_file_arrives_once_and_is_not_fetched_again()
    {
        _server.Answer = (_, response) => TestServer.SendAsync(response, 200, _content);

        Assert.Equal(_folder["set"], await GetAsync());
        await GetAsync();
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal([Target], _folder.Files);
        Assert.Equal(1, _server.Requests);
    }

    [Fact]
    public async Task An_interrupted_download_is_resumed_where_it_stopped()
    {
        Directory.CreateDirectory(_folder["set/sub"]);
        File.WriteAllBytes(Target + ".part", _content[..100_000]);
        string? range = null;
        _server.Answer = (request, response) =>
        {
            range = request.Headers["Range"];
            return TestServer.SendAsync(response, 206, _content[100_000..], $"bytes 100000-{_content.Length - 1}/{_content.Length}");
        };
        await GetAsync();

        Assert.Equal("bytes=100000-", range);
        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal([Target], _folder.Files);
    }

    [Fact]
    public async Task A_server_that_knows_no_ranges_sends_the_whole_file()
    {
        Directory.CreateDirectory(_folder["set/sub"]);
        File.WriteAllBytes(Target + ".part", _content[..100_000]);
        _server.Answer = (_, response) => TestServer.SendAsync(response, 200, _content);
        await GetAsync();

        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_continued()
    {
        _server.Answer = (request, response) => request.Headers["Range"] is { } range
            ? TestServer.SendAsync(response, 206, _content[From(range)..], $"bytes {From(range)}-{_content.Length - 1}/{_content.Length}")
            : TestServer.BreakOffAsync(response, _content, 150_000);
        await GetAsync();

        Assert.Equal(_content, File.ReadAllBytes(Target));

        static int From(string range) => int.Parse(range["bytes=".Length..^1]);
    }

    [Fact]
    public async Task A_body_that_always_breaks_off_fails_with_advice_and_keeps_what_came()
    {
        _server.Answer = (_, response) => TestServer.BreakOffAsync(response, _content, 150_000);

        Assert.Contains("again to resume", (await Assert.ThrowsAsync<IOException>(() => GetAsync())).Message, StringComparison.Ordinal);
        Assert.Equal([Target + ".part"], _folder.Files);
        Assert.Equal(3, _server.Requests);
    }

    [Fact]
    public async Task Stale_bytes_from_before_are_replaced()
    {
        Directory.CreateDirectory(_folder["set/sub"]);
        File.WriteAllBytes(Target + ".part", new byte[100_000]);
        _server.Answer = (request, response) => request.Headers["Range"] is null
            ? TestServer.SendAsync(response, 200, _content)
            : TestServer.SendAsync(response, 206, _content[100_000..], $"bytes 100000-{_content.Length - 1}/{_content.Length}");
        await GetAsync();

        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_wrong_checksum_is_refused_and_nothing_stays()
    {
        _server.Answer = (_, response) => TestServer.SendAsync(response, 200, new byte[_content.Length]);

        Assert.Contains("checksum", (await Assert.ThrowsAsync<InvalidDataException>(() => GetAsync())).Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public async Task A_body_longer_than_registered_is_refused_and_nothing_stays()
    {
        _server.Answer = (_, response) => TestServer.SendAsync(response, 200, [.. _content, 1]);

        await Assert.ThrowsAsync<InvalidDataException>(() => GetAsync());
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public async Task A_missing_file_names_address_and_status()
    {
        _server.Answer = (_, response) => TestServer.SendAsync(response, 404, Encoding.UTF8.GetBytes("no"));
        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync());

        Assert.Contains("404", error.Message, StringComparison.Ordinal);
        Assert.Contains(_server.Address.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.Files);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        _server.Dispose();

        Assert.StartsWith($"{_server.Address}: cannot be reached", (await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_that_was_not_asked_for_is_refused()
    {
        Directory.CreateDirectory(_folder["set/sub"]);
        File.WriteAllBytes(Target + ".part", _content[..100_000]);
        _server.Answer = (_, response) => TestServer.SendAsync(response, 206, _content, $"bytes 0-{_content.Length - 1}/{_content.Length}");

        await Assert.ThrowsAsync<InvalidDataException>(() => GetAsync());
        Assert.Equal(100_000, new FileInfo(Target + ".part").Length);
    }

    [Fact]
    public async Task Cancelling_keeps_the_part_and_makes_no_target()
    {
        using var stop = new CancellationTokenSource();
        _server.Answer = async (_, response) =>
        {
            response.ContentLength64 = _content.Length;
            await response.OutputStream.WriteAsync(_content.AsMemory(0, 150_000));
            await response.OutputStream.FlushAsync();
            await stop.CancelAsync();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => GetAsync(stop.Token));
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task A_file_without_an_address_says_what_to_do()
    {
        var error = await Assert.ThrowsAsync<MissingDataException>(() => new DataDownloader(_client).GetAsync(Set(null), _folder.Path));

        Assert.Contains("Make it yourself.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_registered_file_has_a_size_a_checksum_and_a_way_to_get_it()
    {
        Assert.Distinct(DataSets.All.Select(set => set.Name));
        Assert.All(DataSets.All, set => Assert.All(set.Files, file =>
        {
            Assert.True(file.Bytes > 0);
            Assert.Matches("^[0-9a-f]{64}$", file.Sha256);
            Assert.DoesNotContain("..", file.Path, StringComparison.Ordinal);
            Assert.True(file.Address is not null || set.Remedy is not null);
        }));
        Assert.Contains("Did you mean kodak", Assert.Throws<UsageException>(() => DataSets.Find("kodac")).Message, StringComparison.Ordinal);
    }
}

/// <summary>A server on this machine that answers as a test says.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private int _requests;

    public TestServer()
    {
        // The system picks a free port; the listener takes it over at once.
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/file.bin");
        }

        _listener.Prefixes.Add($"http://127.0.0.1:{Address.Port}/");
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address { get; }

    public int Requests => _requests;

    public Func<HttpListenerRequest, HttpListenerResponse, Task> Answer { get; set; } = (_, response) => SendAsync(response, 500, []);

    public static async Task SendAsync(HttpListenerResponse response, int status, byte[] body, string? contentRange = null)
    {
        response.StatusCode = status;
        response.ContentLength64 = body.Length;
        if (contentRange is not null)
        {
            response.AddHeader("Content-Range", contentRange);
        }

        await response.OutputStream.WriteAsync(body);
        response.Close();
    }

    public static async Task BreakOffAsync(HttpListenerResponse response, byte[] body, int after)
    {
        response.ContentLength64 = body.Length;
        await response.OutputStream.WriteAsync(body.AsMemory(0, after));
        await response.OutputStream.FlushAsync();
        response.Abort();
    }

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                Interlocked.Increment(ref _requests);
                await Answer(context.Request, context.Response);
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // The client went away or the test is over.
            }
        }
    }
}
