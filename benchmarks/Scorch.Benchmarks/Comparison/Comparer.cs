using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Scorch.Benchmarks.Workloads;
using Spectre.Console;

namespace Scorch.Benchmarks.Comparison;

/// <param name="Folder">The folder benchmarks.</param>
/// <param name="Only">A regular expression over families and names.</param>
/// <param name="Threads">Thread counts.</param>
/// <param name="Pairs">Samples a row and side.</param>
/// <param name="Onnx">Whether ONNX Runtime takes part.</param>
/// <param name="Output">Where results go.</param>
/// <param name="Width">Bits of the vectors that both sides are held to, for matrix products alone; null for what the machine has.</param>
internal sealed record CompareOptions(string Folder, string? Only, int[] Threads, int Pairs, bool Onnx, string? Output, int? Width);

/// <summary>Runs every row on both sides, sample by sample in turns, and holds the results together.</summary>
internal sealed class Comparer(CompareOptions options)
{
    /// <summary>How long a sample should take: long beside the clock and a thread's slice, short beside the machine's moods.</summary>
    private const double SampleSeconds = 0.03;

    /// <summary>The best that the limits were seen at in this run, by name and threads: the machine is not always quiet.</summary>
    private readonly Dictionary<string, double> best = [];

    private readonly string scratch = Directory.CreateTempSubdirectory("scorch-benchmark").FullName;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        try
        {
            return await Task.Run(() => Run(cancellation), cancellation);
        }
        finally
        {
            Directory.Delete(scratch, true);
        }
    }

    private int Run(CancellationToken cancellation)
    {
        var pattern = options.Only is null ? null : new Regex(options.Only, RegexOptions.IgnoreCase);
        var rows = Row.Load(Path.Combine(options.Folder, "workloads.json"))
            .Where(row => pattern is null || pattern.IsMatch($"{row.Family} {row.Workload}"))
            .Where(row => options.Width is null || row.Kind is "matmul" or "matvec")
            .ToArray();
        if (rows.Length == 0) throw new ArgumentException($"--only {options.Only} matches no row of workloads.json{(options.Width is null ? "" : " that is a matrix product")}.");
        MakeFiles();
        var results = new List<ResultRow>();
        Machine? machine = null;
        foreach (var threads in options.Threads)
        {
            using var ours = Start(Ours(threads));
            using var peer = Start(Peer(threads));
            using var onnx = options.Onnx && options.Width is null ? Start(["node", Path.Combine(options.Folder, "onnx_worker.mjs"), "--threads", $"{threads}"]) : null;
            RequireWidth(ours);
            Limits(ours, threads);
            machine ??= Describe(peer, onnx);
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                ResultRow result;
                try
                {
                    result = row.Kind == "start-up" ? FirstSteps(row, threads) : Measure(row, threads, ours, peer, onnx);
                    if (row.Flag("memory")) result = result with { MemoryRatio = Memory(row, threads) };
                }
                catch (InvalidOperationException error)
                {
                    result = new(row.Family, row.Workload, threads) { Error = error.Message };
                }
                results.Add(result with { Goal = row.Goal });
                Print(results[^1]);
            }
        }
        var all = new Results(machine! with { Limits = best }, Commit(), DateTime.UtcNow.ToString("yyyy-MM-dd"), results);
        Summary(all);
        var folder = options.Output ?? (options.Only is null && options.Width is null ? Path.Combine(options.Folder, "results") : null);
        if (folder is not null) Report.Save(all, folder);
        return results.Any(row => row.Error is not null) ? 1 : 0;
    }

    private static string[] Ours(int threads, params string[] more) => [Environment.ProcessPath!, "worker", "--threads", $"{threads}", .. more];

    private string[] Peer(int threads, params string[] more) => ["/usr/bin/python3", Path.Combine(options.Folder, "pytorch_worker.py"), "--threads", $"{threads}", .. more];

    private WorkerProcess Start(IReadOnlyList<string> command)
    {
        var environment = new Dictionary<string, string> { [Loading.FolderVariable] = scratch };
        if (options.Width is not null)
        {
            // OpenBLAS chooses its kernels by the name of a processor: this one has AVX2 and no more.
            environment["DOTNET_EnableAVX512"] = "0";
            environment["OPENBLAS_CORETYPE"] = "Haswell";
        }
        return new(command, environment);
    }

    private void RequireWidth(WorkerProcess ours)
    {
        if (options.Width is not { } width) return;
        var bits = ours.Ask(new() { ["command"] = "about" }).GetProperty("vectorBits").GetInt32();
        if (bits != width) throw new InvalidOperationException($"--width {width}: the worker's vectors have {bits} bits.");
    }

    private void MakeFiles()
    {
        using var making = Process.Start("/usr/bin/python3", [Path.Combine(options.Folder, "make_files.py"), scratch]);
        making.WaitForExit();
        if (making.ExitCode != 0) throw new InvalidOperationException("make_files.py failed; see above.");
    }

    private ResultRow Measure(Row row, int threads, WorkerProcess ours, WorkerProcess peer, WorkerProcess? onnx)
    {
        var (mine, other) = (ours.Prepare(row.Json), peer.Prepare(row.Json));
        Compare(row, "PyTorch", mine.GetProperty("checks"), other.GetProperty("checks"));
        var (mineCount, otherCount) = (Iterations(mine), Iterations(other));
        var third = onnx is not null && row.Flag("onnx") ? Export(row, peer, onnx, mine.GetProperty("checks")) : null;
        var (a, b, c) = (new List<double>(), new List<double>(), new List<double>());
        for (var pair = 0; pair < options.Pairs; pair++)
        {
            // Every other pair in the opposite order.
            if (pair % 2 == 0) a.Add(Alone(ours, mineCount, threads));
            b.Add(Alone(peer, otherCount, threads));
            if (pair % 2 == 1) a.Add(Alone(ours, mineCount, threads));
            if (third is { } count) c.Add(Alone(onnx!, count, threads));
        }
        Limits(ours, threads);
        var (time, ratios) = (Statistics.Median(a), a.Zip(b, (x, y) => y / x).ToArray());
        return new(row.Family, row.Workload, threads)
        {
            Ours = time,
            Peer = Statistics.Median(b),
            PeerVariant = other.GetProperty("variant").GetString() is { Length: > 0 } variant ? variant : null,
            Ratio = Statistics.Median(ratios),
            Interval = Statistics.MedianInterval(ratios),
            LimitShare = Share(row, mine, threads, time, Math.Min(a.Min(), b.Min())),
            ManagedBytes = ours.Ask(new() { ["command"] = "managed", ["iterations"] = Math.Min(mineCount, 20) }).GetProperty("bytes").GetDouble(),
            Onnx = third is null ? null : Statistics.Median(c),
            OnnxRatio = third is null ? null : Statistics.Median(a.Zip(c, (x, y) => y / x)),
        };
    }

    /// <summary>A sample once the threads of the process before have gone to sleep: OpenBLAS's and OpenMP's wait awake for some 30 ms.</summary>
    private static double Alone(WorkerProcess worker, int iterations, int threads)
    {
        if (threads > 1) Thread.Sleep(40);
        return worker.Run(iterations);
    }

    private static int Iterations(JsonElement prepared) => Math.Clamp((int)(SampleSeconds / prepared.GetProperty("seconds").GetDouble()), 1, 100_000);

    private int? Export(Row row, WorkerProcess peer, WorkerProcess onnx, JsonElement checks)
    {
        var model = peer.Ask(new() { ["command"] = "export", ["path"] = Path.Combine(scratch, "model.onnx") });
        var prepared = onnx.Ask(new() { ["command"] = "prepare", ["model"] = JsonNode.Parse(model.GetRawText()) });
        Compare(row, "ONNX Runtime", checks, prepared.GetProperty("checks"));
        return Iterations(prepared);
    }

    /// <summary>Both sides must have computed the same numbers.</summary>
    private static void Compare(Row row, string peer, JsonElement ours, JsonElement theirs)
    {
        // JPEG decoders may differ by a step of 1/255; steps of training repeat rounding many times.
        var tolerance = row.Kind switch { "loading" => 2e-2, "large step" or "small step" or "inference" => 2e-3, _ => 2e-4 };
        foreach (var (mine, other) in ours.EnumerateArray().Zip(theirs.EnumerateArray()))
        {
            var scale = Math.Max(1e-6, Math.Max(mine[2].GetDouble(), other[2].GetDouble()));
            for (var i = 0; i < 3; i++)
                if (!(Math.Abs(mine[i].GetDouble() - other[i].GetDouble()) <= tolerance * scale))
                    throw new InvalidOperationException($"{peer} computed other numbers: {mine.GetRawText()} here, {other.GetRawText()} there.");
        }
    }

    /// <summary>Share of the limit; refuses a time that the machine cannot reach.</summary>
    private double? Share(Row row, JsonElement prepared, int threads, double seconds, double least)
    {
        var (operations, bytes) = (prepared.GetProperty("operations").GetDouble(), prepared.GetProperty("bytes").GetDouble());
        var peak = best[LimitName(prepared.GetProperty("type").GetString()!, threads)];
        // Winograd's convolution does with fewer operations than the definition has: 2.25 for tiles of 2x2, 4 for 4x4.
        var fewer = row.Kind is "convolution" or "inference" ? 4 : 1;
        if (operations / least > 1.1 * fewer * peak)
            throw new InvalidOperationException($"impossible: {operations / least / 1e9:F0} GFLOP/s where the units reach {peak / 1e9:F0}.");
        if (operations > 0) return operations / seconds / peak;
        // Smaller work may lie in the caches.
        if (bytes < 64e6) return null;
        var copy = best[LimitName("copy", threads)];
        if (bytes / least > 2 * copy) throw new InvalidOperationException($"impossible: {bytes / least / 1e9:F1} GB/s where copying reaches {copy / 1e9:F1}.");
        return bytes / seconds / copy;
    }

    private double Memory(Row row, int threads)
    {
        double Peak(string[] command)
        {
            using var worker = Start(command);
            worker.Prepare(row.Json);
            return worker.Ask(new() { ["command"] = "memory", ["iterations"] = 5 }).GetProperty("peakBytes").GetDouble();
        }
        return Peak(Ours(threads)) / Peak(Peer(threads));
    }

    private ResultRow FirstSteps(Row row, int threads)
    {
        double Seconds(string[] command)
        {
            var start = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true })!;
            var printed = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0 || !double.TryParse(printed, out _)) throw new InvalidOperationException($"{command[0]}: the first step failed.");
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        var (a, b) = (new List<double>(), new List<double>());
        for (var pair = 0; pair < Math.Min(options.Pairs, 9); pair++)
        {
            a.Add(Seconds(Ours(threads, "--first-step")));
            b.Add(Seconds(Peer(threads, "--first-step")));
        }
        var ratios = a.Zip(b, (x, y) => y / x).ToArray();
        return new(row.Family, row.Workload, threads)
        {
            Ours = Statistics.Median(a),
            Peer = Statistics.Median(b),
            Ratio = Statistics.Median(ratios),
            Interval = Statistics.MedianInterval(ratios),
        };
    }

    private void Limits(WorkerProcess ours, int threads)
    {
        foreach (var limit in ours.Ask(new() { ["command"] = "limits" }).EnumerateObject())
        {
            var name = LimitName(limit.Name, threads);
            best[name] = Math.Max(best.GetValueOrDefault(name), limit.Value.GetDouble());
        }
    }

    private static string LimitName(string limit, int threads) => $"{limit}, {threads} thread{(threads == 1 ? "" : "s")}";

    private Machine Describe(WorkerProcess peer, WorkerProcess? onnx)
    {
        string About(WorkerProcess worker) => worker.Ask(new() { ["command"] = "about" }).GetProperty("name").GetString()!;
        var processor = OperatingSystem.IsLinux()
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
            : null;
        return new(
            (processor ?? RuntimeInformation.ProcessArchitecture.ToString()) + (options.Width is { } width ? $", vectors of {width} bits" : ""),
            Environment.ProcessorCount,
            Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1024.0 / 1024 / 1024, 1),
            RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription,
            About(peer),
            onnx is null ? null : About(onnx),
            new Dictionary<string, double>());
    }

    private string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-C", options.Folder, "describe", "--always", "--dirty"]) { RedirectStandardOutput = true })!;
        return git.StandardOutput.ReadToEnd().Trim();
    }

    private static void Print(ResultRow row)
    {
        var text = row.Error is { } error
            ? $"{row.Family} · {row.Workload} · {row.Threads}: {error}"
            : $"{row.Family} · {row.Workload} · {row.Threads}: {Report.Time(row.Ours)} against {Report.Time(row.Peer)}, ratio {row.Ratio:F2} [{row.Interval![0]:F2}, {row.Interval[1]:F2}]"
                + (row.Goal is { } goal ? $", goal {goal:0.#}" : "")
                + (row.LimitShare is { } share ? $", {share:P0} of the limit" : "")
                + (row.OnnxRatio is { } onnx ? $", ONNX Runtime {onnx:F2}" : "")
                + (row.MemoryRatio is { } memory ? $", memory {memory:F2}" : "")
                + (row.ManagedBytes is { } bytes ? $", {bytes:N0} managed bytes" : "");
        Console.Error.WriteLine(text);
    }

    private static void Summary(Results results)
    {
        var table = new Table().AddColumns("Family", "Ratio");
        foreach (var (family, ratio) in results.Families()) table.AddRow(Markup.Escape(family), $"{ratio:F2}");
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"geometric mean over the families: {results.GeometricMean:F2}; rows slower than the peer: {results.Rows.Count(row => row.IsSlower)}, below their goal: {results.Rows.Count(row => row.IsBelowGoal)} of {results.Rows.Count}");
    }
}
