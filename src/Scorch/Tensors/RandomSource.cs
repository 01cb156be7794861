using Scorch.Kernels;

namespace Scorch;

/// <summary>A stream of random numbers that a seed fixes: Philox4x32-10, addressed by a counter, so that any number of threads draws the same.</summary>
/// <param name="seed">Names the stream.</param>
public sealed class RandomSource(long seed)
{
    private readonly ulong key = Mix(unchecked((ulong)seed));
    private long counter;

    /// <summary>The seed.</summary>
    public long Seed { get; } = seed;

    /// <summary>Numbers drawn so far; set it to continue where another run stopped.</summary>
    public long Counter
    {
        get => Interlocked.Read(ref counter);
        set => Interlocked.Exchange(ref counter, value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Counter: at least 0."));
    }

    /// <summary>A stream of its own for a part of the work, the same whatever was drawn from this one.</summary>
    public RandomSource Fork(long index) => new(unchecked((long)Philox.Next(key, (ulong)index, 1).Low));

    /// <summary>Uniform numbers in [low, high).</summary>
    public Tensor Uniform(Shape shape, double low = 0, double high = 1, DataType dataType = DataType.Float32) =>
        Draw(RandomKernel.Uniform, shape, dataType, low, high);

    /// <summary>Normal numbers.</summary>
    public Tensor Normal(Shape shape, double mean = 0, double standardDeviation = 1, DataType dataType = DataType.Float32) =>
        Draw(RandomKernel.Normal, shape, dataType, mean, standardDeviation);

    /// <summary>Exponential numbers with a rate.</summary>
    public Tensor Exponential(Shape shape, double rate = 1, DataType dataType = DataType.Float32) =>
        Draw(RandomKernel.Exponential, shape, dataType, rate, 0);

    /// <summary>1 with a probability, else 0.</summary>
    public Tensor Bernoulli(Shape shape, double probability, DataType dataType = DataType.Float32) =>
        Draw(RandomKernel.Bernoulli, shape, dataType, probability, 0);

    /// <summary>Whole numbers in [low, high), int64.</summary>
    /// <exception cref="ArgumentException">The range is empty.</exception>
    public Tensor Integers(Shape shape, long low, long high)
    {
        if (high <= low) throw new ArgumentException($"Integers: the range from {low} up to {high} is empty.", nameof(high));
        return Draw(RandomKernel.Integer, shape, DataType.Int64, low, high);
    }

    /// <summary>The numbers 0 … count-1 in random order (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        var order = Enumerable.Range(0, count).ToArray();
        Shuffle(order);
        return order;
    }

    /// <summary>Puts elements in random order.</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = (int)NextInt64(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    /// <summary>A whole number in [0, limit).</summary>
    public long NextInt64(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return (long)Math.BigMul(NextUInt64(), (ulong)limit, out _);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => Philox.Next(key, (ulong)(Interlocked.Increment(ref counter) - 1)).Low;

    /// <summary>A number in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>A normal number with mean 0 and standard deviation 1.</summary>
    public double NextNormal() => NextOf(RandomKernel.Normal, 0, 1);

    /// <summary>An exponential number with mean 1.</summary>
    public double NextExponential() => NextOf(RandomKernel.Exponential, 1, 0);

    /// <summary>A seed for a part of the work: the seed of <see cref="Fork"/> after <see cref="Fork"/>, without the sources between.</summary>
    /// <param name="seed">The seed of the whole.</param>
    /// <param name="parts">What tells the part from its neighbours, outermost first.</param>
    public static long Derive(long seed, params ReadOnlySpan<long> parts)
    {
        foreach (var part in parts) seed = unchecked((long)Philox.Next(Mix((ulong)seed), (ulong)part, 1).Low);
        return seed;
    }

    private double NextOf(RandomKernel kernel, double first, double second) =>
        CpuKernels.Draw(kernel, DataType.Float64, key, (ulong)(Interlocked.Increment(ref counter) - 1), first, second);

    private Tensor Draw(RandomKernel kernel, Shape shape, DataType type, double first, double second)
    {
        var direct = type is DataType.Float32 or DataType.Float64 or DataType.Int64 ? type : type.IsDifferentiable() ? DataType.Float32 : DataType.Int64;
        var result = Tensor.Empty(shape, direct);
        var start = Interlocked.Add(ref counter, result.ElementCount) - result.ElementCount;
        result.Kernels.Random(kernel, result.Operand, key, (ulong)start, first, second);
        return result.To(type);
    }

    /// <summary>Spreads near seeds far apart (SplitMix64).</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
