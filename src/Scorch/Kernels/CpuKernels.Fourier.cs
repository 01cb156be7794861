using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

internal abstract partial class KernelTable
{
    /// <summary>
    /// Discrete Fourier transform over the middle of contiguous [outer, n, inner], complex64 or complex128, times <paramref name="scale"/>;
    /// the inverse turns the sign of the exponent only.
    /// </summary>
    public abstract void FourierTransform(in Operand output, in Operand input, bool inverse, double scale);

    /// <summary>The first n / 2 + 1 numbers of that of real [outer, n, inner], float32 or float64: complex [outer, n / 2 + 1, inner].</summary>
    public abstract void RealFourierTransform(in Operand output, in Operand input, double scale);
}

internal sealed unsafe partial class CpuKernels
{
    public override void FourierTransform(in Operand output, in Operand input, bool inverse, double scale)
    {
        if (input.Type == DataType.Complex64) FourierTransform<float>(output, input, false, inverse, (float)scale);
        else FourierTransform<double>(output, input, false, inverse, scale);
    }

    public override void RealFourierTransform(in Operand output, in Operand input, double scale)
    {
        if (input.Type == DataType.Float32) FourierTransform<float>(output, input, true, false, (float)scale);
        else FourierTransform<double>(output, input, true, false, scale);
    }

    private static void FourierTransform<T>(in Operand output, in Operand input, bool real, bool inverse, T scale)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        if (input.Count == 0) return;
        var (outer, length, inner) = (input.Shape[0], input.Shape[1], input.Shape[2]);
        // Two real lines make one complex line.
        var lines = real ? (((long)outer * inner) + 1) / 2 : (long)outer * inner;
        fixed (byte* outputBytes = &output.Reference, inputBytes = &input.Reference)
        {
            var job = new FourierJob<T>((T*)inputBytes, (T*)outputBytes, outer, length, inner, real, inverse, scale);
            if (Vector512.IsHardwareAccelerated && lines >= Simd512<T>.Count) RunFourier<Simd512<T>, T>(job, lines);
            else if (Vector512.IsHardwareAccelerated && job.Split<Simd512<T>>() > 0) RunFourierLines<Simd512<T>, T>(job, lines);
            else if (Vector256.IsHardwareAccelerated && lines >= Simd256<T>.Count) RunFourier<Simd256<T>, T>(job, lines);
            else if (Vector256.IsHardwareAccelerated && job.Split<Simd256<T>>() > 0) RunFourierLines<Simd256<T>, T>(job, lines);
            else if (lines < Simd128<T>.Count && job.Split<Simd128<T>>() > 0) RunFourierLines<Simd128<T>, T>(job, lines);
            else RunFourier<Simd128<T>, T>(job, lines);
        }
    }

    /// <summary>As many lines at once as a vector has elements.</summary>
    private static void RunFourier<V, T>(FourierJob<T> job, long lines)
        where V : struct, ISimd<V, T>
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var groups = (lines + V.Count - 1) / V.Count;
        Dispatch(groups, job.Length * V.Count * 16L, group => job.Together<V>(group * V.Count, (int)Math.Min(V.Count, lines - (group * V.Count))));
    }

    /// <summary>Each line by itself, as a matrix.</summary>
    private static void RunFourierLines<V, T>(FourierJob<T> job, long lines)
        where V : struct, ISimd<V, T>
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> => Dispatch(lines, job.Length * 16L, job.Alone<V>);
}
