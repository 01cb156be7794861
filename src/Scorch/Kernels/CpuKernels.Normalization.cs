using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <content>Normalisation by mean and variance. Statistics are computed in two passes over what lies in the cache, and combined in float64.</content>
internal sealed unsafe partial class CpuKernels
{
    public override void NormalizeRows(in Operand output, in Operand statistics, in Operand input, in Operand? weight, in Operand? bias, double epsilon) =>
        OverRows(output.Type, new NormalizedRows(epsilon, weight is not null, bias is not null), output.Shape[0], output.Shape[1], output, statistics, input, weight, bias);

    public override void NormalizeRowsGradient(
        in Operand result, in Operand? weightGradient, in Operand? biasGradient, in Operand gradient, in Operand input, in Operand statistics, in Operand? weight)
    {
        if (weightGradient is null && biasGradient is null)
            OverRows(result.Type, new NormalizedRowsGradient(weight is not null, 0), result.Shape[0], result.Shape[1], result, gradient, input, statistics, weight);
        else if (result.Type == DataType.Float32)
            NormalizeRowsGradient<float>(result, weightGradient, biasGradient, gradient, input, statistics, weight);
        else
            NormalizeRowsGradient<double>(result, weightGradient, biasGradient, gradient, input, statistics, weight);
    }

    /// <summary>The sum of a row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T RowSum<V, T>(T* x, long n)
        where V : struct, ISimd<V, T>
        where T : unmanaged, INumberBase<T>
    {
        V a = V.Create(T.Zero), b = a, c = a, d = a;
        long i = 0;
        for (; i <= n - (4 * V.Count); i += 4 * V.Count)
        {
            a += V.Load(x + i);
            b += V.Load(x + i + V.Count);
            c += V.Load(x + i + (2 * V.Count));
            d += V.Load(x + i + (3 * V.Count));
        }
        for (; i <= n - V.Count; i += V.Count) a += V.Load(x + i);
        var sum = V.Sum((a + b) + (c + d));
        for (; i < n; i++) sum += x[i];
        return sum;
    }

    /// <summary>The sum of (x - mean)^2.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T SquaredDistances<V, T>(T* x, long n, T mean)
        where V : struct, ISimd<V, T>
        where T : unmanaged, INumberBase<T>
    {
        var m = V.Create(mean);
        V a = V.Create(T.Zero), b = a, c = a, d = a;
        long i = 0;
        for (; i <= n - (4 * V.Count); i += 4 * V.Count)
        {
            var (first, second) = (V.Load(x + i) - m, V.Load(x + i + V.Count) - m);
            var (third, fourth) = (V.Load(x + i + (2 * V.Count)) - m, V.Load(x + i + (3 * V.Count)) - m);
            a = V.MultiplyAdd(first, first, a);
            b = V.MultiplyAdd(second, second, b);
            c = V.MultiplyAdd(third, third, c);
            d = V.MultiplyAdd(fourth, fourth, d);
        }
        for (; i <= n - V.Count; i += V.Count)
        {
            var distance = V.Load(x + i) - m;
            a = V.MultiplyAdd(distance, distance, a);
        }
        var sum = V.Sum((a + b) + (c + d));
        for (; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
        return sum;
    }

    /// <summary>The sums of g and of g (x - mean), g multiplied by a weight where there is one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (T Plain, T Product) GradientSums<V, T>(T* g, T* x, T* weight, long n, T mean)
        where V : struct, ISimd<V, T>
        where T : unmanaged, INumberBase<T>
    {
        var m = V.Create(mean);
        V plain = V.Create(T.Zero), product = plain, secondPlain = plain, secondProduct = plain;
        long i = 0;
        for (; i <= n - (2 * V.Count); i += 2 * V.Count)
        {
            var (first, second) = (V.Load(g + i), V.Load(g + i + V.Count));
            if (weight is not null)
            {
                first *= V.Load(weight + i);
                second *= V.Load(weight + i + V.Count);
            }
            plain += first;
            secondPlain += second;
            product = V.MultiplyAdd(first, V.Load(x + i) - m, product);
            secondProduct = V.MultiplyAdd(second, V.Load(x + i + V.Count) - m, secondProduct);
        }
        for (; i <= n - V.Count; i += V.Count)
        {
            var value = V.Load(g + i);
            if (weight is not null) value *= V.Load(weight + i);
            plain += value;
            product = V.MultiplyAdd(value, V.Load(x + i) - m, product);
        }
        var (sum, dot) = (V.Sum(plain + secondPlain), V.Sum(product + secondProduct));
        for (; i < n; i++)
        {
            var value = weight is null ? g[i] : g[i] * weight[i];
            sum += value;
            dot += value * (x[i] - mean);
        }
        return (sum, dot);
    }

    /// <summary>result = g weight a + x b + c.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Combine<V, T>(T* result, T* g, T* x, T* weight, long n, T a, T b, T c)
        where V : struct, ISimd<V, T>
        where T : unmanaged, INumberBase<T>
    {
        var (va, vb, vc) = (V.Create(a), V.Create(b), V.Create(c));
        long i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            var value = V.Load(g + i);
            if (weight is not null) value *= V.Load(weight + i);
            V.Store(V.MultiplyAdd(value, va, V.MultiplyAdd(V.Load(x + i), vb, vc)), result + i);
        }
        for (; i < n; i++) result[i] = ((weight is null ? g[i] : g[i] * weight[i]) * a) + (x[i] * b) + c;
    }

    /// <summary>result = (x a + b) weight + bias.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ScaleShift<V, T>(T* result, T* x, T* weight, T* bias, long n, T a, T b)
        where V : struct, ISimd<V, T>
        where T : unmanaged, INumberBase<T>
    {
        var (va, vb) = (V.Create(a), V.Create(b));
        long i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            var value = V.MultiplyAdd(V.Load(x + i), va, vb);
            if (weight is not null) value *= V.Load(weight + i);
            if (bias is not null) value += V.Load(bias + i);
            V.Store(value, result + i);
        }
        for (; i < n; i++)
        {
            var value = (x[i] * a) + b;
            if (weight is not null) value *= weight[i];
            result[i] = bias is null ? value : value + bias[i];
        }
    }

    private readonly struct NormalizedRows(double epsilon, bool hasWeight, bool hasBias) : IRowKernel
    {
        private readonly double epsilon = epsilon;
        private readonly bool hasWeight = hasWeight;
        private readonly bool hasBias = hasBias;

        public void Run<V, T>(in RowPointers pointers, long first, long last, int n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var weight = hasWeight ? (T*)pointers.P3 : null;
            var bias = hasBias ? (T*)pointers.P4 : null;
            for (var row = first; row < last; row++)
            {
                var x = (T*)pointers.P2 + (row * n);
                var mean = RowSum<V, T>(x, n) / T.CreateTruncating(n);
                var variance = double.CreateTruncating(SquaredDistances<V, T>(x, n, mean)) / n;
                var scale = T.CreateTruncating(1 / Math.Sqrt(variance + epsilon));
                ((T*)pointers.P1)[2 * row] = mean;
                ((T*)pointers.P1)[(2 * row) + 1] = scale;
                ScaleShift<V, T>((T*)pointers.P0 + (row * n), x, weight, bias, n, scale, -mean * scale);
            }
        }
    }

    /// <summary>dx = s (gw - mean(gw) - (x - m) s^2 mean(gw (x - m))), s the reciprocal root and gw the gradient times the weight.</summary>
    /// <param name="hasWeight">Whether there is a weight.</param>
    /// <param name="sums">Address of the gradient of the weight, with that of the bias behind it: these rows' shares are added there. 0 where neither is wanted.</param>
    private readonly struct NormalizedRowsGradient(bool hasWeight, nint sums) : IRowKernel
    {
        private readonly bool hasWeight = hasWeight;
        private readonly nint sums = sums;

        public void Run<V, T>(in RowPointers pointers, long first, long last, int n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, IFloatingPointIeee754<T>
        {
            var weight = hasWeight ? (T*)pointers.P4 : null;
            for (var row = first; row < last; row++)
            {
                var g = (T*)pointers.P1 + (row * n);
                var x = (T*)pointers.P2 + (row * n);
                var mean = ((T*)pointers.P3)[2 * row];
                var scale = ((T*)pointers.P3)[(2 * row) + 1];
                var (plain, product) = GradientSums<V, T>(g, x, weight, n, mean);
                var (a, b, c) = GradientFactors(mean, scale, double.CreateTruncating(plain) / n, double.CreateTruncating(product) / n);
                Combine<V, T>((T*)pointers.P0 + (row * n), g, x, weight, n, a, b, c);
                // The row is still in the nearest cache.
                if (sums != 0) AddRow<V, T>((T*)sums, (T*)sums + n, g, x, n, mean, scale);
            }
        }
    }

    private static (T A, T B, T C) GradientFactors<T>(T mean, T scale, double plain, double product)
        where T : unmanaged, INumberBase<T>
    {
        var s = double.CreateTruncating(scale);
        var slope = -s * s * s * product;
        return (scale, T.CreateTruncating(slope), T.CreateTruncating((-s * plain) - (slope * double.CreateTruncating(mean))));
    }

    /// <summary>With weight and bias: sums over rows of g (x - m) s and of g, in blocks of rows that are added in order.</summary>
    private static void NormalizeRowsGradient<T>(
        in Operand result, in Operand? weightGradient, in Operand? biasGradient, in Operand gradient, in Operand input, in Operand statistics, in Operand? weight)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (rows, n) = (gradient.Shape[0], gradient.Shape[1]);
        var (scales, hasWeight) = (weight ?? input, weight is not null);
        var blocks = Math.Clamp(rows / 32, 1, 64);
        var partial = Storage.Allocate(2L * blocks * n * sizeof(T), Devices.Device.Cpu);
        fixed (byte* p0 = &result.Reference, p1 = &gradient.Reference, p2 = &input.Reference, p3 = &statistics.Reference, p4 = &scales.Reference, partialBytes = &partial.Reference)
        {
            var pointers = new RowPointers { P0 = p0, P1 = p1, P2 = p2, P3 = p3, P4 = p4 };
            var sums = (T*)partialBytes;
            Dispatch(blocks, (long)rows / blocks * n, block =>
            {
                var own = sums + (2 * block * n);
                new Span<T>(own, 2 * n).Clear();
                Rows<T, NormalizedRowsGradient>(new(hasWeight, (nint)own), pointers, block * rows / blocks, (block + 1) * rows / blocks, n);
            });
            for (var block = 1; block < blocks; block++) AddInto(sums, sums + (2L * block * n), 2L * n);
            Write(weightGradient, sums);
            Write(biasGradient, sums + n);
        }
        GC.KeepAlive(partial);

        void Write(in Operand? target, T* values)
        {
            if (target is not { } operand) return;
            fixed (byte* bytes = &operand.Reference) new Span<T>(values, n).CopyTo(new((T*)bytes, n));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddRow<V, T>(T* weights, T* biases, T* g, T* x, int n, T mean, T scale)
        where V : struct, ISimd<V, T>
        where T : unmanaged, INumberBase<T>
    {
        var (m, s) = (V.Create(mean), V.Create(scale));
        var i = 0;
        for (; i <= n - V.Count; i += V.Count)
        {
            var value = V.Load(g + i);
            V.Store(V.MultiplyAdd(value, (V.Load(x + i) - m) * s, V.Load(weights + i)), weights + i);
            V.Store(V.Load(biases + i) + value, biases + i);
        }
        for (; i < n; i++)
        {
            weights[i] += g[i] * ((x[i] - mean) * scale);
            biases[i] += g[i];
        }
    }

    /// <summary>The row functions at the width that the machine has.</summary>
    private static class ByWidth
    {
        public static T RowSum<T>(T* x, long n)
            where T : unmanaged, INumberBase<T> =>
            Vector512.IsHardwareAccelerated ? RowSum<Simd512<T>, T>(x, n) : Vector256.IsHardwareAccelerated ? RowSum<Simd256<T>, T>(x, n) : RowSum<Simd128<T>, T>(x, n);

        public static T SquaredDistances<T>(T* x, long n, T mean)
            where T : unmanaged, INumberBase<T> =>
            Vector512.IsHardwareAccelerated ? CpuKernels.SquaredDistances<Simd512<T>, T>(x, n, mean)
            : Vector256.IsHardwareAccelerated ? CpuKernels.SquaredDistances<Simd256<T>, T>(x, n, mean) : CpuKernels.SquaredDistances<Simd128<T>, T>(x, n, mean);

        public static (T Plain, T Product) GradientSums<T>(T* g, T* x, long n, T mean)
            where T : unmanaged, INumberBase<T> =>
            Vector512.IsHardwareAccelerated ? CpuKernels.GradientSums<Simd512<T>, T>(g, x, null, n, mean)
            : Vector256.IsHardwareAccelerated ? CpuKernels.GradientSums<Simd256<T>, T>(g, x, null, n, mean) : CpuKernels.GradientSums<Simd128<T>, T>(g, x, null, n, mean);

        public static void ScaleShift<T>(T* result, T* x, long n, T a, T b)
            where T : unmanaged, INumberBase<T>
        {
            if (Vector512.IsHardwareAccelerated) CpuKernels.ScaleShift<Simd512<T>, T>(result, x, null, null, n, a, b);
            else if (Vector256.IsHardwareAccelerated) CpuKernels.ScaleShift<Simd256<T>, T>(result, x, null, null, n, a, b);
            else CpuKernels.ScaleShift<Simd128<T>, T>(result, x, null, null, n, a, b);
        }

        public static void Combine<T>(T* result, T* g, T* x, long n, T a, T b, T c)
            where T : unmanaged, INumberBase<T>
        {
            if (Vector512.IsHardwareAccelerated) CpuKernels.Combine<Simd512<T>, T>(result, g, x, null, n, a, b, c);
            else if (Vector256.IsHardwareAccelerated) CpuKernels.Combine<Simd256<T>, T>(result, g, x, null, n, a, b, c);
            else CpuKernels.Combine<Simd128<T>, T>(result, g, x, null, n, a, b, c);
        }

        private static T RowSum<V, T>(T* x, long n)
            where V : struct, ISimd<V, T>
            where T : unmanaged, INumberBase<T> => CpuKernels.RowSum<V, T>(x, n);
    }
}
