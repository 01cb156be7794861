using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Scorch.Benchmarks.Comparison;

/// <summary>A worker: JSON lines to it, JSON lines from it.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process process;

    public WorkerProcess(IReadOnlyList<string> command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
    }

    public JsonElement Ask(JsonObject message)
    {
        process.StandardInput.WriteLine(message.ToJsonString());
        process.StandardInput.Flush();
        var line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"The worker ended with {(process.WaitForExit(1000) ? process.ExitCode : -1)}.");
        using var answer = JsonDocument.Parse(line);
        var element = answer.RootElement.Clone();
        return element.TryGetProperty("error", out var error) ? throw new InvalidOperationException(error.GetString()) : element;
    }

    /// <summary>Seconds of one iteration, over several.</summary>
    public double Run(int iterations) => Ask(new() { ["command"] = "run", ["iterations"] = iterations }).GetProperty("seconds").GetDouble();

    public JsonElement Prepare(JsonElement row) => Ask(new() { ["command"] = "prepare", ["row"] = JsonNode.Parse(row.GetRawText()) });

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(2000)) process.Kill(true);
        process.Dispose();
    }
}
