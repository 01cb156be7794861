using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <content>The linear recurrence: series are independent, and so are features, which lie side by side.</content>
internal sealed unsafe partial class CpuKernels
{
    public override void LinearRecurrence(bool backwards, in Operand output, in Operand input, in Operand forget)
    {
        if (output.Count == 0) return;
        var (batch, time, features) = (output.Shape[0], output.Shape[1], output.Shape[2]);
        var isSingle = output.Type == DataType.Float32;
        fixed (byte* c = &output.Reference, x = &input.Reference, f = &forget.Reference)
        {
            var (state, given, factor) = ((nint)c, (nint)x, (nint)f);
            // A series comes out the same in whatever company it is computed: how many go together decides only when threads are woken.
            var together = (int)Math.Max(1, 16384 / Math.Max(1, (long)time * features));
            var chunks = (batch + together - 1) / together;
            if (chunks == 1) Run(0, batch);
            else WorkPool.Run(chunks, chunk => Run(chunk * together, Math.Min(batch, (chunk + 1) * together)));

            void Run(int first, int last)
            {
                for (var series = first; series < last; series++)
                {
                    var start = (nint)((long)series * time * features * (isSingle ? sizeof(float) : sizeof(double)));
                    if (isSingle) Series((float*)(state + start), (float*)(given + start), (float*)(factor + start), time, features, backwards);
                    else Series((double*)(state + start), (double*)(given + start), (double*)(factor + start), time, features, backwards);
                }
            }
        }
    }

    private static void Series<T>(T* state, T* given, T* factor, int time, int features, bool backwards)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (Vector512.IsHardwareAccelerated) Series<Simd512<T>, T>(state, given, factor, time, features, backwards);
        else if (Vector256.IsHardwareAccelerated) Series<Simd256<T>, T>(state, given, factor, time, features, backwards);
        else Series<Simd128<T>, T>(state, given, factor, time, features, backwards);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Series<V, T>(T* state, T* given, T* factor, int time, int features, bool backwards)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var step = backwards ? -(long)features : features;
        var now = backwards ? (long)(time - 1) * features : 0;
        new Span<T>(given + now, features).CopyTo(new(state + now, features));
        for (var t = 1; t < time; t++)
        {
            var before = now;
            now += step;
            var i = 0;
            for (; i + V.Count <= features; i += V.Count)
                V.Store(V.MultiplyAdd(V.Load(factor + now + i), V.Load(state + before + i), V.Load(given + now + i)), state + now + i);
            for (; i < features; i++)
                state[now + i] = T.FusedMultiplyAdd(factor[now + i], state[before + i], given[now + i]);
        }
    }
}
