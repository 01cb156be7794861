using System.Runtime.InteropServices;

namespace Scorch.Checkpoints;

/// <summary>The element types of the safetensors format, and how those that no tensor holds are widened.</summary>
internal static class SafeTensorsCodes
{
    /// <summary>Bytes of one element; 0 for a type that is not read.</summary>
    public static int Width(string code) => code switch
    {
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" => 1,
        "I16" or "U16" or "F16" or "BF16" => 2,
        "I32" or "U32" or "F32" => 4,
        "I64" or "U64" or "F64" or "C64" => 8,
        _ => 0,
    };

    /// <summary>The type a tensor is read as: the narrowest that holds every value; U64 as int64, checked.</summary>
    public static DataType TypeOf(string code) => code switch
    {
        "BOOL" => DataType.Bool,
        "U8" => DataType.UInt8,
        "I8" => DataType.Int8,
        "I16" => DataType.Int16,
        "I32" or "U16" => DataType.Int32,
        "I64" or "U32" or "U64" => DataType.Int64,
        "F16" or "F8_E5M2" => DataType.Float16,
        "BF16" => DataType.BFloat16,
        "F32" or "F8_E4M3" => DataType.Float32,
        "F64" => DataType.Float64,
        _ => DataType.Complex64,
    };

    /// <summary>The format's name of a data type.</summary>
    /// <exception cref="ArgumentException">The format has no complex128.</exception>
    public static string Of(DataType type, string name) => type switch
    {
        DataType.Bool => "BOOL",
        DataType.UInt8 => "U8",
        DataType.Int8 => "I8",
        DataType.Int16 => "I16",
        DataType.Int32 => "I32",
        DataType.Int64 => "I64",
        DataType.Float16 => "F16",
        DataType.BFloat16 => "BF16",
        DataType.Float32 => "F32",
        DataType.Float64 => "F64",
        DataType.Complex64 => "C64",
        _ => throw new ArgumentException($"SafeTensors: {name} is {type}, which the format lacks; convert it to Complex64, or save an .npz file.", nameof(type)),
    };

    /// <summary>Reads one tensor whose bytes come next.</summary>
    public static Tensor Read(Stream stream, SafeTensorsEntry entry, string file)
    {
        var name = $"{file}: tensor {entry.Name}";
        return entry.Code switch
        {
            "U16" => Widen<ushort, int>(stream, entry, name, value => value),
            "U32" => Widen<uint, long>(stream, entry, name, value => value),
            "U64" => Widen<ulong, long>(stream, entry, name, value => value <= long.MaxValue
                ? (long)value
                : throw new CheckpointException($"{name}: the U64 value {value} is above the largest int64; store it as I64.")),
            "F8_E5M2" => Widen<byte, Half>(stream, entry, name, value => BitConverter.UInt16BitsToHalf((ushort)(value << 8))),
            "F8_E4M3" => Widen<byte, float>(stream, entry, name, Float8),
            _ => Plain(stream, entry, name),
        };
    }

    private static Tensor Plain(Stream stream, SafeTensorsEntry entry, string name)
    {
        var result = Tensor.Empty(entry.Shape, TypeOf(entry.Code));
        TensorBytes.Fill(stream, result, name);
        return result;
    }

    private static Tensor Widen<TFrom, TTo>(Stream stream, SafeTensorsEntry entry, string name, Func<TFrom, TTo> convert)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        var narrow = new TFrom[checked((int)entry.Shape.ElementCount)];
        TensorBytes.FillSpan(stream, MemoryMarshal.AsBytes(narrow.AsSpan()), name);
        return Tensor.From(Array.ConvertAll(narrow, value => convert(value)), entry.Shape);
    }

    /// <summary>Four exponent bits with bias 7, three fraction bits, no infinities (Micikevicius et al. 2022, table 1).</summary>
    private static float Float8(byte value)
    {
        var (exponent, fraction) = ((value >> 3) & 15, value & 7);
        if ((value & 127) == 127) return float.NaN;
        var magnitude = exponent == 0 ? MathF.ScaleB(fraction, -9) : MathF.ScaleB(8 + fraction, exponent - 10);
        return value >= 128 ? -magnitude : magnitude;
    }
}
