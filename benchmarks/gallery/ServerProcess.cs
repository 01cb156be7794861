using System.Diagnostics;

namespace Scorch.Benchmarks.Gallery;

/// <summary><c>scorch serve</c> in a process of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, Uri address)
    {
        _process = process;
        Address = address;
    }

    public Uri Address { get; }

    public double PeakMebibytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64 / 1048576.0;
        }
    }

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<ServerProcess> StartAsync(string? store)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Scorch.Cli.dll"), "serve", "--port", "0", "--no-open" },
            RedirectStandardOutput = true,
            Environment = { ["SCORCH_DIGEST"] = store ?? Path.Combine(Path.GetTempPath(), "there-is-no-such-store.db") },
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("The server could not be started.");
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            const string before = "The gallery is at ";
            if (line.StartsWith(before, StringComparison.Ordinal))
            {
                return new ServerProcess(process, new Uri(line[before.Length..].Split(". ")[0]));
            }
        }

        throw new InvalidOperationException("The server ended without having named its address.");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
