using System.Text;

namespace Scorch.Language.Softermax;

/// <summary>What Softermax's units are compared with: a softmax of base e in fp16 of as many lanes, three passes, as plain Verilog.</summary>
/// <remarks>
/// A first pass finds the greatest score, a second exponentiates against it and sums, a third divides. Numbers are IEEE binary16 without
/// subnormals (they count as 0), infinities and NaN; results are truncated. The exponential reduces its argument in fixed point and reads a
/// table of 16 lines, which is cheaper than a general unit and so favours the baseline.
/// </remarks>
public static class BaselineRtl
{
    /// <summary>Name of the module that keeps the running maximum and, in the second pass, exponentials and their sum.</summary>
    public const string UnnormalizedModule = "baseline_unnormalized";

    /// <summary>Name of the module that divides; combinational.</summary>
    public const string NormalizationModule = "baseline_normalization";

    /// <summary>Both modules and the arithmetic below them.</summary>
    /// <param name="lanes">Numbers that are taken a clock.</param>
    public static string Emit(int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lanes, 65_536);
        return Arithmetic + Exponential() + SoftermaxRtl.Invariant($$"""
            // Pass 0: the running maximum. Pass 1: exponentials against it, and their running sum. Masked lanes take no part.
            module {{UnnormalizedModule}} (
                input  wire        clk,
                input  wire        valid,
                input  wire        first,
                input  wire        summing,
                input  wire [{{(lanes * 16) - 1}}:0] scores,
                input  wire [{{lanes - 1}}:0] mask,
                output wire [{{(lanes * 16) - 1}}:0] exponentials,
                output reg  [15:0] maximum,
                output reg  [15:0] sum
            );
                // Ordered as integers: the sign turned, and all other bits too where it is set.
                function [15:0] ordered(input [15:0] x);
                    ordered = x[15] ? ~x : {1'b1, x[14:0]};
                endfunction
                integer i;
                reg [15:0] slice_maximum;
                always @* begin
                    slice_maximum = first ? 16'hfbff : maximum;
                    for (i = 0; i < {{lanes}}; i = i + 1)
                        if (mask[i] && ordered(scores[i*16 +: 16]) > ordered(slice_maximum)) slice_maximum = scores[i*16 +: 16];
                end
                wire [15:0] differences [0:{{lanes - 1}}];
                wire [15:0] powers [0:{{lanes - 1}}];
                wire [15:0] partial [0:{{lanes}}];
                assign partial[0] = first ? 16'h0000 : sum;
                genvar g;
                generate
                    for (g = 0; g < {{lanes}}; g = g + 1) begin : lane
                        fp16_add subtract (.a(scores[g*16 +: 16]), .b({~maximum[15], maximum[14:0]}), .y(differences[g]));
                        fp16_exp exponential (.a(differences[g]), .y(powers[g]));
                        assign exponentials[g*16 +: 16] = mask[g] ? powers[g] : 16'h0000;
                        fp16_add accumulate (.a(partial[g]), .b(mask[g] ? powers[g] : 16'h0000), .y(partial[g + 1]));
                    end
                endgenerate
                always @(posedge clk)
                    if (valid) begin
                        if (!summing) maximum <= slice_maximum;
                        else sum <= partial[{{lanes}}];
                    end
            endmodule

            // Pass 2: every exponential over the sum.
            module {{NormalizationModule}} (
                input  wire [{{(lanes * 16) - 1}}:0] exponentials,
                input  wire [15:0] sum,
                output wire [{{(lanes * 16) - 1}}:0] results
            );
                genvar g;
                generate
                    for (g = 0; g < {{lanes}}; g = g + 1) begin : lane
                        fp16_divide divide (.a(exponentials[g*16 +: 16]), .b(sum), .y(results[g*16 +: 16]));
                    end
                endgenerate
            endmodule

            """);
    }

    private static string Arithmetic => """
        // y = a + b in binary16, truncated.
        module fp16_add (input wire [15:0] a, input wire [15:0] b, output reg [15:0] y);
            reg [15:0] greater, lesser;
            reg [4:0] distance;
            reg [13:0] left, right, total;
            reg [5:0] exponent;
            integer k;
            always @* begin
                greater = a[14:0] >= b[14:0] ? a : b;
                lesser = a[14:0] >= b[14:0] ? b : a;
                distance = greater[14:10] - lesser[14:10];
                left = greater[14:10] == 0 ? 14'd0 : {1'b0, 1'b1, greater[9:0], 2'b00};
                right = lesser[14:10] == 0 ? 14'd0 : {1'b0, 1'b1, lesser[9:0], 2'b00} >> distance;
                total = greater[15] == lesser[15] ? left + right : left - right;
                exponent = {1'b0, greater[14:10]};
                if (total[13]) begin
                    total = total >> 1;
                    exponent = exponent + 1;
                end
                for (k = 0; k < 12; k = k + 1)
                    if (!total[12] && total != 0 && exponent != 0) begin
                        total = total << 1;
                        exponent = exponent - 1;
                    end
                if (total == 0 || exponent == 0) y = 16'h0000;
                else if (exponent > 30) y = {greater[15], 15'h7bff};
                else y = {greater[15], exponent[4:0], total[11:2]};
            end
        endmodule

        // y = a / b for b > 0, truncated; 0 where b is 0.
        module fp16_divide (input wire [15:0] a, input wire [15:0] b, output reg [15:0] y);
            reg [22:0] quotient;
            reg signed [7:0] exponent;
            always @* begin
                quotient = b[14:10] == 0 ? 23'd0 : {1'b1, a[9:0], 12'd0} / {12'd0, 1'b1, b[9:0]};
                exponent = {3'b000, a[14:10]};
                exponent = exponent - {3'b000, b[14:10]} + 15;
                if (!quotient[12]) begin
                    quotient = quotient << 1;
                    exponent = exponent - 1;
                end
                if (a[14:10] == 0 || b[14:10] == 0 || exponent < 1) y = 16'h0000;
                else if (exponent > 30) y = {a[15], 15'h7bff};
                else y = {a[15], exponent[4:0], quotient[11:2]};
            end
        endmodule

        """;

    /// <summary>e^a for a up to 0: |a| log2 e in fixed point, its fraction through a table, its whole part as the exponent.</summary>
    private static string Exponential()
    {
        const int Lines = 16, Bits = 10;
        var table = new StringBuilder();
        for (var i = 0; i < Lines; i++)
        {
            var (low, high) = (Math.Round(Math.Pow(2, (double)i / Lines) * (1 << Bits)), Math.Round(Math.Pow(2, (i + 1.0) / Lines) * (1 << Bits)));
            table.Append(SoftermaxRtl.Invariant($"            4'd{i}: mantissa = {low} + ((8'd{high - low} * fraction[5:0]) >> 6);\n"));
        }
        return $$"""
            // y = e^a for a <= 0; a positive argument counts as 0.
            module fp16_exp (input wire [15:0] a, output reg [15:0] y);
                reg [21:0] argument;
                reg [37:0] product;
                reg [16:0] scaled;
                reg [16:0] whole;
                reg [9:0] fraction;
                reg [11:0] mantissa;
                always @* begin
                    // |a| with 16 fraction bits, the significand counting 2^(exponent - 25); e^-64 and below are 0.
                    argument = a[14:10] == 0 ? 22'd0
                        : a[14:10] >= 9 ? {11'd0, 1'b1, a[9:0]} << (a[14:10] - 9) : {11'd0, 1'b1, a[9:0]} >> (9 - a[14:10]);
                    // log2 e = 47274 / 2^15; the negative exponent's whole part and what is left above it.
                    product = argument * 16'd47274;
                    product = product + 38'h1fffff;
                    scaled = product[37:21];
                    whole = (scaled + 17'd1023) >> 10;
                    fraction = (whole << 10) - scaled;
                    case (fraction[9:6])
            {{table}}        endcase
                    if (!a[15] && a[14:10] != 0) y = 16'h3c00;
                    else if (a[14:10] > 20 || scaled >= 17'd14336) y = 16'h0000;
                    else y = {1'b0, 5'd15 - whole[4:0], mantissa[9:0]};
                end
            endmodule

            """;
    }
}
