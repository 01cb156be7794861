using System.Globalization;
using System.Text;

namespace Scorch.Language.Softermax;

/// <summary>A Verilog testbench that runs rows through both units and compares every integer with the simulator's.</summary>
public static class SoftermaxTestbench
{
    /// <summary>What the testbench prints, before the number of rows, when all integers agree.</summary>
    public const string Passed = "PASS";

    /// <summary>Makes the testbench and the file of vectors that it reads.</summary>
    /// <param name="config">The units' configuration.</param>
    /// <param name="rows">Scores and masks; a mask of none means that every key counts.</param>
    /// <param name="vectorFile">Name of the vectors' file as the testbench opens it.</param>
    /// <returns>The testbench, and the vectors: one 64-bit word a line, hexadecimal.</returns>
    /// <exception cref="ArgumentException">There is no row, a row is refused by the simulator, or a format is wider than the words.</exception>
    public static (string Testbench, string Vectors) Emit(SoftermaxConfig config, IReadOnlyList<(double[] Scores, bool[]? Mask)> rows, string vectorFile = "softermax_vectors.hex")
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Count == 0) throw new ArgumentException("SoftermaxTestbench: there is no row; give at least one.", nameof(rows));
        if (vectorFile.AsSpan().ContainsAny('"', '\\', '\n')) throw new ArgumentException($"SoftermaxTestbench: '{vectorFile}' cannot stand in a Verilog string.", nameof(vectorFile));
        var words = new StringBuilder();
        var count = 0;
        void Word(long value)
        {
            words.Append(value.ToString("x16", CultureInfo.InvariantCulture)).Append('\n');
            count++;
        }
        Word(rows.Count);
        foreach (var (scores, mask) in rows)
        {
            var trace = SoftermaxSimulator.Run(scores, config, mask);
            Word(trace.Steps.Count);
            for (var slice = 0; slice < trace.Steps.Count; slice++)
            {
                for (var lane = 0; lane < config.SliceWidth; lane++)
                {
                    // Lanes beyond the row's end are masked.
                    var i = (slice * config.SliceWidth) + lane;
                    Word(i < scores.Length ? trace.Inputs[i] : 0);
                    Word(i < scores.Length && mask?[i] != false ? 1 : 0);
                    Word(i < scores.Length ? trace.Powers[i] : 0);
                    Word(i < scores.Length ? trace.Outputs[i] : 0);
                }
                Word(trace.Steps[slice].Maximum ?? 0);
                Word(trace.Steps[slice].Sum);
            }
        }
        return (Text(config, count, rows.Max(row => ((row.Scores.Length - 1) / config.SliceWidth) + 1), vectorFile), words.ToString());
    }

    private static string Text(SoftermaxConfig config, int words, int slices, string vectorFile)
    {
        var (w, xb, ub, db, ob, mb) = (config.SliceWidth, config.InputFormat.Bits, config.UnnormalizedFormat.Bits, config.PowerSumFormat.Bits, config.OutputFormat.Bits, SoftermaxRtl.MaximumBits(config));
        return SoftermaxRtl.Invariant($$"""
            `timescale 1ns/1ps
            module softermax_testbench;
                reg [63:0] data [0:{{words - 1}}];
                reg clk = 0, valid = 0, first = 0;
                reg [{{(w * xb) - 1}}:0] scores = 0;
                reg [{{w - 1}}:0] mask = 0;
                wire [{{(w * ub) - 1}}:0] powers;
                wire signed [{{mb - 1}}:0] slice_maximum, maximum;
                wire slice_seen, seen;
                wire [{{db - 1}}:0] sum;
                reg [{{(w * ub) - 1}}:0] kept_powers [0:{{slices - 1}}];
                reg signed [{{mb - 1}}:0] kept_maxima [0:{{slices - 1}}];
                reg [{{(w * ub) - 1}}:0] later_powers = 0;
                reg [{{w - 1}}:0] later_mask = 0;
                reg signed [{{mb - 1}}:0] later_maximum = 0;
                wire [{{(w * ob) - 1}}:0] results;
                wire signed [63:0] signed_maximum = maximum;
                integer place, back, rows, slices, row, slice, lane, mismatches;

                {{SoftermaxRtl.UnnormalizedModule}} unnormalized (
                    .clk(clk), .valid(valid), .first(first), .scores(scores), .mask(mask), .powers(powers), .slice_maximum(slice_maximum),
                    .slice_seen(slice_seen), .maximum(maximum), .seen(seen), .sum(sum));
                {{SoftermaxRtl.NormalizationModule}} normalization (
                    .powers(later_powers), .mask(later_mask), .slice_maximum(later_maximum), .maximum(maximum), .sum(sum), .results(results));

                task check(input [63:0] found, input [63:0] expected);
                    if (found !== expected) begin
                        mismatches = mismatches + 1;
                        if (mismatches < 10) $display("row %0d slice %0d lane %0d: %0d instead of %0d", row, slice, lane, found, expected);
                    end
                endtask

                initial begin
                    $readmemh("{{vectorFile}}", data);
                    mismatches = 0;
                    place = 1;
                    rows = data[0];
                    for (row = 0; row < rows; row = row + 1) begin
                        slices = data[place];
                        place = place + 1;
                        back = place;
                        for (slice = 0; slice < slices; slice = slice + 1) begin
                            first = slice == 0;
                            valid = 1;
                            for (lane = 0; lane < {{w}}; lane = lane + 1) begin
                                scores[lane*{{xb}} +: {{xb}}] = data[place + 4*lane];
                                mask[lane] = data[place + 4*lane + 1];
                            end
                            #1;
                            for (lane = 0; lane < {{w}}; lane = lane + 1) check(powers[lane*{{ub}} +: {{ub}}], data[place + 4*lane + 2]);
                            kept_powers[slice] = powers;
                            kept_maxima[slice] = slice_maximum;
                            clk = 1;
                            #1 clk = 0;
                            #1;
                            place = place + 4*{{w}};
                            if (seen) check(signed_maximum, data[place]);
                            check(sum, data[place + 1]);
                            place = place + 2;
                        end
                        valid = 0;
                        for (slice = 0; slice < slices; slice = slice + 1) begin
                            later_powers = kept_powers[slice];
                            later_maximum = kept_maxima[slice];
                            for (lane = 0; lane < {{w}}; lane = lane + 1) later_mask[lane] = data[back + 4*lane + 1];
                            #1;
                            for (lane = 0; lane < {{w}}; lane = lane + 1) check(results[lane*{{ob}} +: {{ob}}], data[back + 4*lane + 3]);
                            back = back + 4*{{w}} + 2;
                        end
                    end
                    if (mismatches == 0) $display("{{Passed}} %0d", rows);
                    else $display("FAIL %0d", mismatches);
                    $finish;
                end
            endmodule

            """);
    }
}
