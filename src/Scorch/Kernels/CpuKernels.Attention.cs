using System.Numerics;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <content>Attention, some queries at a time: their scores stay in the cache and are never written out; the backward pass computes them again.</content>
internal sealed unsafe partial class CpuKernels
{
    /// <summary>Least number of queries whose scores are held at once.</summary>
    private const int LeastQueries = 48;

    /// <summary>Scores that a block of queries may have; they stay in the second-level cache.</summary>
    private const int BlockScores = 1 << 16;

    public override void Attention(in Operand output, in Operand logarithms, in Operand queries, in Operand keys, in Operand values, in Operand? mask, bool isCausal, double scale)
    {
        if (output.Type == DataType.Float32) Attention<float>(output, logarithms, queries, keys, values, mask, isCausal, scale);
        else Attention<double>(output, logarithms, queries, keys, values, mask, isCausal, scale);
    }

    private static void Attention<T>(in Operand output, in Operand logarithms, in Operand queries, in Operand keys, in Operand values, in Operand? mask, bool isCausal, double scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) Attention<Simd512<T>, T>(output, logarithms, queries, keys, values, mask, isCausal, scale);
        else if (Vector256.IsHardwareAccelerated) Attention<Simd256<T>, T>(output, logarithms, queries, keys, values, mask, isCausal, scale);
        else Attention<Simd128<T>, T>(output, logarithms, queries, keys, values, mask, isCausal, scale);
    }

    public override void AttentionGradient(in AttentionGradients gradients, in Operand? mask, bool isCausal, double scale)
    {
        if (gradients.Output.Type == DataType.Float32) AttentionGradient<float>(gradients, mask, isCausal, scale);
        else AttentionGradient<double>(gradients, mask, isCausal, scale);
    }

    private static void AttentionGradient<T>(in AttentionGradients gradients, in Operand? mask, bool isCausal, double scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) AttentionGradient<Simd512<T>, T>(gradients, mask, isCausal, scale);
        else if (Vector256.IsHardwareAccelerated) AttentionGradient<Simd256<T>, T>(gradients, mask, isCausal, scale);
        else AttentionGradient<Simd128<T>, T>(gradients, mask, isCausal, scale);
    }

    /// <summary>Queries whose scores are held at once. With a causal mask blocks are low, since a block computes the square on the diagonal whole.</summary>
    private static int QueriesTogether(int rows, int columns, bool isCausal) =>
        isCausal ? LeastQueries : Math.Min(rows, Math.Clamp(BlockScores / Math.Max(columns, 1) / 12 * 12, LeastQueries, 144));

    /// <summary>The matrices [rows, columns] of a four-dimensional operand.</summary>
    private readonly struct Matrices<T>(byte* first, in Operand operand)
        where T : unmanaged
    {
        private readonly T* first = (T*)first;
        private readonly int inner = operand.Shape[1];
        private readonly long outerStride = operand.Strides[0];
        private readonly long innerStride = operand.Strides[1];

        public long Row { get; } = operand.Strides[2];

        public long Column { get; } = operand.Strides[3];

        public T* this[long number] => first + (number / inner * outerStride) + (number % inner * innerStride);
    }

    private static void Attention<V, T>(in Operand output, in Operand logarithms, in Operand queries, in Operand keys, in Operand values, in Operand? mask, bool isCausal, double scale)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (count, rows, features, columns, width) = ((long)queries.Shape[0] * queries.Shape[1], queries.Shape[2], queries.Shape[3], keys.Shape[2], values.Shape[3]);
        var (maskOperand, hasMask) = (mask ?? queries, mask is not null);
        fixed (byte* y0 = &output.Reference, l0 = &logarithms.Reference, q0 = &queries.Reference, k0 = &keys.Reference, v0 = &values.Reference, m0 = &maskOperand.Reference)
        {
            var y = new Matrices<T>(y0, output);
            var q = new Matrices<T>(q0, queries);
            var k = new Matrices<T>(k0, keys);
            var v = new Matrices<T>(v0, values);
            var m = new Matrices<T>(m0, maskOperand);
            var logs = (T*)l0;
            var factor = T.CreateTruncating(scale);
            var together = QueriesTogether(rows, columns, isCausal);
            var blocks = (rows + together - 1) / together;
            Dispatch(count * blocks, (long)together * columns * (features + width) / 16, task =>
            {
                var number = task / blocks;
                var from = (int)(task % blocks) * together;
                var height = Math.Min(together, rows - from);
                var seen = isCausal ? Math.Min(columns, from + height) : columns;
                var scores = (T*)Workspace.Get(Workspace.Scores, (long)together * columns * sizeof(T));
                var sums = (T*)Workspace.Get(Workspace.Sums, (long)together * sizeof(T));
                Product(scores, seen, 1, q[number] + (from * q.Row), q.Row, q.Column, k[number], k.Column, k.Row, height, features, seen);
                for (var i = 0; i < height; i++)
                {
                    var row = scores + ((long)i * seen);
                    var at = from + i;
                    var allowed = isCausal ? Math.Min(seen, at + 1) : seen;
                    var own = Prepare<V, T>(row, hasMask ? m[number] + (at * m.Row) : null, m.Column, allowed, seen, factor);
                    var shift = Greatest<V, T>(row, allowed) * own;
                    var sum = AttentionRows<V, T>.Exponentials(row, allowed, own, shift);
                    sums[i] = T.One / sum;
                    logs[(number * rows) + at] = shift + T.Log(sum);
                }
                var result = y[number] + (from * y.Row);
                Product(result, y.Row, 1, scores, seen, 1, v[number], v.Row, v.Column, height, seen, width);
                // Dividing the sums rather than their weights spares a pass.
                for (var i = 0; i < height; i++) AttentionRows<V, T>.Scale(result + (i * y.Row), width, sums[i]);
            });
        }
    }

    private static void AttentionGradient<V, T>(AttentionGradients o, in Operand? mask, bool isCausal, double scale)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (count, rows, features, columns, width) = ((long)o.Queries.Shape[0] * o.Queries.Shape[1], o.Queries.Shape[2], o.Queries.Shape[3], o.Keys.Shape[2], o.Values.Shape[3]);
        var (maskOperand, hasMask) = (mask ?? o.Queries, mask is not null);
        fixed (byte* dq0 = &o.QueryGradient.Reference, dk0 = &o.KeyGradient.Reference, dv0 = &o.ValueGradient.Reference, g0 = &o.Gradient.Reference, y0 = &o.Output.Reference)
        fixed (byte* l0 = &o.Logarithms.Reference, q0 = &o.Queries.Reference, k0 = &o.Keys.Reference, v0 = &o.Values.Reference, m0 = &maskOperand.Reference)
        {
            var dq = new Matrices<T>(dq0, o.QueryGradient);
            var dk = new Matrices<T>(dk0, o.KeyGradient);
            var dv = new Matrices<T>(dv0, o.ValueGradient);
            var g = new Matrices<T>(g0, o.Gradient);
            var y = new Matrices<T>(y0, o.Output);
            var q = new Matrices<T>(q0, o.Queries);
            var k = new Matrices<T>(k0, o.Keys);
            var v = new Matrices<T>(v0, o.Values);
            var m = new Matrices<T>(m0, maskOperand);
            var logs = (T*)l0;
            var factor = T.CreateTruncating(scale);
            var together = QueriesTogether(rows, columns, isCausal);
            // One task a head: the gradients of keys and values gather over its queries in their order.
            Dispatch(count, (long)rows * columns * (features + width), number =>
            {
                new Span<T>(dk[number], columns * features).Clear();
                new Span<T>(dv[number], columns * width).Clear();
                for (var from = 0; from < rows; from += together)
                {
                    var height = Math.Min(together, rows - from);
                    var seen = isCausal ? Math.Min(columns, from + height) : columns;
                    var scores = (T*)Workspace.Get(Workspace.Scores, (long)together * columns * sizeof(T));
                    var slopes = (T*)Workspace.Get(Workspace.ScoreGradients, (long)together * columns * sizeof(T));
                    var queryRow = from * q.Row;
                    var gradient = g[number] + (from * g.Row);
                    var result = y[number] + (from * y.Row);
                    Product(scores, seen, 1, q[number] + queryRow, q.Row, q.Column, k[number], k.Column, k.Row, height, features, seen);
                    Product(slopes, seen, 1, gradient, g.Row, 1, v[number], v.Column, v.Row, height, width, seen);
                    for (var i = 0; i < height; i++)
                    {
                        var (row, at) = ((long)i * seen, from + i);
                        var allowed = isCausal ? Math.Min(seen, at + 1) : seen;
                        var own = Prepare<V, T>(scores + row, hasMask ? m[number] + (at * m.Row) : null, m.Column, allowed, seen, factor);
                        // dS = P (dP - sum(dY Y)) scale
                        var balance = AttentionRows<V, T>.Dot(gradient + (i * g.Row), result + (i * y.Row), width);
                        AttentionRows<V, T>.Slopes(scores + row, slopes + row, allowed, own, logs[(number * rows) + at], balance, factor);
                        new Span<T>(slopes + row + allowed, seen - allowed).Clear();
                    }
                    Product(dv[number], width, 1, scores, 1, seen, gradient, g.Row, 1, seen, height, width, accumulate: true);
                    Product(dq[number] + ((long)from * features), features, 1, slopes, seen, 1, k[number], k.Row, k.Column, height, seen, features);
                    Product(dk[number], features, 1, slopes, 1, seen, q[number] + queryRow, q.Row, q.Column, seen, height, features, accumulate: true);
                }
            });
        }
    }

    private static void Product<T>(
        T* c, long cRow, long cColumn, T* a, long aRow, long aDepth, T* b, long bDepth, long bColumn, int rows, int depth, int columns, bool accumulate = false)
        where T : unmanaged, INumberBase<T>
    {
        MatrixProducts<T>.Run(new Factors<T>
        {
            A = a,
            ARow = aRow,
            ADepth = aDepth,
            B = b,
            BDepth = bDepth,
            BColumn = bColumn,
            C = c,
            CRow = cRow,
            CColumn = cColumn,
            Rows = rows,
            Depth = depth,
            Columns = columns,
            Accumulate = accumulate,
        });
    }

    /// <summary>
    /// Scores with mask and scale, zeros behind the first <paramref name="allowed"/>; returns the scale that is still to be applied, which is above 0.
    /// </summary>
    private static T Prepare<V, T>(T* x, T* mask, long maskStride, int allowed, int n, T scale)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        new Span<T>(x + allowed, n - allowed).Clear();
        if (mask is not null) AttentionRows<V, T>.Mask(x, mask, maskStride, allowed, scale);
        else if (scale > T.Zero) return scale;
        else AttentionRows<V, T>.Scale(x, allowed, scale);
        return T.One;
    }
}
