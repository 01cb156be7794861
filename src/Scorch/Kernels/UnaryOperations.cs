using System.Runtime.CompilerServices;

namespace Scorch.Kernels;

/// <summary>Functions of one element.</summary>
internal enum UnaryKernel
{
    Negate, Abs, Sign, Square, Reciprocal, Sqrt, ReciprocalSqrt,
    Exp, Exp2, ExpMinusOne, Log, Log2, Log10, LogOnePlus,
    Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Tanh, Asinh, Acosh, Atanh,
    Erf, Erfc, ErfInverse, LogGamma, Polygamma,
    Sigmoid, Relu, Gelu, Floor, Ceiling, Round, Truncate,
    AddConstant, MultiplyConstant, PowerConstant,
}

internal readonly struct NegateOperation<T> : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => -x;
}

internal readonly struct AbsOperation<T> : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => V.Abs(x);
}

internal readonly struct SquareOperation<T> : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => x * x;
}

internal readonly struct SignOperation<T>(T zero, T one, T minusOne) : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T>
    {
        var zeros = V.Create(zero);
        return V.Select(V.LessThan(zeros, x), V.Create(one), V.Select(V.LessThan(x, zeros), V.Create(minusOne), zeros));
    }
}

internal readonly struct ReciprocalOperation<T>(T one) : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => V.Create(one) / x;
}

internal readonly struct SqrtOperation<T> : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => V.Sqrt(x);
}

internal readonly struct ReciprocalSqrtOperation<T>(T one) : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => V.Create(one) / V.Sqrt(x);
}

internal readonly struct ExpOperation<T> : IUnary<T>
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => VectorMath.Exp<V, T>(x);
}

internal readonly struct LogOperation<T> : IUnary<T>
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => VectorMath.Log<V, T>(x);
}

internal readonly struct SinOperation<T> : IUnary<T>
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => VectorMath.Sine<V, T>(x, 0);
}

internal readonly struct CosOperation<T> : IUnary<T>
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => VectorMath.Sine<V, T>(x, 1);
}

internal readonly struct ExpMinusOneOperation<T> : IUnary<T>
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => VectorMath.ExpMinusOne<V, T>(x);
}

internal readonly struct TanhOperation<T> : IUnary<T>
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => VectorMath.Tanh<V, T>(x);
}

internal readonly struct SigmoidOperation<T> : IUnary<T>
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => VectorMath.Sigmoid<V, T>(x);
}

/// <summary>x Phi(x) in float32.</summary>
internal readonly struct GeluOperation : IUnary<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, float> => x * VectorMath.NormalDistribution<V, float>(x, out _);
}

/// <summary>The error function in float32.</summary>
internal readonly struct ErfOperation : IUnary<float>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, float> => VectorMath.Erf<V, float>(x);
}

internal readonly struct ReluOperation<T>(T zero) : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => V.AtLeast(x, V.Create(zero));
}

internal readonly struct FloorOperation<T> : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => V.Floor(x);
}

internal readonly struct CeilingOperation<T> : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => V.Ceiling(x);
}

internal readonly struct RoundOperation<T> : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => V.Round(x);
}

internal readonly struct TruncateOperation<T> : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => V.Truncate(x);
}

internal readonly struct AddConstantOperation<T>(T constant) : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => x + V.Create(constant);
}

internal readonly struct MultiplyConstantOperation<T>(T constant) : IUnary<T>
    where T : unmanaged
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x)
        where V : struct, ISimd<V, T> => x * V.Create(constant);
}

/// <summary>A function that has a scalar form only, evaluated in float64.</summary>
internal readonly struct ScalarOperation<T>(Func<double, double> function) : IElementwise<T, T>
    where T : unmanaged, System.Numerics.INumberBase<T>
{
    public T Apply(T x, T y) => T.CreateTruncating(function(double.CreateTruncating(x)));
}

/// <summary>Which kernels have a scalar form only, and it.</summary>
internal static class ScalarFunctions
{
    public static Func<double, double> Of(UnaryKernel kernel, double parameter) => kernel switch
    {
        UnaryKernel.Exp2 => static x => Math.Pow(2, x),
        UnaryKernel.Log2 => Math.Log2,
        UnaryKernel.Log10 => Math.Log10,
        UnaryKernel.LogOnePlus => SpecialFunctions.LogOnePlus,
        UnaryKernel.Tan => Math.Tan,
        UnaryKernel.Asin => Math.Asin,
        UnaryKernel.Acos => Math.Acos,
        UnaryKernel.Atan => Math.Atan,
        UnaryKernel.Sinh => Math.Sinh,
        UnaryKernel.Cosh => Math.Cosh,
        UnaryKernel.Asinh => Math.Asinh,
        UnaryKernel.Acosh => Math.Acosh,
        UnaryKernel.Atanh => Math.Atanh,
        UnaryKernel.Erf => SpecialFunctions.Erf,
        UnaryKernel.Erfc => SpecialFunctions.Erfc,
        UnaryKernel.Gelu => static x => 0.5 * x * (1 + SpecialFunctions.Erf(x * Math.Sqrt(0.5))),
        UnaryKernel.ErfInverse => SpecialFunctions.ErfInverse,
        UnaryKernel.LogGamma => SpecialFunctions.LogGamma,
        UnaryKernel.Polygamma => x => SpecialFunctions.Polygamma((int)parameter, x),
        UnaryKernel.PowerConstant => x => Math.Pow(x, parameter),
        _ => throw new ArgumentOutOfRangeException(nameof(kernel), kernel, "No scalar form."),
    };
}
