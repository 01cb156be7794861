using System.Globalization;
using System.Text.Json;
using Scorch;
using Scorch.Benchmarks.Gallery;
using Scorch.Cli;

// gallery-benchmark [--posts DIR] [--connections N] [--rate N] [--seconds N] [--out FILE]
var connections = int.Parse(Option("--connections") ?? "8", CultureInfo.InvariantCulture);
var rate = int.Parse(Option("--rate") ?? "500", CultureInfo.InvariantCulture);
var duration = TimeSpan.FromSeconds(double.Parse(Option("--seconds") ?? "10", CultureInfo.InvariantCulture));
string? store = null;
var folder = Directory.CreateTempSubdirectory("gallery-benchmark-");
try
{
    // With posts the pages also have abstracts and mentions.
    if (Option("--posts") is { } posts)
    {
        store = Path.Combine(folder.FullName, "digest.db");
        if (await ScorchCommand.InvokeAsync(["digest", "import", posts, "--store", store], Catalog.Default, Console.Error, Console.Error) != 0)
        {
            return 1;
        }
    }

    using var server = await ServerProcess.StartAsync(store);
    var pages = new List<PageResult>();
    foreach (var path in new[] { "/days/2021-06-09", "/papers/repvgg", "/papers/pinn-poisson", "/evidence", "/" })
    {
        pages.Add(await PageLoad.RunAsync(server.Address, path, connections, rate, duration));
        var page = pages[^1];
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {page.RequestsPerSecond:0} a second, p95 {page.P95Milliseconds} ms; at {rate} a second p95 {page.FixedRateP95Milliseconds} ms; {page.CompressedBytes} bytes; {page.Failures} failures"));
    }

    var result = new
    {
        MeasuredAt = DateTime.UtcNow,
        Processors = Environment.ProcessorCount,
        Connections = connections,
        SecondsAPhase = duration.TotalSeconds,
        WithPosts = store is not null,
        ServerPeakMebibytes = Math.Round(server.PeakMebibytes, 1),
        ServerProcessorSeconds = Math.Round(server.ProcessorTime.TotalSeconds, 1),
        Pages = pages,
    };
    var json = JsonSerializer.Serialize(result, Json.Readable);
    Console.WriteLine(json);
    if (Option("--out") is { } file)
    {
        File.WriteAllText(file + ".part", json + "\n");
        File.Move(file + ".part", file, overwrite: true);
    }

    return pages.TrueForAll(page => page.Failures == 0) ? 0 : 1;
}
finally
{
    folder.Delete(recursive: true);
}

string? Option(string name) => Array.IndexOf(args, name) is var at && at >= 0 && at + 1 < args.Length ? args[at + 1] : null;

internal static class Json
{
    public static JsonSerializerOptions Readable { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
}
