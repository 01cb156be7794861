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
    /// <summary>Up to so many elements stay on the caller's thread.</summary>
    private const long Alone = 32 * 1024;

    /// <summary>Elements of one parallel chunk.</summary>
    private const long Grain = 16 * 1024;

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
                if (count <= Alone || WorkPool.Threads == 1) loop.Invoke(whole, count);
                else Parallel(loop, whole, (o0.Type.Size(), o1.Type.Size(), o2.Type.Size(), o3.Type.Size()), count);
                return;
            }
            var plan = new Plan(o0, o1, o2, o3, operands);
            var start = new Run { P0 = p0, P1 = p1, P2 = p2, P3 = p3 };
            if (count <= Alone || WorkPool.Threads == 1)
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

    /// <summary>Chunk borders depend on the count alone; their number is one that two and four threads share evenly.</summary>
    private static (int Chunks, long Size) Chunks(long count)
    {
        var chunks = (int)Math.Min((((count + Grain - 1) / Grain) + 3) & ~3L, 1 << 20);
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

    private static void Range<TLoop>(TLoop loop, in Plan plan, in Run start, long from, long to)
        where TLoop : struct, IInnerLoop
    {
        var last = plan.Rank - 1;
        var inner = plan.Sizes[last];
        var index = stackalloc long[Plan.MostDimensions];
        var rest = from;
        for (var d = last; d >= 0; d--)
        {
            index[d] = rest % plan.Sizes[d];
            rest /= plan.Sizes[d];
        }
        var run = start;
        run.S0 = plan.Stride(0, last);
        run.S1 = plan.Stride(1, last);
        run.S2 = plan.Stride(2, last);
        run.S3 = plan.Stride(3, last);
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
    private struct Plan
    {
        public const int MostDimensions = 32;

        public fixed long Sizes[MostDimensions];
        private fixed long strides[4 * MostDimensions];
        private fixed int elementSizes[4];

        [SkipLocalsInit]
        public Plan(in Operand o0, in Operand o1, in Operand o2, in Operand o3, int operands)
        {
            var rank = o0.Shape.Rank;
            if (rank > MostDimensions) throw new NotSupportedException($"A tensor of {rank} dimensions: at most {MostDimensions} are supported.");
            elementSizes[0] = o0.Type.Size();
            elementSizes[1] = o1.Type.Size();
            elementSizes[2] = o2.Type.Size();
            elementSizes[3] = o3.Type.Size();
            var order = stackalloc int[MostDimensions];
            Order(o0, order);
            for (var at = 0; at < rank; at++)
            {
                var d = order[at];
                long size = o0.Shape.Sizes[d];
                if (size == 1) continue;
                var (s0, s1, s2, s3) = (o0.Strides[d], StrideOf(o1, o0, d), operands > 2 ? StrideOf(o2, o0, d) : 0, operands > 3 ? StrideOf(o3, o0, d) : 0);
                var p = Rank - 1;
                if (p >= 0 && Stride(0, p) == s0 * size && Stride(1, p) == s1 * size && Stride(2, p) == s2 * size && Stride(3, p) == s3 * size)
                {
                    Sizes[p] *= size;
                }
                else
                {
                    p = Rank++;
                    Sizes[p] = size;
                }
                strides[p] = s0;
                strides[MostDimensions + p] = s1;
                strides[(2 * MostDimensions) + p] = s2;
                strides[(3 * MostDimensions) + p] = s3;
            }
            if (Rank > 0) return;
            Sizes[0] = 1;
            for (var k = 0; k < 4; k++) strides[k * MostDimensions] = 0;
            Rank = 1;
        }

        public int Rank { get; private set; }

        public readonly long Stride(int operand, int dimension) => strides[(operand * MostDimensions) + dimension];

        public readonly nint ByteOffset(int operand, long* index)
        {
            long offset = 0;
            for (var d = 0; d < Rank; d++) offset += index[d] * strides[(operand * MostDimensions) + d];
            return (nint)(offset * elementSizes[operand]);
        }

        /// <summary>Outermost first by the stride of the output, so that writing runs through memory.</summary>
        private static void Order(in Operand output, int* order)
        {
            var strides = output.Strides;
            for (var d = 0; d < strides.Length; d++)
            {
                var place = d;
                while (place > 0 && Math.Abs(strides[order[place - 1]]) < Math.Abs(strides[d]))
                {
                    order[place] = order[place - 1];
                    place--;
                }
                order[place] = d;
            }
        }

        /// <summary>The stride along a dimension of the output: 0 where the operand repeats.</summary>
        private static long StrideOf(in Operand operand, in Operand output, int dimension)
        {
            var own = dimension - (output.Strides.Length - operand.Strides.Length);
            return own < 0 || (operand.Shape.Sizes[own] == 1 && output.Shape.Sizes[dimension] != 1) ? 0 : operand.Strides[own];
        }
    }
}
