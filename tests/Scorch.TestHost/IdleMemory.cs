using System.Globalization;

namespace Scorch.TestHost;

/// <summary>A program that never asks for the same size again must not fill its memory with blocks of sizes gone by.</summary>
internal static class IdleMemory
{
    private const long MostIdle = 256L << 20;

    /// <summary>Makes tensors of ever greater sizes, one at a time, some 10 GB in all.</summary>
    /// <returns>Whether idle blocks stayed within bounds, and whether elements were right throughout.</returns>
    public static bool Run()
    {
        var (most, right) = (0L, true);
        for (var elements = 300_000; elements < 26_000_000; elements += 250_000)
        {
            var tensor = Tensor.Full([elements], 3) + 1;
            right &= tensor[^1].Item() == 4;
            most = Math.Max(most, MemoryPool.IdleBytes);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(right ? "right" : "wrong")} elements, at most {most >> 20} MiB idle"));
        return right && most <= MostIdle;
    }
}
