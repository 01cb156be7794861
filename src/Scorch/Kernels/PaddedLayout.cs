using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>
/// How the planes of an image are laid out so that every tap of a convolution reads neighbouring windows from neighbouring elements: with
/// their padding, and with a stride s as s interleaved planes. Index q of phase r on an axis holds element q * stride + r - front.
/// </summary>
internal sealed unsafe class PaddedLayout
{
    private readonly int[] image;
    private readonly int[] stride;
    private readonly int[] front;
    private readonly int[][] phases;
    private readonly int[][] slots;

    /// <param name="image">Sizes of a plane.</param>
    /// <param name="stride">Phases of an axis.</param>
    /// <param name="front">Zeros in front; negative to leave elements out.</param>
    /// <param name="length">Elements of a phase.</param>
    /// <param name="used">The phases that are read, in ascending order.</param>
    public PaddedLayout(int[] image, int[] stride, int[] front, int[] length, int[][] used)
    {
        (this.image, this.stride, this.front, Length, phases) = (image, stride, front, length, used);
        slots = new int[3][];
        for (var axis = 0; axis < 3; axis++)
        {
            slots[axis] = new int[stride[axis]];
            for (var slot = 0; slot < used[axis].Length; slot++) slots[axis][used[axis][slot]] = slot;
        }
        PhaseSize = checked(length[0] * length[1] * length[2]);
        var size = checked(PhaseSize * used[0].Length * used[1].Length * used[2].Length);
        IsImage = true;
        for (var axis = 0; axis < 3; axis++) IsImage &= stride[axis] == 1 && front[axis] == 0 && length[axis] == image[axis];
        // Zeros behind a plane for the last vector; an odd number of cache lines, so that the planes of many channels fall on different sets of the cache.
        PlaneSize = IsImage ? size : checked(((size + 31) / 16 | 1) * 16);
    }

    /// <summary>Elements of a phase on each axis.</summary>
    public int[] Length { get; }

    public int PhaseSize { get; }

    /// <summary>Distance between channels.</summary>
    public int PlaneSize { get; }

    /// <summary>The layout is that of the image: nothing needs to be copied.</summary>
    public bool IsImage { get; }

    /// <summary>Position in a plane of index <paramref name="q"/> of phase <paramref name="r"/> on every axis.</summary>
    public int Position((int D, int H, int W) r, (int D, int H, int W) q)
    {
        var slot = (((slots[0][r.D] * phases[1].Length) + slots[1][r.H]) * phases[2].Length) + slots[2][r.W];
        return (slot * PhaseSize) + (((q.D * Length[1]) + q.H) * Length[2]) + q.W;
    }

    /// <summary>Lays out one plane.</summary>
    public void Copy<T>(T* source, T* target)
        where T : unmanaged
    {
        var start = target;
        foreach (var d in phases[0])
            foreach (var h in phases[1])
                foreach (var w in phases[2])
                    for (var i = 0; i < Length[0]; i++)
                        for (var j = 0; j < Length[1]; j++, target += Length[2])
                        {
                            var z = (i * stride[0]) + d - front[0];
                            var v = (j * stride[1]) + h - front[1];
                            if ((uint)z >= (uint)image[0] || (uint)v >= (uint)image[1]) new Span<T>(target, Length[2]).Clear();
                            else Line(source + (((z * image[1]) + v) * image[2]), target, w - front[2]);
                        }
        new Span<T>(target, PlaneSize - (int)(target - start)).Clear();
    }

    private void Line<T>(T* source, T* target, int shift)
        where T : unmanaged
    {
        var (step, length, width) = (stride[2], Length[2], image[2]);
        var from = Math.Min(length, shift >= 0 ? 0 : (-shift + step - 1) / step);
        var to = Math.Clamp((width - 1 - shift + step) / step, from, length);
        for (var q = 0; q < from; q++) target[q] = default;
        if (step == 1) Copy(source + from + shift, target + from, to - from);
        else if (step == 2) EverySecond(source + (from * 2) + shift, target + from, to - from);
        else for (var q = from; q < to; q++) target[q] = source[(q * step) + shift];
        for (var q = to; q < length; q++) target[q] = default;
    }

    /// <summary>Elements 0, 2, 4, …; what lies behind the last one is not read.</summary>
    private static void EverySecond<T>(T* source, T* target, int count)
        where T : unmanaged
    {
        var i = 0;
        if (Vector256.IsHardwareAccelerated)
            for (; i + Simd256<T>.Count < count; i += Simd256<T>.Count) Simd256<T>.Store(Simd256<T>.LoadPairs(source + (2 * i), out _), target + i);
        for (; i < count; i++) target[i] = source[2 * i];
    }

    /// <summary>Lines are short: a call to copy memory would cost as much as the copy.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T>(T* source, T* target, int count)
        where T : unmanaged
    {
        if (!Vector256.IsHardwareAccelerated || count < Vector256<T>.Count)
        {
            for (var i = 0; i < count; i++) target[i] = source[i];
            return;
        }
        for (var i = 0; i < count - Vector256<T>.Count; i += Vector256<T>.Count) Vector256.Load(source + i).Store(target + i);
        Vector256.Load(source + count - Vector256<T>.Count).Store(target + count - Vector256<T>.Count);
    }
}

/// <summary>Windows of a padded layout that share their taps, and where their results go.</summary>
/// <param name="Taps">Numbers of the taps in the kernel.</param>
/// <param name="TapPositions">What each tap reads in the plane of a channel, for the first window.</param>
/// <param name="Count">Windows on each axis.</param>
/// <param name="Length">Sizes of a phase of the layout: distances between windows.</param>
/// <param name="ResultStart">Where the first window's result goes in a plane.</param>
/// <param name="ResultStep">Distances between results on each axis.</param>
internal sealed record WindowSet(int[] Taps, int[] TapPositions, int[] Count, int[] Length, int ResultStart, int[] ResultStep)
{
    /// <summary>The windows number one after another, with the positions between lines counted.</summary>
    public int Positions => Windows == 0 ? 0 : (((((Count[0] - 1) * Length[1]) + Count[1] - 1) * Length[2]) + Count[2]);

    public int Windows => Count[0] * Count[1] * Count[2];

    /// <summary>Layout and windows of a convolution.</summary>
    public static (PaddedLayout Layout, WindowSet Windows) Forward(ConvolutionGeometry g)
    {
        var length = new int[3];
        var used = new int[3][];
        for (var axis = 0; axis < 3; axis++)
        {
            var (kernel, stride, dilation) = (g.Kernel[axis], g.Stride[axis], g.Dilation[axis]);
            length[axis] = g.Result[axis] + ((kernel - 1) * dilation / stride);
            used[axis] = [.. Enumerable.Range(0, kernel).Select(tap => tap * dilation % stride).Distinct().Order()];
        }
        var layout = new PaddedLayout(g.Image, g.Stride, g.Padding, length, used);
        var taps = Enumerable.Range(0, g.KernelSize).ToArray();
        var positions = taps.Select(tap =>
        {
            var (d, h, w) = g.TapOffset(tap);
            return layout.Position((d % g.Stride[0], h % g.Stride[1], w % g.Stride[2]), (d / g.Stride[0], h / g.Stride[1], w / g.Stride[2]));
        }).ToArray();
        return (layout, new(taps, positions, g.Result, length, 0, [g.Result[1] * g.Result[2], g.Result[2], 1]));
    }

    /// <summary>
    /// The adjoint as convolutions of the output: element i of the image lies at i + padding = q * stride + r, and takes from the output at
    /// q - (tap * dilation - r) / stride, for the taps where that is whole. One set of windows for each r.
    /// </summary>
    public static (PaddedLayout Layout, List<WindowSet> Windows) Adjoint(ConvolutionGeometry g)
    {
        var (low, length) = (new int[3], new int[3]);
        var axes = new List<(int Start, int Count, int First, (int Tap, int Back)[] Taps)>[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var (stride, padding) = (g.Stride[axis], g.Padding[axis]);
            axes[axis] = [];
            var (least, greatest) = (int.MaxValue, int.MinValue);
            for (var r = 0; r < stride; r++)
            {
                var first = (padding - r + stride - 1) / stride;
                if (padding < r) first = 0;
                var start = (first * stride) + r - padding;
                if (start >= g.Image[axis]) continue;
                var count = ((g.Image[axis] - 1 - start) / stride) + 1;
                (int Tap, int Back)[] taps = [.. Enumerable.Range(0, g.Kernel[axis])
                    .Where(tap => tap * g.Dilation[axis] % stride == r)
                    .Select(tap => (tap, ((tap * g.Dilation[axis]) - r) / stride))];
                axes[axis].Add((start, count, first, taps));
                least = Math.Min(least, first - taps.Select(tap => tap.Back).DefaultIfEmpty(0).Max());
                greatest = Math.Max(greatest, first + count - 1);
            }
            (low[axis], length[axis]) = (least, greatest - least + 1);
        }
        var layout = new PaddedLayout(g.Result, [1, 1, 1], [-low[0], -low[1], -low[2]], length, [[0], [0], [0]]);
        var sets = new List<WindowSet>();
        foreach (var d in axes[0])
            foreach (var h in axes[1])
                foreach (var w in axes[2])
                {
                    var taps = new List<int>();
                    var positions = new List<int>();
                    foreach (var (tapD, backD) in d.Taps)
                        foreach (var (tapH, backH) in h.Taps)
                            foreach (var (tapW, backW) in w.Taps)
                            {
                                taps.Add((((tapD * g.Kernel[1]) + tapH) * g.Kernel[2]) + tapW);
                                positions.Add(layout.Position((0, 0, 0), (d.First - low[0] - backD, h.First - low[1] - backH, w.First - low[2] - backW)));
                            }
                    sets.Add(new(
                        [.. taps],
                        [.. positions],
                        [d.Count, h.Count, w.Count],
                        length,
                        (((d.Start * g.Image[1]) + h.Start) * g.Image[2]) + w.Start,
                        [g.Stride[0] * g.Image[1] * g.Image[2], g.Stride[1] * g.Image[2], g.Stride[2]]));
                }
        return (layout, sets);
    }
}
