using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>Where a run of elements starts in up to four operands and how far apart its elements lie.</summary>
internal unsafe struct Run
{
    public byte* P0, P1, P2, P3;

    /// <summary>Strides in elements.</summary>
    public long S0, S1, S2, S3;
}

/// <summary>The inner loop of an elementwise kernel.</summary>
internal interface IInnerLoop
{
    /// <summary>Computes <paramref name="count"/> elements.</summary>
    void Invoke(in Run run, long count);
}

/// <summary>Walks operands of one shape, joined dimensions first, and hands long runs to an inner loop.</summary>
internal static unsafe class StridedLoop
{
    /// <summary>Elements of one parallel chunk: about what a core does while another wakes.</summary>
    private const long Grain = 32 * 1024;

    public static void Invoke<TLoop>(TLoop loop, in Operand o0)
        where TLoop : struct, IInnerLoop => Invoke(loop, o0, o0, o0, o0, 1);

    public static void Invoke<TLoop>(TLoop loop, in Operand o0, in Operand o1)
        where TLoop : struct, IInnerLoop => Invoke(loop, o0, o1, o0, o0, 2);

    public static void Invoke<TLoop>(TLoop loop, in Operand o0, in Operand o1, in Operand o2)
        where TLoop : struct, IInnerLoop => Invoke(loop, o0, o1, o2, o0, 3);

    /// <summary>Operands may have size 1 where <paramref name="o0"/> is larger; they repeat there.</summary>
    public static void Invoke<TLoop>(TLoop loop, in Operand o0, in Operand o1, in Operand o2, in Operand o3, int operands = 4)
        where TLoop : struct, IInnerLoop
    {
        var count = o0.Count;
        if (count == 0) return;
        fixed (byte* p0 = &o0.Reference, p1 = &o1.Reference, p2 = &o2.Reference, p3 = &o3.Reference)
        {
            var (s1, s2, s3) = (1L, 1L, 1L);
            if (IsDense(o0) && Dense(o1, o0, out s1) && (operands < 3 || Dense(o2, o0, out s2)) && (operands < 4 || Dense(o3, o0, out s3)))
            {
                var whole = new Run { P0 = p0, P1 = p1, P2 = p2, P3 = p3, S0 = 1, S1 = s1, S2 = s2, S3 = s3 };
                if (count <= Grain || WorkPool.Threads == 1) loop.Invoke(whole, count);
                else Parallel(loop, whole, (o0.Type.Size(), o1.Type.Size(), o2.Type.Size(), o3.Type.Size()), count);
                return;
            }
            var plan = new Plan(o0, o1, o2, o3, operands);
            var start = new Run { P0 = p0, P1 = p1, P2 = p2, P3 = p3 };
            if (count <= Grain || WorkPool.Threads == 1)
            {
                Range(loop, plan, start, 0, count);
            }
            else
            {
                var (chunks, size) = Chunks(count);
                Parallel(loop, plan, start, count, chunks, size);
            }
        }
    }

    /// <summary>Chunk borders depend on the count alone.</summary>
    private static (int Chunks, long Size) Chunks(long count)
    {
        var chunks = (int)Math.Min((count + Grain - 1) / Grain, 1 << 20);
        return (chunks, (((count + chunks - 1) / chunks) + 63) / 64 * 64);
    }

    /// <summary>Row-major without gaps: the loop can run through it.</summary>
    private static bool IsDense(in Operand operand)
    {
        long expected = 1;
        var sizes = operand.Shape.Sizes;
        for (var d = sizes.Length - 1; d >= 0; d--)
        {
            if (sizes[d] != 1 && operand.Strides[d] != expected) return false;
            expected *= sizes[d];
        }
        return true;
    }

    /// <summary>Whether an input lies as the output does (stride 1) or is a single element (stride 0).</summary>
    private static bool Dense(in Operand operand, in Operand output, out long stride)
    {
        stride = 1;
        if (operand.Shape.Sizes.AsSpan().SequenceEqual(output.Shape.Sizes)) return IsDense(operand);
        stride = 0;
        foreach (var size in operand.Shape.Sizes)
            if (size != 1) return false;
        return true;
    }

    private static void Parallel<TLoop>(TLoop loop, Run whole, (int, int, int, int) sizes, long count)
        where TLoop : struct, IInnerLoop
    {
        var (chunks, length) = Chunks(count);
        WorkPool.Run(chunks, chunk =>
        {
            var from = chunk * length;
            if (from >= count) return;
            var run = whole;
            run.P0 += from * sizes.Item1;
            run.P1 += from * whole.S1 * sizes.Item2;
            run.P2 += from * whole.S2 * sizes.Item3;
            run.P3 += from * whole.S3 * sizes.Item4;
            loop.Invoke(run, Math.Min(length, count - from));
        });
    }

    private static void Parallel<TLoop>(TLoop loop, Plan plan, Run start, long count, int chunks, long size)
        where TLoop : struct, IInnerLoop
    {
        WorkPool.Run(chunks, chunk =>
        {
            var from = chunk * size;
            if (from < count) Range(loop, plan, start, from, Math.Min(count, from + size));
        });
    }

    private static void Range<TLoop>(TLoop loop, Plan plan, Run start, long from, long to)
        where TLoop : struct, IInnerLoop
    {
        var last = plan.Sizes.Length - 1;
        var inner = plan.Sizes[last];
        var index = new long[last + 1];
        var rest = from;
        for (var d = last; d >= 0; d--)
        {
            index[d] = rest % plan.Sizes[d];
            rest /= plan.Sizes[d];
        }
        var run = start;
        run.S0 = plan.Strides[0][last];
        run.S1 = plan.Strides[1][last];
        run.S2 = plan.Strides[2][last];
        run.S3 = plan.Strides[3][last];
        while (from < to)
        {
            var length = Math.Min(inner - index[last], to - from);
            run.P0 = start.P0 + plan.ByteOffset(0, index);
            run.P1 = start.P1 + plan.ByteOffset(1, index);
            run.P2 = start.P2 + plan.ByteOffset(2, index);
            run.P3 = start.P3 + plan.ByteOffset(3, index);
            loop.Invoke(run, length);
            from += length;
            index[last] = 0;
            for (var d = last - 1; d >= 0 && ++index[d] == plan.Sizes[d]; d--) index[d] = 0;
        }
    }

    /// <summary>Sizes and strides after neighbouring dimensions that lie evenly in every operand are joined.</summary>
    private sealed class Plan
    {
        private readonly int[] elementSizes;

        public Plan(in Operand o0, in Operand o1, in Operand o2, in Operand o3, int operands)
        {
            elementSizes = [o0.Type.Size(), o1.Type.Size(), o2.Type.Size(), o3.Type.Size()];
            var rank = o0.Shape.Rank;
            long[][] all = [o0.Strides, Expand(o1, o0), operands > 2 ? Expand(o2, o0) : o0.Strides, operands > 3 ? Expand(o3, o0) : o0.Strides];
            var order = Order(o0);
            var sizes = new long[Math.Max(rank, 1)];
            var strides = new long[4][];
            for (var k = 0; k < 4; k++) strides[k] = new long[Math.Max(rank, 1)];
            var joined = 0;
            foreach (var d in order)
            {
                long size = o0.Shape[d];
                if (size == 1) continue;
                var joins = joined > 0;
                for (var k = 0; k < operands && joins; k++) joins = strides[k][joined - 1] == all[k][d] * size;
                if (joins)
                {
                    sizes[joined - 1] *= size;
                }
                else
                {
                    sizes[joined] = size;
                    joined++;
                }
                for (var k = 0; k < 4; k++) strides[k][joined - 1] = all[k][d];
            }
            if (joined == 0)
            {
                sizes[0] = 1;
                joined = 1;
            }
            Sizes = sizes[..joined];
            Strides = [strides[0][..joined], strides[1][..joined], strides[2][..joined], strides[3][..joined]];
        }

        public long[] Sizes { get; }

        public long[][] Strides { get; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public nint ByteOffset(int operand, long[] index)
        {
            long offset = 0;
            var strides = Strides[operand];
            for (var d = 0; d < index.Length; d++) offset += index[d] * strides[d];
            return (nint)(offset * elementSizes[operand]);
        }

        /// <summary>Outermost first by the stride of the output, so that writing runs through memory.</summary>
        private static int[] Order(in Operand output)
        {
            var order = new int[output.Shape.Rank];
            var strides = output.Strides;
            for (var i = 0; i < order.Length; i++)
            {
                var d = i;
                var place = i;
                while (place > 0 && Math.Abs(strides[order[place - 1]]) < Math.Abs(strides[d]))
                {
                    order[place] = order[place - 1];
                    place--;
                }
                order[place] = d;
            }
            return order;
        }

        private static long[] Expand(in Operand operand, in Operand output)
        {
            var rank = output.Shape.Rank;
            if (operand.Shape == output.Shape) return operand.Strides;
            var strides = new long[rank];
            var missing = rank - operand.Shape.Rank;
            for (var d = missing; d < rank; d++)
                strides[d] = operand.Shape[d - missing] == 1 ? 0 : operand.Strides[d - missing];
            return strides;
        }
    }
}
