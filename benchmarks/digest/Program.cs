using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Scorch.Benchmarks.Digest;
using Scorch.Digest;

// digest-benchmark CONNECTION [--papers N] [--queries N] [--out FILE]; with --papers 0 a store that is filled already is searched.
var connection = args.Length > 0 && !args[0].StartsWith("--", StringComparison.Ordinal) ? args[0] : throw new ArgumentException("Name a store: a SQLite file or a PostgreSQL connection string.");
var papers = int.Parse(Option("--papers") ?? "1000000", CultureInfo.InvariantCulture);
var queries = int.Parse(Option("--queries") ?? "1000", CultureInfo.InvariantCulture);
var generator = new GeneratedPapers(seed: 1);

await using var store = DigestStores.Open(connection);
await store.MigrateAsync();

// The way of a user's archive: a file of JSON Lines, read and saved by the importer of the command line.
var archive = Path.Combine(Path.GetTempPath(), $"digest-benchmark-{Environment.ProcessId}.jsonl");
TimeSpan importTime;
double importPeak;
try
{
    await generator.WriteAsync(archive, papers);
    var started = Stopwatch.GetTimestamp();
    var importer = new DigestImporter(store, problem => throw new InvalidDataException(problem.ToString()), new ImportView());
    var summary = await importer.ImportAsync([archive]);
    importTime = Stopwatch.GetElapsedTime(started);
    importPeak = ProcessMemory.PeakMebibytes();
    Console.Error.WriteLine($"imported {summary.Papers} papers in {importTime.TotalSeconds:0} s, peak {importPeak:0} MiB");
}
finally
{
    File.Delete(archive);
}

var latencies = await SearchLoad.RunAsync(store, queries, seed: 2);
var result = new DigestResult
{
    Store = connection.Contains('=', StringComparison.Ordinal) || connection.StartsWith("postgres", StringComparison.Ordinal) ? "PostgreSQL" : "SQLite",
    Papers = await store.CountPapersAsync(),
    ImportSeconds = Math.Round(importTime.TotalSeconds, 1),
    ImportPeakMebibytes = Math.Round(importPeak, 1),
    SearchPeakMebibytes = Math.Round(ProcessMemory.PeakMebibytes(), 1),
    StoreMebibytes = File.Exists(connection) ? Math.Round(new FileInfo(connection).Length / 1048576.0, 1) : null,
    Searches = latencies,
    Processors = Environment.ProcessorCount,
    LoadAverage = ProcessMemory.LoadAverage(),
    MeasuredAt = DateTime.UtcNow,
};
var json = JsonSerializer.Serialize(result, ResultJson.Readable);
Console.WriteLine(json);
if (Option("--out") is { } file)
{
    File.WriteAllText(file + ".part", json + "\n");
    File.Move(file + ".part", file, overwrite: true);
}

return 0;

string? Option(string name) => Array.IndexOf(args, name) is var at && at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
