using System.Diagnostics;
using System.Globalization;

namespace Scorch.Tests.Training;

/// <summary>A training process that is killed goes on from its checkpoint as if nothing had happened.</summary>
public class KillTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Steps = 400;

    [Fact]
    public void A_run_killed_at_random_moments_ends_with_the_bits_of_an_uninterrupted_one()
    {
        using var whole = new TemporaryFolder();
        using var broken = new TemporaryFolder();
        var expected = Finish(whole.Path);
        Assert.Equal("began", expected[0]);

        // The moments differ from run to run; every one must do. They are written down for the case that one does not.
        var random = new Random();
        for (var kill = 0; kill < 3; kill++)
        {
            var (after, delay) = (random.Next(5, 90), random.Next(0, 12));
            output.WriteLine($"kill {kill}: {delay} ms after {after} steps");
            using var process = Start(broken.Path);
            for (var line = 0; line < after; line++) Assert.NotNull(process.StandardOutput.ReadLine());
            Thread.Sleep(delay);
            process.Kill();
            process.WaitForExit();
            Assert.NotEqual(0, process.ExitCode);
        }
        var lines = Finish(broken.Path);
        Assert.StartsWith("resumed ", lines[0], StringComparison.Ordinal);
        Assert.InRange(int.Parse(lines[0]["resumed ".Length..], CultureInfo.InvariantCulture), 3, Steps - 1);
        Assert.Equal(expected[^1], lines[^1]);
        // The losses of the last stretch are those of the uninterrupted run, digit for digit.
        Assert.Equal(expected.TakeLast(lines.Count - 1), lines.Skip(1));
    }

    private static List<string> Finish(string folder)
    {
        using var process = Start(folder);
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToList();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal(["run.safetensors"], Directory.GetFiles(folder).Select(Path.GetFileName).Where(name => !name!.EndsWith(".tmp", StringComparison.Ordinal)));
        return lines;
    }

    private static Process Start(string folder) =>
        Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Scorch.TestHost.dll"), "train", folder, Steps.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
}
