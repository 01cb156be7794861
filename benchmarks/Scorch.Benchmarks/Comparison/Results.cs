using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scorch.Benchmarks.Comparison;

/// <summary>One row at one number of threads. Times are medians in seconds; ratios are the peer's time over ours.</summary>
internal sealed record ResultRow(string Family, string Workload, int Threads)
{
    public double? Ours { get; init; }

    public double? Peer { get; init; }

    /// <summary>Which of its forms the peer was fastest with.</summary>
    public string? PeerVariant { get; init; }

    /// <summary>The median of the paired ratios.</summary>
    public double? Ratio { get; init; }

    /// <summary>The 95% interval of that median.</summary>
    public double[]? Interval { get; init; }

    /// <summary>Share of the machine's own limit (multiply-adds, or copies beyond the caches).</summary>
    public double? LimitShare { get; init; }

    /// <summary>Our peak memory over the peer's, fresh processes.</summary>
    public double? MemoryRatio { get; init; }

    /// <summary>Managed bytes that one step allocates.</summary>
    public double? ManagedBytes { get; init; }

    public double? Onnx { get; init; }

    public double? OnnxRatio { get; init; }

    /// <summary>The ratio that the project aims at.</summary>
    public double? Goal { get; init; }

    /// <summary>Why there is no measurement.</summary>
    public string? Error { get; init; }

    [JsonIgnore]
    public bool IsBelowGoal => Ratio is { } ratio && Goal is { } goal && ratio < goal;

    [JsonIgnore]
    public bool IsSlower => Interval is { } interval && interval[1] < 1;
}

internal sealed record Machine(string Processor, int Cores, double MemoryGiB, string System, string Runtime, string Peer, string? Onnx, IReadOnlyDictionary<string, double> Limits);

internal sealed record Results(Machine Machine, string Commit, string Date, IReadOnlyList<ResultRow> Rows)
{
    /// <summary>Over the families, each the geometric mean of its rows at all thread counts.</summary>
    public double? GeometricMean => Families().Count == 0 ? null : Statistics.GeometricMean(Families().Values);

    public IReadOnlyDictionary<string, double> Families() => Rows
        .Where(row => row.Ratio is not null)
        .GroupBy(row => row.Family)
        .ToDictionary(group => group.Key, group => Statistics.GeometricMean(group.Select(row => row.Ratio!.Value)));

    public static Results Load(string path) =>
        JsonSerializer.Deserialize(File.ReadAllText(path), ResultsJson.Default.Results) ?? throw new InvalidDataException($"{path} holds no results.");

    /// <summary>The newest of a folder by the date in its name.</summary>
    public static string? Newest(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "????-??-??-*.json").Order(StringComparer.Ordinal).LastOrDefault() : null;
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Results))]
internal sealed partial class ResultsJson : JsonSerializerContext;
