using System.Text.Json;

namespace Scorch.Benchmarks.Workloads;

/// <summary>A row of workloads.json: what to run and how large.</summary>
internal sealed class Row(JsonElement json)
{
    public JsonElement Json { get; } = json;

    public string Family => Text("family");

    public string Workload => Text("workload");

    public string Kind => Text("kind");

    /// <summary>What the operation of a kind is, such as <c>exp</c>.</summary>
    public string Operation => Text("operation");

    /// <summary>The ratio that the project aims at, if it set one.</summary>
    public double? Goal => Json.TryGetProperty("goal", out var goal) ? goal.GetDouble() : null;

    public string Text(string name) => Json.GetProperty(name).GetString()!;

    public int Number(string name) => Json.GetProperty(name).GetInt32();

    public int Number(string name, int otherwise) => Json.TryGetProperty(name, out var value) ? value.GetInt32() : otherwise;

    public int[] Numbers(string name) => [.. Json.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    public bool Flag(string name) => Json.TryGetProperty(name, out var value) && value.GetBoolean();

    public static IReadOnlyList<Row> Load(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        return [.. document.RootElement.EnumerateArray().Select(row => new Row(row.Clone()))];
    }
}
