using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <content>The inner loops.</content>
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

    /// <summary>Whether two vectors of columns are in work; the compiler folds it away.</summary>
    private interface IColumns
    {
        static abstract bool Two { get; }
    }

    private readonly struct OneVector : IColumns
    {
        public static bool Two => false;
    }

    private readonly struct TwoVectors : IColumns
    {
        public static bool Two => true;
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

    /// <summary>3x3 of stride 1, down one vector of columns or two: every line of the plane is read once, for the three of the result that it is under.</summary>
    /// <param name="lines">The lines under the result's, two more than <paramref name="count"/>.</param>
    /// <param name="count">Lines of the result.</param>
    /// <param name="filter">Nine taps.</param>
    /// <param name="bias">What each sum starts with.</param>
    /// <param name="target">The result.</param>
    /// <param name="pitch">Distance between its lines.</param>
    /// <param name="left">Columns between a window and its result.</param>
    /// <param name="first">First column of a vector.</param>
    /// <param name="second">The same of another.</param>
    /// <param name="masks">Of both, for each tap of a line.</param>
    /// <param name="secondMasks">The same of the other.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NineTaps<V, TEdge, TColumns>(
        T** lines, int count, T* filter, T bias, T* target, long pitch, int left, int first, int second, T* masks, T* secondMasks)
        where V : struct, ISimd<V, T>
        where TEdge : struct, IEdge
        where TColumns : struct, IColumns
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
        var mask1 = TEdge.Masks ? masks + V.Count : null;
        var mask2 = TEdge.Masks ? masks + (2 * V.Count) : null;
        var secondMask1 = TEdge.Masks ? secondMasks + V.Count : null;
        var secondMask2 = TEdge.Masks ? secondMasks + (2 * V.Count) : null;
        var (r, next, s, secondNext) = (start, start, start, start);
        target -= 2 * pitch;
        for (var i = 0; i < count + 2; i++, target += pitch)
        {
            var x = lines[i] + first - left;
            var a = At<V, EachElement<V, T>, TEdge>(x, masks);
            var b = At<V, EachElement<V, T>, TEdge>(x + 1, mask1);
            var c = At<V, EachElement<V, T>, TEdge>(x + 2, mask2);
            r = V.MultiplyAdd(f8, c, V.MultiplyAdd(f7, b, V.MultiplyAdd(f6, a, r)));
            if (i >= 2) V.Store(r, target + first);
            r = V.MultiplyAdd(f5, c, V.MultiplyAdd(f4, b, V.MultiplyAdd(f3, a, next)));
            next = V.MultiplyAdd(f2, c, V.MultiplyAdd(f1, b, V.MultiplyAdd(f0, a, start)));
            if (!TColumns.Two) continue;
            x += second - first;
            a = At<V, EachElement<V, T>, TEdge>(x, secondMasks);
            b = At<V, EachElement<V, T>, TEdge>(x + 1, secondMask1);
            c = At<V, EachElement<V, T>, TEdge>(x + 2, secondMask2);
            s = V.MultiplyAdd(f8, c, V.MultiplyAdd(f7, b, V.MultiplyAdd(f6, a, s)));
            if (i >= 2) V.Store(s, target + second);
            s = V.MultiplyAdd(f5, c, V.MultiplyAdd(f4, b, V.MultiplyAdd(f3, a, secondNext)));
            secondNext = V.MultiplyAdd(f2, c, V.MultiplyAdd(f1, b, V.MultiplyAdd(f0, a, start)));
        }
    }
}
