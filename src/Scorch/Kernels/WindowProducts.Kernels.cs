using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <content>The inner loops besides the tiles of the matrix product.</content>
internal static unsafe partial class WindowProducts<T>
{
    /// <summary>packed[k, j] = corner[offsets[k] + positions[j]], zeros past the width.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void PackColumns(T* packed, T* corner, int* offsets, int depth, long* positions, int width, int tileColumns)
    {
        for (var k = 0; k < depth; k++, packed += tileColumns)
        {
            var source = corner + offsets[k];
            for (var j = 0; j < width; j++) packed[j] = source[positions[j]];
            for (var j = width; j < tileColumns; j++) packed[j] = T.Zero;
        }
    }

    /// <summary>Lines of a 3x3 filter over one channel; the filter stays in registers.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void NineTaps<V>(T* line, long pitch, T* filter, int* offsets, T bias, T* target, long targetPitch, int lines, int width)
        where V : struct, ISimd<V, T>
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
        var x0 = line + offsets[0];
        var x1 = line + offsets[1];
        var x2 = line + offsets[2];
        var x3 = line + offsets[3];
        var x4 = line + offsets[4];
        var x5 = line + offsets[5];
        var x6 = line + offsets[6];
        var x7 = line + offsets[7];
        var x8 = line + offsets[8];
        for (var h = 0; h < lines; h++, target += targetPitch)
        {
            var from = h * pitch;
            for (var w = 0; ; w = Math.Min(w + V.Count, width - V.Count))
            {
                var at = from + w;
                var a = V.MultiplyAdd(f0, V.Load(x0 + at), start);
                var b = f1 * V.Load(x1 + at);
                var c = f2 * V.Load(x2 + at);
                a = V.MultiplyAdd(f3, V.Load(x3 + at), a);
                b = V.MultiplyAdd(f4, V.Load(x4 + at), b);
                c = V.MultiplyAdd(f5, V.Load(x5 + at), c);
                a = V.MultiplyAdd(f6, V.Load(x6 + at), a);
                b = V.MultiplyAdd(f7, V.Load(x7 + at), b);
                c = V.MultiplyAdd(f8, V.Load(x8 + at), c);
                V.Store(a + b + c, target + w);
                if (w == width - V.Count) break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FourVectors<V>(T* line, T* filter, int* offsets, int depth, T bias, T* target, int w0, int w1, int w2, int w3, int last)
        where V : struct, ISimd<V, T>
    {
        if (w0 > last) w0 = last;
        var (r0, r1, r2, r3) = (V.Create(bias), V.Create(bias), V.Create(bias), V.Create(bias));
        for (var k = 0; k < depth; k++)
        {
            var x = V.Create(filter[k]);
            var from = line + offsets[k];
            r0 = V.MultiplyAdd(x, V.Load(from + w0), r0);
            r1 = V.MultiplyAdd(x, V.Load(from + w1), r1);
            r2 = V.MultiplyAdd(x, V.Load(from + w2), r2);
            r3 = V.MultiplyAdd(x, V.Load(from + w3), r3);
        }
        V.Store(r0, target + w0);
        V.Store(r1, target + w1);
        V.Store(r2, target + w2);
        V.Store(r3, target + w3);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void OneVector<V>(T* line, T* filter, int* offsets, int depth, T bias, T* target)
        where V : struct, ISimd<V, T>
    {
        var sum = V.Create(bias);
        for (var k = 0; k < depth; k++) sum = V.MultiplyAdd(V.Create(filter[k]), V.Load(line + offsets[k]), sum);
        V.Store(sum, target);
    }
}
