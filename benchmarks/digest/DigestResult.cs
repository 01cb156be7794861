using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Scorch.Benchmarks.Digest;

/// <summary>Latencies of one kind of searches, in milliseconds.</summary>
internal sealed record SearchResult(string Kind, int Searches, int WithMatches, double P50, double P95, double Maximum);

/// <summary>What importing measured.</summary>
/// <param name="Papers">Papers that were imported.</param>
/// <param name="Seconds">How long it took, the reading of the archive included.</param>
/// <param name="PeakMebibytes">Largest resident memory of the importing process; for PostgreSQL without the server's.</param>
/// <param name="LoadAverage">Load averages over 1, 5 and 15 minutes at the end: what else the machine did.</param>
/// <param name="MeasuredAt">When, in UTC.</param>
internal sealed record ImportMeasurement(long Papers, double Seconds, double PeakMebibytes, string LoadAverage, DateTime MeasuredAt);

/// <summary>What searching measured.</summary>
/// <param name="PeakMebibytes">Largest resident memory of the searching process.</param>
/// <param name="Kinds">Latencies, of all searches first.</param>
/// <param name="LoadAverage">Load averages over 1, 5 and 15 minutes at the end.</param>
/// <param name="MeasuredAt">When, in UTC.</param>
internal sealed record SearchMeasurement(double PeakMebibytes, IReadOnlyList<SearchResult> Kinds, string LoadAverage, DateTime MeasuredAt);

/// <summary>What was measured on one store.</summary>
internal sealed record DigestResult
{
    public required string Store { get; init; }

    public required long Papers { get; init; }

    /// <summary>Size of the SQLite file.</summary>
    public required double? StoreMebibytes { get; init; }

    public required int Processors { get; init; }

    public required ImportMeasurement? Import { get; init; }

    public required SearchMeasurement Search { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(DigestResult))]
internal sealed partial class ResultJson : JsonSerializerContext
{
    public static JsonTypeInfo<DigestResult> Readable => Default.DigestResult;
}

/// <summary>What Linux says of this process and machine.</summary>
internal static class ProcessMemory
{
    public static double PeakMebibytes() => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1024;

    public static string LoadAverage() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));
}
