using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Scorch.Kernels;

/// <summary>256-bit vectors.</summary>
internal readonly unsafe struct Simd256<T>(Vector256<T> v) : ISimd<Simd256<T>, T>
    where T : unmanaged
{
    private readonly Vector256<T> v = v;

    public static int Count => Vector256<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Create(T value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Load(T* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd256<T> value, T* target) => value.v.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> LoadPairs(T* source, out Simd256<T> seconds)
    {
        if (sizeof(T) == 4)
        {
            var (a, b) = (Vector256.Load((ulong*)source), Vector256.Load((ulong*)source + 4));
            seconds = new(Vector256.Narrow(Vector256.ShiftRightLogical(a, 32), Vector256.ShiftRightLogical(b, 32)).As<uint, T>());
            return new(Vector256.Narrow(a, b).As<uint, T>());
        }
        var (x, y) = (Vector256.Load((double*)source), Vector256.Load((double*)source + 4));
        var left = Vector256.Create(-1L, -1L, 0L, 0L).AsDouble();
        seconds = new(Vector256.ConditionalSelect(left, Vector256.Shuffle(x, Vector256.Create(1L, 3L, 0L, 0L)), Vector256.Shuffle(y, Vector256.Create(0L, 0L, 1L, 3L))).As<double, T>());
        return new(Vector256.ConditionalSelect(left, Vector256.Shuffle(x, Vector256.Create(0L, 2L, 0L, 0L)), Vector256.Shuffle(y, Vector256.Create(0L, 0L, 0L, 2L))).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePairs(Simd256<T> firsts, Simd256<T> seconds, T* target)
    {
        if (sizeof(T) == 4)
        {
            var (a, b) = (Vector256.Widen(firsts.v.AsUInt32()), Vector256.Widen(seconds.v.AsUInt32()));
            (a.Lower | Vector256.ShiftLeft(b.Lower, 32)).Store((ulong*)target);
            (a.Upper | Vector256.ShiftLeft(b.Upper, 32)).Store((ulong*)target + 4);
            return;
        }
        var even = Vector256.Create(-1L, 0L, -1L, 0L).AsDouble();
        var (low, high) = (Vector256.Create(0L, 0L, 1L, 1L), Vector256.Create(2L, 2L, 3L, 3L));
        var (x, y) = (firsts.v.AsDouble(), seconds.v.AsDouble());
        Vector256.ConditionalSelect(even, Vector256.Shuffle(x, low), Vector256.Shuffle(y, low)).Store((double*)target);
        Vector256.ConditionalSelect(even, Vector256.Shuffle(x, high), Vector256.Shuffle(y, high)).Store((double*)target + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator +(Simd256<T> a, Simd256<T> b) => new(a.v + b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator -(Simd256<T> a, Simd256<T> b) => new(a.v - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator *(Simd256<T> a, Simd256<T> b) => new(a.v * b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator /(Simd256<T> a, Simd256<T> b) => new(a.v / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator -(Simd256<T> a) => new(-a.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator &(Simd256<T> a, Simd256<T> b) => new(a.v & b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator |(Simd256<T> a, Simd256<T> b) => new(a.v | b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> operator ^(Simd256<T> a, Simd256<T> b) => new(a.v ^ b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Min(Simd256<T> a, Simd256<T> b) => new(Vector256.Min(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Max(Simd256<T> a, Simd256<T> b) => new(Vector256.Max(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> AtMost(Simd256<T> a, Simd256<T> bound) => new(Vector256.MinNative(bound.v, a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> AtLeast(Simd256<T> a, Simd256<T> bound) => new(Vector256.MaxNative(bound.v, a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Abs(Simd256<T> a) => new(Vector256.Abs(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Sqrt(Simd256<T> a) => new(Vector256.Sqrt(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> MultiplyAdd(Simd256<T> a, Simd256<T> b, Simd256<T> c)
    {
        if (typeof(T) == typeof(float)) return new(Vector256.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector256.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, T>());
        return a * b + c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Floor(Simd256<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector256.Floor(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector256.Floor(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Ceiling(Simd256<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector256.Ceiling(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector256.Ceiling(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Round(Simd256<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector256.Round(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector256.Round(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Truncate(Simd256<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector256.Truncate(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector256.Truncate(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> PowerOfTwo(Simd256<T> n)
    {
        // Adding 1.5 * 2^(mantissa bits) brings the biased exponent into the lowest bits.
        if (typeof(T) == typeof(float)) return new(Vector256.ShiftLeft((n.v.AsSingle() + Vector256.Create(12583039f)).AsInt32(), 23).As<int, T>());
        if (typeof(T) == typeof(double)) return new(Vector256.ShiftLeft((n.v.AsDouble() + Vector256.Create(6755399441056767.0)).AsInt64(), 52).As<long, T>());
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Scale(Simd256<T> a, Simd256<T> n)
    {
        if (typeof(T) == typeof(float)) return new(VectorMath.Scale<Simd256<float>, float>(new(a.v.AsSingle()), new(n.v.AsSingle())).v.As<float, T>());
        if (typeof(T) == typeof(double)) return new(VectorMath.Scale<Simd256<double>, double>(new(a.v.AsDouble()), new(n.v.AsDouble())).v.As<double, T>());
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Split(Simd256<T> a, out Simd256<T> mantissa)
    {
        if (typeof(T) == typeof(float))
        {
            var exponent = VectorMath.Split<Simd256<float>, float>(new(a.v.AsSingle()), out var m);
            mantissa = new(m.v.As<float, T>());
            return new(exponent.v.As<float, T>());
        }
        if (typeof(T) == typeof(double))
        {
            var exponent = VectorMath.Split<Simd256<double>, double>(new(a.v.AsDouble()), out var m);
            mantissa = new(m.v.As<double, T>());
            return new(exponent.v.As<double, T>());
        }
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Exponent(Simd256<T> a, out Simd256<T> mantissa)
    {
        if (typeof(T) == typeof(float))
        {
            var bits = a.v.AsInt32();
            mantissa = new(((bits & Vector256.Create(0x007FFFFF)) | Vector256.Create(0x3F800000)).As<int, T>());
            return new(Vector256.ConvertToSingle(Vector256.ShiftRightLogical(bits, 23) - Vector256.Create(127)).As<float, T>());
        }
        if (typeof(T) == typeof(double))
        {
            // Below the leading bits of 2^52 the biased exponent is a whole number of units.
            var bits = a.v.AsInt64();
            mantissa = new(((bits & Vector256.Create(0x000FFFFFFFFFFFFF)) | Vector256.Create(0x3FF0000000000000)).As<long, T>());
            var biased = (Vector256.ShiftRightLogical(bits, 52) | Vector256.Create(0x4330000000000000)).AsDouble();
            return new((biased - Vector256.Create(4503599627370496.0 + 1023)).As<double, T>());
        }
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> LessThan(Simd256<T> a, Simd256<T> b) => new(Vector256.LessThan(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Equal(Simd256<T> a, Simd256<T> b) => new(Vector256.Equals(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> Select(Simd256<T> mask, Simd256<T> whenSet, Simd256<T> otherwise) =>
        new(Vector256.ConditionalSelect(mask.v, whenSet.v, otherwise.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd256<T> mask) => Vector256.ExtractMostSignificantBits(mask.v) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd256<T> CopySign(Simd256<T> a, Simd256<T> sign) => new(Vector256.CopySign(a.v, sign.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Simd256<T> a) => Vector256.Sum(a.v);
}
