namespace Scorch.Kernels;

internal sealed unsafe partial class CpuKernels
{
    public override void Random(RandomKernel kernel, in Operand output, ulong key, ulong counter, double first, double second)
    {
        var count = output.Count;
        fixed (byte* bytes = &output.Reference)
        {
            var target = bytes;
            var type = output.Type;
            Dispatch((count + 1023) / 1024, 1024 * 16, block =>
            {
                var to = Math.Min(count, (block + 1) * 1024);
                for (var i = block * 1024; i < to; i++)
                {
                    var value = Draw(kernel, type, key, counter + (ulong)i, first, second);
                    switch (type)
                    {
                        case DataType.Float32: ((float*)target)[i] = (float)value; break;
                        case DataType.Float64: ((double*)target)[i] = value; break;
                        case DataType.Int64: ((long*)target)[i] = (long)value; break;
                        default: throw new NotSupportedException($"Random: draw Float32, Float64 or Int64 and convert to {type}.");
                    }
                }
            });
        }
    }

    internal static double Draw(RandomKernel kernel, DataType type, ulong key, ulong counter, double first, double second)
    {
        var (low, high) = Philox.Next(key, counter);
        switch (kernel)
        {
            case RandomKernel.Uniform:
                // Float32 draws have 24 bits, so that rounding cannot reach the excluded end.
                var unit = type == DataType.Float32 ? (low >> 40) * (1.0 / (1 << 24)) : (low >> 11) * (1.0 / (1L << 53));
                var value = first + ((second - first) * unit);
                if (type == DataType.Float32) value = (float)value;
                return value < second || first == second ? value : first;
            case RandomKernel.Normal:
                // Box and Muller; the first number lies in (0, 1].
                var radius = Math.Sqrt(-2 * Math.Log(((low >> 11) + 1) * (1.0 / (1L << 53))));
                return first + (second * radius * Math.Cos(2 * Math.PI * ((high >> 11) * (1.0 / (1L << 53)))));
            case RandomKernel.Integer:
                var range = (ulong)((long)second - (long)first);
                return (long)first + (long)Math.BigMul(low, range, out _);
            case RandomKernel.Bernoulli:
                return (low >> 11) * (1.0 / (1L << 53)) < first ? 1 : 0;
            default:
                return -Math.Log(((low >> 11) + 1) * (1.0 / (1L << 53))) / first;
        }
    }
}

/// <summary>Philox4x32-10 (Salmon et al. 2011): a random function of key and counter.</summary>
internal static class Philox
{
    public static (ulong Low, ulong High) Next(ulong key, ulong counter) => Next(key, counter, 0);

    public static (ulong Low, ulong High) Next(ulong key, ulong counter, ulong stream)
    {
        var (c0, c1, c2, c3) = ((uint)counter, (uint)(counter >> 32), (uint)stream, (uint)(stream >> 32));
        var (k0, k1) = ((uint)key, (uint)(key >> 32));
        for (var round = 0; round < 10; round++)
        {
            var first = 0xD2511F53UL * c0;
            var second = 0xCD9E8D57UL * c2;
            (c0, c1, c2, c3) = ((uint)(second >> 32) ^ c1 ^ k0, (uint)second, (uint)(first >> 32) ^ c3 ^ k1, (uint)first);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (c0 | ((ulong)c1 << 32), c2 | ((ulong)c3 << 32));
    }
}
