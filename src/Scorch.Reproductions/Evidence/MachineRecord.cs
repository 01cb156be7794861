using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scorch.Reproductions;

/// <summary>The kind of machine that a run was made on; it names no host and no user.</summary>
public sealed record MachineRecord
{
    /// <summary>Operating system.</summary>
    public required string System { get; init; }

    /// <summary>Processor architecture, e.g. <c>X64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Processor model as the system reports it.</summary>
    public required string Processor { get; init; }

    /// <summary>Logical processors available to the process.</summary>
    public required int Cores { get; init; }

    /// <summary>Memory available to the process, in bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>Width of the widest hardware-accelerated vector, in bits; 0 when there is none.</summary>
    public required int VectorBits { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>Describes this machine.</summary>
    public static MachineRecord Current() => new()
    {
        System = RuntimeInformation.OSDescription,
        Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
        Processor = ProcessorName(),
        Cores = Environment.ProcessorCount,
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        VectorBits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0,
        Runtime = RuntimeInformation.FrameworkDescription,
    };

    private static string ProcessorName()
    {
        const string file = "/proc/cpuinfo";
        if (File.Exists(file))
        {
            var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
            if (line is not null)
            {
                return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
            }
        }

        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";
    }
}
