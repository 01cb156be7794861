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

/// <summary>Convolutions with one filter a channel, read where the planes lie: four lines of the result at a time.</summary>
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
        private readonly int blocks = (windows.ResultHeight + Lines - 1) / Lines;
        private readonly bool[] partial = new bool[windows.Columns(V.Count)];
        private readonly bool isNine = windows is { KernelHeight: 3, KernelWidth: 3, Stride: (1, 1), Dilation: (1, 1) };
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
            var all = (long)batch * channels * blocks;
            var together = Math.Max(1, TaskMultiplications / ((long)Lines * windows.ResultWidth * windows.Taps));
            if (all <= 2 * together || WorkPool.Threads == 1) Compute(0, all);
            else Share(all, together);
        }

        private void Share(long all, long together) =>
            WorkPool.Run(checked((int)((all + together - 1) / together)), task => Compute(task * together, Math.Min(all, (task + 1) * together)));

        /// <summary>Blocks of lines from … to-1 of all planes.</summary>
        [SkipLocalsInit]
        private void Compute(long from, long to)
        {
            var lines = stackalloc T*[isNine ? 6 : Lines * windows.KernelHeight];
            var targets = stackalloc T*[Lines];
            // Narrow results, and the lines that a low one lacks, go to the side.
            var aside = (T*)Workspace.Get(Workspace.Lines, (long)Lines * Math.Max(windows.ResultWidth, V.Count) * sizeof(T));
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
                var first = Math.Max(0, Math.Min((int)(b % blocks) * Lines, windows.ResultHeight - Lines));
                if (isNine) for (var i = 0; i < 6; i++) lines[i] = Line(plane, first + i, 0);
                else
                    for (var tap = 0; tap < windows.KernelHeight; tap++)
                        for (var i = 0; i < Lines; i++) lines[(tap * Lines) + i] = Line(plane, first + i, tap);
                var target = result + (number * windows.ResultSize) + ((long)first * windows.ResultWidth);
                var height = Math.Min(Lines, windows.ResultHeight - first);
                for (var i = 0; i < Lines; i++) targets[i] = isNarrow || i >= height ? aside + (i * V.Count) : target + (i * windows.ResultWidth);
                var filter = taps + (number % channels * windows.Taps);
                Columns(lines, filter, bias is null ? default : bias[number % channels], targets);
                for (var i = 0; isNarrow && i < height; i++)
                    new Span<T>(aside + (i * V.Count), windows.ResultWidth).CopyTo(new Span<T>(target + (i * windows.ResultWidth), windows.ResultWidth));
            }
        }

        private T* Line(T* plane, int result, int tap)
        {
            var line = windows.Line(result, tap);
            return (uint)line < (uint)windows.Height ? plane + ((long)line * windows.Width) : zeros;
        }

        /// <summary>Vectors that lie in the plane are computed in one call, others one by one.</summary>
        private void Columns(T** lines, T* filter, T start, T** targets)
        {
            for (var column = 0; column < partial.Length;)
            {
                var to = column + 1;
                if (!partial[column])
                    while (to < partial.Length - 1 && !partial[to]) to++;
                var from = windows.Start(column, V.Count);
                var until = from + ((to - column) * V.Count);
                if (partial[column])
                {
                    var mask = masks + ((long)column * (windows.KernelWidth + 1) * V.Count);
                    if (isNine) NineTaps<V, Masked>(lines, filter, start, targets, mask, from - windows.Padding.Left, from, until);
                    else AnyTaps<V, TStep, Masked>(windows, lines, filter, start, targets, mask, from, until);
                }
                else if (isNine)
                {
                    NineTaps<V, Whole>(lines, filter, start, targets, null, from - windows.Padding.Left, from, until);
                }
                else
                {
                    AnyTaps<V, TStep, Whole>(windows, lines, filter, start, targets, null, from, until);
                }
                column = to;
            }
        }
    }
}
