namespace Scorch.Language.Softermax;

/// <summary>What a softmax unit does.</summary>
public enum SoftmaxOperation
{
    /// <summary>Integer sum, difference or comparison.</summary>
    IntegerAdd,

    /// <summary>Integer product.</summary>
    IntegerMultiply,

    /// <summary>Integer shift by a variable number of bits.</summary>
    Shift,

    /// <summary>A table of a few entries is read.</summary>
    TableRead,

    /// <summary>Floating-point sum, difference or comparison.</summary>
    FloatAdd,

    /// <summary>Floating-point product.</summary>
    FloatMultiply,

    /// <summary>Bits of the row read from or written to a buffer.</summary>
    Buffer,
}

/// <summary>How often an operation is done for a row.</summary>
/// <param name="Operation">Which.</param>
/// <param name="Bits">Width of its operands; of a product that of the wider.</param>
/// <param name="Count">How often.</param>
/// <param name="OtherBits">Of an integer product, the width of the narrower operand.</param>
public sealed record OperationCount(SoftmaxOperation Operation, int Bits, double Count, int OtherBits = 0);

/// <summary>Picojoules an operation. Replace it by your technology's.</summary>
/// <remarks>
/// Defaults are published figures of a 45 nm process (M. Horowitz, "Computing's energy problem", ISSCC 2014). Widths between are this model's
/// reading: integer sums in proportion to the width, integer products to the product of widths. A variable shift and a read of a small
/// table count as a sum of their width; no published figure was at hand.
/// </remarks>
public sealed record OperationEnergy
{
    /// <summary>The 45 nm figures.</summary>
    public static OperationEnergy Published45nm { get; } = new();

    /// <summary>A sum of 8-bit integers.</summary>
    public double IntegerAdd8 { get; init; } = 0.03;

    /// <summary>A product of 8-bit integers.</summary>
    public double IntegerMultiply8 { get; init; } = 0.2;

    /// <summary>A sum of 16-bit floats.</summary>
    public double FloatAdd16 { get; init; } = 0.4;

    /// <summary>A sum of 32-bit floats.</summary>
    public double FloatAdd32 { get; init; } = 0.9;

    /// <summary>A product of 16-bit floats.</summary>
    public double FloatMultiply16 { get; init; } = 1.1;

    /// <summary>A product of 32-bit floats.</summary>
    public double FloatMultiply32 { get; init; } = 3.7;

    /// <summary>64 bits read from 8 KiB of static memory.</summary>
    public double Buffer64 { get; init; } = 10;

    /// <summary>Of one operation, in picojoules.</summary>
    /// <param name="count">The operation.</param>
    public double Of(OperationCount count)
    {
        ArgumentNullException.ThrowIfNull(count);
        return count.Operation switch
        {
            SoftmaxOperation.IntegerAdd or SoftmaxOperation.Shift or SoftmaxOperation.TableRead => IntegerAdd8 * count.Bits / 8,
            SoftmaxOperation.IntegerMultiply => IntegerMultiply8 * count.Bits * count.OtherBits / 64,
            SoftmaxOperation.FloatAdd => count.Bits <= 16 ? FloatAdd16 : FloatAdd32,
            SoftmaxOperation.FloatMultiply => count.Bits <= 16 ? FloatMultiply16 : FloatMultiply32,
            SoftmaxOperation.Buffer => Buffer64 * count.Bits / 64,
            _ => throw new ArgumentOutOfRangeException(nameof(count), count.Operation, "OperationEnergy: none of the named operations."),
        };
    }
}

/// <summary>One way to compute a row, with what it takes.</summary>
/// <param name="Name">The way.</param>
/// <param name="Counts">Operations a row.</param>
/// <param name="ArithmeticPicojoules">Energy of a row's arithmetic.</param>
/// <param name="BufferPicojoules">Energy of a row's buffer traffic.</param>
public sealed record SoftmaxCost(string Name, IReadOnlyList<OperationCount> Counts, double ArithmeticPicojoules, double BufferPicojoules)
{
    /// <summary>All of a row's energy.</summary>
    public double Picojoules => ArithmeticPicojoules + BufferPicojoules;
}

/// <summary>What rows of attention cost in each way.</summary>
/// <param name="RowLength">Keys of a row.</param>
/// <param name="Rows">Rows of a layer: heads times queries, as many queries as keys.</param>
/// <param name="ThreePass16">Softmax of base e in three passes, fp16.</param>
/// <param name="ThreePass32">The same, fp32.</param>
/// <param name="Online16">Softmax of base e with an online maximum, fp16.</param>
/// <param name="Softermax">Softermax.</param>
public sealed record CostReport(int RowLength, long Rows, SoftmaxCost ThreePass16, SoftmaxCost ThreePass32, SoftmaxCost Online16, SoftmaxCost Softermax)
{
    /// <summary>What must stand beside every figure.</summary>
    public const string Caveat = "A model of counted operations and published energies of operations, not a synthesis: control, clocks, wires and leakage are not in it.";

    /// <summary>Energy of the three-pass fp16 softmax over Softermax's.</summary>
    public double EnergyRatio => ThreePass16.Picojoules / Softermax.Picojoules;
}

/// <summary>Counts what rows of a softmax take, and weighs the counts with energies.</summary>
/// <param name="energy">Picojoules an operation.</param>
public sealed class SoftmaxCostModel(OperationEnergy energy)
{
    /// <summary>With published figures of a 45 nm process.</summary>
    public static SoftmaxCostModel Default45nm { get; } = new(OperationEnergy.Published45nm);

    /// <summary>Compares the ways for a layer of attention.</summary>
    /// <param name="rowLength">Keys of a row.</param>
    /// <param name="heads">Heads of the layer.</param>
    /// <param name="config">Softermax's formats; the paper's by default.</param>
    /// <exception cref="ArgumentException">A number is below 1, or the configuration impossible.</exception>
    public CostReport Compare(int rowLength, int heads = 1, SoftermaxConfig? config = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rowLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        config ??= SoftermaxConfig.Paper;
        config.Validate();
        return new(
            rowLength,
            (long)heads * rowLength,
            Weigh("softmax in three passes, fp16", ThreePass(rowLength, 16)),
            Weigh("softmax in three passes, fp32", ThreePass(rowLength, 32)),
            Weigh("online softmax, fp16", Online(rowLength, 16)),
            Weigh("Softermax", Softermax(rowLength, config)));
    }

    /// <summary>Range reduction by a product and a difference, a table, and a line through two entries.</summary>
    private static OperationCount[] Exponentials(int bits, double count) =>
    [
        new(SoftmaxOperation.FloatMultiply, bits, 2 * count),
        new(SoftmaxOperation.FloatAdd, bits, 2 * count),
        new(SoftmaxOperation.TableRead, bits, count),
    ];

    /// <summary>A table and two steps of Newton's iteration, once a row: the cheapest a baseline can do; then a product a number.</summary>
    private static OperationCount[] Division(int bits, int n) =>
    [
        new(SoftmaxOperation.TableRead, bits, 1),
        new(SoftmaxOperation.FloatMultiply, bits, 4 + n),
        new(SoftmaxOperation.FloatAdd, bits, 2),
    ];

    private static OperationCount[] ThreePass(int n, int bits) =>
    [
        new(SoftmaxOperation.FloatAdd, bits, n), // the maximum
        new(SoftmaxOperation.FloatAdd, bits, 2 * n), // the difference to it, and the sum
        .. Exponentials(bits, n),
        .. Division(bits, n),
        new(SoftmaxOperation.Buffer, bits, 5 * n), // read; read and written; read and written
    ];

    private static OperationCount[] Online(int n, int bits) =>
    [
        new(SoftmaxOperation.FloatAdd, bits, n),
        new(SoftmaxOperation.FloatAdd, bits, 3 * n), // two differences to the new maximum, one sum
        new(SoftmaxOperation.FloatMultiply, bits, n), // the earlier sum, scaled
        .. Exponentials(bits, 2 * n),
        // Second pass: the exponential again, times the reciprocal.
        new(SoftmaxOperation.FloatAdd, bits, n),
        .. Exponentials(bits, n),
        .. Division(bits, n),
        new(SoftmaxOperation.Buffer, bits, 3 * n), // read; read and written
    ];

    private static OperationCount[] Softermax(int n, SoftermaxConfig config)
    {
        var (x, u, d, r, o) = (config.InputFormat, config.UnnormalizedFormat.Bits, config.PowerSumFormat.Bits, config.ReciprocalFormat.Bits, config.OutputFormat.Bits);
        var slices = ((n - 1) / config.SliceWidth) + 1;
        var rest = Math.Max(0, x.FractionBits - config.SegmentBits);
        List<OperationCount> counts =
        [
            new(SoftmaxOperation.IntegerAdd, x.Bits, 3 * n), // rounded up, compared, and the difference to the maximum
            new(SoftmaxOperation.TableRead, u, n),
            new(SoftmaxOperation.Shift, u, n),
            new(SoftmaxOperation.IntegerAdd, u, n), // the slice's sum
            new(SoftmaxOperation.IntegerAdd, x.Bits, 3 * slices), // the running maximum and two shift distances
            new(SoftmaxOperation.Shift, d, 2 * slices),
            new(SoftmaxOperation.IntegerAdd, d, slices),
            new(SoftmaxOperation.Shift, d, 1), // the leading one
            new(SoftmaxOperation.TableRead, r, 1),
            new(SoftmaxOperation.IntegerMultiply, d, 1, r),
            new(SoftmaxOperation.IntegerAdd, r, 1),
            new(SoftmaxOperation.IntegerAdd, x.Bits, slices),
            new(SoftmaxOperation.Shift, u, n), // to the row's maximum
            new(SoftmaxOperation.IntegerMultiply, u, n, r),
            new(SoftmaxOperation.Shift, u + r, n),
            new(SoftmaxOperation.Buffer, x.Bits, n), // scores read
            new(SoftmaxOperation.Buffer, u, 2 * n), // powers written and read
            new(SoftmaxOperation.Buffer, x.Bits, 2 * slices), // slices' maxima written and read
            new(SoftmaxOperation.Buffer, o, n), // results written
        ];
        if (rest > 0)
        {
            // With more fraction bits than choose a line the slope is multiplied in.
            counts.Add(new(SoftmaxOperation.IntegerMultiply, u, n, rest));
            counts.Add(new(SoftmaxOperation.IntegerAdd, u, n));
        }
        return [.. counts];
    }

    private SoftmaxCost Weigh(string name, OperationCount[] counts)
    {
        double Sum(bool isBuffer) => counts.Where(count => count.Operation == SoftmaxOperation.Buffer == isBuffer).Sum(count => count.Count * energy.Of(count));
        return new(name, counts, Sum(false), Sum(true));
    }
}
