namespace Scorch;

/// <summary>The element type of a tensor.</summary>
public enum DataType
{
    /// <summary>Truth values, one byte each.</summary>
    Bool,

    /// <summary>Unsigned 8-bit integers.</summary>
    UInt8,

    /// <summary>Signed 8-bit integers.</summary>
    Int8,

    /// <summary>Signed 16-bit integers.</summary>
    Int16,

    /// <summary>Signed 32-bit integers.</summary>
    Int32,

    /// <summary>Signed 64-bit integers; the type of indices.</summary>
    Int64,

    /// <summary>IEEE 754 binary16: stored in two bytes, computed in float32, rounded to nearest even.</summary>
    Float16,

    /// <summary>bfloat16: stored in two bytes, computed in float32, rounded to nearest even.</summary>
    BFloat16,

    /// <summary>IEEE 754 binary32; the default for real numbers.</summary>
    Float32,

    /// <summary>IEEE 754 binary64.</summary>
    Float64,

    /// <summary>Two float32: real and imaginary part; computed in complex128, rounded at the end.</summary>
    Complex64,

    /// <summary>Two float64: real and imaginary part.</summary>
    Complex128,
}

/// <summary>Facts about data types, and the promotion rules of PyTorch.</summary>
public static class DataTypes
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this DataType type) => type switch
    {
        DataType.Bool or DataType.UInt8 or DataType.Int8 => 1,
        DataType.Int16 or DataType.Float16 or DataType.BFloat16 => 2,
        DataType.Int32 or DataType.Float32 => 4,
        DataType.Int64 or DataType.Float64 or DataType.Complex64 => 8,
        DataType.Complex128 => 16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a data type."),
    };

    /// <summary>True for the real floating types.</summary>
    public static bool IsFloating(this DataType type) => type is >= DataType.Float16 and <= DataType.Float64;

    /// <summary>True for the complex types.</summary>
    public static bool IsComplex(this DataType type) => type >= DataType.Complex64;

    /// <summary>True for the integer types, not for bool.</summary>
    public static bool IsInteger(this DataType type) => type is >= DataType.UInt8 and <= DataType.Int64;

    /// <summary>True where a gradient makes sense: floating and complex types.</summary>
    public static bool IsDifferentiable(this DataType type) => type >= DataType.Float16;

    /// <summary>The type in which one element's real part is stored: complex64 to float32, complex128 to float64, others themselves.</summary>
    public static DataType ToReal(this DataType type) => type switch
    {
        DataType.Complex64 => DataType.Float32,
        DataType.Complex128 => DataType.Float64,
        _ => type,
    };

    /// <summary>The complex type of the same precision: float64 and complex128 to complex128, others to complex64.</summary>
    public static DataType ToComplex(this DataType type) =>
        type is DataType.Float64 or DataType.Complex128 ? DataType.Complex128 : DataType.Complex64;

    /// <summary>The data type that holds a C# type.</summary>
    /// <exception cref="NotSupportedException">No data type holds <typeparamref name="T"/>.</exception>
    public static DataType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return DataType.Float32;
        if (typeof(T) == typeof(double)) return DataType.Float64;
        if (typeof(T) == typeof(long)) return DataType.Int64;
        if (typeof(T) == typeof(int)) return DataType.Int32;
        if (typeof(T) == typeof(bool)) return DataType.Bool;
        if (typeof(T) == typeof(byte)) return DataType.UInt8;
        if (typeof(T) == typeof(sbyte)) return DataType.Int8;
        if (typeof(T) == typeof(short)) return DataType.Int16;
        if (typeof(T) == typeof(Half)) return DataType.Float16;
        if (typeof(T) == typeof(BFloat16)) return DataType.BFloat16;
        if (typeof(T) == typeof(Complex64)) return DataType.Complex64;
        if (typeof(T) == typeof(System.Numerics.Complex)) return DataType.Complex128;
        throw new NotSupportedException(
            $"No tensor holds {typeof(T).Name}; use bool, byte, sbyte, short, int, long, Half, BFloat16, float, double, Complex64 or Complex.");
    }

    /// <summary>The smallest type to which both promote, as in <c>torch.promote_types</c>.</summary>
    public static DataType Promote(DataType a, DataType b)
    {
        if (a == b) return a;
        if (a > b) (a, b) = (b, a);
        if (b.IsComplex())
            return a is DataType.Float64 or DataType.Complex128 || b == DataType.Complex128 ? DataType.Complex128 : DataType.Complex64;
        if (b.IsFloating())
            return a == DataType.Float16 && b == DataType.BFloat16 ? DataType.Float32 : b;
        if (a == DataType.UInt8 && b == DataType.Int8) return DataType.Int16;
        return b;
    }

    internal static int Category(this DataType type) =>
        type == DataType.Bool ? 0 : type.IsInteger() ? 1 : type.IsFloating() ? 2 : 3;

    /// <summary>The type a kernel computes in: float32 for the two-byte floats, complex128 for complex64, itself otherwise.</summary>
    internal static DataType ComputeType(this DataType type) => type switch
    {
        DataType.Float16 or DataType.BFloat16 => DataType.Float32,
        DataType.Complex64 => DataType.Complex128,
        _ => type,
    };
}
