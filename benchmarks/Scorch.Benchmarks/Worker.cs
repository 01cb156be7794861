using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Scorch.Benchmarks.Workloads;

namespace Scorch.Benchmarks;

/// <summary>A warm process that runs rows with Scorch; the same protocol as pytorch_worker.py.</summary>
internal static class Worker
{
    private static Workload? current;

    public static void Serve()
    {
        while (Console.In.ReadLine() is { } line)
        {
            JsonNode answer;
            try
            {
                using var message = JsonDocument.Parse(line);
                answer = Answer(message.RootElement.Clone());
            }
            catch (Exception error)
            {
                // The driver reports it with the row and goes on.
                answer = new JsonObject { ["error"] = $"{error.GetType().Name}: {error.Message} {error.StackTrace?.Split('\n')[0].Trim()}" };
            }
            Console.Out.WriteLine(answer.ToJsonString());
            Console.Out.Flush();
        }
    }

    private static JsonObject Answer(JsonElement message)
    {
        int Iterations() => message.GetProperty("iterations").GetInt32();
        switch (message.GetProperty("command").GetString())
        {
            case "prepare":
                return Prepare(new Row(message.GetProperty("row")));
            case "run":
                return new() { ["seconds"] = Timed(current!, Iterations()) };
            case "managed":
                var before = GC.GetTotalAllocatedBytes(true);
                Timed(current!, Iterations());
                return new() { ["bytes"] = (GC.GetTotalAllocatedBytes(true) - before) / (double)Iterations() };
            case "memory":
                Timed(current!, Iterations());
                return new() { ["peakBytes"] = PeakBytes() };
            case "limits":
                return new()
                {
                    ["float32"] = MachineLimits.FusedMultiplyAdds<float>(),
                    ["float64"] = MachineLimits.FusedMultiplyAdds<double>(),
                    ["copy"] = MachineLimits.CopyBandwidth(),
                };
            case "about":
                var bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
                return new() { ["name"] = "Scorch", ["details"] = $".NET {Environment.Version}, {Parallelism.ThreadCount} threads", ["vectorBits"] = bits };
            case var command:
                throw new ArgumentException($"{command} is no command.");
        }
    }

    private static JsonObject Prepare(Row row)
    {
        current = null;
        current = Workload.Create(row);
        var checks = new JsonArray([.. current.Step().Select(Check)]);
        var seconds = WarmUp(current);
        return new()
        {
            ["checks"] = checks,
            ["variant"] = "",
            ["seconds"] = seconds,
            ["operations"] = current.Operations,
            ["bytes"] = current.Bytes,
            ["type"] = current.DataType == DataType.Float64 ? "float64" : "float32",
        };
    }

    /// <summary>Calls and pauses until the time stops falling: the compiler turns to a method again after thirty calls and a quiet tenth of a second, twice.</summary>
    private static double WarmUp(Workload workload)
    {
        var clock = Stopwatch.StartNew();
        var (best, calls, steady) = (Timed(workload, 1), 1, 0);
        while (clock.Elapsed.TotalSeconds < 3 && (calls < 100 || steady < 2))
        {
            var count = Math.Clamp((int)(0.1 / Math.Max(best, 1e-7)), best < 0.01 ? 35 : 1, 100_000);
            var seconds = Timed(workload, count);
            calls += count;
            steady = seconds > 0.97 * best ? steady + 1 : 0;
            best = Math.Min(best, seconds);
            Thread.Sleep(110);
        }
        return best;
    }

    /// <summary>Sum, a weighted sum that sees the order, and the sum of absolute values.</summary>
    private static JsonArray Check(Tensor tensor)
    {
        var plain = tensor.DataType.ToString().StartsWith("Complex", StringComparison.Ordinal)
            ? Tensor.Stack([tensor.Real(), tensor.Imaginary()], -1)
            : tensor;
        var (sum, weighted, absolute) = (0.0, 0.0, 0.0);
        var values = plain.Detach().To(DataType.Float64).ToArray<double>();
        for (var i = 0; i < values.Length; i++)
        {
            sum += values[i];
            weighted += values[i] * (1 + (i % 97 / 97.0));
            absolute += Math.Abs(values[i]);
        }
        return [sum, weighted, absolute];
    }

    private static double Timed(Workload workload, int iterations)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < iterations; i++) workload.Step();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / iterations;
    }

    private static long PeakBytes()
    {
        if (!OperatingSystem.IsLinux()) return Process.GetCurrentProcess().PeakWorkingSet64;
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;
    }
}
