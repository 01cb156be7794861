using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Scorch.Kernels;

/// <summary>512-bit vectors.</summary>
internal readonly unsafe struct Simd512<T>(Vector512<T> v) : ISimd<Simd512<T>, T>
    where T : unmanaged
{
    private readonly Vector512<T> v = v;

    public static int Count => Vector512<T>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Create(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Load(T* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Simd512<T> value, T* target) => value.v.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> LoadPairs(T* source, out Simd512<T> seconds)
    {
        if (sizeof(T) == 4)
        {
            var (a, b) = (Vector512.Load((ulong*)source), Vector512.Load((ulong*)source + 8));
            seconds = new(Vector512.Narrow(Vector512.ShiftRightLogical(a, 32), Vector512.ShiftRightLogical(b, 32)).As<uint, T>());
            return new(Vector512.Narrow(a, b).As<uint, T>());
        }
        var (x, y) = (Vector512.Load((double*)source), Vector512.Load((double*)source + 8));
        var left = Vector512.Create(-1L, -1L, -1L, -1L, 0L, 0L, 0L, 0L).AsDouble();
        seconds = new(Vector512.ConditionalSelect(left, Vector512.Shuffle(x, Vector512.Create(1L, 3L, 5L, 7L, 0L, 0L, 0L, 0L)), Vector512.Shuffle(y, Vector512.Create(0L, 0L, 0L, 0L, 1L, 3L, 5L, 7L))).As<double, T>());
        return new(Vector512.ConditionalSelect(left, Vector512.Shuffle(x, Vector512.Create(0L, 2L, 4L, 6L, 0L, 0L, 0L, 0L)), Vector512.Shuffle(y, Vector512.Create(0L, 0L, 0L, 0L, 0L, 2L, 4L, 6L))).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePairs(Simd512<T> firsts, Simd512<T> seconds, T* target)
    {
        if (sizeof(T) == 4)
        {
            var (a, b) = (Vector512.Widen(firsts.v.AsUInt32()), Vector512.Widen(seconds.v.AsUInt32()));
            (a.Lower | Vector512.ShiftLeft(b.Lower, 32)).Store((ulong*)target);
            (a.Upper | Vector512.ShiftLeft(b.Upper, 32)).Store((ulong*)target + 8);
            return;
        }
        var even = Vector512.Create(-1L, 0L, -1L, 0L, -1L, 0L, -1L, 0L).AsDouble();
        var (low, high) = (Vector512.Create(0L, 0L, 1L, 1L, 2L, 2L, 3L, 3L), Vector512.Create(4L, 4L, 5L, 5L, 6L, 6L, 7L, 7L));
        var (x, y) = (firsts.v.AsDouble(), seconds.v.AsDouble());
        Vector512.ConditionalSelect(even, Vector512.Shuffle(x, low), Vector512.Shuffle(y, low)).Store((double*)target);
        Vector512.ConditionalSelect(even, Vector512.Shuffle(x, high), Vector512.Shuffle(y, high)).Store((double*)target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator +(Simd512<T> a, Simd512<T> b) => new(a.v + b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator -(Simd512<T> a, Simd512<T> b) => new(a.v - b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator *(Simd512<T> a, Simd512<T> b) => new(a.v * b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator /(Simd512<T> a, Simd512<T> b) => new(a.v / b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator -(Simd512<T> a) => new(-a.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator &(Simd512<T> a, Simd512<T> b) => new(a.v & b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator |(Simd512<T> a, Simd512<T> b) => new(a.v | b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> operator ^(Simd512<T> a, Simd512<T> b) => new(a.v ^ b.v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Min(Simd512<T> a, Simd512<T> b) => new(Vector512.Min(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Max(Simd512<T> a, Simd512<T> b) => new(Vector512.Max(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> AtMost(Simd512<T> a, Simd512<T> bound) => new(Vector512.MinNative(bound.v, a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> AtLeast(Simd512<T> a, Simd512<T> bound) => new(Vector512.MaxNative(bound.v, a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Abs(Simd512<T> a) => new(Vector512.Abs(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Sqrt(Simd512<T> a) => new(Vector512.Sqrt(a.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> MultiplyAdd(Simd512<T> a, Simd512<T> b, Simd512<T> c)
    {
        if (typeof(T) == typeof(float)) return new(Vector512.MultiplyAddEstimate(a.v.AsSingle(), b.v.AsSingle(), c.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector512.MultiplyAddEstimate(a.v.AsDouble(), b.v.AsDouble(), c.v.AsDouble()).As<double, T>());
        return a * b + c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Floor(Simd512<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector512.Floor(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector512.Floor(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Ceiling(Simd512<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector512.Ceiling(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector512.Ceiling(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Round(Simd512<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector512.Round(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector512.Round(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Truncate(Simd512<T> a)
    {
        if (typeof(T) == typeof(float)) return new(Vector512.Truncate(a.v.AsSingle()).As<float, T>());
        if (typeof(T) == typeof(double)) return new(Vector512.Truncate(a.v.AsDouble()).As<double, T>());
        return a;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> PowerOfTwo(Simd512<T> n)
    {
        // Adding 1.5 * 2^(mantissa bits) brings the biased exponent into the lowest bits.
        if (typeof(T) == typeof(float)) return new(Vector512.ShiftLeft((n.v.AsSingle() + Vector512.Create(12583039f)).AsInt32(), 23).As<int, T>());
        if (typeof(T) == typeof(double)) return new(Vector512.ShiftLeft((n.v.AsDouble() + Vector512.Create(6755399441056767.0)).AsInt64(), 52).As<long, T>());
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Scale(Simd512<T> a, Simd512<T> n)
    {
        if (Avx512F.IsSupported && typeof(T) == typeof(float)) return new(Avx512F.Scale(a.v.AsSingle(), n.v.AsSingle()).As<float, T>());
        if (Avx512F.IsSupported && typeof(T) == typeof(double)) return new(Avx512F.Scale(a.v.AsDouble(), n.v.AsDouble()).As<double, T>());
        if (typeof(T) == typeof(float)) return new(VectorMath.Scale<Simd512<float>, float>(new(a.v.AsSingle()), new(n.v.AsSingle())).v.As<float, T>());
        if (typeof(T) == typeof(double)) return new(VectorMath.Scale<Simd512<double>, double>(new(a.v.AsDouble()), new(n.v.AsDouble())).v.As<double, T>());
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Split(Simd512<T> a, out Simd512<T> mantissa)
    {
        if (typeof(T) == typeof(float))
        {
            if (Avx512F.IsSupported)
            {
                // 11: between 3/4 and 3/2, NaN for what is negative.
                var part = Avx512F.GetMantissa(a.v.AsSingle(), 11);
                mantissa = new(part.As<float, T>());
                return new((Avx512F.GetExponent(a.v.AsSingle()) - Avx512F.GetExponent(part)).As<float, T>());
            }
            var exponent = VectorMath.Split<Simd512<float>, float>(new(a.v.AsSingle()), out var m);
            mantissa = new(m.v.As<float, T>());
            return new(exponent.v.As<float, T>());
        }
        if (typeof(T) == typeof(double))
        {
            var exponent = VectorMath.Split<Simd512<double>, double>(new(a.v.AsDouble()), out var m);
            mantissa = new(m.v.As<double, T>());
            return new(exponent.v.As<double, T>());
        }
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Exponent(Simd512<T> a, out Simd512<T> mantissa)
    {
        if (typeof(T) == typeof(float))
        {
            var bits = a.v.AsInt32();
            mantissa = new(((bits & Vector512.Create(0x007FFFFF)) | Vector512.Create(0x3F800000)).As<int, T>());
            return new(Vector512.ConvertToSingle(Vector512.ShiftRightLogical(bits, 23) - Vector512.Create(127)).As<float, T>());
        }
        if (typeof(T) == typeof(double))
        {
            // Below the leading bits of 2^52 the biased exponent is a whole number of units.
            var bits = a.v.AsInt64();
            mantissa = new(((bits & Vector512.Create(0x000FFFFFFFFFFFFF)) | Vector512.Create(0x3FF0000000000000)).As<long, T>());
            var biased = (Vector512.ShiftRightLogical(bits, 52) | Vector512.Create(0x4330000000000000)).AsDouble();
            return new((biased - Vector512.Create(4503599627370496.0 + 1023)).As<double, T>());
        }
        throw new NotSupportedException();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> LessThan(Simd512<T> a, Simd512<T> b) => new(Vector512.LessThan(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Equal(Simd512<T> a, Simd512<T> b) => new(Vector512.Equals(a.v, b.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> Select(Simd512<T> mask, Simd512<T> whenSet, Simd512<T> otherwise) =>
        new(Vector512.ConditionalSelect(mask.v, whenSet.v, otherwise.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Any(Simd512<T> mask) => Vector512.ExtractMostSignificantBits(mask.v) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Simd512<T> CopySign(Simd512<T> a, Simd512<T> sign) => new(Vector512.CopySign(a.v, sign.v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Simd512<T> a) => Vector512.Sum(a.v);
}
