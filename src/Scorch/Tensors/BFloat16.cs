namespace Scorch;

/// <summary>The bfloat16 number: the upper half of a float32.</summary>
/// <param name="Bits">Sign, eight exponent bits, seven fraction bits.</param>
public readonly record struct BFloat16(ushort Bits)
{
    /// <summary>Rounds to the nearest bfloat16, ties to even; NaN stays NaN.</summary>
    public static explicit operator BFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return new((ushort)((bits >> 16) | 0x40));
        return new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    /// <summary>Widens exactly.</summary>
    public static explicit operator float(BFloat16 value) => BitConverter.UInt32BitsToSingle((uint)value.Bits << 16);

    /// <summary>The value as text, as float32 prints it.</summary>
    public override string ToString() => ((float)this).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
