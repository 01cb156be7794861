using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Scorch.Language.Softermax;

/// <summary>Runs Icarus Verilog and Yosys where they are installed (Debian: <c>iverilog</c>, <c>yosys</c>).</summary>
public static partial class HardwareTools
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Whether Icarus Verilog is there.</summary>
    public static bool HasSimulator => IsInstalled("iverilog") && IsInstalled("vvp");

    /// <summary>Whether Yosys is there.</summary>
    public static bool HasSynthesis => IsInstalled("yosys");

    /// <summary>Compiles Verilog and runs it.</summary>
    /// <param name="files">Names and texts of all files, the vectors' among them; those ending in .v are compiled.</param>
    /// <param name="cancellationToken">Stops the tools.</param>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">A tool is missing, or says that something is wrong.</exception>
    public static string Simulate(IReadOnlyDictionary<string, string> files, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(files);
        return InFolder(files, folder =>
        {
            Execute("iverilog", ["-g2001", "-o", "design", .. files.Keys.Where(name => name.EndsWith(".v", StringComparison.Ordinal))], folder, cancellationToken);
            return Execute("vvp", ["-n", "design"], folder, cancellationToken);
        });
    }

    /// <summary>Synthesises a module to gates and counts the transistors that they take in CMOS, as Yosys estimates them.</summary>
    /// <param name="verilog">The module and all below it.</param>
    /// <param name="module">Its name.</param>
    /// <param name="cancellationToken">Stops the tool.</param>
    /// <exception cref="InvalidOperationException">The tool is missing, or says that something is wrong.</exception>
    public static long Transistors(string verilog, string module, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(verilog);
        ArgumentException.ThrowIfNullOrEmpty(module);
        var files = new Dictionary<string, string> { ["design.v"] = verilog };
        var printed = InFolder(files, folder => Execute("yosys", ["-p", $"read_verilog design.v; synth -flatten -top {module}; abc -g cmos2; opt_clean; stat -tech cmos"], folder, cancellationToken));
        var found = TransistorCount().Matches(printed);
        return found.Count > 0
            ? long.Parse(found[^1].Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException("yosys: it printed no number of transistors; version 0.23 is known to do so.");
    }

    private static bool IsInstalled(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, tool)));

    private static string InFolder(IReadOnlyDictionary<string, string> files, Func<string, string> work)
    {
        var folder = Directory.CreateTempSubdirectory("scorch-softermax-").FullName;
        try
        {
            foreach (var (name, text) in files) File.WriteAllText(Path.Combine(folder, Path.GetFileName(name)), text);
            return work(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Execute(string tool, IReadOnlyList<string> arguments, string folder, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = new(tool, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true } };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"{tool} cannot be started ({error.Message}); on Debian: apt-get install iverilog yosys.", error);
        }
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var (output, error2) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        try
        {
            process.WaitForExitAsync(limit.Token).GetAwaiter().GetResult();
            Task.WaitAll([output, error2], limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException($"{tool} did not end within {Limit.TotalMinutes} minutes and was stopped.");
        }
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{tool} ended with {process.ExitCode}: {string.Join(' ', (error2.Result + output.Result).Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(5))}");
        return output.Result;
    }

    [GeneratedRegex(@"Estimated number of transistors:\s+(\d+)")]
    private static partial Regex TransistorCount();
}
