using System.Numerics;

namespace Scorch;

/// <summary>A number without dimensions: it takes part in promotion by category only, as a Python number does in PyTorch.</summary>
public readonly struct Scalar
{
    private readonly Complex value;
    private readonly long integer;

    private Scalar(Complex value, long integer, DataType type)
    {
        this.value = value;
        this.integer = integer;
        Type = type;
    }

    /// <summary>Bool, Int64, Float64 or Complex128.</summary>
    internal DataType Type { get; }

    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(value ? 1 : 0, value ? 1 : 0, DataType.Bool);

    /// <summary>A whole number.</summary>
    public static implicit operator Scalar(int value) => new(value, value, DataType.Int64);

    /// <summary>A whole number.</summary>
    public static implicit operator Scalar(long value) => new(value, value, DataType.Int64);

    /// <summary>A real number.</summary>
    public static implicit operator Scalar(float value) => (double)value;

    /// <summary>A real number.</summary>
    public static implicit operator Scalar(double value) => new(value, double.IsFinite(value) ? (long)value : 0, DataType.Float64);

    /// <summary>A complex number.</summary>
    public static implicit operator Scalar(Complex value) => new(value, (long)value.Real, DataType.Complex128);

    internal double ToDouble() => value.Real;

    internal long ToInt64() => integer;

    internal Complex ToComplex() => value;

    /// <summary>The type of a result that joins a tensor of <paramref name="type"/> with this number.</summary>
    internal DataType PromoteWith(DataType type)
    {
        if (Type.Category() <= type.Category()) return type;
        return Type switch
        {
            DataType.Int64 => DataType.Int64,
            DataType.Float64 => DataType.Float32,
            _ => type.ToComplex(),
        };
    }
}
