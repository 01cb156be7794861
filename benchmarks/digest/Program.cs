using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Scorch.Benchmarks.Digest;
using Scorch.Digest;

// digest-benchmark CONNECTION [--papers N] [--queries N] [--out FILE]
// With --papers 0 a store that is filled already is searched, and what FILE says of its import stays.
var connection = args.Length > 0 && !args[0].StartsWith("--", StringComparison.Ordinal) ? args[0] : throw new ArgumentException("Name a store: a SQLite file or a PostgreSQL connection string.");
var papers = int.Parse(Option("--papers") ?? "1000000", CultureInfo.InvariantCulture);
var queries = int.Parse(Option("--queries") ?? "1000", CultureInfo.InvariantCulture);
var file = Option("--out");

await using var store = DigestStores.Open(connection);
await store.MigrateAsync();
var import = papers > 0 ? await ImportAsync()
    : file is not null && File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), ResultJson.Readable)?.Import
    : null;
var kinds = await SearchLoad.RunAsync(store, queries, seed: 2);
var result = new DigestResult
{
    Store = File.Exists(connection) ? "SQLite" : "PostgreSQL",
    Papers = await store.CountPapersAsync(),
    StoreMebibytes = File.Exists(connection) ? Math.Round(new FileInfo(connection).Length / 1048576.0, 1) : null,
    Processors = Environment.ProcessorCount,
    Import = import,
    Search = new SearchMeasurement(Math.Round(ProcessMemory.PeakMebibytes(), 1), kinds, ProcessMemory.LoadAverage(), DateTime.UtcNow),
};
var json = JsonSerializer.Serialize(result, ResultJson.Readable);
Console.WriteLine(json);
if (file is not null)
{
    File.WriteAllText(file + ".part", json + "\n");
    File.Move(file + ".part", file, overwrite: true);
}

return 0;

string? Option(string name) => Array.IndexOf(args, name) is var at && at >= 0 && at + 1 < args.Length ? args[at + 1] : null;

// The way of a user's archive: a file of JSON Lines, read and saved by the importer of the command line.
async Task<ImportMeasurement> ImportAsync()
{
    var archive = Path.Combine(Path.GetTempPath(), $"digest-benchmark-{Environment.ProcessId}.jsonl");
    try
    {
        await new GeneratedPapers(seed: 1).WriteAsync(archive, papers);
        var started = Stopwatch.GetTimestamp();
        var importer = new DigestImporter(store, problem => throw new InvalidDataException(problem.ToString()), new ImportView());
        var summary = await importer.ImportAsync([archive]);
        return new ImportMeasurement(
            summary.Papers, Math.Round(Stopwatch.GetElapsedTime(started).TotalSeconds, 1), Math.Round(ProcessMemory.PeakMebibytes(), 1), ProcessMemory.LoadAverage(), DateTime.UtcNow);
    }
    finally
    {
        File.Delete(archive);
    }
}
