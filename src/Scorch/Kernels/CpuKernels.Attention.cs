using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <content>Attention, some queries at a time: their scores stay in the cache and are never written out; the backward pass computes them again.</content>
internal sealed unsafe partial class CpuKernels
{
    /// <summary>Queries whose scores are held at once.</summary>
    private const int QueryBlock = 48;

    public override void Attention(in Operand output, in Operand logarithms, in Operand queries, in Operand keys, in Operand values, in Operand? mask, bool isCausal, double scale)
    {
        if (output.Type == DataType.Float32) Attention<float>(output, logarithms, queries, keys, values, mask, isCausal, scale);
        else Attention<double>(output, logarithms, queries, keys, values, mask, isCausal, scale);
    }

    public override void AttentionGradient(in AttentionGradients gradients, in Operand? mask, bool isCausal, double scale)
    {
        if (gradients.Output.Type == DataType.Float32) AttentionGradient<float>(gradients, mask, isCausal, scale);
        else AttentionGradient<double>(gradients, mask, isCausal, scale);
    }

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

    private static void Attention<T>(in Operand output, in Operand logarithms, in Operand queries, in Operand keys, in Operand values, in Operand? mask, bool isCausal, double scale)
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
            var blocks = (rows + QueryBlock - 1) / QueryBlock;
            Dispatch(count * blocks, (long)QueryBlock * columns * (features + width) / 16, task =>
            {
                var number = task / blocks;
                var from = (int)(task % blocks) * QueryBlock;
                var height = Math.Min(QueryBlock, rows - from);
                var seen = isCausal ? Math.Min(columns, from + height) : columns;
                var scores = (T*)Workspace.Get(Workspace.Scores, (long)QueryBlock * columns * sizeof(T));
                Product(scores, seen, 1, q[number] + (from * q.Row), q.Row, q.Column, k[number], k.Column, k.Row, height, features, seen);
                for (var i = 0; i < height; i++)
                {
                    var row = scores + ((long)i * seen);
                    ScaleScores(row, hasMask ? m[number] + ((from + i) * m.Row) : null, m.Column, isCausal ? Math.Min(seen, from + i + 1) : seen, seen, factor);
                    logs[(number * rows) + from + i] = SoftmaxRow(row, seen);
                }
                Product(y[number] + (from * y.Row), y.Row, 1, scores, seen, 1, v[number], v.Row, v.Column, height, seen, width);
            });
        }
    }

    private static void AttentionGradient<T>(AttentionGradients o, in Operand? mask, bool isCausal, double scale)
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
            // One task a head: the gradients of keys and values gather over its queries in their order.
            Dispatch(count, (long)rows * columns * (features + width), number =>
            {
                new Span<T>(dk[number], columns * features).Clear();
                new Span<T>(dv[number], columns * width).Clear();
                for (var from = 0; from < rows; from += QueryBlock)
                {
                    var height = Math.Min(QueryBlock, rows - from);
                    var seen = isCausal ? Math.Min(columns, from + height) : columns;
                    var scores = (T*)Workspace.Get(Workspace.Scores, (long)QueryBlock * columns * sizeof(T));
                    var slopes = (T*)Workspace.Get(Workspace.ScoreGradients, (long)QueryBlock * columns * sizeof(T));
                    var (queryRow, gradientRow) = (from * q.Row, from * g.Row);
                    Product(scores, seen, 1, q[number] + queryRow, q.Row, q.Column, k[number], k.Column, k.Row, height, features, seen);
                    Product(slopes, seen, 1, g[number] + gradientRow, g.Row, 1, v[number], v.Column, v.Row, height, width, seen);
                    for (var i = 0; i < height; i++)
                    {
                        var (row, at) = ((long)i * seen, from + i);
                        ScaleScores(scores + row, hasMask ? m[number] + (at * m.Row) : null, m.Column, isCausal ? Math.Min(seen, at + 1) : seen, seen, factor);
                        // dS = P (dP - sum(dY Y)) scale
                        var balance = T.Zero;
                        for (var j = 0; j < width; j++) balance += g[number][(at * g.Row) + j] * y[number][(at * y.Row) + j];
                        ScoreSlopes(scores + row, slopes + row, seen, logs[(number * rows) + at], balance, factor);
                    }
                    Product(dv[number], width, 1, scores, 1, seen, g[number] + gradientRow, g.Row, 1, seen, height, width, accumulate: true);
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

    /// <summary>x scale + mask where a query may look (the first <paramref name="allowed"/>), minus infinity behind.</summary>
    private static void ScaleScores<T>(T* x, T* mask, long maskStride, int allowed, int n, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (mask is null || maskStride == 1)
        {
            if (Vector512.IsHardwareAccelerated) ScaleScores<Simd512<T>, T>(x, mask, allowed, scale);
            else if (Vector256.IsHardwareAccelerated) ScaleScores<Simd256<T>, T>(x, mask, allowed, scale);
            else ScaleScores<Simd128<T>, T>(x, mask, allowed, scale);
        }
        else
        {
            for (var j = 0; j < allowed; j++) x[j] = (x[j] * scale) + mask[j * maskStride];
        }
        new Span<T>(x + allowed, n - allowed).Fill(T.NegativeInfinity);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ScaleScores<V, T>(T* x, T* mask, int n, T scale)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var s = V.Create(scale);
        var i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            var value = V.Load(x + i) * s;
            V.Store(mask is null ? value : value + V.Load(mask + i), x + i);
        }
        for (; i < n; i++) x[i] = mask is null ? x[i] * scale : (x[i] * scale) + mask[i];
    }

    /// <summary>The softmax of a row in its place; returns the logarithm of the sum of exponentials.</summary>
    private static T SoftmaxRow<T>(T* x, int n)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) return SoftmaxRows.Row<Simd512<T>, T>(x, x, n);
        return Vector256.IsHardwareAccelerated ? SoftmaxRows.Row<Simd256<T>, T>(x, x, n) : SoftmaxRows.Row<Simd128<T>, T>(x, x, n);
    }

    /// <summary>Scores become probabilities p = e^(x - logarithm), their gradients those of the scores before scaling: p (slope - balance) scale.</summary>
    private static void ScoreSlopes<T>(T* x, T* slopes, int n, T logarithm, T balance, T scale)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) ScoreSlopes<Simd512<T>, T>(x, slopes, n, logarithm, balance, scale);
        else if (Vector256.IsHardwareAccelerated) ScoreSlopes<Simd256<T>, T>(x, slopes, n, logarithm, balance, scale);
        else ScoreSlopes<Simd128<T>, T>(x, slopes, n, logarithm, balance, scale);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ScoreSlopes<V, T>(T* x, T* slopes, int n, T logarithm, T balance, T scale)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (l, b, s) = (V.Create(logarithm), V.Create(balance), V.Create(scale));
        var i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            var p = VectorMath.ExpOfNegative<V, T>(V.Load(x + i) - l);
            V.Store(p, x + i);
            V.Store((V.Load(slopes + i) - b) * p * s, slopes + i);
        }
        if (i == n) return;
        var tail = stackalloc T[2 * V.Count];
        V.Store(LoadSome<V, T>(x + i, n - i, T.NegativeInfinity), tail);
        V.Store(LoadSome<V, T>(slopes + i, n - i, T.Zero), tail + V.Count);
        ScoreSlopes<V, T>(tail, tail + V.Count, V.Count, logarithm, balance, scale);
        new Span<T>(tail, n - i).CopyTo(new(x + i, n - i));
        new Span<T>(tail + V.Count, n - i).CopyTo(new(slopes + i, n - i));
    }
}
