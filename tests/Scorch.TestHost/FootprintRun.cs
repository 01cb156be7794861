using System.Diagnostics;
using System.Globalization;
using Scorch.Losses;
using Scorch.Modules;
using Scorch.Optimizers;

namespace Scorch.TestHost;

/// <summary>Trains a small network for many steps without a Dispose and prints the memory in use over time.</summary>
internal static class FootprintRun
{
    private const int Reports = 20;

    // A tensor (about 1 KiB with its record) leaked every step would add 20 MiB to 20,000 steps and 1 GiB to a million.
    private const long LargestManagedGrowth = 4 << 20;
    private const long LargestResidentGrowth = 48 << 20;

    /// <summary>Runs.</summary>
    /// <param name="steps">How many, at least 20.</param>
    /// <returns>Whether managed heap and working set stayed flat after the first quarter.</returns>
    public static bool Run(long steps)
    {
        var random = new RandomSource(1);
        var network = new Sequential(new Linear(2, 16, random), new Function(x => x.Tanh()), new Linear(16, 1, random));
        var optimizer = new Adam(network.Parameters());
        var (x, y) = (random.Normal([16, 2]), random.Normal([16, 1]));
        var clock = Stopwatch.StartNew();
        var readings = new List<(long Managed, long Resident)>();
        Console.WriteLine("step, seconds, managed heap after collection (KiB), working set before collection (KiB)");
        for (long step = 1; step <= steps; step++)
        {
            optimizer.ClearGradients();
            Loss.MeanSquaredError(network.Forward(x), y).Backward();
            optimizer.Step();
            if (step * Reports / steps == (step - 1) * Reports / steps) continue;
            // The working set first: collecting would hide what a program that never asks for it holds.
            using var process = Process.GetCurrentProcess();
            var resident = process.WorkingSet64;
            var managed = GC.GetTotalMemory(forceFullCollection: true);
            readings.Add((managed, resident));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step}, {clock.Elapsed.TotalSeconds:F1}, {managed >> 10}, {resident >> 10}"));
        }

        var settled = readings[(Reports / 4) - 1];
        var (managedGrowth, residentGrowth) = (readings.Max(reading => reading.Managed) - settled.Managed, readings.Max(reading => reading.Resident) - settled.Resident);
        var isFlat = managedGrowth <= LargestManagedGrowth && residentGrowth <= LargestResidentGrowth;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{(isFlat ? "flat" : "growing")}: after the first quarter the managed heap grew by at most {managedGrowth >> 10} KiB, the working set by {residentGrowth >> 10} KiB"));
        return isFlat;
    }
}
