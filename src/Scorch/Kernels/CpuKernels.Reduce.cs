using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

internal sealed unsafe partial class CpuKernels
{
    /// <summary>Elements whose partial result is formed by itself; borders depend on the shape alone.</summary>
    private const long ReductionChunk = 32768;

    /// <summary>Elements of a row that go into one set of accumulators.</summary>
    private const long RunLength = 8192;

    public override void Reduce(ReduceKernel kernel, in Operand output, in Operand input)
    {
        switch (input.Type)
        {
            case DataType.Float32: Reduce<float>(kernel, output, input); break;
            case DataType.Float64: Reduce<double>(kernel, output, input); break;
            case DataType.Int64: Reduce<long>(kernel, output, input); break;
            case DataType.Int32: Reduce<int>(kernel, output, input); break;
            case DataType.Int16: Reduce<short>(kernel, output, input); break;
            case DataType.Int8: Reduce<sbyte>(kernel, output, input); break;
            case DataType.UInt8: Reduce<byte>(kernel, output, input); break;
            case DataType.Bool:
                Reduce<byte>(kernel is ReduceKernel.Any or ReduceKernel.Maximum ? ReduceKernel.Maximum : ReduceKernel.Minimum, output, input);
                if (output.Count > 0 && input.Count == 0) Fill(output, kernel == ReduceKernel.All);
                break;
            case DataType.Complex128:
                if (kernel == ReduceKernel.Sum) Reduce<Complex, SumReduction<Complex>>(output, input);
                else if (kernel == ReduceKernel.Product) Reduce<Complex, ProductReduction<Complex>>(output, input);
                else throw new NotSupportedException($"{kernel}: complex numbers have no order.");
                break;
            default: throw new NotSupportedException($"{kernel} is not defined for {input.Type}; convert the tensor first.");
        }
    }

    private static void Reduce<T>(ReduceKernel kernel, in Operand output, in Operand input)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        switch (kernel)
        {
            case ReduceKernel.Sum: Reduce<T, SumReduction<T>>(output, input); break;
            case ReduceKernel.Product: Reduce<T, ProductReduction<T>>(output, input); break;
            case ReduceKernel.Minimum: Reduce<T, MinimumReduction<T>>(output, input); break;
            case ReduceKernel.Maximum: Reduce<T, MaximumReduction<T>>(output, input); break;
            default: throw new NotSupportedException($"{kernel} is not defined for {input.Type}; compare with 0 first.");
        }
    }

    private static void Reduce<T, TReduction>(in Operand output, in Operand input)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        var outputs = output.Count;
        if (outputs == 0) return;
        if (input.Count == 0)
        {
            FillAs(output, TReduction.Identity);
            return;
        }
        var layout = new ReductionLayout(output, input);
        if (!layout.IsSimple)
        {
            // The reduced elements do not lie evenly: bring them side by side first.
            var packed = layout.Pack(input, out var gathered);
            layout = new ReductionLayout(output.Shape, packed);
            Reduce<T, TReduction>(layout, output, gathered);
            return;
        }
        Reduce<T, TReduction>(layout, output, input);
    }

    private static void Reduce<T, TReduction>(ReductionLayout layout, in Operand output, in Operand input)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference)
        {
            var target = (T*)outputBytes;
            var source = (T*)inputBytes;
            var columns = layout.InnerKept;
            if (layout.Stride != 1 && columns > 1 && layout.InnerKeptStride == 1)
            {
                const int width = 128;
                var blocks = (columns + width - 1) / width;
                var tasks = blocks * (layout.Outputs / columns);
                Dispatch(tasks, layout.Count * Math.Min(columns, width), task =>
                {
                    var from = task % blocks * width;
                    var outer = task / blocks * columns;
                    Columns<T, TReduction>(source + layout.Offset(outer) + from, target + outer + from, (int)Math.Min(width, columns - from), layout.Count, layout.Stride);
                });
                return;
            }
            var chunks = (layout.Count + ReductionChunk - 1) / ReductionChunk;
            if (chunks == 1)
            {
                DispatchRanges(layout.Outputs, layout.Count, (from, to) =>
                {
                    for (var index = from; index < to; index++) target[index] = Row<T, TReduction>(source + layout.Offset(index), layout.Count, layout.Stride);
                });
                return;
            }
            if (layout.Outputs >= 4 * WorkPool.Threads)
            {
                Dispatch(layout.Outputs, layout.Count, index =>
                {
                    var row = source + layout.Offset(index);
                    target[index] = Pairwise<T, TReduction>(0, chunks, chunk => Chunk<T, TReduction>(row, chunk, layout.Count, layout.Stride));
                });
                return;
            }
            var partial = new T[chunks];
            for (long index = 0; index < layout.Outputs; index++)
            {
                var row = source + layout.Offset(index);
                Dispatch(chunks, ReductionChunk, chunk => partial[chunk] = Chunk<T, TReduction>(row, chunk, layout.Count, layout.Stride));
                target[index] = Pairwise<T, TReduction>(0, chunks, chunk => partial[chunk]);
            }
        }
    }

    private static T Chunk<T, TReduction>(T* row, long chunk, long count, long stride)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        var from = chunk * ReductionChunk;
        return Row<T, TReduction>(row + (from * stride), Math.Min(ReductionChunk, count - from), stride);
    }

    /// <summary>Joins the results of chunks as a balanced tree: rounding grows with the logarithm of their number.</summary>
    private static T Pairwise<T, TReduction>(long from, long to, Func<long, T> chunk)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        if (to - from == 1) return chunk(from);
        var middle = from + ((to - from) / 2);
        return TReduction.Combine(Pairwise<T, TReduction>(from, middle, chunk), Pairwise<T, TReduction>(middle, to, chunk));
    }

    /// <summary>Runs tasks of <paramref name="cost"/> elements each, several to a chunk.</summary>
    private static void Dispatch(long tasks, long cost, Action<long> body) => DispatchRanges(tasks, cost, (from, to) =>
    {
        for (var task = from; task < to; task++) body(task);
    });

    /// <summary>The same with ranges of tasks, for those too short for a call each.</summary>
    private static void DispatchRanges(long tasks, long cost, Action<long, long> body)
    {
        var together = Math.Max(1, 32768 / Math.Max(cost, 1));
        var chunks = (tasks + together - 1) / together;
        if (chunks == 1 || WorkPool.Threads == 1)
        {
            body(0, tasks);
            return;
        }
        while (chunks > 1 << 20)
        {
            together *= 2;
            chunks = (tasks + together - 1) / together;
        }
        WorkPool.Run((int)chunks, chunk => body(chunk * together, Math.Min(tasks, (chunk + 1) * together)));
    }

    private static T Row<T, TReduction>(T* row, long count, long stride)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        if (stride == 1 && typeof(T) != typeof(Complex))
        {
            // Eight accumulators of 256 bits keep up with the caches, here and in columns; 512 bits were slower beyond them.
            if (Vector256.IsHardwareAccelerated) return Row<Simd256<T>, T, TReduction>(row, count);
            return Row<Simd128<T>, T, TReduction>(row, count);
        }
        // Sums of sums: rounding grows as with a vector's lanes.
        const long run = 128;
        var result = TReduction.Identity;
        for (long from = 0; from < count; from += run)
        {
            var part = TReduction.Identity;
            var to = Math.Min(count, from + run);
            for (var i = from; i < to; i++) part = TReduction.Combine(part, row[i * stride]);
            result = TReduction.Combine(result, part);
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static T Row<V, T, TReduction>(T* row, long count)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        var result = TReduction.Identity;
        if (count < V.Count)
        {
            for (long k = 0; k < count; k++) result = TReduction.Combine(result, row[k]);
            return result;
        }
        V neutral = V.Create(result), total = neutral;
        long i = 0;
        while (i <= count - (8 * V.Count))
        {
            // Each accumulator takes a bounded number of elements, so that rounding grows slowly.
            V a = neutral, b = a, c = a, d = a, e = a, f = a, g = a, h = a;
            var last = Math.Min(count - (8 * V.Count), i + RunLength - (8 * V.Count));
            for (; i <= last; i += 8 * V.Count)
            {
                var from = row + i;
                a = TReduction.Combine(a, V.Load(from));
                b = TReduction.Combine(b, V.Load(from + V.Count));
                c = TReduction.Combine(c, V.Load(from + (2 * V.Count)));
                d = TReduction.Combine(d, V.Load(from + (3 * V.Count)));
                e = TReduction.Combine(e, V.Load(from + (4 * V.Count)));
                f = TReduction.Combine(f, V.Load(from + (5 * V.Count)));
                g = TReduction.Combine(g, V.Load(from + (6 * V.Count)));
                h = TReduction.Combine(h, V.Load(from + (7 * V.Count)));
            }
            var (low, high) = (TReduction.Combine(TReduction.Combine(a, b), TReduction.Combine(c, d)), TReduction.Combine(TReduction.Combine(e, f), TReduction.Combine(g, h)));
            total = TReduction.Combine(total, TReduction.Combine(low, high));
        }
        var (even, odd) = (total, neutral);
        for (; i <= count - (2 * V.Count); i += 2 * V.Count)
        {
            even = TReduction.Combine(even, V.Load(row + i));
            odd = TReduction.Combine(odd, V.Load(row + i + V.Count));
        }
        if (i <= count - V.Count)
        {
            even = TReduction.Combine(even, V.Load(row + i));
            i += V.Count;
        }
        if (i < count) odd = TReduction.Combine(odd, V.Select(LastLanes<V, T>((int)(count - i)), V.Load(row + count - V.Count), neutral));
        return TReduction.Across<TReduction, V>(TReduction.Combine(even, odd));
    }

    /// <summary>A mask with the last <paramref name="count"/> lanes set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V LastLanes<V, T>(int count)
        where V : struct, ISimd<V, T>
        where T : unmanaged
    {
        // 64 bytes clear, then 64 bytes set.
        ReadOnlySpan<byte> steps =
        [
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
            255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
        ];
        var bytes = (byte*)Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(steps));
        return V.Load((T*)(bytes + 64 - ((V.Count - count) * sizeof(T))));
    }

    private static void Columns<T, TReduction>(T* source, T* target, int columns, long count, long stride)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        // Partial results of 128 rows keep float32 sums accurate.
        var partial = stackalloc T[columns];
        for (long from = 0; from < count; from += 128)
        {
            var rows = Math.Min(128, count - from);
            var first = source + (from * stride);
            var into = from == 0 ? target : partial;
            if (typeof(T) == typeof(Complex)) ColumnElements<T, TReduction>(first, into, columns, rows, stride);
            else if (Vector256.IsHardwareAccelerated) ColumnVectors<Simd256<T>, T, TReduction>(first, into, columns, rows, stride);
            else ColumnVectors<Simd128<T>, T, TReduction>(first, into, columns, rows, stride);
            if (from == 0) continue;
            for (var k = 0; k < columns; k++) target[k] = TReduction.Combine(target[k], partial[k]);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ColumnVectors<V, T, TReduction>(T* source, T* target, int columns, long rows, long stride)
        where V : struct, ISimd<V, T>
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        var k = 0;
        // Several neighbours at a time: rows are read in whole cache lines, one behind the other.
        for (; k <= columns - (8 * V.Count); k += 8 * V.Count)
        {
            var from = source + k;
            var (a, b, c, d) = (V.Load(from), V.Load(from + V.Count), V.Load(from + (2 * V.Count)), V.Load(from + (3 * V.Count)));
            var (e, f, g, h) = (V.Load(from + (4 * V.Count)), V.Load(from + (5 * V.Count)), V.Load(from + (6 * V.Count)), V.Load(from + (7 * V.Count)));
            for (long i = 1; i < rows; i++)
            {
                from += stride;
                a = TReduction.Combine(a, V.Load(from));
                b = TReduction.Combine(b, V.Load(from + V.Count));
                c = TReduction.Combine(c, V.Load(from + (2 * V.Count)));
                d = TReduction.Combine(d, V.Load(from + (3 * V.Count)));
                e = TReduction.Combine(e, V.Load(from + (4 * V.Count)));
                f = TReduction.Combine(f, V.Load(from + (5 * V.Count)));
                g = TReduction.Combine(g, V.Load(from + (6 * V.Count)));
                h = TReduction.Combine(h, V.Load(from + (7 * V.Count)));
            }
            var into = target + k;
            V.Store(a, into);
            V.Store(b, into + V.Count);
            V.Store(c, into + (2 * V.Count));
            V.Store(d, into + (3 * V.Count));
            V.Store(e, into + (4 * V.Count));
            V.Store(f, into + (5 * V.Count));
            V.Store(g, into + (6 * V.Count));
            V.Store(h, into + (7 * V.Count));
        }
        for (; k <= columns - V.Count; k += V.Count)
        {
            var sum = V.Load(source + k);
            for (long i = 1; i < rows; i++) sum = TReduction.Combine(sum, V.Load(source + k + (i * stride)));
            V.Store(sum, target + k);
        }
        ColumnElements<T, TReduction>(source + k, target + k, columns - k, rows, stride);
    }

    private static void ColumnElements<T, TReduction>(T* source, T* target, int columns, long rows, long stride)
        where T : unmanaged
        where TReduction : struct, IReduction<T>
    {
        for (var k = 0; k < columns; k++)
        {
            var sum = source[k];
            for (long i = 1; i < rows; i++) sum = TReduction.Combine(sum, source[k + (i * stride)]);
            target[k] = sum;
        }
    }
}
