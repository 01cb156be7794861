using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <content>Steps of optimisers: each number is read and written once.</content>
internal sealed unsafe partial class CpuKernels
{
    private const int StepChunk = 16384;

    public override void AdamStep(in Operand parameter, in Operand gradient, in Operand mean, in Operand square, in Operand? greatest, in AdamFactors factors)
    {
        if (parameter.Type == DataType.Float32) AdamStep<float>(parameter, gradient, mean, square, greatest, factors);
        else AdamStep<double>(parameter, gradient, mean, square, greatest, factors);
    }

    public override void MomentumStep(in Operand parameter, in Operand gradient, in Operand velocity, in MomentumFactors factors)
    {
        if (parameter.Type == DataType.Float32) MomentumStep<float>(parameter, gradient, velocity, factors);
        else MomentumStep<double>(parameter, gradient, velocity, factors);
    }

    private static void AdamStep<T>(in Operand parameter, in Operand gradient, in Operand mean, in Operand square, in Operand? greatest, AdamFactors factors)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (most, hasMost) = (greatest ?? square, greatest is not null);
        fixed (byte* p = &parameter.Reference, g = &gradient.Reference, m = &mean.Reference, v = &square.Reference, a = &most.Reference)
        {
            var parameters = (T*)p;
            var gradients = (T*)g;
            var means = (T*)m;
            var squares = (T*)v;
            var greatests = hasMost ? (T*)a : null;
            InChunks(parameter.Count, (from, count) =>
            {
                var most = greatests is null ? null : greatests + from;
                if (Vector512.IsHardwareAccelerated) Adam<Simd512<T>, T>(parameters + from, gradients + from, means + from, squares + from, most, count, factors);
                else if (Vector256.IsHardwareAccelerated) Adam<Simd256<T>, T>(parameters + from, gradients + from, means + from, squares + from, most, count, factors);
                else Adam<Simd128<T>, T>(parameters + from, gradients + from, means + from, squares + from, most, count, factors);
            });
        }
    }

    private static void MomentumStep<T>(in Operand parameter, in Operand gradient, in Operand velocity, MomentumFactors factors)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (byte* p = &parameter.Reference, g = &gradient.Reference, v = &velocity.Reference)
        {
            var parameters = (T*)p;
            var gradients = (T*)g;
            var velocities = (T*)v;
            InChunks(parameter.Count, (from, count) =>
            {
                if (Vector512.IsHardwareAccelerated) Momentum<Simd512<T>, T>(parameters + from, gradients + from, velocities + from, count, factors);
                else if (Vector256.IsHardwareAccelerated) Momentum<Simd256<T>, T>(parameters + from, gradients + from, velocities + from, count, factors);
                else Momentum<Simd128<T>, T>(parameters + from, gradients + from, velocities + from, count, factors);
            });
        }
    }

    private static void InChunks(long count, Action<long, int> body)
    {
        var chunks = (int)((count + StepChunk - 1) / StepChunk);
        if (chunks <= 1 || WorkPool.Threads == 1)
            for (var chunk = 0; chunk < chunks; chunk++) body((long)chunk * StepChunk, (int)Math.Min(StepChunk, count - ((long)chunk * StepChunk)));
        else
            WorkPool.Run(chunks, chunk => body((long)chunk * StepChunk, (int)Math.Min(StepChunk, count - ((long)chunk * StepChunk))));
    }

    /// <summary>m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, p = shrink p - rate m / (sqrt(v) root + epsilon).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Adam<V, T>(T* p, T* g, T* m, T* v, T* most, int n, in AdamFactors f)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        V C(double value) => VectorMath.Constant<V, T>(value);
        var (b1, c1, b2, c2) = (C(f.Beta1), C(1 - f.Beta1), C(f.Beta2), C(1 - f.Beta2));
        var (epsilon, decay, shrink, rate, root) = (C(f.Epsilon), C(f.Decay), C(f.Shrink), C(-f.Rate), C(f.InverseRoot));
        var i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            var parameter = V.Load(p + i);
            var gradient = V.MultiplyAdd(decay, parameter, V.Load(g + i));
            var mean = V.MultiplyAdd(b1, V.Load(m + i), c1 * gradient);
            var square = V.MultiplyAdd(b2, V.Load(v + i), c2 * (gradient * gradient));
            V.Store(mean, m + i);
            V.Store(square, v + i);
            if (most is not null)
            {
                square = V.Max(V.Load(most + i), square);
                V.Store(square, most + i);
            }
            V.Store(V.MultiplyAdd(rate, mean / V.MultiplyAdd(V.Sqrt(square), root, epsilon), shrink * parameter), p + i);
        }
        if (i == n) return;
        // The rest goes the same way through padded copies.
        var rest = n - i;
        var buffer = stackalloc T[5 * V.Count];
        new Span<T>(buffer, 5 * V.Count).Clear();
        T*[] all = most is null ? [p, g, m, v] : [p, g, m, v, most];
        for (var k = 0; k < all.Length; k++) new Span<T>(all[k] + i, rest).CopyTo(new(buffer + (k * V.Count), rest));
        Adam<V, T>(buffer, buffer + V.Count, buffer + (2 * V.Count), buffer + (3 * V.Count), most is null ? null : buffer + (4 * V.Count), V.Count, f);
        for (var k = 0; k < all.Length; k++) new Span<T>(buffer + (k * V.Count), rest).CopyTo(new(all[k] + i, rest));
    }

    /// <summary>v = momentum v + keep g, p -= rate (g + momentum v), or rate v.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Momentum<V, T>(T* p, T* g, T* v, int n, in MomentumFactors f)
        where V : struct, ISimd<V, T>
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        V C(double value) => VectorMath.Constant<V, T>(value);
        var (momentum, keep, decay, rate) = (C(f.Momentum), C(f.Keep), C(f.Decay), C(-f.Rate));
        var i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            var parameter = V.Load(p + i);
            var gradient = V.MultiplyAdd(decay, parameter, V.Load(g + i));
            var velocity = V.MultiplyAdd(momentum, V.Load(v + i), keep * gradient);
            V.Store(velocity, v + i);
            if (f.Nesterov) velocity = V.MultiplyAdd(momentum, velocity, gradient);
            V.Store(V.MultiplyAdd(rate, velocity, parameter), p + i);
        }
        if (i == n) return;
        var rest = n - i;
        var buffer = stackalloc T[3 * V.Count];
        new Span<T>(buffer, 3 * V.Count).Clear();
        T*[] all = [p, g, v];
        for (var k = 0; k < all.Length; k++) new Span<T>(all[k] + i, rest).CopyTo(new(buffer + (k * V.Count), rest));
        Momentum<V, T>(buffer, buffer + V.Count, buffer + (2 * V.Count), V.Count, f);
        for (var k = 0; k < all.Length; k++) new Span<T>(buffer + (k * V.Count), rest).CopyTo(new(all[k] + i, rest));
    }
}
