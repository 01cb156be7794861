using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scorch.Media;

/// <summary>From samples to vectors and planes of numbers.</summary>
internal static class Planes
{
    /// <summary>Eight samples as whole numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Widen(ReadOnlySpan<byte> samples, int at)
    {
        var words = Vector128.WidenLower(Vector128.CreateScalarUnsafe(MemoryMarshal.Read<ulong>(samples[at..])).AsByte());
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }

    /// <summary>Three interleaved channels to three planes one behind the other, scaled.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Split(ReadOnlySpan<byte> samples, Span<float> values, float scale)
    {
        var plane = samples.Length / 3;
        Span<float> first = values[..plane], second = values.Slice(plane, plane), third = values.Slice(2 * plane, plane);
        var i = 0;
        // Sixteen pixels are three vectors; each channel gathers its bytes from all of them (an index beyond 15 gives 0).
        for (; i <= plane - 16; i += 16)
        {
            var block = samples.Slice(3 * i, 48);
            var (a, b, c) = (Vector128.Create(block[..16]), Vector128.Create(block.Slice(16, 16)), Vector128.Create(block.Slice(32, 16)));
            const byte no = 255;
            var x = Vector128.Shuffle(a, Vector128.Create(0, 3, 6, 9, 12, 15, no, no, no, no, no, no, no, no, no, no))
                | Vector128.Shuffle(b, Vector128.Create(no, no, no, no, no, no, 2, 5, 8, 11, 14, no, no, no, no, no))
                | Vector128.Shuffle(c, Vector128.Create(no, no, no, no, no, no, no, no, no, no, no, 1, 4, 7, 10, 13));
            var y = Vector128.Shuffle(a, Vector128.Create(1, 4, 7, 10, 13, no, no, no, no, no, no, no, no, no, no, no))
                | Vector128.Shuffle(b, Vector128.Create(no, no, no, no, no, 0, 3, 6, 9, 12, 15, no, no, no, no, no))
                | Vector128.Shuffle(c, Vector128.Create(no, no, no, no, no, no, no, no, no, no, no, 2, 5, 8, 11, 14));
            var z = Vector128.Shuffle(a, Vector128.Create(2, 5, 8, 11, 14, no, no, no, no, no, no, no, no, no, no, no))
                | Vector128.Shuffle(b, Vector128.Create(no, no, no, no, no, 1, 4, 7, 10, 13, no, no, no, no, no, no))
                | Vector128.Shuffle(c, Vector128.Create(no, no, no, no, no, no, no, no, no, no, 0, 3, 6, 9, 12, 15));
            Scale(x, scale, first.Slice(i, 16));
            Scale(y, scale, second.Slice(i, 16));
            Scale(z, scale, third.Slice(i, 16));
        }
        for (; i < plane; i++) (first[i], second[i], third[i]) = (samples[3 * i] * scale, samples[(3 * i) + 1] * scale, samples[(3 * i) + 2] * scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(Vector128<byte> samples, float scale, Span<float> target)
    {
        var (low, high) = (Vector128.WidenLower(samples), Vector128.WidenUpper(samples));
        var lower = Vector256.Create(Vector128.WidenLower(low), Vector128.WidenUpper(low)).AsInt32();
        var upper = Vector256.Create(Vector128.WidenLower(high), Vector128.WidenUpper(high)).AsInt32();
        (Vector256.ConvertToSingle(lower) * scale).CopyTo(target);
        (Vector256.ConvertToSingle(upper) * scale).CopyTo(target[8..]);
    }
}
