namespace Scorch.Tabular;

/// <summary>Counter-based random numbers (Philox 4x32-10): a seed and a stream fix every draw, whatever else runs beside it.</summary>
/// <remarks>Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011). Not safe for use from two threads at once.</remarks>
public sealed class CounterRandom
{
    private readonly uint key0;
    private readonly uint key1;
    private readonly ulong stream;
    private ulong counter;
    private readonly uint[] block = new uint[4];
    private int used = 4;
    private double spareNormal = double.NaN;

    /// <summary>Starts the sequence of one seed and stream.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="stream">Which of the seed's independent sequences: a tree's index, a fold's index.</param>
    public CounterRandom(ulong seed, ulong stream = 0)
    {
        key0 = (uint)seed;
        key1 = (uint)(seed >> 32);
        this.stream = stream;
    }

    /// <summary>Derives a seed from a seed and further numbers, so that parts of one computation draw independently.</summary>
    /// <param name="seed">The seed of the whole.</param>
    /// <param name="parts">What tells the part from its neighbours.</param>
    /// <returns>A seed that depends on all of them and on their order.</returns>
    public static ulong Derive(ulong seed, params ReadOnlySpan<ulong> parts)
    {
        var state = seed;
        foreach (var part in parts)
            state = Mix(state ^ (Mix(part + 0x9E3779B97F4A7C15UL) + (state << 6) + (state >> 2)));
        return state;
    }

    /// <summary>A uniform number in [0, 1) with 53 random bits.</summary>
    /// <returns>The number.</returns>
    public double NextDouble()
    {
        var high = (ulong)NextUInt32();
        return ((high << 32 | NextUInt32()) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A uniform whole number in [0, <paramref name="bound"/>), without modulo bias.</summary>
    /// <param name="bound">The exclusive upper bound, at least 1.</param>
    /// <returns>The number.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The bound is below 1.</exception>
    public int NextInt32(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var range = (uint)bound;
        var threshold = unchecked(0u - range) % range;
        while (true)
        {
            // Lemire's multiplication: the low half tells whether the draw fell into the biased remainder.
            var product = (ulong)NextUInt32() * range;
            if ((uint)product >= threshold)
                return (int)(product >> 32);
        }
    }

    /// <summary>A standard normal number (Box-Muller).</summary>
    /// <returns>The number.</returns>
    public double NextNormal()
    {
        if (!double.IsNaN(spareNormal))
        {
            var spare = spareNormal;
            spareNormal = double.NaN;
            return spare;
        }
        var radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * NextDouble());
        spareNormal = radius * sine;
        return radius * cosine;
    }

    /// <summary>An exponential number of rate one.</summary>
    /// <returns>The number.</returns>
    public double NextExponential() => -Math.Log(1 - NextDouble());

    /// <summary>Puts the values in a uniformly random order (Fisher-Yates).</summary>
    /// <param name="values">What to shuffle, in place.</param>
    /// <typeparam name="T">The values' type.</typeparam>
    public void Shuffle<T>(Span<T> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = NextInt32(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>The numbers 0 to <paramref name="count"/> - 1 in random order.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The permutation.</returns>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        Shuffle<int>(order);
        return order;
    }

    private uint NextUInt32()
    {
        if (used == 4)
        {
            Refill();
            used = 0;
        }
        return block[used++];
    }

    private void Refill()
    {
        uint x0 = (uint)counter, x1 = (uint)(counter >> 32), x2 = (uint)stream, x3 = (uint)(stream >> 32);
        uint k0 = key0, k1 = key1;
        for (var round = 0; round < 10; round++)
        {
            var first = (ulong)x0 * 0xD2511F53;
            var second = (ulong)x2 * 0xCD9E8D57;
            (x0, x1, x2, x3) = ((uint)(second >> 32) ^ x1 ^ k0, (uint)second, (uint)(first >> 32) ^ x3 ^ k1, (uint)first);
            unchecked
            {
                k0 += 0x9E3779B9;
                k1 += 0xBB67AE85;
            }
        }
        (block[0], block[1], block[2], block[3]) = (x0, x1, x2, x3);
        counter++;
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
            value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
            return value ^ (value >> 31);
        }
    }
}
