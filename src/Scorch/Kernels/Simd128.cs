using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>128-bit vectors.</summary>
internal readonly unsafe struct Simd128<T>(Vector128<T> v) : ISimd<Simd128<T>, T>
    where T : unmanaged
{
    private readonly Vector128<T> v = v;

    public static int Count => Vector128<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Create(T value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Load(T* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd128<T> value, T* target) => value.v.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> LoadPairs(T* source, out Simd128<T> seconds)
    {
        if (sizeof(T) == 4)
        {
            var (a, b) = (Vector128.Load((ulong*)source), Vector128.Load((ulong*)source + 2));
            seconds = new(Vector128.Narrow(Vector128.ShiftRightLogical(a, 32), Vector128.ShiftRightLogical(b, 32)).As<uint, T>());
            return new(Vector128.Narrow(a, b).As<uint, T>());
        }
        var (x, y) = (Vector128.Load((double*)source), Vector128.Load((double*)source + 2));
        seconds = new(Vector128.Create(x[1], y[1]).As<double, T>());
        return new(Vector128.Create(x[0], y[0]).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePairs(Simd128<T> firsts, Simd128<T> seconds, T* target)
    {
        if (sizeof(T) == 4)
        {
            var (a, b) = (Vector128.Widen(firsts.v.AsUInt32()), Vector128.Widen(seconds.v.AsUInt32()));
            (a.Lower | Vector128.ShiftLeft(b.Lower, 32)).Store((ulong*)target);
            (a.Upper | Vector128.ShiftLeft(b.Upper, 32)).Store((ulong*)target + 2);
            return;
        }
        var (x, y) = (firsts.v.AsDouble(), seconds.v.AsDouble());
        Vector128.Create(x[0], y[0]).Store((double*)target);
        Vector128.Create(x[1], y[1]).Store((double*)target + 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator +(Simd128<T> a, Simd128<T> b) => new(a.v + b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator -(Simd128<T> a, Simd128<T> b) => new(a.v - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator *(Simd128<T> a, Simd128<T> b) => new(a.v * b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator /(Simd128<T> a, Simd128<T> b) => new(a.v / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator -(Simd128<T> a) => new(-a.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator &(Simd128<T> a, Simd128<T> b) => new(a.v & b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator |(Simd128<T> a, Simd128<T> b) => new(a.v | b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> operator ^(Simd128<T> a, Simd128<T> b) => new(a.v ^ b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Min(Simd128<T> a, Simd128<T> b) => new(Vector128.Min(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Max(Simd128<T> a, Simd128<T> b) => new(Vector128.Max(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> AtMost(Simd128<T> a, Simd128<T> bound) => new(Vector128.MinNative(bound.v, a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> AtLeast(Simd128<T> a, Simd128<T> bound) => new(Vector128.MaxNative(bound.v, a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Abs(Simd128<T> a) => new(Vector128.Abs(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Sqrt(Simd128<T> a) => new(Vector128.Sqrt(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> MultiplyAdd(Simd128<T> a, Simd128<T> b, Simd128<T> c)
    {
        if (typeof(T) == typeof(float)) return new(Vector128.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector128.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, T>());
        return a * b + c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Floor(Simd128<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector128.Floor(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector128.Floor(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Ceiling(Simd128<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector128.Ceiling(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector128.Ceiling(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Round(Simd128<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector128.Round(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector128.Round(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Truncate(Simd128<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector128.Truncate(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector128.Truncate(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> PowerOfTwo(Simd128<T> n)
    {
        // Adding 1.5 * 2^(mantissa bits) brings the biased exponent into the lowest bits.
        if (typeof(T) == typeof(float)) return new(Vector128.ShiftLeft((n.v.AsSingle() + Vector128.Create(12583039f)).AsInt32(), 23).As<int, T>());
        if (typeof(T) == typeof(double)) return new(Vector128.ShiftLeft((n.v.AsDouble() + Vector128.Create(6755399441056767.0)).AsInt64(), 52).As<long, T>());
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Scale(Simd128<T> a, Simd128<T> n)
    {
        if (typeof(T) == typeof(float)) return new(VectorMath.Scale<Simd128<float>, float>(new(a.v.AsSingle()), new(n.v.AsSingle())).v.As<float, T>());
        if (typeof(T) == typeof(double)) return new(VectorMath.Scale<Simd128<double>, double>(new(a.v.AsDouble()), new(n.v.AsDouble())).v.As<double, T>());
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Split(Simd128<T> a, out Simd128<T> mantissa)
    {
        if (typeof(T) == typeof(float))
        {
            var exponent = VectorMath.Split<Simd128<float>, float>(new(a.v.AsSingle()), out var m);
            mantissa = new(m.v.As<float, T>());
            return new(exponent.v.As<float, T>());
        }
        if (typeof(T) == typeof(double))
        {
            var exponent = VectorMath.Split<Simd128<double>, double>(new(a.v.AsDouble()), out var m);
            mantissa = new(m.v.As<double, T>());
            return new(exponent.v.As<double, T>());
        }
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Exponent(Simd128<T> a, out Simd128<T> mantissa)
    {
        if (typeof(T) == typeof(float))
        {
            var bits = a.v.AsInt32();
            mantissa = new(((bits & Vector128.Create(0x007FFFFF)) | Vector128.Create(0x3F800000)).As<int, T>());
            return new(Vector128.ConvertToSingle(Vector128.ShiftRightLogical(bits, 23) - Vector128.Create(127)).As<float, T>());
        }
        if (typeof(T) == typeof(double))
        {
            // Below the leading bits of 2^52 the biased exponent is a whole number of units.
            var bits = a.v.AsInt64();
            mantissa = new(((bits & Vector128.Create(0x000FFFFFFFFFFFFF)) | Vector128.Create(0x3FF0000000000000)).As<long, T>());
            var biased = (Vector128.ShiftRightLogical(bits, 52) | Vector128.Create(0x4330000000000000)).AsDouble();
            return new((biased - Vector128.Create(4503599627370496.0 + 1023)).As<double, T>());
        }
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> LessThan(Simd128<T> a, Simd128<T> b) => new(Vector128.LessThan(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Equal(Simd128<T> a, Simd128<T> b) => new(Vector128.Equals(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> Select(Simd128<T> mask, Simd128<T> whenSet, Simd128<T> otherwise) =>
        new(Vector128.ConditionalSelect(mask.v, whenSet.v, otherwise.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd128<T> mask) => Vector128.ExtractMostSignificantBits(mask.v) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd128<T> CopySign(Simd128<T> a, Simd128<T> sign) => new(Vector128.CopySign(a.v, sign.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Simd128<T> a) => Vector128.Sum(a.v);
}
