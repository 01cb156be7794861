using System.Numerics;
using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>Functions of two elements with a result of the same type.</summary>
internal enum BinaryKernel
{
    Add, Subtract, Multiply, Divide, FloorDivide, Remainder, TruncatedRemainder, Power, Minimum, Maximum, Atan2,
    And, Or, Xor,

    /// <summary>From a gradient and the output (for gelu the input) of a function to the gradient of its input.</summary>
    TanhGradient, SigmoidGradient, ReluGradient, GeluGradient,
}

/// <summary>Comparisons, with bool results.</summary>
internal enum CompareKernel
{
    Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual,
}

internal readonly struct AddOperation<T> : IBinary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x, V y)
        where V : struct, ISimd<V, T> => x + y;
}

internal readonly struct SubtractOperation<T> : IBinary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x, V y)
        where V : struct, ISimd<V, T> => x - y;
}

internal readonly struct MultiplyOperation<T> : IBinary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x, V y)
        where V : struct, ISimd<V, T> => x * y;
}

internal readonly struct DivideOperation<T> : IBinary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x, V y)
        where V : struct, ISimd<V, T> => x / y;
}

internal readonly struct MinimumOperation<T> : IBinary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x, V y)
        where V : struct, ISimd<V, T> => V.Min(x, y);
}

internal readonly struct MaximumOperation<T> : IBinary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x, V y)
        where V : struct, ISimd<V, T> => V.Max(x, y);
}

/// <summary>g (1 - y^2).</summary>
internal readonly struct TanhGradient<T> : IBinary<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x, V y)
        where V : struct, ISimd<V, T> => x * V.MultiplyAdd(-y, y, VectorMath.Constant<V, T>(1));
}

/// <summary>g y (1 - y).</summary>
internal readonly struct SigmoidGradient<T> : IBinary<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x, V y)
        where V : struct, ISimd<V, T> => x * (y * (VectorMath.Constant<V, T>(1) - y));
}

/// <summary>g where y is not 0.</summary>
internal readonly struct ReluGradient<T> : IBinary<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x, V y)
        where V : struct, ISimd<V, T>
    {
        var zero = VectorMath.Constant<V, T>(0);
        // As g times 1 or 0: an infinite gradient at 0 is NaN.
        return V.Select(V.Equal(y, zero), x * zero, x);
    }
}

/// <summary>g (Phi(x) + x phi(x)) in float32.</summary>
internal readonly struct GeluGradient : IBinary<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x, V y)
        where V : struct, ISimd<V, float>
    {
        var distribution = VectorMath.NormalDistribution<V, float>(y, out var decay);
        return x * V.MultiplyAdd(y * VectorMath.Constant<V, float>(0.398942280401432678), decay, distribution);
    }
}

internal readonly struct GeluGradientElement<T> : IElementwise<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Apply(T x, T y)
    {
        var value = double.CreateTruncating(y);
        var slope = (0.5 * (1 + SpecialFunctions.Erf(value * Math.Sqrt(0.5)))) + (value * Math.Exp(-0.5 * value * value) / Math.Sqrt(2 * Math.PI));
        return T.CreateTruncating(double.CreateTruncating(x) * slope);
    }
}

internal readonly struct FloatFloorDivide<T> : IElementwise<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>floor(x / y) by the exact remainder, as Python's // does.</summary>
    public T Apply(T x, T y)
    {
        if (y == T.Zero) return x / y;
        var remainder = x % y;
        var quotient = (x - remainder) / y;
        if (remainder != T.Zero && T.IsNegative(y) != T.IsNegative(remainder)) quotient -= T.One;
        if (quotient == T.Zero) return T.CopySign(T.Zero, x / y);
        var floor = T.Floor(quotient);
        return quotient - floor > T.CreateTruncating(0.5) ? floor + T.One : floor;
    }
}

internal readonly struct FloatRemainder<T> : IElementwise<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The remainder with the sign of the divisor.</summary>
    public T Apply(T x, T y)
    {
        var remainder = x % y;
        return remainder != T.Zero && T.IsNegative(remainder) != T.IsNegative(y) ? remainder + y : remainder;
    }
}

internal readonly struct FloatTruncatedRemainder<T> : IElementwise<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Apply(T x, T y) => x % y;
}

internal readonly struct FloatPower<T> : IElementwise<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Apply(T x, T y) => T.CreateTruncating(Math.Pow(double.CreateTruncating(x), double.CreateTruncating(y)));
}

internal readonly struct FloatAtan2<T> : IElementwise<T, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public T Apply(T x, T y) => T.Atan2(x, y);
}

internal readonly struct IntegerFloorDivide<T> : IElementwise<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public T Apply(T x, T y)
    {
        if (y == T.Zero) throw new DivideByZeroException("FloorDivide: an integer divisor is 0.");
        if (y == -T.One && T.IsNegative(y)) return -x;
        var quotient = x / y;
        return T.IsNegative(x) != T.IsNegative(y) && quotient * y != x ? quotient - T.One : quotient;
    }
}

internal readonly struct IntegerRemainder<T> : IElementwise<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public T Apply(T x, T y)
    {
        if (y == T.Zero) throw new DivideByZeroException("Remainder: an integer divisor is 0.");
        if (T.IsNegative(y) && y == -T.One) return T.Zero;
        var remainder = x % y;
        return remainder != T.Zero && T.IsNegative(remainder) != T.IsNegative(y) ? remainder + y : remainder;
    }
}

internal readonly struct IntegerTruncatedRemainder<T> : IElementwise<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public T Apply(T x, T y)
    {
        if (y == T.Zero) throw new DivideByZeroException("TruncatedRemainder: an integer divisor is 0.");
        return T.IsNegative(y) && y == -T.One ? T.Zero : x % y;
    }
}

internal readonly struct IntegerPower<T> : IElementwise<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    /// <summary>By squaring, wrapping around on overflow; a negative exponent gives 0 but for bases 1 and -1.</summary>
    public T Apply(T x, T y)
    {
        if (T.IsNegative(y)) return x == T.One ? T.One : x == -T.One ? (T.IsEvenInteger(y) ? T.One : x) : T.Zero;
        var result = T.One;
        for (; y > T.Zero; y >>>= 1)
        {
            if (T.IsOddInteger(y)) result *= x;
            x *= x;
        }
        return result;
    }
}

internal readonly struct BitOperation<T>(BinaryKernel kernel) : IElementwise<T, T>
    where T : unmanaged, IBinaryInteger<T>
{
    public T Apply(T x, T y) => kernel switch
    {
        BinaryKernel.And => x & y,
        BinaryKernel.Or => x | y,
        _ => x ^ y,
    };
}

internal readonly struct EqualElements<T> : IElementwise<T, byte>
    where T : unmanaged, IEqualityOperators<T, T, bool>
{
    public byte Apply(T x, T y) => x == y ? (byte)1 : (byte)0;
}

internal readonly struct NotEqualElements<T> : IElementwise<T, byte>
    where T : unmanaged, IEqualityOperators<T, T, bool>
{
    public byte Apply(T x, T y) => x != y ? (byte)1 : (byte)0;
}

internal readonly struct LessElements<T> : IElementwise<T, byte>
    where T : unmanaged, IComparisonOperators<T, T, bool>
{
    public byte Apply(T x, T y) => x < y ? (byte)1 : (byte)0;
}

internal readonly struct LessOrEqualElements<T> : IElementwise<T, byte>
    where T : unmanaged, IComparisonOperators<T, T, bool>
{
    public byte Apply(T x, T y) => x <= y ? (byte)1 : (byte)0;
}

internal readonly struct ComplexUnary(UnaryKernel kernel, Complex parameter) : IElementwise<Complex, Complex>
{
    public Complex Apply(Complex x, Complex y) => kernel switch
    {
        UnaryKernel.Negate => -x,
        UnaryKernel.Square => x * x,
        UnaryKernel.Reciprocal => Complex.One / x,
        UnaryKernel.Sqrt => Complex.Sqrt(x),
        UnaryKernel.ReciprocalSqrt => Complex.One / Complex.Sqrt(x),
        UnaryKernel.Exp => Complex.Exp(x),
        UnaryKernel.ExpMinusOne => Complex.Exp(x) - 1,
        UnaryKernel.Exp2 => Complex.Exp(x * Math.Log(2)),
        UnaryKernel.Log => Complex.Log(x),
        UnaryKernel.Log2 => Complex.Log(x) / Math.Log(2),
        UnaryKernel.Log10 => Complex.Log10(x),
        UnaryKernel.LogOnePlus => Complex.Log(1 + x),
        UnaryKernel.Sin => Complex.Sin(x),
        UnaryKernel.Cos => Complex.Cos(x),
        UnaryKernel.Tan => Complex.Tan(x),
        UnaryKernel.Asin => Complex.Asin(x),
        UnaryKernel.Acos => Complex.Acos(x),
        UnaryKernel.Atan => Complex.Atan(x),
        UnaryKernel.Sinh => Complex.Sinh(x),
        UnaryKernel.Cosh => Complex.Cosh(x),
        UnaryKernel.Tanh => Complex.Tanh(x),
        UnaryKernel.Sigmoid => 1 / (1 + Complex.Exp(-x)),
        UnaryKernel.AddConstant => x + parameter,
        UnaryKernel.MultiplyConstant => x * parameter,
        UnaryKernel.PowerConstant => Complex.Pow(x, parameter),
        UnaryKernel.Sign => x == Complex.Zero ? x : x / Complex.Abs(x),
        _ => throw new NotSupportedException($"{kernel} is not defined for complex numbers."),
    };
}

internal readonly struct ComplexBinary(BinaryKernel kernel) : IElementwise<Complex, Complex>
{
    public Complex Apply(Complex x, Complex y) => kernel switch
    {
        BinaryKernel.Add => x + y,
        BinaryKernel.Subtract => x - y,
        BinaryKernel.Multiply => x * y,
        BinaryKernel.Divide => x / y,
        BinaryKernel.Power => Complex.Pow(x, y),
        _ => throw new NotSupportedException($"{kernel} is not defined for complex numbers."),
    };
}
