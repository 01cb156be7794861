using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>Maxima of windows along a line: a vector of neighbouring windows at a time, with the numbers of the taps that won.</summary>
internal static unsafe class MaximumPooling<T>
    where T : unmanaged, INumber<T>
{
    /// <summary>Taps of a window whose places fit beside it; larger windows are scanned one by one.</summary>
    private const int MostTaps = 256;

    /// <summary>The windows of one plane.</summary>
    public static void Plane(PoolingWindows windows, T* values, long* places, T* image)
    {
        if (Vector512.IsHardwareAccelerated) Plane<Simd512<T>>(windows, values, places, image);
        else if (Vector256.IsHardwareAccelerated) Plane<Simd256<T>>(windows, values, places, image);
        else Plane<Simd128<T>>(windows, values, places, image);
    }

    private static void Plane<V>(PoolingWindows windows, T* values, long* places, T* image)
        where V : struct, ISimd<V, T>
    {
        var (stride, from, to) = Whole(windows, V.Count);
        for (var d = 0; d < windows.Result[0]; d++)
            for (var h = 0; h < windows.Result[1]; h++, values += windows.Result[2], places += windows.Result[2])
            {
                for (var w = 0; w < from; w++) One(windows, d, h, w, values, places, image);
                if (from < to && stride == 1) Line<V, EachElement<V, T>>(windows, d, h, from, to, values, places, image);
                else if (from < to) Line<V, EverySecond<V, T>>(windows, d, h, from, to, values, places, image);
                for (var w = Math.Max(from, to); w < windows.Result[2]; w++) One(windows, d, h, w, values, places, image);
            }
    }

    /// <summary>The windows of a line that lie in the plane one stride apart, as far as vectors of them do.</summary>
    private static (int Stride, int From, int To) Whole(PoolingWindows windows, int vector)
    {
        var (start, end) = (windows.Start[2], windows.End[2]);
        var from = 0;
        var reach = start.Length == 0 ? 0 : start.Zip(end, (first, last) => last - first).Max();
        while (from < start.Length && end[from] - start[from] < reach) from++;
        var taps = (long)reach * windows.Start[0].Zip(windows.End[0], (first, last) => last - first).Max() * windows.Start[1].Zip(windows.End[1], (first, last) => last - first).Max();
        if (from + vector > start.Length || taps > MostTaps) return (0, from, from);
        var stride = start[from + 1] - start[from];
        var to = from + 1;
        while (to < start.Length && end[to] - start[to] == reach && start[to] - start[to - 1] == stride) to++;
        // Vectors of pairs read one element past the last window.
        while (to > from && start[to - 1] + reach + stride - 1 > windows.Image[2]) to--;
        return stride is 1 or 2 && to - from >= vector ? (stride, from, to) : (0, from, from);
    }

    private static void One(PoolingWindows windows, int d, int h, int w, T* values, long* places, T* image)
    {
        long best = -1;
        for (var z = windows.Start[0][d]; z < windows.End[0][d]; z += windows.Dilation[0])
            for (var v = windows.Start[1][h]; v < windows.End[1][h]; v += windows.Dilation[1])
                for (var u = windows.Start[2][w]; u < windows.End[2][w]; u += windows.Dilation[2])
                {
                    var at = ((((long)z * windows.Image[1]) + v) * windows.Image[2]) + u;
                    if (best < 0 || (!T.IsNaN(image[best]) && (image[at] > image[best] || T.IsNaN(image[at])))) best = at;
                }
        values[w] = image[best];
        places[w] = best;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private static void Line<V, TStep>(PoolingWindows windows, int d, int h, int from, int to, T* values, long* places, T* image)
        where V : struct, ISimd<V, T>
        where TStep : struct, IStep<V, T>
    {
        var (top, bottom, front, back) = (windows.Start[1][h], windows.End[1][h], windows.Start[0][d], windows.End[0][d]);
        var (height, width) = (windows.Image[1], windows.Image[2]);
        var dilation = windows.Dilation[2];
        var reach = windows.End[2][from] - windows.Start[2][from];
        var numbers = stackalloc T[V.Count];
        var positions = stackalloc int[MostTaps];
        var taps = 0;
        for (var z = front; z < back; z += windows.Dilation[0])
            for (var v = top; v < bottom; v += windows.Dilation[1])
                for (var u = 0; u < reach; u += dilation) positions[taps++] = (((z * height) + v) * width) + u;
        for (var w = from; w < to; w += V.Count)
        {
            if (w > to - V.Count) w = to - V.Count;
            var start = windows.Start[2][w];
            var best = V.Create(default);
            var number = V.Create(default);
            for (var tap = 0; tap < taps; tap++)
            {
                var x = TStep.Load(image + positions[tap] + start);
                if (tap == 0)
                {
                    best = x;
                    continue;
                }
                // NaN wins over numbers; the first of equals stays.
                var wins = V.Select(V.Equal(x, x), V.LessThan(best, x), V.Equal(best, best));
                best = V.Select(wins, x, best);
                number = V.Select(wins, V.Create(T.CreateTruncating(tap)), number);
            }
            V.Store(best, values + w);
            V.Store(number, numbers);
            for (var i = 0; i < V.Count; i++) places[w + i] = positions[int.CreateTruncating(numbers[i])] + start + (i * TStep.Size);
        }
    }
}
