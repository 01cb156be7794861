using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scorch.Numerics;

/// <summary>The vector operations of the solvers.</summary>
internal static class Vectors
{
    // The partial sums are four, whatever the machine's vectors, so that every machine gives the same bits.
    public static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        ref var x = ref MemoryMarshal.GetReference(a);
        ref var y = ref MemoryMarshal.GetReference(b[..a.Length]);
        var sums = Vector256<double>.Zero;
        var i = 0;
        for (; i + 4 <= a.Length; i += 4)
        {
            sums += Vector256.LoadUnsafe(ref x, (nuint)i) * Vector256.LoadUnsafe(ref y, (nuint)i);
        }

        var rest = 0.0;
        for (; i < a.Length; i++)
        {
            rest += a[i] * b[i];
        }

        return (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest;
    }

    public static double Norm(ReadOnlySpan<double> a) => Math.Sqrt(Dot(a, a));

    /// <summary><c>y += factor x</c>.</summary>
    public static void AddScaled(Span<double> y, double factor, ReadOnlySpan<double> x)
    {
        ref var source = ref MemoryMarshal.GetReference(x[..y.Length]);
        ref var target = ref MemoryMarshal.GetReference(y);
        var i = 0;
        for (; i + 4 <= y.Length; i += 4)
        {
            var sum = Vector256.LoadUnsafe(ref target, (nuint)i) + (factor * Vector256.LoadUnsafe(ref source, (nuint)i));
            sum.StoreUnsafe(ref target, (nuint)i);
        }

        for (; i < y.Length; i++)
        {
            y[i] += factor * x[i];
        }
    }
}
