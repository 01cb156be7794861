using System.Diagnostics;
using Scorch.Cli.TestHost;
using Scorch.Reproductions;

namespace Scorch.Cli.Tests;

/// <summary>What a call of the command line gave.</summary>
internal sealed record CliResult(int Code, string Output, string Error);

/// <summary>Calls the command line, inside this process or as a process of its own.</summary>
internal static class Cli
{
    public static async Task<CliResult> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await ScorchCommand.InvokeAsync(arguments, TestCatalog.Create(), output, error, new DataLocator(Path.Combine(Path.GetTempPath(), "scorch-no-such-folder")));
        return new CliResult(code, output.ToString(), error.ToString());
    }

    public static Process Start(string assembly, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(IgnoresInterrupts() ? "env" : "dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (IgnoresInterrupts())
        {
            start.ArgumentList.Add("--default-signal=INT");
            start.ArgumentList.Add("dotnet");
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, assembly));
        start.Environment["SCORCH_DATA"] = Path.Combine(folder, "no-data");
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(folder, "no-cache");
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    /// <summary>Whether a shell started these tests in the background: what ignores Ctrl-C hands that on to what it starts.</summary>
    private static bool IgnoresInterrupts()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var ignored = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal));
        return (Convert.ToUInt64(ignored[7..].Trim(), 16) & 2) != 0;
    }

    public static async Task<CliResult> ProcessAsync(string assembly, string folder, params string[] arguments)
    {
        using var process = Start(assembly, folder, arguments);
        return await EndAsync(process);
    }

    public static async Task<CliResult> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return new CliResult(process.ExitCode, await output, await error);
    }
}

/// <summary>A folder that goes away with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"scorch-test-{Guid.NewGuid():N}");

    public string this[string file] => System.IO.Path.Combine(Path, file);

    public IEnumerable<string> Entries => Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
