using System.Diagnostics;
using System.Net;

namespace Scorch.Benchmarks.Gallery;

/// <summary>What came of asking for one page many times.</summary>
public sealed record PageResult
{
    public required string Path { get; init; }

    /// <summary>The page's own bytes, compressed as a browser takes them, and plain.</summary>
    public required long CompressedBytes { get; init; }

    public required long PlainBytes { get; init; }

    /// <summary>Several connections that ask again as soon as they are answered.</summary>
    public required double RequestsPerSecond { get; init; }

    public required double MedianMilliseconds { get; init; }

    public required double P95Milliseconds { get; init; }

    public required double P99Milliseconds { get; init; }

    /// <summary>Requests at a fixed rate; a wait counts from when the request was due.</summary>
    public required int FixedRate { get; init; }

    public required double FixedRateP95Milliseconds { get; init; }

    public required long Failures { get; init; }
}

/// <summary>Asks for a page: first as fast as answers come, then at a fixed rate.</summary>
internal static class PageLoad
{
    public static async Task<PageResult> RunAsync(Uri server, string path, int connections, int rate, TimeSpan duration)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = connections, AutomaticDecompression = DecompressionMethods.None })
        {
            BaseAddress = server,
            DefaultRequestVersion = HttpVersion.Version11,
        };
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "gzip, br");
        await ClosedAsync(client, path, connections, TimeSpan.FromSeconds(2));
        var (closed, elapsed, failures) = await ClosedAsync(client, path, connections, duration);
        var (open, openFailures) = await OpenAsync(client, path, rate, duration);
        var compressed = (await client.GetByteArrayAsync(path)).LongLength;
        using var plain = new HttpClient { BaseAddress = server };
        return new PageResult
        {
            Path = path,
            CompressedBytes = compressed,
            PlainBytes = (await plain.GetByteArrayAsync(path)).LongLength,
            RequestsPerSecond = Math.Round(closed.Count / elapsed.TotalSeconds, 1),
            MedianMilliseconds = Quantile(closed, 0.5),
            P95Milliseconds = Quantile(closed, 0.95),
            P99Milliseconds = Quantile(closed, 0.99),
            FixedRate = rate,
            FixedRateP95Milliseconds = Quantile(open, 0.95),
            Failures = failures + openFailures,
        };
    }

    private static async Task<(List<double> Milliseconds, TimeSpan Elapsed, long Failures)> ClosedAsync(HttpClient client, string path, int connections, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var each = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            var (times, failures) = (new List<double>(), 0L);
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var begun = Stopwatch.GetTimestamp();
                failures += await IsWholeAsync(client, path) ? 0 : 1;
                times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }

            return (times, failures);
        })));
        return ([.. each.SelectMany(one => one.times)], Stopwatch.GetElapsedTime(started), each.Sum(one => one.failures));
    }

    private static async Task<(List<double> Milliseconds, long Failures)> OpenAsync(HttpClient client, string path, int rate, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var count = (int)(rate * duration.TotalSeconds);
        var answers = new List<Task<(double Milliseconds, bool IsWhole)>>(count);
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / rate);
            var wait = due - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(wait);
            }

            answers.Add(Task.Run(async () => (Whole: await IsWholeAsync(client, path), Since: Stopwatch.GetElapsedTime(started) - due))
                .ContinueWith(answer => (answer.Result.Since.TotalMilliseconds, answer.Result.Whole), TaskScheduler.Default));
        }

        var all = await Task.WhenAll(answers);
        return ([.. all.Select(answer => answer.Milliseconds)], all.Count(answer => !answer.IsWhole));
    }

    private static async Task<bool> IsWholeAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        return answer.StatusCode == HttpStatusCode.OK && bytes.Length > 500;
    }

    private static double Quantile(List<double> values, double share)
    {
        values.Sort();
        return Math.Round(values[Math.Min(values.Count - 1, (int)Math.Ceiling(share * values.Count) - 1)], 2);
    }
}
