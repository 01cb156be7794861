using System.Globalization;
using System.Text;

namespace Scorch.Language.Softermax;

/// <summary>Softermax's two units as plain Verilog (2001), of a configuration, whose integers are those of <see cref="SoftermaxSimulator"/>.</summary>
/// <remarks>Scores enter as codes of the input format; the quantiser before them is not part of the units.</remarks>
public static class SoftermaxRtl
{
    /// <summary>Name of the module that takes a slice a clock: powers, running maximum and sum.</summary>
    public const string UnnormalizedModule = "softermax_unnormalized";

    /// <summary>Name of the module that scales a slice of powers by the row's sum; combinational.</summary>
    public const string NormalizationModule = "softermax_normalization";

    /// <summary>Both modules.</summary>
    /// <param name="config">Formats, tables and the number of lanes.</param>
    /// <exception cref="ArgumentException">The configuration is impossible.</exception>
    public static string Emit(SoftermaxConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return Unnormalized(config) + "\n" + Normalization(config);
    }

    internal static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Bits of a signed integer maximum.</summary>
    internal static int MaximumBits(SoftermaxConfig config) => config.InputFormat.Bits + 1;

    private static string Unnormalized(SoftermaxConfig config)
    {
        var (w, xb, f) = (config.SliceWidth, config.InputFormat.Bits, config.InputFormat.FractionBits);
        var (u, d) = (config.UnnormalizedFormat, config.PowerSumFormat);
        var (ub, db, mb) = (u.Bits, d.Bits, MaximumBits(config));
        var table = LinearPiecewiseTable.PowerOfTwo(config);
        var total = ub + Log2Up(w) + Math.Max(0, d.FractionBits - u.FractionBits) + 1;
        var ceil = config.IntMaxRounding == IntMaxRounding.Ceil ? (1L << f) - 1 : 0;
        // The table's values may need a bit more than the format, before shifts.
        var vb = Math.Max(ub, u.FractionBits + 2);
        return Invariant($$"""
            // Softermax, unnormalised values: {{w}} scores of {{config.InputFormat}} a clock, powers of two below the slice's integer maximum in {{u}},
            // running integer maximum and running sum in {{d}}. 'powers' and 'slice_maximum' belong to the scores at the input; 'maximum' and
            // 'sum' follow a clock later. 'first' marks a row's first slice. mask[i] = 0 leaves a key out.
            module {{UnnormalizedModule}} (
                input  wire                 clk,
                input  wire                 valid,
                input  wire                 first,
                input  wire [{{(w * xb) - 1}}:0] scores,
                input  wire [{{w - 1}}:0] mask,
                output reg  [{{(w * ub) - 1}}:0] powers,
                output reg  signed [{{mb - 1}}:0] slice_maximum,
                output reg                  slice_seen,
                output reg  signed [{{mb - 1}}:0] maximum,
                output reg                  seen,
                output reg  [{{db - 1}}:0] sum
            );
                localparam signed [{{mb - 1}}:0] CEIL = {{ceil}};
                integer i;
                reg signed [{{mb - 1}}:0] score, whole;
                reg signed [{{mb}}:0] t, n;
                reg [{{mb}}:0] shift;
                reg [{{vb - 1}}:0] value;
                reg [{{Math.Max(vb, 64) - 1}}:0] wide;
                reg [{{total - 1}}:0] slice_total;
                reg [{{db}}:0] slice_sum, merged_sum;
                reg signed [{{mb - 1}}:0] merged;
                reg [{{mb}}:0] sum_shift, slice_shift;

                // The slice's integer maximum.
                always @* begin
                    slice_seen = 1'b0;
                    slice_maximum = 0;
                    score = 0;
                    whole = 0;
                    for (i = 0; i < {{w}}; i = i + 1) begin
                        score = $signed(scores[i*{{xb}} +: {{xb}}]);
                        whole = (score + CEIL) >>> {{f}};
                        if (mask[i] && (!slice_seen || whole > slice_maximum)) begin
                            slice_maximum = whole;
                            slice_seen = 1'b1;
                        end
                    end
                end

                // t = x - m = n + f; 2^f from the table, shifted right by -n.
                always @* begin
                    slice_total = 0;
                    powers = 0;
                    t = 0;
                    n = 0;
                    shift = 0;
                    value = 0;
                    wide = 0;
                    for (i = 0; i < {{w}}; i = i + 1) begin
                        t = $signed(scores[i*{{xb}} +: {{xb}}]);
                        t = t - (slice_maximum <<< {{f}});
                        n = t >>> {{f}};
                        shift = -n;
                        {{Lookup("value", "t", f, config.SegmentBits, table)}}
                        {{Shift("wide", "value", "shift", config)}}
                        {{Saturate("wide", u.GreatestCode, vb > ub || config.ShiftRounding == FixedPointRounding.HalfUp)}}
                        if (mask[i]) begin
                            powers[i*{{ub}} +: {{ub}}] = wide[{{ub - 1}}:0];
                            slice_total = slice_total + wide[{{ub - 1}}:0];
                        end
                    end
                end

                // (m, d) merged with the slice's: the difference of integer maxima is a shift.
                always @* begin
                    {{SliceSum(config, total)}}
                    merged = slice_maximum;
                    if (seen && !first && maximum > slice_maximum) merged = maximum;
                    sum_shift = merged - maximum;
                    slice_shift = merged - slice_maximum;
                    {{Shift("slice_sum", "slice_sum", "slice_shift", config)}}
                    merged_sum = 0;
                    if (seen && !first) begin
                        {{Shift("merged_sum", "sum", "sum_shift", config)}}
                    end
                    merged_sum = merged_sum + slice_sum;
                    if (merged_sum > {{Literal(d.GreatestCode, db + 1)}}) merged_sum = {{Literal(d.GreatestCode, db + 1)}};
                end

                always @(posedge clk)
                    if (valid) begin
                        if (slice_seen) begin
                            maximum <= merged;
                            sum <= merged_sum[{{db - 1}}:0];
                            seen <= 1'b1;
                        end else if (first) begin
                            maximum <= 0;
                            sum <= 0;
                            seen <= 1'b0;
                        end
                    end
            endmodule

            """);
    }

    private static string Normalization(SoftermaxConfig config)
    {
        var w = config.SliceWidth;
        var (u, d, r, o) = (config.UnnormalizedFormat, config.PowerSumFormat, config.ReciprocalFormat, config.OutputFormat);
        var (ub, db, ob, mb) = (u.Bits, d.Bits, o.Bits, MaximumBits(config));
        var table = LinearPiecewiseTable.Reciprocal(config);
        // Sums are aligned so that their leading one falls off and all that follows it is a fraction of nb bits.
        var nb = Math.Max(db - 1, config.SegmentBits);
        var drop = u.FractionBits + r.FractionBits - d.FractionBits - o.FractionBits;
        var rb = r.FractionBits + 1;
        var pb = ub + rb + Math.Max(0, -drop);
        return Invariant($$"""
            // Softermax, normalisation: {{w}} powers of a slice, shifted to the row's integer maximum and multiplied by the reciprocal of the row's sum.
            module {{NormalizationModule}} (
                input  wire [{{(w * ub) - 1}}:0] powers,
                input  wire [{{w - 1}}:0] mask,
                input  wire signed [{{mb - 1}}:0] slice_maximum,
                input  wire signed [{{mb - 1}}:0] maximum,
                input  wire [{{db - 1}}:0] sum,
                output reg  [{{(w * ob) - 1}}:0] results
            );
                integer i;
                reg [{{Log2Up(db + 1)}}:0] leading;
                reg [{{Log2Up(nb + 1)}}:0] align;
                reg [{{nb}}:0] aligned;
                reg [{{rb - 1}}:0] reciprocal;
                reg [{{mb}}:0] shift;
                reg [{{ub - 1}}:0] power;
                reg [{{pb - 1}}:0] product;
                reg [{{Log2Up(Math.Max(drop, 0) + db + 1)}}:0] last;
                reg [{{Math.Max(pb, 64) - 1}}:0] wide;

                // The leading one; the rest of the sum as a fraction; its reciprocal from the table.
                always @* begin
                    leading = 0;
                    for (i = 0; i < {{db}}; i = i + 1)
                        if (sum[i]) leading = i;
                    align = {{nb}} - leading;
                    aligned = sum;
                    aligned = aligned << align;
                    {{Lookup("reciprocal", "aligned", nb, config.SegmentBits, table)}}
                    if (sum == 0) reciprocal = 0;
                end

                always @* begin
                    results = 0;
                    shift = maximum - slice_maximum;
                    last = leading + {{Math.Max(drop, 0)}};
                    power = 0;
                    product = 0;
                    wide = 0;
                    for (i = 0; i < {{w}}; i = i + 1) begin
                        power = powers[i*{{ub}} +: {{ub}}];
                        {{Shift("power", "power", "shift", config)}}
                        product = power * reciprocal;
                        {{(drop < 0 ? Invariant($"product = product << {-drop};") : "")}}
                        {{Shift("wide", "product", "last", config)}}
                        {{Saturate("wide", o.GreatestCode, true)}}
                        if (mask[i]) results[i*{{ob}} +: {{ob}}] = wide[{{ob - 1}}:0];
                    end
                end
            endmodule

            """);
    }

    /// <summary>A table as a case over the argument's top bits.</summary>
    private static string Lookup(string target, string argument, int bits, int segmentBits, LinearPiecewiseTable table)
    {
        var rest = bits - segmentBits;
        var text = new StringBuilder();
        string Line(int segment)
        {
            var (start, rise) = (table.Starts[segment], table.Rises[segment]);
            if (rest <= 0) return Invariant($"{target} = {start};");
            var width = Width(Math.Abs(rise)) + rest;
            return Invariant($"{target} = {start} {(rise < 0 ? "-" : "+")} (({Literal(Math.Abs(rise), width)} * {argument}[{rest - 1}:0]) >> {rest});");
        }
        // One segment, or an argument without bits, has nothing to choose by.
        if (segmentBits == 0 || bits == 0) return Line(0);
        if (rest < 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"case ({argument}[{bits - 1}:0]) ");
            for (var i = 0; i < 1 << bits; i++) text.Append(CultureInfo.InvariantCulture, $"{Literal(i, bits)}: {Line(i << -rest)} ");
        }
        else
        {
            text.Append(CultureInfo.InvariantCulture, $"case ({argument}[{bits - 1}:{rest}]) ");
            for (var i = 0; i < 1 << segmentBits; i++) text.Append(CultureInfo.InvariantCulture, $"{Literal(i, segmentBits)}: {Line(i)} ");
        }
        return text.Append("endcase").ToString();
    }

    /// <summary>A shift to the right that drops bits, or rounds halves up.</summary>
    private static string Shift(string target, string value, string amount, SoftermaxConfig config) => config.ShiftRounding == FixedPointRounding.Truncate
        ? $"{target} = {value} >> {amount};"
        : $"{target} = {amount} == 0 ? {value} : {amount} > {FixedPointFormat.MostBits} ? 0 : ({value} + (64'd1 << ({amount} - 1))) >> {amount};";

    private static string Saturate(string name, long greatest, bool isNeeded) => isNeeded ? Invariant($"if ({name} > {Literal(greatest, 64)}) {name} = {Literal(greatest, 64)};") : "";

    private static string SliceSum(SoftermaxConfig config, int total)
    {
        var drop = config.UnnormalizedFormat.FractionBits - config.PowerSumFormat.FractionBits;
        var greatest = config.PowerSumFormat.GreatestCode;
        var shifted = drop <= 0
            ? Invariant($"(slice_total << {-drop})")
            : config.ShiftRounding == FixedPointRounding.HalfUp ? Invariant($"((slice_total + {Literal(1L << (drop - 1), total)}) >> {drop})") : Invariant($"(slice_total >> {drop})");
        return Invariant($"slice_sum = {shifted} > {Literal(greatest, Math.Max(total, Width(greatest)))} ? {Literal(greatest, config.PowerSumFormat.Bits + 1)} : {shifted};");
    }

    private static string Literal(long value, int bits) => Invariant($"{bits}'d{value}");

    private static int Width(long value)
    {
        var bits = 1;
        while (value >> bits != 0) bits++;
        return bits;
    }

    private static int Log2Up(int value)
    {
        var bits = 0;
        while (1 << bits < value) bits++;
        return bits;
    }
}
