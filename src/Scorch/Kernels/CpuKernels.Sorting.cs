using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <summary>Lines up to this length are sorted by comparison, longer ones by radix.</summary>
    private const int ShortLine = 256;

    public override void Sort(in Operand values, in Operand indices, in Operand input, int dimension, bool descending)
    {
        switch (input.Type)
        {
            case DataType.Float32: Sort<float>(values, indices, input, dimension, descending); break;
            case DataType.Float64: Sort<double>(values, indices, input, dimension, descending); break;
            case DataType.Int64: Sort<long>(values, indices, input, dimension, descending); break;
            case DataType.Int32: Sort<int>(values, indices, input, dimension, descending); break;
            case DataType.Int16: Sort<short>(values, indices, input, dimension, descending); break;
            case DataType.Int8: Sort<sbyte>(values, indices, input, dimension, descending); break;
            case DataType.UInt8 or DataType.Bool: Sort<byte>(values, indices, input, dimension, descending); break;
            default: throw new NotSupportedException($"Sort is not defined for {input.Type}; convert the tensor first.");
        }
    }

    public override void Top(in Operand values, in Operand indices, in Operand input, int dimension, bool greatest)
    {
        switch (input.Type)
        {
            case DataType.Float32: Top<float>(values, indices, input, dimension, greatest); break;
            case DataType.Float64: Top<double>(values, indices, input, dimension, greatest); break;
            case DataType.Int64: Top<long>(values, indices, input, dimension, greatest); break;
            case DataType.Int32: Top<int>(values, indices, input, dimension, greatest); break;
            case DataType.Int16: Top<short>(values, indices, input, dimension, greatest); break;
            case DataType.Int8: Top<sbyte>(values, indices, input, dimension, greatest); break;
            case DataType.UInt8 or DataType.Bool: Top<byte>(values, indices, input, dimension, greatest); break;
            default: throw new NotSupportedException($"TopK is not defined for {input.Type}; convert the tensor first.");
        }
    }

    private static void Sort<T>(in Operand values, in Operand indices, in Operand input, int dimension, bool descending)
        where T : unmanaged, INumber<T>
    {
        var (from, intoValues, intoIndices) = (new Lines(input, dimension), new Lines(values, dimension), new Lines(indices, dimension));
        var count = checked((int)intoValues.Length);
        fixed (byte* valueBytes = &values.Reference, indexBytes = &indices.Reference, inputBytes = &input.Reference)
        {
            var target = (T*)valueBytes;
            var places = (long*)indexBytes;
            var source = (T*)inputBytes;
            Dispatch(from.Count, from.Length * 16, line => SortLine(
                new Strided<T>(source + from.Offset(line), from.Stride),
                checked((int)from.Length),
                new Strided<T>(target + intoValues.Offset(line), intoValues.Stride),
                new Strided<long>(places + intoIndices.Offset(line), intoIndices.Stride),
                count,
                descending));
        }
    }

    private static void Top<T>(in Operand values, in Operand indices, in Operand input, int dimension, bool greatest)
        where T : unmanaged, INumber<T>
    {
        var (from, intoValues, intoIndices) = (new Lines(input, dimension), new Lines(values, dimension), new Lines(indices, dimension));
        var count = checked((int)intoValues.Length);
        if (count == 0) return;
        if (count > from.Length / 8)
        {
            Sort<T>(values, indices, input, dimension, greatest);
            return;
        }
        fixed (byte* valueBytes = &values.Reference, indexBytes = &indices.Reference, inputBytes = &input.Reference)
        {
            var target = (T*)valueBytes;
            var places = (long*)indexBytes;
            var source = (T*)inputBytes;
            Dispatch(from.Count, from.Length, line =>
            {
                var heap = ArrayPool<UInt128>.Shared.Rent(count);
                var kept = heap.AsSpan(0, count);
                var first = new Strided<T>(source + from.Offset(line), from.Stride);
                Select(first, checked((int)from.Length), kept, greatest);
                kept.Sort();
                for (var i = 0; i < count; i++)
                {
                    var place = (int)(uint)kept[i];
                    target[intoValues.Offset(line) + (i * intoValues.Stride)] = first[place];
                    places[intoIndices.Offset(line) + (i * intoIndices.Stride)] = place;
                }
                ArrayPool<UInt128>.Shared.Return(heap);
            });
        }
    }

    /// <summary>The first elements in order, found with a heap whose root is the last of those kept.</summary>
    private static void Select<T>(Strided<T> source, int length, Span<UInt128> heap, bool greatest)
        where T : unmanaged, INumber<T>
    {
        var count = heap.Length;
        for (var i = 0; i < count; i++) heap[i] = ((UInt128)SortKey(source[i], greatest) << 32) | (uint)i;
        for (var i = (count / 2) - 1; i >= 0; i--) Sink(heap, i);
        var place = count;
        while (true)
        {
            // An element as good as the root stood later, so only a better one enters.
            if (source.Stride == 1) place = SkipWorse(source.First, place, length, source[(int)(uint)heap[0]], greatest);
            if (place >= length) return;
            var key = SortKey(source[place], greatest);
            if (key < (ulong)(heap[0] >> 32))
            {
                heap[0] = ((UInt128)key << 32) | (uint)place;
                Sink(heap, 0);
            }
            place++;
        }
    }

    private static void Sink(Span<UInt128> heap, int at)
    {
        var moving = heap[at];
        while (true)
        {
            var child = (2 * at) + 1;
            if (child >= heap.Length) break;
            if (child + 1 < heap.Length && heap[child + 1] > heap[child]) child++;
            if (heap[child] <= moving) break;
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moving;
    }

    /// <summary>The start of the next vector that holds an element better than the bound, or NaN; near the end simply <paramref name="place"/>.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SkipWorse<T>(T* source, int place, int length, T bound, bool greatest)
        where T : unmanaged, INumber<T>
    {
        var bounds = new Vector<T>(bound);
        if (greatest)
        {
            while (place <= length - Vector<T>.Count && Vector.LessThanOrEqualAll(Vector.Load(source + place), bounds)) place += Vector<T>.Count;
        }
        else
        {
            while (place <= length - Vector<T>.Count && Vector.GreaterThanOrEqualAll(Vector.Load(source + place), bounds)) place += Vector<T>.Count;
        }
        return place;
    }

    /// <summary>Writes the first <paramref name="count"/> in order. Keys and places are distinct together, so that any way to sort them is stable.</summary>
    private static void SortLine<T>(Strided<T> source, int length, Strided<T> values, Strided<long> places, int count, bool descending)
        where T : unmanaged, INumber<T>
    {
        if (length == 0) return;
        // Blocks of the pool stay when the collector runs; shared arrays would have to be made anew.
        var scratch = Storage.Allocate(2L * length * (sizeof(T) <= 4 ? sizeof(ulong) : sizeof(ulong) + sizeof(int)), Devices.Device.Cpu);
        fixed (byte* bytes = &scratch.Reference)
        {
            var keys = (ulong*)bytes;
            if (sizeof(T) <= 4)
            {
                if (length <= ShortLine)
                {
                    PackKeys(keys, source, 0, length, descending);
                    new Span<ulong>(keys, length).Sort();
                    PutPacked(keys, source, values, places, 0, count, descending);
                }
                else if (length < 2 * RadixChunk)
                {
                    PackKeys(keys, source, 0, length, descending);
                    var sorted = RadixSort(keys, keys + length, length, sizeof(T) * 8);
                    PutPacked(sorted, source, values, places, 0, count, descending);
                }
                else
                {
                    SortLongLine(keys, source, length, values, places, count, descending);
                }
            }
            else
            {
                var order = (int*)(keys + (2L * length));
                var sorted = order;
                for (var i = 0; i < length; i++) (keys[i], order[i]) = (SortKey(source[i], descending), i);
                if (length <= ShortLine) SortPairs(new(keys, length), new(order, length));
                else sorted = RadixSort(keys, order, keys + length, order + length, length);
                for (var i = 0; i < count; i++) (values[i], places[i]) = (source[sorted[i]], sorted[i]);
            }
        }
        GC.KeepAlive(scratch);
    }

    private static void SortPairs(Span<ulong> keys, Span<int> order)
    {
        keys.Sort(order);
        for (var from = 0; from < keys.Length;)
        {
            var to = from + 1;
            while (to < keys.Length && keys[to] == keys[from]) to++;
            if (to > from + 1) order[from..to].Sort();
            from = to;
        }
    }

    /// <summary>Sorts keys of 64 bits beside their places, the least digit first; returns the places.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int* RadixSort(ulong* keys, int* order, ulong* spareKeys, int* spareOrder, int length)
    {
        const int Digit = 11;
        const uint Mask = (1u << Digit) - 1;
        var starts = stackalloc int[1 << Digit];
        for (var from = 0; from < 64; from += Digit)
        {
            new Span<int>(starts, 1 << Digit).Clear();
            for (var i = 0; i < length; i++) starts[(keys[i] >> from) & Mask]++;
            if (Starts(starts, 1 << Digit, length)) continue;
            for (var i = 0; i < length; i++)
            {
                var place = starts[(keys[i] >> from) & Mask]++;
                spareKeys[place] = keys[i];
                spareOrder[place] = order[i];
            }
            var (sortedKeys, sortedOrder) = ((nint)spareKeys, (nint)spareOrder);
            spareKeys = keys;
            spareOrder = order;
            keys = (ulong*)sortedKeys;
            order = (int*)sortedOrder;
        }
        return order;
    }

    /// <summary>Counts become first places; true where one digit holds all, so that nothing moves.</summary>
    private static bool Starts(int* counts, int digits, int length)
    {
        var next = 0;
        for (var d = 0; d < digits; d++)
        {
            if (counts[d] == length) return true;
            (counts[d], next) = (next, next + counts[d]);
        }
        return false;
    }

    /// <summary>A whole number with the order of the values: NaN greatest, both zeros alike; turned round when descending.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong SortKey<T>(T value, bool descending)
        where T : unmanaged, INumber<T>
    {
        if (typeof(T) == typeof(float))
        {
            var x = Unsafe.BitCast<T, float>(value);
            var bits = BitConverter.SingleToInt32Bits(x + 0f);
            var key = float.IsNaN(x) ? uint.MaxValue : (uint)(bits ^ ((bits >> 31) | int.MinValue));
            return descending ? ~key : key;
        }
        if (typeof(T) == typeof(double))
        {
            var x = Unsafe.BitCast<T, double>(value);
            var bits = BitConverter.DoubleToInt64Bits(x + 0.0);
            var key = double.IsNaN(x) ? ulong.MaxValue : (ulong)(bits ^ ((bits >> 63) | long.MinValue));
            return descending ? ~key : key;
        }
        var whole = (ulong)(long.CreateTruncating(value) - long.CreateTruncating(MinimumOf<T>()));
        var mask = sizeof(T) == 8 ? ulong.MaxValue : (1UL << (8 * sizeof(T))) - 1;
        return (descending ? ~whole : whole) & mask;
    }

    private static T MinimumOf<T>()
        where T : unmanaged, INumber<T> => typeof(T) == typeof(long) ? T.CreateTruncating(long.MinValue)
        : typeof(T) == typeof(int) ? T.CreateTruncating(int.MinValue)
        : typeof(T) == typeof(short) ? T.CreateTruncating(short.MinValue)
        : typeof(T) == typeof(sbyte) ? T.CreateTruncating(sbyte.MinValue)
        : T.Zero;

    /// <summary>The elements of a line.</summary>
    private readonly struct Strided<T>(T* first, long stride)
        where T : unmanaged
    {
        public T* First { get; } = first;

        public long Stride { get; } = stride;

        public ref T this[int i] => ref First[i * Stride];
    }
}
