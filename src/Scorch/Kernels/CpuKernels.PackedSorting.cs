using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <content>Radix sort of values of up to 32 bits: the key in the upper half of a word, the place in the lower. Long lines are shared out in chunks that depend on the length alone.</content>
internal sealed unsafe partial class CpuKernels
{
    /// <summary>Elements of a line that one thread counts and moves at a time.</summary>
    private const int RadixChunk = 1 << 17;

    private static void PackKeys<T>(ulong* keys, Strided<T> source, int from, int to, bool descending)
        where T : unmanaged, INumber<T>
    {
        for (var i = from; i < to; i++) keys[i] = (SortKey(source[i], descending) << 32) | (uint)i;
    }

    private static void PutPacked<T>(ulong* sorted, Strided<T> source, Strided<T> values, Strided<long> places, int from, int to, bool descending)
        where T : unmanaged, INumber<T>
    {
        for (var i = from; i < to; i++)
        {
            var place = (int)(uint)sorted[i];
            places[i] = place;
            // The key tells the value, so that the source is read at random only for the two zeros and NaN.
            values[i] = KeepsValue<T>((uint)(sorted[i] >> 32), descending, out var value) ? value : source[place];
        }
    }

    /// <summary>The value of a key in float32, but for keys that several values share.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool KeepsValue<T>(uint key, bool descending, out T value)
        where T : unmanaged, INumber<T>
    {
        value = default;
        if (typeof(T) != typeof(float)) return false;
        if (descending) key = ~key;
        if (key is int.MaxValue + 1u or uint.MaxValue) return false;
        var bits = (int)key < 0 ? (int)(key ^ int.MinValue) : ~(int)key;
        value = Unsafe.BitCast<float, T>(BitConverter.Int32BitsToSingle(bits));
        return true;
    }

    /// <summary>Sorts by the lower <paramref name="bits"/> bits of the upper halves, the least digit first; returns which of the two buffers holds the result.</summary>
    private static ulong* RadixSort(ulong* items, ulong* spare, int length, int bits)
    {
        var digit = bits > 16 ? 11 : 8;
        var starts = stackalloc int[1 << digit];
        for (var from = 32; from < 32 + bits; from += digit)
        {
            CountDigits(items, 0, length, from, digit, starts);
            if (Starts(starts, 1 << digit, length)) continue;
            MoveByDigit(items, spare, 0, length, from, digit, starts);
            var sorted = spare;
            spare = items;
            items = sorted;
        }
        return items;
    }

    /// <summary>The same with chunks of the line counted and moved by several threads.</summary>
    private static void SortLongLine<T>(ulong* items, Strided<T> source, int length, Strided<T> values, Strided<long> places, int count, bool descending)
        where T : unmanaged, INumber<T>
    {
        var (digit, bits, spare) = (sizeof(T) * 8 > 16 ? 11 : 8, sizeof(T) * 8, (nint)(items + length));
        var (digits, chunks) = (1 << digit, Math.Min(length / RadixChunk, 16));
        int Border(int chunk) => (int)((long)length * chunk / chunks);
        WorkPool.Run(chunks, chunk => PackKeys(items, source, Border(chunk), Border(chunk + 1), descending));
        var counts = new int[chunks * digits];
        fixed (int* first = counts)
        {
            var starts = first;
            for (var from = 32; from < 32 + bits; from += digit)
            {
                var (shift, input, output) = (from, (nint)items, spare);
                WorkPool.Run(chunks, chunk => CountDigits((ulong*)input, Border(chunk), Border(chunk + 1), shift, digit, starts + (chunk * digits)));
                if (Starts(starts, digits, length, chunks)) continue;
                WorkPool.Run(chunks, chunk => MoveByDigit((ulong*)input, (ulong*)output, Border(chunk), Border(chunk + 1), shift, digit, starts + (chunk * digits)));
                items = (ulong*)output;
                spare = input;
            }
        }
        var sorted = items;
        var pieces = Math.Max(1, count / RadixChunk);
        WorkPool.Run(pieces, piece => PutPacked(sorted, source, values, places, (int)((long)count * piece / pieces), (int)((long)count * (piece + 1) / pieces), descending));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CountDigits(ulong* items, int from, int to, int shift, int digit, int* counts)
    {
        var mask = (1u << digit) - 1;
        new Span<int>(counts, 1 << digit).Clear();
        for (var i = from; i < to; i++) counts[(items[i] >> shift) & mask]++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MoveByDigit(ulong* items, ulong* target, int from, int to, int shift, int digit, int* starts)
    {
        var mask = (1u << digit) - 1;
        for (var i = from; i < to; i++)
        {
            var item = items[i];
            target[starts[(item >> shift) & mask]++] = item;
        }
    }

    /// <summary>Counts of chunks become first places, chunk behind chunk within a digit; true where one digit holds all, so that nothing moves.</summary>
    private static bool Starts(int* counts, int digits, int length, int chunks)
    {
        var next = 0;
        for (var d = 0; d < digits; d++)
        {
            var before = next;
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                ref var count = ref counts[(chunk * digits) + d];
                (count, next) = (next, next + count);
            }
            if (next - before == length) return true;
        }
        return false;
    }
}
