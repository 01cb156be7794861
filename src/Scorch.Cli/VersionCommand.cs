using System.CommandLine;
using System.Runtime.InteropServices;
using Scorch.Reproductions;

namespace Scorch.Cli;

/// <summary><c>scorch version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(Surroundings surroundings)
    {
        var command = new Command("version", "Print the version.");
        command.SetAction(_ =>
        {
            var (version, commit) = EvidenceRecord.BuildVersion();
            surroundings.Output.WriteLine($"scorch {version}{(commit is null ? "" : $" ({commit})")}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription} {RuntimeInformation.ProcessArchitecture}");
            return ExitCode.Success;
        });
        return command;
    }
}
