using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>The kernels of the processor.</summary>
internal sealed partial class CpuKernels : KernelTable
{
    public override void Fill(in Operand output, Scalar value)
    {
        switch (output.Type)
        {
            case DataType.Bool: FillAs(output, value.ToComplex() != Complex.Zero); break;
            case DataType.UInt8: FillAs(output, unchecked((byte)value.ToInt64())); break;
            case DataType.Int8: FillAs(output, unchecked((sbyte)value.ToInt64())); break;
            case DataType.Int16: FillAs(output, unchecked((short)value.ToInt64())); break;
            case DataType.Int32: FillAs(output, unchecked((int)value.ToInt64())); break;
            case DataType.Int64: FillAs(output, value.ToInt64()); break;
            case DataType.Float16: FillAs(output, (Half)value.ToDouble()); break;
            case DataType.BFloat16: FillAs(output, (BFloat16)(float)value.ToDouble()); break;
            case DataType.Float32: FillAs(output, (float)value.ToDouble()); break;
            case DataType.Float64: FillAs(output, value.ToDouble()); break;
            case DataType.Complex64: FillAs(output, (Complex64)value.ToComplex()); break;
            default: FillAs(output, value.ToComplex()); break;
        }
    }

    private static unsafe void FillAs<T>(in Operand output, T value)
        where T : unmanaged => StridedLoop.Invoke(new FillLoop<T>(value, BeyondCaches.AreWorthIt(output.Count * sizeof(T))), output);

    public override void Unary(UnaryKernel kernel, in Operand output, in Operand input, Scalar parameter)
    {
        switch (input.Type)
        {
            case DataType.Float32: Floating<float>(kernel, output, input, parameter); break;
            case DataType.Float64: Floating<double>(kernel, output, input, parameter); break;
            case DataType.Int64: Integer<long>(kernel, output, input, parameter); break;
            case DataType.Int32: Integer<int>(kernel, output, input, parameter); break;
            case DataType.Int16: Integer<short>(kernel, output, input, parameter); break;
            case DataType.Int8: Integer<sbyte>(kernel, output, input, parameter); break;
            case DataType.UInt8: Integer<byte>(kernel, output, input, parameter); break;
            case DataType.Complex128:
                if (kernel == UnaryKernel.Abs)
                    StridedLoop.Invoke(new ElementLoop<Complex, double, ComplexAbs>(default), output, input, input);
                else
                    StridedLoop.Invoke(new ElementLoop<Complex, Complex, ComplexUnary>(new(kernel, parameter.ToComplex())), output, input, input);
                break;
            default: throw new NotSupportedException($"{kernel} is not defined for {input.Type}; convert the tensor first.");
        }
    }

    private static void Floating<T>(UnaryKernel kernel, in Operand output, in Operand input, Scalar parameter)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (kernel)
        {
            case UnaryKernel.Negate: Unary<T, NegateOperation<T>>(default, output, input); break;
            case UnaryKernel.Abs: Unary<T, AbsOperation<T>>(default, output, input); break;
            case UnaryKernel.Sign: Unary<T, SignOperation<T>>(new(T.Zero, T.One, -T.One), output, input); break;
            case UnaryKernel.Square: Unary<T, SquareOperation<T>>(default, output, input); break;
            case UnaryKernel.Reciprocal: Unary<T, ReciprocalOperation<T>>(new(T.One), output, input); break;
            case UnaryKernel.Sqrt: Unary<T, SqrtOperation<T>>(default, output, input); break;
            case UnaryKernel.ReciprocalSqrt: Unary<T, ReciprocalSqrtOperation<T>>(new(T.One), output, input); break;
            case UnaryKernel.Exp: Unary<T, ExpOperation<T>>(default, output, input); break;
            case UnaryKernel.ExpMinusOne: Unary<T, ExpMinusOneOperation<T>>(default, output, input); break;
            case UnaryKernel.Log: Unary<T, LogOperation<T>>(default, output, input); break;
            case UnaryKernel.Sin: Unary<T, SinOperation<T>>(default, output, input); break;
            case UnaryKernel.Cos: Unary<T, CosOperation<T>>(default, output, input); break;
            case UnaryKernel.Tanh: Unary<T, TanhOperation<T>>(default, output, input); break;
            case UnaryKernel.Sigmoid: Unary<T, SigmoidOperation<T>>(default, output, input); break;
            case UnaryKernel.Relu: Unary<T, ReluOperation<T>>(new(T.Zero), output, input); break;
            case UnaryKernel.Floor: Unary<T, FloorOperation<T>>(default, output, input); break;
            case UnaryKernel.Ceiling: Unary<T, CeilingOperation<T>>(default, output, input); break;
            case UnaryKernel.Round: Unary<T, RoundOperation<T>>(default, output, input); break;
            case UnaryKernel.Truncate: Unary<T, TruncateOperation<T>>(default, output, input); break;
            case UnaryKernel.AddConstant: Unary<T, AddConstantOperation<T>>(new(T.CreateTruncating(parameter.ToDouble())), output, input); break;
            case UnaryKernel.MultiplyConstant: Unary<T, MultiplyConstantOperation<T>>(new(T.CreateTruncating(parameter.ToDouble())), output, input); break;
            case UnaryKernel.Gelu when typeof(T) == typeof(float): Unary<float, GeluOperation>(default, output, input); break;
            case UnaryKernel.Erf when typeof(T) == typeof(float): Unary<float, ErfOperation>(default, output, input); break;
            default:
                var function = ScalarFunctions.Of(kernel, parameter.ToDouble());
                StridedLoop.Invoke(new ElementLoop<T, T, ScalarOperation<T>>(new(function)), output, input, input);
                break;
        }
    }

    private static void Integer<T>(UnaryKernel kernel, in Operand output, in Operand input, Scalar parameter)
        where T : unmanaged, IBinaryInteger<T>
    {
        switch (kernel)
        {
            case UnaryKernel.Negate: Unary<T, NegateOperation<T>>(default, output, input); break;
            case UnaryKernel.Abs: Unary<T, AbsOperation<T>>(default, output, input); break;
            case UnaryKernel.Sign: Unary<T, SignOperation<T>>(new(T.Zero, T.One, unchecked(T.Zero - T.One)), output, input); break;
            case UnaryKernel.Square: Unary<T, SquareOperation<T>>(default, output, input); break;
            case UnaryKernel.Relu: Unary<T, ReluOperation<T>>(new(T.Zero), output, input); break;
            case UnaryKernel.AddConstant: Unary<T, AddConstantOperation<T>>(new(T.CreateTruncating(parameter.ToInt64())), output, input); break;
            case UnaryKernel.MultiplyConstant: Unary<T, MultiplyConstantOperation<T>>(new(T.CreateTruncating(parameter.ToInt64())), output, input); break;
            default: throw new NotSupportedException($"{kernel} is not defined for {input.Type}; convert the tensor first.");
        }
    }

    private static void Unary<T, TOperation>(TOperation operation, in Operand output, in Operand input)
        where T : unmanaged
        where TOperation : struct, IUnary<T> => StridedLoop.Invoke(new UnaryLoop<T, TOperation>(operation), output, input);

    public override void Binary(BinaryKernel kernel, in Operand output, in Operand left, in Operand right)
    {
        switch (output.Type)
        {
            case DataType.Float32: FloatingBinary<float>(kernel, output, left, right); break;
            case DataType.Float64: FloatingBinary<double>(kernel, output, left, right); break;
            case DataType.Int64: IntegerBinary<long>(kernel, output, left, right); break;
            case DataType.Int32: IntegerBinary<int>(kernel, output, left, right); break;
            case DataType.Int16: IntegerBinary<short>(kernel, output, left, right); break;
            case DataType.Int8: IntegerBinary<sbyte>(kernel, output, left, right); break;
            case DataType.UInt8: IntegerBinary<byte>(kernel, output, left, right); break;
            case DataType.Bool:
                // Truth values are 0 or 1: sum is "or", product is "and".
                var logical = kernel switch
                {
                    BinaryKernel.Add or BinaryKernel.Maximum => BinaryKernel.Or,
                    BinaryKernel.Multiply or BinaryKernel.Minimum => BinaryKernel.And,
                    _ => kernel,
                };
                if (logical is not (BinaryKernel.And or BinaryKernel.Or or BinaryKernel.Xor))
                    throw new NotSupportedException($"{kernel} is not defined for Bool; use And, Or, Xor, or convert the tensors first.");
                IntegerBinary<byte>(logical, output, left, right);
                break;
            case DataType.Complex128:
                StridedLoop.Invoke(new ElementLoop<Complex, Complex, ComplexBinary>(new(kernel)), output, left, right);
                break;
            default: throw new NotSupportedException($"{kernel} is not defined for {output.Type}; convert the tensors first.");
        }
    }

    private static void FloatingBinary<T>(BinaryKernel kernel, in Operand output, in Operand left, in Operand right)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        switch (kernel)
        {
            case BinaryKernel.FloorDivide: Elements<T, FloatFloorDivide<T>>(default, output, left, right); break;
            case BinaryKernel.Remainder: Elements<T, FloatRemainder<T>>(default, output, left, right); break;
            case BinaryKernel.TruncatedRemainder: Elements<T, FloatTruncatedRemainder<T>>(default, output, left, right); break;
            case BinaryKernel.Power: Elements<T, FloatPower<T>>(default, output, left, right); break;
            case BinaryKernel.Atan2: Elements<T, FloatAtan2<T>>(default, output, left, right); break;
            case BinaryKernel.Divide: Binary<T, DivideOperation<T>>(output, left, right); break;
            case BinaryKernel.TanhGradient: Binary<T, TanhGradient<T>>(output, left, right); break;
            case BinaryKernel.SigmoidGradient: Binary<T, SigmoidGradient<T>>(output, left, right); break;
            case BinaryKernel.ReluGradient: Binary<T, ReluGradient<T>>(output, left, right); break;
            case BinaryKernel.GeluGradient when typeof(T) == typeof(float): Binary<float, GeluGradient>(output, left, right); break;
            case BinaryKernel.GeluGradient: Elements<T, GeluGradientElement<T>>(default, output, left, right); break;
            case BinaryKernel.And or BinaryKernel.Or or BinaryKernel.Xor:
                throw new NotSupportedException($"{kernel} is not defined for {output.Type}; use bool or integer tensors.");
            default: Arithmetic<T>(kernel, output, left, right); break;
        }
    }

    private static void IntegerBinary<T>(BinaryKernel kernel, in Operand output, in Operand left, in Operand right)
        where T : unmanaged, IBinaryInteger<T>
    {
        switch (kernel)
        {
            case BinaryKernel.FloorDivide: Elements<T, IntegerFloorDivide<T>>(default, output, left, right); break;
            case BinaryKernel.Remainder: Elements<T, IntegerRemainder<T>>(default, output, left, right); break;
            case BinaryKernel.TruncatedRemainder: Elements<T, IntegerTruncatedRemainder<T>>(default, output, left, right); break;
            case BinaryKernel.Power: Elements<T, IntegerPower<T>>(default, output, left, right); break;
            case BinaryKernel.And or BinaryKernel.Or or BinaryKernel.Xor: Elements<T, BitOperation<T>>(new(kernel), output, left, right); break;
            case BinaryKernel.Divide or BinaryKernel.Atan2: throw new NotSupportedException($"{kernel} is not defined for {output.Type}.");
            default: Arithmetic<T>(kernel, output, left, right); break;
        }
    }

    private static void Arithmetic<T>(BinaryKernel kernel, in Operand output, in Operand left, in Operand right)
        where T : unmanaged
    {
        switch (kernel)
        {
            case BinaryKernel.Add: Binary<T, AddOperation<T>>(output, left, right); break;
            case BinaryKernel.Subtract: Binary<T, SubtractOperation<T>>(output, left, right); break;
            case BinaryKernel.Multiply: Binary<T, MultiplyOperation<T>>(output, left, right); break;
            case BinaryKernel.Minimum: Binary<T, MinimumOperation<T>>(output, left, right); break;
            case BinaryKernel.Maximum: Binary<T, MaximumOperation<T>>(output, left, right); break;
            default: throw new ArgumentOutOfRangeException(nameof(kernel), kernel, "Not arithmetic.");
        }
    }

    private static void Binary<T, TOperation>(in Operand output, in Operand left, in Operand right)
        where T : unmanaged
        where TOperation : struct, IBinary<T> => StridedLoop.Invoke(new BinaryLoop<T, TOperation>(default), output, left, right);

    private static void Elements<T, TOperation>(TOperation operation, in Operand output, in Operand left, in Operand right)
        where T : unmanaged
        where TOperation : struct, IElementwise<T, T> => StridedLoop.Invoke(new ElementLoop<T, T, TOperation>(operation), output, left, right);

    public override void Compare(CompareKernel kernel, in Operand output, in Operand left, in Operand right)
    {
        switch (left.Type)
        {
            case DataType.Float32: Compare<float>(kernel, output, left, right); break;
            case DataType.Float64: Compare<double>(kernel, output, left, right); break;
            case DataType.Int64: Compare<long>(kernel, output, left, right); break;
            case DataType.Int32: Compare<int>(kernel, output, left, right); break;
            case DataType.Int16: Compare<short>(kernel, output, left, right); break;
            case DataType.Int8: Compare<sbyte>(kernel, output, left, right); break;
            case DataType.UInt8 or DataType.Bool: Compare<byte>(kernel, output, left, right); break;
            default:
                if (kernel == CompareKernel.Equal)
                    StridedLoop.Invoke(new ElementLoop<Complex, byte, EqualElements<Complex>>(default), output, left, right);
                else if (kernel == CompareKernel.NotEqual)
                    StridedLoop.Invoke(new ElementLoop<Complex, byte, NotEqualElements<Complex>>(default), output, left, right);
                else
                    throw new NotSupportedException($"{kernel}: complex numbers have no order.");
                break;
        }
    }

    private static void Compare<T>(CompareKernel kernel, in Operand output, in Operand left, in Operand right)
        where T : unmanaged, INumber<T>
    {
        switch (kernel)
        {
            case CompareKernel.Equal: StridedLoop.Invoke(new ElementLoop<T, byte, EqualElements<T>>(default), output, left, right); break;
            case CompareKernel.NotEqual: StridedLoop.Invoke(new ElementLoop<T, byte, NotEqualElements<T>>(default), output, left, right); break;
            case CompareKernel.Less: StridedLoop.Invoke(new ElementLoop<T, byte, LessElements<T>>(default), output, left, right); break;
            case CompareKernel.LessOrEqual: StridedLoop.Invoke(new ElementLoop<T, byte, LessOrEqualElements<T>>(default), output, left, right); break;
            case CompareKernel.Greater: StridedLoop.Invoke(new ElementLoop<T, byte, LessElements<T>>(default), output, right, left); break;
            default: StridedLoop.Invoke(new ElementLoop<T, byte, LessOrEqualElements<T>>(default), output, right, left); break;
        }
    }

    public override void Where(in Operand output, in Operand condition, in Operand left, in Operand right)
    {
        switch (output.Type.Size())
        {
            case 1: StridedLoop.Invoke(default(WhereLoop<byte>), output, condition, left, right); break;
            case 2: StridedLoop.Invoke(default(WhereLoop<short>), output, condition, left, right); break;
            case 4: StridedLoop.Invoke(default(WhereLoop<int>), output, condition, left, right); break;
            case 8: StridedLoop.Invoke(default(WhereLoop<long>), output, condition, left, right); break;
            default: StridedLoop.Invoke(default(WhereLoop<Complex>), output, condition, left, right); break;
        }
    }

    private readonly unsafe struct WhereLoop<T> : IInnerLoop
        where T : unmanaged
    {
        public void Invoke(in Run run, long count)
        {
            var output = (T*)run.P0;
            var condition = run.P1;
            var left = (T*)run.P2;
            var right = (T*)run.P3;
            for (long i = 0; i < count; i++)
                output[i * run.S0] = condition[i * run.S1] != 0 ? left[i * run.S2] : right[i * run.S3];
        }
    }

    private readonly unsafe struct FillLoop<T>(T value, bool pastCaches) : IInnerLoop
        where T : unmanaged
    {
        private readonly T value = value;
        private readonly bool pastCaches = pastCaches;

        public void Invoke(in Run run, long count)
        {
            var output = (T*)run.P0;
            if (run.S0 == 1 && pastCaches && (nint)output % sizeof(T) == 0)
                BeyondCaches.Fill(output, count, value);
            else if (run.S0 == 1 && count < int.MaxValue)
                new Span<T>(output, (int)count).Fill(value);
            else
                for (long i = 0; i < count; i++) output[i * run.S0] = value;
        }
    }

    private readonly struct ComplexAbs : IElementwise<Complex, double>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public double Apply(Complex x, Complex y) => Complex.Abs(x);
    }
}
