using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>How the elements under one tap lie: side by side, or every second; the compiler folds it away.</summary>
internal unsafe interface IStep<V, T>
    where T : unmanaged
{
    static abstract int Size { get; }

    static abstract V Load(T* source);
}

/// <summary>Neighbours.</summary>
internal readonly unsafe struct EachElement<V, T> : IStep<V, T>
    where V : struct, ISimd<V, T>
    where T : unmanaged
{
    public static int Size => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(T* source) => V.Load(source);
}

/// <summary>Every second element.</summary>
internal readonly unsafe struct EverySecond<V, T> : IStep<V, T>
    where V : struct, ISimd<V, T>
    where T : unmanaged
{
    public static int Size => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load(T* source) => V.LoadPairs(source, out _);
}

/// <summary>Convolutions with one filter a channel, read where the planes lie: down the columns for 3x3, else four lines of the result at a time.</summary>
internal static unsafe partial class DepthwiseConvolution<T>
    where T : unmanaged, INumberBase<T>
{
    /// <summary>Multiplications of a task.</summary>
    private const long TaskMultiplications = 1 << 18;

    /// <summary>Lines of the result that are computed together.</summary>
    private const int Lines = 4;

    /// <summary>result[image, channel] = source[image, channel] convolved with filter[channel], plus bias[channel] where there is one.</summary>
    public static void Run(in DepthwiseWindows windows, T* result, T* source, T* filters, T* bias, int batch, int channels, bool flipped)
    {
        if (Vector512.IsHardwareAccelerated) Run<Simd512<T>>(windows, result, source, filters, bias, batch, channels, flipped);
        else if (Vector256.IsHardwareAccelerated) Run<Simd256<T>>(windows, result, source, filters, bias, batch, channels, flipped);
        else Run<Simd128<T>>(windows, result, source, filters, bias, batch, channels, flipped);
    }

    private static void Run<V>(in DepthwiseWindows windows, T* result, T* source, T* filters, T* bias, int batch, int channels, bool flipped)
        where V : struct, ISimd<V, T>
    {
        if (windows.Stride.Across == 1) new Planes<V, EachElement<V, T>>(windows, result, source, filters, bias, batch, channels, flipped).Run();
        else new Planes<V, EverySecond<V, T>>(windows, result, source, filters, bias, batch, channels, flipped).Run();
    }

    /// <summary>The plane itself, or a copy where vectors would leave the tensor that it begins or ends.</summary>
    private static T* Reachable<V>(in DepthwiseWindows windows, T* planes, long number, long count)
        where V : struct, ISimd<V, T>
    {
        var plane = planes + (number * windows.PlaneSize);
        var behind = windows.Reach(V.Count);
        if (number * windows.PlaneSize >= windows.Before && ((count - number) * windows.PlaneSize) + windows.Width >= windows.PlaneSize + behind) return plane;
        var size = windows.Before + windows.PlaneSize + behind;
        var copy = (T*)Workspace.Get(Workspace.Image, (long)size * sizeof(T));
        new Span<T>(copy, size).Clear();
        new Span<T>(plane, windows.PlaneSize).CopyTo(new Span<T>(copy + windows.Before, windows.PlaneSize));
        return copy + windows.Before;
    }

    private sealed class Planes<V, TStep>(DepthwiseWindows windows, T* result, T* source, T* filters, T* bias, int batch, int channels, bool flipped)
        where V : struct, ISimd<V, T>
        where TStep : struct, IStep<V, T>
    {
        private readonly bool[] partial = new bool[windows.Columns(V.Count)];
        private readonly bool isNine = windows is { KernelHeight: 3, KernelWidth: 3, Stride: (1, 1), Dilation: (1, 1) };
        private int height;
        private int blocks;
        private T* taps;
        private T* masks;
        private T* zeros;

        public void Run()
        {
            var maskCount = windows.MaskCount(V.Count);
            var zeroCount = windows.Before + windows.Reach(V.Count);
            masks = (T*)Workspace.Get(Workspace.Bias, (maskCount + zeroCount) * sizeof(T));
            windows.Masks(masks, partial, V.Count, once: false);
            new Span<T>(masks + maskCount, zeroCount).Clear();
            zeros = masks + maskCount + windows.Before;
            taps = filters;
            if (flipped)
            {
                taps = (T*)Workspace.Get(Workspace.Weights, (long)channels * windows.Taps * sizeof(T));
                for (var channel = 0; channel < channels; channel++)
                    for (var tap = 0; tap < windows.Taps; tap++) taps[(channel * windows.Taps) + tap] = filters[((channel + 1) * windows.Taps) - 1 - tap];
            }
            // Down the columns a block is a plane, or what a task has of a large one.
            var lines = Math.Max(1, TaskMultiplications / ((long)windows.ResultWidth * windows.Taps));
            height = isNine ? (int)Math.Min(windows.ResultHeight, lines) : Lines;
            blocks = (windows.ResultHeight + height - 1) / height;
            var all = (long)batch * channels * blocks;
            var together = Math.Max(1, lines / height);
            if (all <= 2 * together || WorkPool.Threads == 1) Compute(0, all);
            else Share(all, together);
        }

        private void Share(long all, long together) =>
            WorkPool.Run(checked((int)((all + together - 1) / together)), task => Compute(task * together, Math.Min(all, (task + 1) * together)));

        /// <summary>Blocks of lines from … to-1 of all planes.</summary>
        [SkipLocalsInit]
        private void Compute(long from, long to)
        {
            var lines = (T**)Workspace.Get(Workspace.Vector, (long)(isNine ? height + 2 : Lines * windows.KernelHeight) * sizeof(T*));
            var targets = stackalloc T*[Lines];
            // Narrow results, and the lines that a low one lacks, go to the side.
            var aside = (T*)Workspace.Get(Workspace.Lines, (long)height * Math.Max(windows.ResultWidth, V.Count) * sizeof(T));
            var isNarrow = windows.ResultWidth < V.Count;
            var number = -1L;
            var plane = source;
            for (var b = from; b < to; b++)
            {
                if (b / blocks != number)
                {
                    number = b / blocks;
                    plane = Reachable<V>(windows, source, number, (long)batch * channels);
                }
                var channel = number % channels;
                var start = bias is null ? default : bias[channel];
                var first = (int)(b % blocks) * height;
                if (!isNine) first = Math.Max(0, Math.Min(first, windows.ResultHeight - Lines));
                var count = Math.Min(height, windows.ResultHeight - first);
                var target = result + (number * windows.ResultSize) + ((long)first * windows.ResultWidth);
                if (isNine)
                {
                    for (var i = 0; i < count + 2; i++) lines[i] = Line(plane, first + i, 0);
                    Down(lines, count, taps + (channel * windows.Taps), start, isNarrow ? aside : target, isNarrow ? V.Count : windows.ResultWidth);
                }
                else
                {
                    for (var tap = 0; tap < windows.KernelHeight; tap++)
                        for (var i = 0; i < Lines; i++) lines[(tap * Lines) + i] = Line(plane, first + i, tap);
                    for (var i = 0; i < Lines; i++) targets[i] = isNarrow || i >= count ? aside + (i * V.Count) : target + (i * windows.ResultWidth);
                    Along(lines, taps + (channel * windows.Taps), start, targets);
                }
                for (var i = 0; isNarrow && i < count; i++)
                    new Span<T>(aside + (i * V.Count), windows.ResultWidth).CopyTo(new Span<T>(target + (i * windows.ResultWidth), windows.ResultWidth));
            }
        }

        private T* Line(T* plane, int result, int tap)
        {
            var line = windows.Line(result, tap);
            return (uint)line < (uint)windows.Height ? plane + ((long)line * windows.Width) : zeros;
        }

        /// <summary>All columns of a block, two vectors at a time.</summary>
        private void Down(T** lines, int count, T* filter, T start, T* target, long pitch)
        {
            var left = windows.Padding.Left;
            for (var column = 0; column < partial.Length; column += 2)
            {
                var from = windows.Start(column, V.Count);
                var mask = Mask(column);
                if (column + 1 == partial.Length)
                {
                    if (partial[column]) NineTaps<V, Masked, OneVector>(lines, count, filter, start, target, pitch, left, from, from, mask, mask);
                    else NineTaps<V, Whole, OneVector>(lines, count, filter, start, target, pitch, left, from, from, mask, mask);
                    return;
                }
                var second = windows.Start(column + 1, V.Count);
                var secondMask = Mask(column + 1);
                if (partial[column] || partial[column + 1]) NineTaps<V, Masked, TwoVectors>(lines, count, filter, start, target, pitch, left, from, second, mask, secondMask);
                else NineTaps<V, Whole, TwoVectors>(lines, count, filter, start, target, pitch, left, from, second, mask, secondMask);
            }
        }

        private T* Mask(int column) => masks + ((long)column * (windows.KernelWidth + 1) * V.Count);

        /// <summary>Four lines; vectors that lie in the plane are computed in one call, others one by one.</summary>
        private void Along(T** lines, T* filter, T start, T** targets)
        {
            for (var column = 0; column < partial.Length;)
            {
                var to = column + 1;
                if (!partial[column])
                    while (to < partial.Length - 1 && !partial[to]) to++;
                var from = windows.Start(column, V.Count);
                var until = from + ((to - column) * V.Count);
                if (partial[column]) AnyTaps<V, TStep, Masked>(windows, lines, filter, start, targets, Mask(column), from, until);
                else AnyTaps<V, TStep, Whole>(windows, lines, filter, start, targets, null, from, until);
                column = to;
            }
        }
    }
}
