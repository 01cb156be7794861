using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Scorch;
using Scorch.Benchmarks.Experts;

// experts-benchmark [--tokens N] [--features N] [--inner N] [--repetitions N] [--threads N] [--out FILE]
var tokens = Number("--tokens", 16384);
var features = Number("--features", 128);
var inner = Number("--inner", 512);
var repetitions = Number("--repetitions", 9);
Parallelism.ThreadCount = Number("--threads", Environment.ProcessorCount);
if (Option("--layer") is { } layer)
{
    Console.WriteLine(JsonSerializer.Serialize(LayerMeasurement.Run(int.Parse(layer, CultureInfo.InvariantCulture), tokens, features, inner, repetitions)));
    return 0;
}

var layers = new List<LayerResult>();
foreach (var experts in new[] { 1, 2, 4, 8, 16, 32, 64, 128 })
{
    var start = new ProcessStartInfo(Environment.ProcessPath!, [.. args, "--layer", experts.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
    using var process = Process.Start(start)!;
    var line = await process.StandardOutput.ReadToEndAsync();
    await process.WaitForExitAsync();
    if (process.ExitCode != 0) return process.ExitCode;
    layers.Add(JsonSerializer.Deserialize<LayerResult>(line)!);
    var own = layers[^1];
    Console.Error.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{experts,4} experts: {own.ForwardNanosecondsPerToken:F0} ns a token forward, {own.TrainingNanosecondsPerToken:F0} ns forward and backward, {own.WorkingBytesPerToken:F0} bytes a token, {own.ParameterMebibytes} MiB of weights"));
}

var result = new
{
    MeasuredAt = DateTime.UtcNow,
    Processors = Environment.ProcessorCount,
    Threads = Parallelism.ThreadCount,
    Tokens = tokens,
    Features = features,
    Inner = inner,
    Repetitions = repetitions,
    Layers = layers,
    TrainingTimeOf128Over1 = Math.Round(layers[^1].TrainingNanosecondsPerToken / layers[0].TrainingNanosecondsPerToken, 2),
    ForwardTimeOf128Over1 = Math.Round(layers[^1].ForwardNanosecondsPerToken / layers[0].ForwardNanosecondsPerToken, 2),
    WorkingMemoryOf128Over1 = Math.Round(layers[^1].WorkingBytesPerToken / layers[0].WorkingBytesPerToken, 2),
};
var json = JsonSerializer.Serialize(result, Json.Readable);
Console.WriteLine(json);
if (Option("--out") is { } file)
{
    File.WriteAllText(file + ".part", json + "\n");
    File.Move(file + ".part", file, overwrite: true);
}

return 0;

int Number(string name, int fallback) => Option(name) is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : fallback;

string? Option(string name) => Array.IndexOf(args, name) is var at && at >= 0 && at + 1 < args.Length ? args[at + 1] : null;

internal static class Json
{
    public static JsonSerializerOptions Readable { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
}
