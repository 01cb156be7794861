using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Scorch.Digest.Tests;

/// <summary>A local HTTP server that answers from a script and remembers what it was asked.</summary>
/// <remarks>
/// Written on plain sockets, so that it can do what servers should not: cut a body short, answer nothing, wait.
/// A request finds the script of its path and query, or else of its path alone; scripts advance one response a request and
/// their last response repeats. A request without a script gets 404 with a body that says so.
/// </remarks>
internal sealed class PlaybackServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Script> _scripts = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = new();
    private readonly Task _accepting;

    public PlaybackServer()
    {
        _listener.Start();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/"));
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens, with a slash at the end.</summary>
    public Uri Address { get; }

    /// <summary>What it was asked, in order.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    /// <summary>Sets the responses to a path, with its query where that matters, e.g. <c>/oai?verb=ListRecords</c>.</summary>
    public PlaybackServer On(string pathAndQuery, params PlaybackResponse[] responses)
    {
        Assert.NotEmpty(responses);
        _scripts[pathAndQuery] = new Script(responses);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            var connection = ServeAsync(socket);
            _connections[connection] = true;
            _ = connection.ContinueWith(done => _connections.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            if (await ReadAsync(stream, _stop.Token) is not { } request)
            {
                return;
            }

            _requests.Enqueue(request);
            var path = request.PathAndQuery.Split('?')[0];
            var response = _scripts.TryGetValue(request.PathAndQuery, out var exact) ? exact.Next()
                : _scripts.TryGetValue(path, out var general) ? general.Next()
                : new PlaybackResponse($"no script for {request.PathAndQuery}", 404);
            await Task.Delay(response.Delay, _stop.Token);
            await WriteAsync(stream, response, _stop.Token);
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went away, which is its right and what time-limit tests make it do.
        }
    }

    private static async Task<RecordedRequest?> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var received = new List<byte>();
        var buffer = new byte[8192];
        int end;
        while ((end = EndOfHead(received)) < 0)
        {
            var count = await stream.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                return null;
            }

            received.AddRange(buffer.AsSpan(0, count));
        }

        var lines = Encoding.ASCII.GetString([.. received.Take(end)]).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
        var length = headers.TryGetValue("Content-Length", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        while (received.Count < end + 4 + length)
        {
            var count = await stream.ReadAsync(buffer, cancellationToken);
            if (count == 0)
            {
                return null;
            }

            received.AddRange(buffer.AsSpan(0, count));
        }

        var words = lines[0].Split(' ');
        return new RecordedRequest(words[0], words[1], headers, Encoding.UTF8.GetString([.. received.Skip(end + 4)]), DateTimeOffset.UtcNow);
    }

    private static int EndOfHead(List<byte> received)
    {
        for (var at = 0; at + 3 < received.Count; at++)
        {
            if (received[at] == '\r' && received[at + 1] == '\n' && received[at + 2] == '\r' && received[at + 3] == '\n')
            {
                return at;
            }
        }

        return -1;
    }

    private static async Task WriteAsync(NetworkStream stream, PlaybackResponse response, CancellationToken cancellationToken)
    {
        var body = response.Body;
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {response.Status} {(HttpStatusCode)response.Status}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n")
            .Append("Connection: close\r\n");
        foreach (var (name, value) in response.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), cancellationToken);
        var sent = response.TruncateAfter is { } limit ? body[..Math.Min(limit, body.Length)] : body;
        await stream.WriteAsync(sent, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    private sealed class Script(PlaybackResponse[] responses)
    {
        private int _next = -1;

        public PlaybackResponse Next() => responses[Math.Min(Interlocked.Increment(ref _next), responses.Length - 1)];
    }
}

/// <summary>A scripted answer.</summary>
internal sealed record PlaybackResponse
{
    public PlaybackResponse(string body, int status = 200, string contentType = "text/plain; charset=utf-8")
        : this(Encoding.UTF8.GetBytes(body), status, contentType)
    {
    }

    public PlaybackResponse(byte[] body, int status = 200, string contentType = "application/octet-stream")
    {
        Body = body;
        Status = status;
        Headers = new Dictionary<string, string> { ["Content-Type"] = contentType };
    }

    public static PlaybackResponse Json(string body, int status = 200) => new(body, status, "application/json");

    public static PlaybackResponse Xml(string body, int status = 200) => new(body, status, "text/xml; charset=utf-8");

    public byte[] Body { get; init; }

    public int Status { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>How long the answer takes to begin.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>After how many bytes of the body the connection closes, though the header promised all of them; null for the whole body.</summary>
    public int? TruncateAfter { get; init; }

    /// <summary>The same answer with one more header.</summary>
    public PlaybackResponse With(string header, string value) => this with { Headers = new Dictionary<string, string>(Headers) { [header] = value } };
}

/// <summary>A request that the server got.</summary>
internal sealed record RecordedRequest(string Method, string PathAndQuery, IReadOnlyDictionary<string, string> Headers, string Body, DateTimeOffset At);
