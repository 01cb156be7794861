using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Scorch.Benchmarks.Digest;

/// <summary>Latencies of one kind of searches, in milliseconds.</summary>
internal sealed record SearchResult(string Kind, int Searches, int WithMatches, double P50, double P95, double Maximum);

/// <summary>What one run measured.</summary>
internal sealed record DigestResult
{
    public required string Store { get; init; }

    public required long Papers { get; init; }

    public required double ImportSeconds { get; init; }

    /// <summary>Largest resident memory of this process until the import was done; for PostgreSQL without the server's.</summary>
    public required double ImportPeakMebibytes { get; init; }

    public required double SearchPeakMebibytes { get; init; }

    public required double? StoreMebibytes { get; init; }

    public required IReadOnlyList<SearchResult> Searches { get; init; }

    public required int Processors { get; init; }

    /// <summary>Load averages over 1, 5 and 15 minutes at the end: what else the machine did.</summary>
    public required string LoadAverage { get; init; }

    public required DateTime MeasuredAt { get; init; }
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
