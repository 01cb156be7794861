using Scorch.Modules;

namespace Scorch.Benchmarks.Workloads;

/// <summary>Numbers that workloads.py makes too, bit for bit.</summary>
internal static class Inputs
{
    /// <summary>Numbers in [low, high): a hash of the position and the seed, 24 bits each.</summary>
    public static Tensor Uniform(int seed, Shape shape, double low = -1, double high = 1, DataType dataType = DataType.Float32)
    {
        var values = new double[shape.ElementCount];
        var start = unchecked((uint)(seed * 0x9E3779B9L));
        for (var i = 0; i < values.Length; i++) values[i] = low + ((high - low) * Unit(unchecked(start + (uint)i)));
        return Tensor.From(values, shape).To(dataType);
    }

    public static Tensor Integers(int seed, int limit, Shape shape) => (Uniform(seed, shape, 0, 1, DataType.Float64) * limit).Floor().To(DataType.Int64);

    /// <summary>Matrices get uniform numbers over the root of their inputs, scales 1, shifts 0.</summary>
    public static T Fill<T>(T module)
        where T : Module
    {
        var number = 0;
        var state = new Dictionary<string, Tensor>();
        foreach (var (name, parameter) in module.NamedParameters().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            var values = parameter.Rank > 1
                ? Uniform(100 + number, parameter.Shape) / Math.Sqrt(parameter.ElementCount / (double)parameter.Shape[0])
                : Tensor.Full(parameter.Shape, name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
            state[name] = values;
            number++;
        }
        module.LoadState(state, strict: false);
        return module;
    }

    private static double Unit(uint x)
    {
        x ^= x >> 16;
        x *= 0x85EBCA6B;
        x ^= x >> 13;
        x *= 0xC2B2AE35;
        x ^= x >> 16;
        return (x >> 8) / (double)(1 << 24);
    }
}
