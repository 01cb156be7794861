using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <content>The gradient of the filters: for each tap the inner product of the result's gradient with the plane under it.</content>
internal static unsafe partial class DepthwiseConvolution<T>
{
    /// <summary>gradient[channel, tap] = sum over images and windows of result[image, channel, window] * source[image, channel, window + tap].</summary>
    public static void Gradient(in DepthwiseWindows windows, T* gradient, T* source, T* result, int batch, int channels)
    {
        if (Vector512.IsHardwareAccelerated) Gradient<Simd512<T>>(windows, gradient, source, result, batch, channels);
        else if (Vector256.IsHardwareAccelerated) Gradient<Simd256<T>>(windows, gradient, source, result, batch, channels);
        else Gradient<Simd128<T>>(windows, gradient, source, result, batch, channels);
    }

    private static void Gradient<V>(in DepthwiseWindows windows, T* gradient, T* source, T* result, int batch, int channels)
        where V : struct, ISimd<V, T>
    {
        if (windows.Stride.Across == 1) new Slopes<V, EachElement<V, T>>(windows, gradient, source, result, batch, channels).Run();
        else new Slopes<V, EverySecond<V, T>>(windows, gradient, source, result, batch, channels).Run();
    }

    private sealed class Slopes<V, TStep>(DepthwiseWindows windows, T* gradient, T* source, T* result, int batch, int channels)
        where V : struct, ISimd<V, T>
        where TStep : struct, IStep<V, T>
    {
        private readonly bool[] partial = new bool[windows.Columns(V.Count)];
        private T* masks;

        public void Run()
        {
            masks = (T*)Workspace.Get(Workspace.Bias, windows.MaskCount(V.Count) * sizeof(T));
            windows.Masks(masks, partial, V.Count, once: true);
            var multiplications = (long)batch * windows.ResultSize * windows.Taps;
            var together = (int)Math.Max(1, TaskMultiplications / Math.Max(1, multiplications));
            if (channels <= 2 * together || WorkPool.Threads == 1) Compute(0, channels);
            else WorkPool.Run((channels + together - 1) / together, task => Compute(task * together, Math.Min(channels, (task + 1) * together)));
        }

        private void Compute(int from, int to)
        {
            for (var channel = from; channel < to; channel++)
            {
                var target = gradient + ((long)channel * windows.Taps);
                new Span<T>(target, windows.Taps).Clear();
                for (var image = 0; image < batch; image++) Add(target, ((long)image * channels) + channel);
            }
        }

        private void Add(T* target, long number)
        {
            var plane = Reachable<V>(windows, source, number, (long)batch * channels);
            var slope = Results(number);
            if (windows.Stride.Down == 1 && windows.Dilation.Down == 1)
            {
                for (var i = 0; i < windows.KernelHeight; i += 3)
                    for (var j = 0; j < windows.KernelWidth; j += 3) AddNine(target, plane, slope, i, j);
                return;
            }
            for (var i = 0; i < windows.KernelHeight; i++)
            {
                // The lines of the result whose taps of this row lie in the plane.
                var shift = windows.Line(0, i);
                var first = shift >= 0 ? 0 : (-shift + windows.Stride.Down - 1) / windows.Stride.Down;
                var last = Math.Min(windows.ResultHeight - 1, shift >= windows.Height ? -1 : (windows.Height - 1 - shift) / windows.Stride.Down);
                if (last < first) continue;
                for (var j = 0; j < windows.KernelWidth; j += 3)
                {
                    var work = new RowOfTaps
                    {
                        Source = plane + ((long)windows.Line(first, i) * windows.Width) - windows.Padding.Left,
                        SourcePitch = (long)windows.Stride.Down * windows.Width,
                        Slope = slope + ((long)first * windows.ResultWidth),
                        SlopePitch = windows.ResultWidth,
                        Lines = last - first + 1,
                        Columns = partial.Length,
                        Width = windows.ResultWidth,
                        Masks = masks,
                        MaskPitch = (windows.KernelWidth + 1) * V.Count,
                    };
                    (work.Tap0, work.Tap1, work.Tap2) = (j, Math.Min(j + 1, windows.KernelWidth - 1), Math.Min(j + 2, windows.KernelWidth - 1));
                    fixed (bool* flags = partial) ThreeTaps<V, TStep>(work, windows.Dilation.Across, flags, target + (i * windows.KernelWidth) + j, Math.Min(3, windows.KernelWidth - j));
                }
            }
        }

        /// <summary>The taps of three rows and three columns, as far as there are.</summary>
        private void AddNine(T* target, T* plane, T* slope, int i, int j)
        {
            var sums = stackalloc T[9];
            new Span<T>(sums, 9).Clear();
            var work = new RowOfTaps
            {
                SourcePitch = windows.Width,
                SlopePitch = windows.ResultWidth,
                Lines = windows.Height,
                ResultLines = windows.ResultHeight,
                Tap0 = j,
                Tap1 = Math.Min(j + 1, windows.KernelWidth - 1),
                Tap2 = Math.Min(j + 2, windows.KernelWidth - 1),
            };
            for (var column = 0; column < partial.Length; column++)
            {
                var w = windows.Start(column, V.Count);
                work.Source = plane + (w * TStep.Size) - windows.Padding.Left;
                work.Slope = slope + w;
                work.Masks = masks + ((long)column * (windows.KernelWidth + 1) * V.Count);
                if (partial[column]) NineTaps<V, TStep, Masked>(work, windows.Dilation.Across, windows.Padding.Above - i, V.Load(work.Masks + (windows.KernelWidth * V.Count)), sums);
                else NineTaps<V, TStep, Whole>(work, windows.Dilation.Across, windows.Padding.Above - i, V.Create(default), sums);
            }
            for (var row = 0; row < Math.Min(3, windows.KernelHeight - i); row++)
                for (var column = 0; column < Math.Min(3, windows.KernelWidth - j); column++)
                    target[((i + row) * windows.KernelWidth) + j + column] += sums[(3 * row) + column];
        }

        /// <summary>Vectors may reach past a narrow line; the last planes are copied.</summary>
        private T* Results(long number)
        {
            var plane = result + (number * windows.ResultSize);
            if (windows.ResultWidth >= V.Count || (((long)batch * channels) - number) * windows.ResultSize >= windows.ResultSize + V.Count) return plane;
            var copy = (T*)Workspace.Get(Workspace.Lines, ((long)windows.ResultSize + V.Count) * sizeof(T));
            new Span<T>(plane, windows.ResultSize).CopyTo(new Span<T>(copy, windows.ResultSize));
            new Span<T>(copy + windows.ResultSize, V.Count).Clear();
            return copy;
        }
    }

    /// <summary>Taps over the lines of a plane.</summary>
    private struct RowOfTaps
    {
        public T* Source;
        public long SourcePitch;
        public T* Slope;
        public long SlopePitch;
        public int Lines;
        public int ResultLines;
        public int Columns;
        public int Width;
        public T* Masks;
        public int MaskPitch;
        public int Tap0;
        public int Tap1;
        public int Tap2;
    }

    /// <summary>Nine taps down a vector of columns: each line of the plane meets the three lines of the result that it is under.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NineTaps<V, TStep, TEdge>(in RowOfTaps work, int dilation, int shift, V counted, T* sums)
        where V : struct, ISimd<V, T>
        where TStep : struct, IStep<V, T>
        where TEdge : struct, IEdge
    {
        var x0 = work.Source + (work.Tap0 * dilation);
        var x1 = work.Source + (work.Tap1 * dilation);
        var x2 = work.Source + (work.Tap2 * dilation);
        var m0 = TEdge.Masks ? V.Load(work.Masks + (work.Tap0 * V.Count)) : default;
        var m1 = TEdge.Masks ? V.Load(work.Masks + (work.Tap1 * V.Count)) : default;
        var m2 = TEdge.Masks ? V.Load(work.Masks + (work.Tap2 * V.Count)) : default;
        var zero = V.Create(default);
        var r0 = zero;
        var r1 = zero;
        var r2 = zero;
        var r3 = zero;
        var r4 = zero;
        var r5 = zero;
        var r6 = zero;
        var r7 = zero;
        var r8 = zero;
        var y1 = Slope(work, shift - 1, counted);
        var y2 = Slope(work, shift - 2, counted);
        for (var v = 0; v < work.Lines; v++)
        {
            var y0 = Slope(work, v + shift, counted);
            var x = TEdge.Masks ? TStep.Load(x0) & m0 : TStep.Load(x0);
            r0 = V.MultiplyAdd(y0, x, r0);
            r3 = V.MultiplyAdd(y1, x, r3);
            r6 = V.MultiplyAdd(y2, x, r6);
            x = TEdge.Masks ? TStep.Load(x1) & m1 : TStep.Load(x1);
            r1 = V.MultiplyAdd(y0, x, r1);
            r4 = V.MultiplyAdd(y1, x, r4);
            r7 = V.MultiplyAdd(y2, x, r7);
            x = TEdge.Masks ? TStep.Load(x2) & m2 : TStep.Load(x2);
            r2 = V.MultiplyAdd(y0, x, r2);
            r5 = V.MultiplyAdd(y1, x, r5);
            r8 = V.MultiplyAdd(y2, x, r8);
            x0 += work.SourcePitch;
            x1 += work.SourcePitch;
            x2 += work.SourcePitch;
            y2 = y1;
            y1 = y0;
        }
        sums[0] += V.Sum(r0);
        sums[1] += V.Sum(r1);
        sums[2] += V.Sum(r2);
        sums[3] += V.Sum(r3);
        sums[4] += V.Sum(r4);
        sums[5] += V.Sum(r5);
        sums[6] += V.Sum(r6);
        sums[7] += V.Sum(r7);
        sums[8] += V.Sum(r8);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static V Slope(in RowOfTaps work, int line, V counted)
        {
            if ((uint)line >= (uint)work.ResultLines) return V.Create(default);
            var y = V.Load(work.Slope + (line * work.SlopePitch));
            return TEdge.Masks ? y & counted : y;
        }
    }

    /// <summary>Three taps of a row, along the lines.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThreeTaps<V, TStep>(in RowOfTaps work, int dilation, bool* partial, T* target, int count)
        where V : struct, ISimd<V, T>
        where TStep : struct, IStep<V, T>
    {
        var (r0, r1, r2) = (V.Create(default), V.Create(default), V.Create(default));
        var x0 = work.Source + (work.Tap0 * dilation);
        var x1 = work.Source + (work.Tap1 * dilation);
        var x2 = work.Source + (work.Tap2 * dilation);
        var y = work.Slope;
        var (columns, last) = (work.Columns, Math.Max(0, work.Width - V.Count));
        for (var h = 0; h < work.Lines; h++)
        {
            for (var column = 0; column < columns; column++)
            {
                var w = Math.Min(column * V.Count, last);
                var at = w * TStep.Size;
                var slope = V.Load(y + w);
                if (partial[column])
                {
                    var mask = work.Masks + (column * work.MaskPitch);
                    slope &= V.Load(mask + work.MaskPitch - V.Count);
                    r0 = V.MultiplyAdd(slope, TStep.Load(x0 + at) & V.Load(mask + (work.Tap0 * V.Count)), r0);
                    r1 = V.MultiplyAdd(slope, TStep.Load(x1 + at) & V.Load(mask + (work.Tap1 * V.Count)), r1);
                    r2 = V.MultiplyAdd(slope, TStep.Load(x2 + at) & V.Load(mask + (work.Tap2 * V.Count)), r2);
                    continue;
                }
                r0 = V.MultiplyAdd(slope, TStep.Load(x0 + at), r0);
                r1 = V.MultiplyAdd(slope, TStep.Load(x1 + at), r1);
                r2 = V.MultiplyAdd(slope, TStep.Load(x2 + at), r2);
            }
            x0 += work.SourcePitch;
            x1 += work.SourcePitch;
            x2 += work.SourcePitch;
            y += work.SlopePitch;
        }
        target[0] += V.Sum(r0);
        if (count > 1) target[1] += V.Sum(r1);
        if (count > 2) target[2] += V.Sum(r2);
    }
}
