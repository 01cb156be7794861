using System.Globalization;
using System.Runtime.CompilerServices;

namespace Scorch.TestHost;

/// <summary>A program that never asks for the same size again must not fill its memory with blocks of sizes gone by, and one that drops what it made must get it back at once.</summary>
internal static class IdleMemory
{
    private const long MostIdle = 256L << 20;

    /// <summary>Makes results so large that each brings a collection; a dead one must be found dead by the next, so that few are held at once.</summary>
    /// <returns>Whether never more than five were held.</returns>
    public static bool Reuse()
    {
        var source = Tensor.Zeros([4, 128, 56, 56]);
        var (before, most) = (MemoryPool.LiveBytes, 0L);
        for (var i = 0; i < 200; i++)
        {
            Drop(source);
            most = Math.Max(most, MemoryPool.LiveBytes - before);
        }
        var results = most / (source.ElementCount * sizeof(float));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"at most {results} of 200 results held at once"));
        return results is > 0 and <= 5;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(Tensor source) => _ = source + 1;

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
