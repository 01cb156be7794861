using System.Numerics;

namespace Scorch.Language.Softermax;

/// <summary>How a slice's integer maximum is found.</summary>
public enum IntMaxRounding
{
    /// <summary>Rounded up: exponents are at most 0 and powers at most 1.</summary>
    Ceil,

    /// <summary>Rounded down: powers are below 2. The same values in exact arithmetic, other bits.</summary>
    Floor,
}

/// <summary>How a line of a piecewise table lies on its curve.</summary>
public enum PiecewiseFit
{
    /// <summary>Through the curve's ends.</summary>
    Endpoints,

    /// <summary>Lowered by half the greatest distance, which halves the greatest error.</summary>
    Minimax,
}

/// <summary>Formats and tables of Softermax's units; defaults are the paper's, as far as it gives them.</summary>
/// <remarks>
/// The table through the ends is the default: with two fraction bits of the input the segment holds all of the fraction, the slopes never act,
/// and a lowered line would be further off at the only four points that are read.
/// </remarks>
public sealed record SoftermaxConfig
{
    /// <summary>8-bit input Q(6,2), unnormalised values UQ(1,15), sums UQ(10,6), reciprocals and results UQ(1,7), slices of 16.</summary>
    public static SoftermaxConfig Paper { get; } = new();

    /// <summary>W: numbers that the unit takes at once; the processing element's vector width.</summary>
    public int SliceWidth { get; init; } = 16;

    /// <summary>Lines of each linear piecewise table; a power of two.</summary>
    public int LpwSegments { get; init; } = 4;

    /// <summary>Of the scores, signed.</summary>
    public FixedPointFormat InputFormat { get; init; } = FixedPointFormat.Signed(6, 2);

    /// <summary>Of 2^(x - m), unsigned.</summary>
    public FixedPointFormat UnnormalizedFormat { get; init; } = FixedPointFormat.Unsigned(1, 15);

    /// <summary>Of the running sum, unsigned.</summary>
    public FixedPointFormat PowerSumFormat { get; init; } = FixedPointFormat.Unsigned(10, 6);

    /// <summary>Of the reciprocal of a sum between 1 and 2, unsigned.</summary>
    public FixedPointFormat ReciprocalFormat { get; init; } = FixedPointFormat.Unsigned(1, 7);

    /// <summary>Of the result, unsigned.</summary>
    public FixedPointFormat OutputFormat { get; init; } = FixedPointFormat.Unsigned(1, 7);

    /// <summary>Of a slice's maximum.</summary>
    public IntMaxRounding IntMaxRounding { get; init; } = IntMaxRounding.Ceil;

    /// <summary>Of both tables.</summary>
    public PiecewiseFit Fit { get; init; } = PiecewiseFit.Endpoints;

    /// <summary>Of scores onto the input format.</summary>
    public FixedPointRounding InputRounding { get; init; } = FixedPointRounding.HalfUp;

    /// <summary>Of right shifts; hardware drops the bits.</summary>
    public FixedPointRounding ShiftRounding { get; init; } = FixedPointRounding.Truncate;

    /// <summary>log2 of the number of lines.</summary>
    internal int SegmentBits => BitOperations.Log2((uint)LpwSegments);

    /// <summary>Refuses what no unit can be built for.</summary>
    /// <exception cref="ArgumentException">A width, number of lines or format is impossible; it is named.</exception>
    public void Validate()
    {
        if (SliceWidth is < 1 or > 65_536) throw Error(nameof(SliceWidth), $"is {SliceWidth}; it lies between 1 and 65536.");
        if (LpwSegments is < 1 or > 65_536 || !BitOperations.IsPow2(LpwSegments)) throw Error(nameof(LpwSegments), $"is {LpwSegments}; give a power of two up to 65536, such as 4.");
        RequireSigned(nameof(InputFormat), InputFormat, true);
        RequireSigned(nameof(UnnormalizedFormat), UnnormalizedFormat, false);
        RequireSigned(nameof(PowerSumFormat), PowerSumFormat, false);
        RequireSigned(nameof(ReciprocalFormat), ReciprocalFormat, false);
        RequireSigned(nameof(OutputFormat), OutputFormat, false);
        if (InputFormat.IntegerBits > 32) throw Error(nameof(InputFormat), $"is {InputFormat}; the integer maximum has at most 32 bits.");
        if (UnnormalizedFormat.IntegerBits < 1 || ReciprocalFormat.IntegerBits < 1)
            throw Error(UnnormalizedFormat.IntegerBits < 1 ? nameof(UnnormalizedFormat) : nameof(ReciprocalFormat), "has no integer bit; it must hold 1.");
        // Products and sums are computed in 64 bits.
        Require(UnnormalizedFormat.FractionBits + 1 + Math.Max(0, InputFormat.FractionBits - SegmentBits), nameof(InputFormat), "the product of slope and fraction");
        Require(ReciprocalFormat.FractionBits + 1 + PowerSumFormat.Bits, nameof(PowerSumFormat), "the product of slope and sum");
        Require(UnnormalizedFormat.Bits + BitOperations.Log2((uint)SliceWidth) + 1, nameof(UnnormalizedFormat), "the sum of a slice");
        Require(UnnormalizedFormat.Bits + Math.Max(0, PowerSumFormat.FractionBits - UnnormalizedFormat.FractionBits) + BitOperations.Log2((uint)SliceWidth) + 1, nameof(PowerSumFormat), "the sum of a slice in the sum's format");
        Require(UnnormalizedFormat.Bits + ReciprocalFormat.Bits, nameof(ReciprocalFormat), "the product of power and reciprocal");
        Require(UnnormalizedFormat.Bits + ReciprocalFormat.Bits + Math.Max(0, OutputFormat.FractionBits + PowerSumFormat.FractionBits - UnnormalizedFormat.FractionBits - ReciprocalFormat.FractionBits), nameof(OutputFormat), "the result before its shift");
    }

    private static void Require(int bits, string name, string what)
    {
        if (bits > FixedPointFormat.MostBits) throw Error(name, $"makes {what} {bits} bits wide; at most {FixedPointFormat.MostBits} are computed. Choose narrower formats.");
    }

    private static void RequireSigned(string name, FixedPointFormat format, bool isSigned)
    {
        if (format.Bits == 0) throw Error(name, "is not set; make one with FixedPointFormat.Signed or Unsigned.");
        if (format.IsSigned != isSigned) throw Error(name, $"is {format}; give {(isSigned ? "a signed format, Q(a,b)" : "an unsigned format, UQ(a,b)")}.");
    }

    private static ArgumentException Error(string name, string what) => new($"SoftermaxConfig: {name} {what}", name);
}
