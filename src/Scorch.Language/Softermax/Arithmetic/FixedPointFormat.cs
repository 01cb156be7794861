using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scorch.Language.Softermax;

/// <summary>How a number falls onto a coarser grid.</summary>
public enum FixedPointRounding
{
    /// <summary>To the nearest; halves go up.</summary>
    HalfUp,

    /// <summary>Down: what lies below the last bit is lost.</summary>
    Truncate,
}

/// <summary>A fixed-point format, <c>Q(a,b)</c> signed or <c>UQ(a,b)</c> unsigned: a integer bits (with the sign), b fraction bits. It saturates.</summary>
/// <remarks>A code is the integer that the bits hold; it stands for code / 2^b.</remarks>
[JsonConverter(typeof(FixedPointFormatConverter))]
public readonly record struct FixedPointFormat
{
    /// <summary>The most bits a format may have.</summary>
    public const int MostBits = 62;

    private FixedPointFormat(int integerBits, int fractionBits, bool isSigned)
    {
        if (integerBits < 0 || fractionBits < 0)
            throw new ArgumentException($"FixedPointFormat: {integerBits} integer and {fractionBits} fraction bits; neither may be negative.", integerBits < 0 ? nameof(integerBits) : nameof(fractionBits));
        // The sum is taken in 64 bits, so that huge counts do not wrap into the range.
        if ((long)integerBits + fractionBits is < 1 or > MostBits || (isSigned && integerBits < 1))
            throw new ArgumentException($"FixedPointFormat: {integerBits} integer and {fractionBits} fraction bits; a format has 1 to {MostBits} bits, a signed one at least the sign's.", nameof(integerBits));
        (IntegerBits, FractionBits, IsSigned) = (integerBits, fractionBits, isSigned);
    }

    /// <summary>Q(a,b): codes from -2^(a+b-1) to 2^(a+b-1) - 1.</summary>
    /// <param name="integerBits">a, the sign's bit among them; at least 1.</param>
    /// <param name="fractionBits">b.</param>
    /// <exception cref="ArgumentException">A count is negative, or there are no or more than 62 bits.</exception>
    public static FixedPointFormat Signed(int integerBits, int fractionBits) => new(integerBits, fractionBits, true);

    /// <summary>UQ(a,b): codes from 0 to 2^(a+b) - 1.</summary>
    /// <param name="integerBits">a.</param>
    /// <param name="fractionBits">b.</param>
    /// <exception cref="ArgumentException">A count is negative, or there are no or more than 62 bits.</exception>
    public static FixedPointFormat Unsigned(int integerBits, int fractionBits) => new(integerBits, fractionBits, false);

    /// <summary>Reads what <see cref="ToString"/> writes: <c>Q(6,2)</c>, <c>UQ(1,15)</c>.</summary>
    /// <param name="text">The format.</param>
    /// <exception cref="FormatException">The text is no format.</exception>
    /// <exception cref="ArgumentException">The numbers of bits are impossible.</exception>
    public static FixedPointFormat Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var inner = text.Trim();
        var isSigned = inner.StartsWith("Q(", StringComparison.OrdinalIgnoreCase);
        if ((isSigned || inner.StartsWith("UQ(", StringComparison.OrdinalIgnoreCase)) && inner.EndsWith(')'))
        {
            var parts = inner[(isSigned ? 2 : 3)..^1].Split(',');
            if (parts.Length == 2 && int.TryParse(parts[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var whole)
                && int.TryParse(parts[1], NumberStyles.Integer, CultureInfo.InvariantCulture, out var fraction))
                return new(whole, fraction, isSigned);
        }
        throw new FormatException($"'{text}' is no fixed-point format; write Q(6,2) for a signed one, UQ(1,15) for an unsigned one.");
    }

    /// <summary>Bits before the point, the sign's among them.</summary>
    public int IntegerBits { get; }

    /// <summary>Bits after the point.</summary>
    public int FractionBits { get; }

    /// <summary>Whether there is a sign.</summary>
    public bool IsSigned { get; }

    /// <summary>All bits.</summary>
    public int Bits => IntegerBits + FractionBits;

    /// <summary>The least code.</summary>
    public long LeastCode => IsSigned ? -(1L << (Bits - 1)) : 0;

    /// <summary>The greatest code.</summary>
    public long GreatestCode => (1L << (IsSigned ? Bits - 1 : Bits)) - 1;

    /// <summary>What the least code stands for.</summary>
    public double Least => ValueOf(LeastCode);

    /// <summary>What the greatest code stands for.</summary>
    public double Greatest => ValueOf(GreatestCode);

    /// <summary>Distance of two numbers, 2^-b.</summary>
    public double Resolution => Math.ScaleB(1, -FractionBits);

    /// <summary>The number that a code stands for.</summary>
    /// <param name="code">The code.</param>
    public double ValueOf(long code) => Math.ScaleB(code, -FractionBits);

    /// <summary>The code of a number, the nearest end of the range for numbers outside.</summary>
    /// <param name="value">The number; not NaN.</param>
    /// <param name="rounding">Onto the grid.</param>
    /// <param name="isSaturated">Whether the number lies outside.</param>
    public long CodeOf(double value, FixedPointRounding rounding, out bool isSaturated)
    {
        var scaled = Math.ScaleB(value, FractionBits);
        var rounded = Math.Floor(rounding == FixedPointRounding.HalfUp ? scaled + 0.5 : scaled);
        isSaturated = rounded < LeastCode || rounded > GreatestCode;
        return rounded <= LeastCode ? LeastCode : rounded >= GreatestCode ? GreatestCode : (long)rounded;
    }

    /// <summary>A code moved into the range.</summary>
    internal long Clamp(long code, ref long saturations)
    {
        if (code >= LeastCode && code <= GreatestCode) return code;
        saturations++;
        return code < LeastCode ? LeastCode : GreatestCode;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsSigned ? "Q" : "UQ")}({IntegerBits},{FractionBits})");
}

/// <summary>Formats in JSON as they are written: <c>"UQ(1,15)"</c>.</summary>
internal sealed class FixedPointFormatConverter : JsonConverter<FixedPointFormat>
{
    public override FixedPointFormat Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return FixedPointFormat.Parse(reader.GetString() ?? "");
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new JsonException(error.Message, error);
        }
    }

    public override void Write(Utf8JsonWriter writer, FixedPointFormat value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
