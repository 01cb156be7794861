using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Xml;
using Polly;
using Polly.Retry;

namespace Scorch.Digest;

/// <summary>
/// Asks one server politely: one request at a time, a pause between them, back-off as the server says or exponential, a bounded
/// number of attempts, time and size for every answer. The sources of papers and mentions all read through it.
/// </summary>
/// <remarks>
/// Asked again: no connection, an attempt that takes too long, status 408, 429 and 5xx, a body that breaks off, an answer that its
/// reader cannot parse (a truncated document). Everything else fails at once. Waits come from <c>Retry-After</c> (RFC 9110, 10.2.3)
/// or the rate-limit reset headers of X, Mastodon and Bluesky. A token travels in the Authorization header only; it is in no
/// message, and taken out of what a server quotes.
/// </remarks>
public sealed class PoliteHttp
{
    private const int QuotedCharacters = 200;

    private readonly HttpClient _client;
    private readonly string _source;
    private readonly PoliteHttpOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _pipeline;
    private readonly SemaphoreSlim _turn = new(1);
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>A reader of one server.</summary>
    /// <param name="client">Sends the requests; its own time limit should be no shorter than an attempt's.</param>
    /// <param name="source">The name that error messages give the server, e.g. <c>arXiv</c>.</param>
    /// <param name="options">Patience and bounds; null for the usual ones.</param>
    /// <param name="time">The clock of pauses and waits; null for the real one.</param>
    public PoliteHttp(HttpClient client, string source, PoliteHttpOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentException.ThrowIfNullOrEmpty(source);
        _client = client;
        _source = source;
        _options = (options ?? new PoliteHttpOptions()).Checked();
        _time = time ?? TimeProvider.System;

        // Waits run on the given clock, an attempt's time on the real one: a test may skip the waits, never the network.
        var builder = new ResiliencePipelineBuilder { TimeProvider = _time };
        if (_options.Attempts > 1)
        {
            builder.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<TransientException>(),
                MaxRetryAttempts = _options.Attempts - 1,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = _options.FirstDelay,
                MaxDelay = _options.LongestDelay,
                DelayGenerator = retry => ValueTask.FromResult((retry.Outcome.Exception as TransientException)?.Wait),
            });
        }

        _pipeline = builder.Build();
    }

    /// <summary>The body of an answer.</summary>
    /// <param name="address">What to get.</param>
    /// <param name="token">A bearer token, or null.</param>
    /// <param name="cancellationToken">Stops asking and waiting.</param>
    /// <exception cref="SourceException">The server does not answer, refuses, or answers more than is allowed.</exception>
    public Task<byte[]> GetBytesAsync(Uri address, string? token = null, CancellationToken cancellationToken = default) =>
        GetAsync(address, body => body, token, cancellationToken);

    /// <summary>A JSON document; the caller disposes it.</summary>
    /// <param name="address">What to get.</param>
    /// <param name="token">A bearer token, or null.</param>
    /// <param name="cancellationToken">Stops asking and waiting.</param>
    /// <exception cref="SourceException">The server does not answer, refuses, or answers what is no JSON within the bounds.</exception>
    public Task<JsonDocument> GetJsonAsync(Uri address, string? token = null, CancellationToken cancellationToken = default) =>
        GetAsync(address, body => JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = _options.DeepestJson }), token, cancellationToken);

    /// <summary>An answer as its reader understands it.</summary>
    /// <param name="address">What to get.</param>
    /// <param name="read">
    /// Reads the body. Where it throws <see cref="JsonException"/>, <see cref="XmlException"/> or <see cref="InvalidDataException"/>
    /// the answer counts as broken and is asked for again.
    /// </param>
    /// <param name="token">A bearer token, or null.</param>
    /// <param name="cancellationToken">Stops asking and waiting.</param>
    /// <exception cref="SourceException">The server does not answer, refuses, or answers what cannot be read.</exception>
    public async Task<T> GetAsync<T>(Uri address, Func<byte[], T> read, string? token = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(read);
        if (token is not null && !IsToken(token))
        {
            throw new SourceException($"{_source}: the access token is empty or holds characters that no token has (spaces, line ends, quotes). Check the environment variable that it comes from.");
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _pipeline.ExecuteAsync(
                async attempt => await AttemptAsync(address, read, token, attempt).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        }
        catch (TransientException problem)
        {
            var often = _options.Attempts == 1 ? "asked once" : $"asked {_options.Attempts} times";
            throw new SourceException($"{_source}: {problem.Message} ({often}: {Shown(address)}). Try again later.", problem.InnerException);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<T> AttemptAsync<T>(Uri address, Func<byte[], T> read, string? token, CancellationToken cancellationToken)
    {
        await PauseAsync(cancellationToken).ConfigureAwait(false);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(_options.AttemptTime);
        byte[] body;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limited.Token).ConfigureAwait(false);
            body = await ReadAsync(response, limited.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw Refusal(response, body, address, token);
            }
        }
        catch (OperationCanceledException problem) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientException($"no whole answer within {_options.AttemptTime.TotalSeconds:0.###} s", null, problem);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException)
        {
            throw new TransientException($"no whole answer ({Hidden(problem.Message, token)})", null, problem);
        }

        try
        {
            return read(body);
        }
        catch (Exception problem) when (problem is JsonException or XmlException or InvalidDataException)
        {
            throw new TransientException($"an answer that cannot be read: {Hidden(problem.Message, token)}", null, problem);
        }
    }

    /// <summary>How deeply an answer may nest.</summary>
    internal int DeepestJson => _options.DeepestJson;

    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        var wait = _next - _time.GetUtcNow();
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
        }

        _next = _time.GetUtcNow() + _options.Interval;
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > _options.LargestAnswer)
        {
            throw TooLarge();
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            using var whole = new MemoryStream();
            var block = new byte[32 << 10];
            for (int count; (count = await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                if (whole.Length + count > _options.LargestAnswer)
                {
                    throw TooLarge();
                }

                whole.Write(block, 0, count);
            }

            return whole.ToArray();
        }
    }

    private Exception Refusal(HttpResponseMessage response, byte[] body, Uri address, string? token)
    {
        var status = (int)response.StatusCode;
        var text = Hidden(Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 4 * QuotedCharacters)), token);
        var quoted = new string([.. text.Select(character => char.IsControl(character) ? ' ' : character).Take(QuotedCharacters)]).Trim();
        var message = $"status {status}{(quoted.Length == 0 ? "" : $": {quoted}")}";
        if (response.StatusCode is not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests) && status < 500)
        {
            var remedy = response.StatusCode switch
            {
                HttpStatusCode.Unauthorized => token is null ? " It wants an access token." : " The access token is not accepted: renew it.",
                HttpStatusCode.Forbidden => " The access token, or this address of yours, may not read this.",
                _ => "",
            };
            return new SourceException($"{_source}: {message} ({Shown(address)}).{remedy}");
        }

        var wait = RateLimit.Wait(response, _time.GetUtcNow());
        return wait > _options.LongestDelay
            ? new SourceException(FormattableString.Invariant(
                $"{_source}: {message} ({Shown(address)}). It asks to come back at {_time.GetUtcNow() + wait.Value:yyyy-MM-dd HH:mm:ss} UTC: run again then."))
            : new TransientException(message, wait, null);
    }

    private SourceException TooLarge() => new($"{_source}: an answer of more than {_options.LargestAnswer} bytes; ask for less at once.");

    // RFC 6750: b64token; what falls outside would be quoted by the header's own error message.
    private static bool IsToken(string token) =>
        token.Length > 0 && token.All(character => char.IsAsciiLetterOrDigit(character) || "-._~+/=%:|".Contains(character, StringComparison.Ordinal));

    private static string Hidden(string text, string? token) => token is null ? text : text.Replace(token, "***", StringComparison.Ordinal);

    // The query may hold what only the user should see; host and path are enough to find the request.
    private static string Shown(Uri address) => address.IsAbsoluteUri ? address.GetLeftPart(UriPartial.Path) : address.ToString();

    /// <summary>A failure after which asking again makes sense.</summary>
    private sealed class TransientException(string message, TimeSpan? wait, Exception? inner) : Exception(message, inner)
    {
        public TimeSpan? Wait => wait;
    }
}
