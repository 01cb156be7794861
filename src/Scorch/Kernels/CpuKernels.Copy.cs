using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

internal sealed partial class CpuKernels
{
    public override void Copy(in Operand output, in Operand input)
    {
        if (output.Type == input.Type)
        {
            switch (output.Type.Size())
            {
                case 1: StridedLoop.Invoke(default(CopyLoop<byte>), output, input); break;
                case 2: StridedLoop.Invoke(default(CopyLoop<short>), output, input); break;
                case 4: StridedLoop.Invoke(default(CopyLoop<int>), output, input); break;
                case 8: StridedLoop.Invoke(default(CopyLoop<long>), output, input); break;
                default: StridedLoop.Invoke(default(CopyLoop<Complex>), output, input); break;
            }
            return;
        }
        switch (input.Type)
        {
            case DataType.Bool: From<bool>(output, input); break;
            case DataType.UInt8: From<byte>(output, input); break;
            case DataType.Int8: From<sbyte>(output, input); break;
            case DataType.Int16: From<short>(output, input); break;
            case DataType.Int32: From<int>(output, input); break;
            case DataType.Int64: From<long>(output, input); break;
            case DataType.Float16: From<Half>(output, input); break;
            case DataType.BFloat16: From<BFloat16>(output, input); break;
            case DataType.Float32: From<float>(output, input); break;
            case DataType.Float64: From<double>(output, input); break;
            case DataType.Complex64: From<Complex64>(output, input); break;
            default: From<Complex>(output, input); break;
        }
    }

    private static void From<TFrom>(in Operand output, in Operand input)
        where TFrom : unmanaged
    {
        switch (output.Type)
        {
            case DataType.Bool: Convert<TFrom, bool>(output, input); break;
            case DataType.UInt8: Convert<TFrom, byte>(output, input); break;
            case DataType.Int8: Convert<TFrom, sbyte>(output, input); break;
            case DataType.Int16: Convert<TFrom, short>(output, input); break;
            case DataType.Int32: Convert<TFrom, int>(output, input); break;
            case DataType.Int64: Convert<TFrom, long>(output, input); break;
            case DataType.Float16: Convert<TFrom, Half>(output, input); break;
            case DataType.BFloat16: Convert<TFrom, BFloat16>(output, input); break;
            case DataType.Float32: Convert<TFrom, float>(output, input); break;
            case DataType.Float64: Convert<TFrom, double>(output, input); break;
            case DataType.Complex64: Convert<TFrom, Complex64>(output, input); break;
            default: Convert<TFrom, Complex>(output, input); break;
        }
    }

    private static void Convert<TFrom, TTo>(in Operand output, in Operand input)
        where TFrom : unmanaged
        where TTo : unmanaged => StridedLoop.Invoke(new ElementLoop<TFrom, TTo, Conversion<TFrom, TTo>>(default), output, input, input);

    public override unsafe void Read(in Operand input, Span<byte> target)
    {
        if (!IsContiguous(input)) throw new ArgumentException("Read: the operand must be contiguous.", nameof(input));
        fixed (byte* source = &input.Reference) new Span<byte>(source, target.Length).CopyTo(target);
    }

    public override unsafe void Write(in Operand output, ReadOnlySpan<byte> source)
    {
        if (!IsContiguous(output)) throw new ArgumentException("Write: the operand must be contiguous.", nameof(output));
        fixed (byte* target = &output.Reference) source.CopyTo(new Span<byte>(target, source.Length));
    }

    private static bool IsContiguous(in Operand operand)
    {
        long expected = 1;
        if (operand.Shape.ElementCount == 0) return true;
        for (var d = operand.Shape.Rank - 1; d >= 0; d--)
        {
            if (operand.Shape[d] != 1 && operand.Strides[d] != expected) return false;
            expected *= operand.Shape[d];
        }
        return true;
    }

    private readonly unsafe struct CopyLoop<T> : IInnerLoop
        where T : unmanaged
    {
        public void Invoke(in Run run, long count)
        {
            var output = (T*)run.P0;
            var input = (T*)run.P1;
            if (run.S0 == 1 && run.S1 == 1)
            {
                Buffer.MemoryCopy(input, output, count * sizeof(T), count * sizeof(T));
                return;
            }
            var (s0, s1) = (run.S0, run.S1);
            for (long i = 0; i < count; i++) output[i * s0] = input[i * s1];
        }
    }

    /// <summary>C's conversions: integers wrap, floats truncate to integers and saturate, complex numbers give their real part.</summary>
    private readonly struct Conversion<TFrom, TTo> : IElementwise<TFrom, TTo>
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TTo Apply(TFrom x, TFrom y)
        {
            if (typeof(TFrom) == typeof(Complex)) return FromComplex(Unsafe.BitCast<TFrom, Complex>(x));
            if (typeof(TFrom) == typeof(Complex64)) return FromComplex(Unsafe.BitCast<TFrom, Complex64>(x));
            if (typeof(TFrom) == typeof(double)) return FromReal(Unsafe.BitCast<TFrom, double>(x));
            if (typeof(TFrom) == typeof(float)) return FromReal(Unsafe.BitCast<TFrom, float>(x));
            if (typeof(TFrom) == typeof(Half)) return FromReal((double)Unsafe.BitCast<TFrom, Half>(x));
            if (typeof(TFrom) == typeof(BFloat16)) return FromReal((float)Unsafe.BitCast<TFrom, BFloat16>(x));
            if (typeof(TFrom) == typeof(long)) return FromInteger(Unsafe.BitCast<TFrom, long>(x));
            if (typeof(TFrom) == typeof(int)) return FromInteger(Unsafe.BitCast<TFrom, int>(x));
            if (typeof(TFrom) == typeof(short)) return FromInteger(Unsafe.BitCast<TFrom, short>(x));
            if (typeof(TFrom) == typeof(sbyte)) return FromInteger(Unsafe.BitCast<TFrom, sbyte>(x));
            if (typeof(TFrom) == typeof(byte)) return FromInteger(Unsafe.BitCast<TFrom, byte>(x));
            return FromInteger(Unsafe.BitCast<TFrom, byte>(x) != 0 ? 1 : 0);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TTo FromComplex(Complex x)
        {
            if (typeof(TTo) == typeof(Complex)) return Unsafe.BitCast<Complex, TTo>(x);
            if (typeof(TTo) == typeof(Complex64)) return Unsafe.BitCast<Complex64, TTo>((Complex64)x);
            if (typeof(TTo) == typeof(bool)) return Unsafe.BitCast<bool, TTo>(x != Complex.Zero);
            return FromReal(x.Real);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TTo FromReal(double x)
        {
            if (typeof(TTo) == typeof(double)) return Unsafe.BitCast<double, TTo>(x);
            if (typeof(TTo) == typeof(float)) return Unsafe.BitCast<float, TTo>((float)x);
            if (typeof(TTo) == typeof(Half)) return Unsafe.BitCast<Half, TTo>((Half)x);
            if (typeof(TTo) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, TTo>((BFloat16)(float)x);
            if (typeof(TTo) == typeof(bool)) return Unsafe.BitCast<bool, TTo>(x != 0);
            if (typeof(TTo) == typeof(Complex)) return Unsafe.BitCast<Complex, TTo>(x);
            if (typeof(TTo) == typeof(Complex64)) return Unsafe.BitCast<Complex64, TTo>((Complex64)(Complex)x);
            return FromInteger((long)x);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static TTo FromInteger(long x)
        {
            if (typeof(TTo) == typeof(long)) return Unsafe.BitCast<long, TTo>(x);
            if (typeof(TTo) == typeof(int)) return Unsafe.BitCast<int, TTo>(unchecked((int)x));
            if (typeof(TTo) == typeof(short)) return Unsafe.BitCast<short, TTo>(unchecked((short)x));
            if (typeof(TTo) == typeof(sbyte)) return Unsafe.BitCast<sbyte, TTo>(unchecked((sbyte)x));
            if (typeof(TTo) == typeof(byte)) return Unsafe.BitCast<byte, TTo>(unchecked((byte)x));
            if (typeof(TTo) == typeof(bool)) return Unsafe.BitCast<bool, TTo>(x != 0);
            if (typeof(TTo) == typeof(float)) return Unsafe.BitCast<float, TTo>(x);
            return FromReal(x);
        }
    }
}
