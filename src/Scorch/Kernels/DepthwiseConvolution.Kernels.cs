using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <content>The inner loops: four lines of the result, some vectors of columns.</content>
internal static unsafe partial class DepthwiseConvolution<T>
{
    /// <summary>Whether columns lie outside the plane; the compiler folds it away.</summary>
    private interface IEdge
    {
        static abstract bool Masks { get; }
    }

    private readonly struct Whole : IEdge
    {
        public static bool Masks => false;
    }

    private readonly struct Masked : IEdge
    {
        public static bool Masks => true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V At<V, TStep, TEdge>(T* source, T* mask)
        where V : struct, ISimd<V, T>
        where TStep : struct, IStep<V, T>
        where TEdge : struct, IEdge =>
        TEdge.Masks ? TStep.Load(source) & V.Load(mask) : TStep.Load(source);

    /// <summary>Filters of any size: for each row of taps the four lines under it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AnyTaps<V, TStep, TEdge>(in DepthwiseWindows windows, T** lines, T* filter, T bias, T** targets, T* masks, int from, int to)
        where V : struct, ISimd<V, T>
        where TStep : struct, IStep<V, T>
        where TEdge : struct, IEdge
    {
        var (height, width, dilation) = (windows.KernelHeight, windows.KernelWidth, windows.Dilation.Across);
        for (var w = from; w < to; w += V.Count)
        {
            var (r0, r1, r2, r3) = (V.Create(bias), V.Create(bias), V.Create(bias), V.Create(bias));
            var at = ((long)w * TStep.Size) - windows.Padding.Left;
            for (var i = 0; i < height; i++)
            {
                var line = lines + (i * Lines);
                var x0 = line[0] + at;
                var x1 = line[1] + at;
                var x2 = line[2] + at;
                var x3 = line[3] + at;
                for (var j = 0; j < width; j++)
                {
                    var tap = V.Create(filter[(i * width) + j]);
                    var mask = TEdge.Masks ? masks + (j * V.Count) : null;
                    var next = j * dilation;
                    r0 = V.MultiplyAdd(tap, At<V, TStep, TEdge>(x0 + next, mask), r0);
                    r1 = V.MultiplyAdd(tap, At<V, TStep, TEdge>(x1 + next, mask), r1);
                    r2 = V.MultiplyAdd(tap, At<V, TStep, TEdge>(x2 + next, mask), r2);
                    r3 = V.MultiplyAdd(tap, At<V, TStep, TEdge>(x3 + next, mask), r3);
                }
            }
            V.Store(r0, targets[0] + w);
            V.Store(r1, targets[1] + w);
            V.Store(r2, targets[2] + w);
            V.Store(r3, targets[3] + w);
        }
    }

    /// <summary>3x3 of stride 1: six lines of the plane are read once for four of the result.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NineTaps<V, TEdge>(T** lines, T* filter, T bias, T** targets, T* masks, int source, int from, int to)
        where V : struct, ISimd<V, T>
        where TEdge : struct, IEdge
    {
        var start = V.Create(bias);
        var f0 = V.Create(filter[0]);
        var f1 = V.Create(filter[1]);
        var f2 = V.Create(filter[2]);
        var f3 = V.Create(filter[3]);
        var f4 = V.Create(filter[4]);
        var f5 = V.Create(filter[5]);
        var f6 = V.Create(filter[6]);
        var f7 = V.Create(filter[7]);
        var f8 = V.Create(filter[8]);
        var x0 = lines[0] + source - from;
        var x1 = lines[1] + source - from;
        var x2 = lines[2] + source - from;
        var x3 = lines[3] + source - from;
        var x4 = lines[4] + source - from;
        var x5 = lines[5] + source - from;
        var y0 = targets[0];
        var y1 = targets[1];
        var y2 = targets[2];
        var y3 = targets[3];
        var mask0 = masks;
        var mask1 = TEdge.Masks ? masks + V.Count : null;
        var mask2 = TEdge.Masks ? masks + (2 * V.Count) : null;
        for (var w = from; w < to; w += V.Count)
        {
            var x = At<V, EachElement<V, T>, TEdge>(x0 + w, mask0);
            var r0 = V.MultiplyAdd(f0, x, start);
            x = At<V, EachElement<V, T>, TEdge>(x0 + w + 1, mask1);
            r0 = V.MultiplyAdd(f1, x, r0);
            x = At<V, EachElement<V, T>, TEdge>(x0 + w + 2, mask2);
            r0 = V.MultiplyAdd(f2, x, r0);
            x = At<V, EachElement<V, T>, TEdge>(x1 + w, mask0);
            r0 = V.MultiplyAdd(f3, x, r0);
            var r1 = V.MultiplyAdd(f0, x, start);
            x = At<V, EachElement<V, T>, TEdge>(x1 + w + 1, mask1);
            r0 = V.MultiplyAdd(f4, x, r0);
            r1 = V.MultiplyAdd(f1, x, r1);
            x = At<V, EachElement<V, T>, TEdge>(x1 + w + 2, mask2);
            r0 = V.MultiplyAdd(f5, x, r0);
            r1 = V.MultiplyAdd(f2, x, r1);
            x = At<V, EachElement<V, T>, TEdge>(x2 + w, mask0);
            r0 = V.MultiplyAdd(f6, x, r0);
            r1 = V.MultiplyAdd(f3, x, r1);
            var r2 = V.MultiplyAdd(f0, x, start);
            x = At<V, EachElement<V, T>, TEdge>(x2 + w + 1, mask1);
            r0 = V.MultiplyAdd(f7, x, r0);
            r1 = V.MultiplyAdd(f4, x, r1);
            r2 = V.MultiplyAdd(f1, x, r2);
            x = At<V, EachElement<V, T>, TEdge>(x2 + w + 2, mask2);
            r0 = V.MultiplyAdd(f8, x, r0);
            r1 = V.MultiplyAdd(f5, x, r1);
            r2 = V.MultiplyAdd(f2, x, r2);
            x = At<V, EachElement<V, T>, TEdge>(x3 + w, mask0);
            r1 = V.MultiplyAdd(f6, x, r1);
            r2 = V.MultiplyAdd(f3, x, r2);
            var r3 = V.MultiplyAdd(f0, x, start);
            x = At<V, EachElement<V, T>, TEdge>(x3 + w + 1, mask1);
            r1 = V.MultiplyAdd(f7, x, r1);
            r2 = V.MultiplyAdd(f4, x, r2);
            r3 = V.MultiplyAdd(f1, x, r3);
            x = At<V, EachElement<V, T>, TEdge>(x3 + w + 2, mask2);
            r1 = V.MultiplyAdd(f8, x, r1);
            r2 = V.MultiplyAdd(f5, x, r2);
            r3 = V.MultiplyAdd(f2, x, r3);
            x = At<V, EachElement<V, T>, TEdge>(x4 + w, mask0);
            r2 = V.MultiplyAdd(f6, x, r2);
            r3 = V.MultiplyAdd(f3, x, r3);
            x = At<V, EachElement<V, T>, TEdge>(x4 + w + 1, mask1);
            r2 = V.MultiplyAdd(f7, x, r2);
            r3 = V.MultiplyAdd(f4, x, r3);
            x = At<V, EachElement<V, T>, TEdge>(x4 + w + 2, mask2);
            r2 = V.MultiplyAdd(f8, x, r2);
            r3 = V.MultiplyAdd(f5, x, r3);
            x = At<V, EachElement<V, T>, TEdge>(x5 + w, mask0);
            r3 = V.MultiplyAdd(f6, x, r3);
            x = At<V, EachElement<V, T>, TEdge>(x5 + w + 1, mask1);
            r3 = V.MultiplyAdd(f7, x, r3);
            x = At<V, EachElement<V, T>, TEdge>(x5 + w + 2, mask2);
            r3 = V.MultiplyAdd(f8, x, r3);
            V.Store(r0, y0 + w);
            V.Store(r1, y1 + w);
            V.Store(r2, y2 + w);
            V.Store(r3, y3 + w);
        }
    }
}
