using System.Diagnostics;
using System.Text.Json;
using Scorch.Reproductions;

namespace Scorch.Cli.Tests;

/// <summary>The built program, as a user's shell sees it.</summary>
public class ProcessTests
{
    private const string Program = "Scorch.Cli.dll";
    private const string Host = "Scorch.Cli.TestHost.dll";

    [Fact]
    public async Task The_program_lists_all_papers_outside_the_repository()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.ProcessAsync(Program, folder.Path, "list", "--json");
        using var json = JsonDocument.Parse(result.Output);

        Assert.Equal((0, 67, ""), (result.Code, json.RootElement.GetArrayLength(), result.Error));
    }

    [Fact]
    public async Task Exit_codes_reach_the_shell()
    {
        using var folder = new TemporaryFolder();
        var codes = await Task.WhenAll(
            Cli.ProcessAsync(Program, folder.Path, "version"),
            Cli.ProcessAsync(Program, folder.Path, "run", "no-such-paper"),
            Cli.ProcessAsync(Program, folder.Path, "data", "path", "dml"),
            Cli.ProcessAsync(Host, folder.Path, "run", "pinn-poisson", "--set", "fail=true"));

        Assert.Equal([0, 2, 3, 1], codes.Select(result => result.Code));
        Assert.Contains("It went wrong on purpose.", codes[3].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_out_makes_its_own_folder_and_says_where()
    {
        using var folder = new TemporaryFolder();
        var result = await Cli.ProcessAsync(Host, folder.Path, "run", "pinn-poisson", "--scale", "smoke", "--json");
        using var json = JsonDocument.Parse(result.Output);
        var run = Assert.Single(Directory.EnumerateDirectories(folder["scorch-runs"]));

        Assert.Equal(0, result.Code);
        Assert.StartsWith("pinn-poisson-smoke-", Path.GetFileName(run), StringComparison.Ordinal);
        Assert.Contains(run, result.Error, StringComparison.Ordinal);
        Assert.Equal("pinn-poisson", EvidenceFile.Read(Path.Combine(run, RunFiles.Evidence)).Paper);
    }

    [UnixTheory]
    [InlineData("INT", "wait=true")]
    [InlineData("TERM", "wait=true")]
    public async Task A_signal_stops_a_run_with_code_130_and_leaves_nothing(string signal, string setting)
    {
        using var folder = new TemporaryFolder();
        using var process = Cli.Start(Host, folder.Path, "run", "pinn-poisson", "--set", setting);
        Assert.Equal("started", await process.StandardError.ReadLineAsync());
        await Send(signal, process);
        var result = await Cli.EndAsync(process);

        Assert.Equal(130, result.Code);
        Assert.Contains("stopped", result.Error, StringComparison.Ordinal);
        Assert.Empty(result.Output);
        Assert.Empty(folder.Entries);
    }

    [UnixFact]
    public async Task A_second_signal_ends_a_run_that_does_not_listen()
    {
        using var folder = new TemporaryFolder();
        using var process = Cli.Start(Host, folder.Path, "run", "pinn-poisson", "--set", "deaf=true");
        Assert.Equal("started", await process.StandardError.ReadLineAsync());
        var clock = Stopwatch.StartNew();
        await Send("INT", process);
        while (!process.WaitForExit(200) && clock.Elapsed < TimeSpan.FromSeconds(9))
        {
            await Send("INT", process);
        }

        Assert.True(process.HasExited);
        Assert.NotEqual(0, process.ExitCode);
        Assert.DoesNotContain(folder.Entries, File.Exists);
    }

    private static async Task Send(string signal, Process process)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}

/// <summary>A test of Unix signals.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    /// <summary>Skips where there are none.</summary>
    public UnixFactAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows has no Unix signals." : null;
}

/// <summary>A test of Unix signals with several inputs.</summary>
public sealed class UnixTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where there are none.</summary>
    public UnixTheoryAttribute() => Skip = OperatingSystem.IsWindows() ? "Windows has no Unix signals." : null;
}
