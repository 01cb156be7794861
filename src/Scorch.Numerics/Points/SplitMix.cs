namespace Scorch.Numerics;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): a counter passed through a mixing function.</summary>
internal struct SplitMix(long seed)
{
    private ulong state = (ulong)seed;

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextBits() >> 11) * Math.ScaleB(1, -53);

    /// <summary>Uniform in 0..bound-1 by rejection.</summary>
    public int Next(int bound)
    {
        var limit = ulong.MaxValue - (ulong.MaxValue % (ulong)bound);
        while (true)
        {
            var bits = NextBits();
            if (bits < limit)
            {
                return (int)(bits % (ulong)bound);
            }
        }
    }

    private ulong NextBits()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
