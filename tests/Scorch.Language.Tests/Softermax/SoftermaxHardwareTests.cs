using Scorch.Language.Softermax;

namespace Scorch.Language.Tests.BaseTwo;

/// <summary>A test that runs Icarus Verilog: skipped where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class VerilogTheoryAttribute : TheoryAttribute
{
    public VerilogTheoryAttribute()
    {
        if (!HardwareTools.HasSimulator) Skip = "Icarus Verilog is not installed; on Debian: apt-get install iverilog.";
    }
}

public class SoftermaxHardwareTests
{
    public static TheoryData<string> Configurations { get; } = ["paper", "floor", "fine", "minimax", "half-up", "odd"];

    [VerilogTheory]
    [MemberData(nameof(Configurations))]
    public void The_emitted_units_hold_the_simulators_integers(string name)
    {
        var config = Config(name);
        var rows = SoftermaxExperiments.RandomRows(config, name == "paper" ? 1000 : 200, 40, 5);
        Assert.StartsWith($"{SoftermaxTestbench.Passed} {rows.Count}", Simulated(config, rows), StringComparison.Ordinal);
    }

    [VerilogTheory]
    [InlineData("other rounding of the maximum")]
    [InlineData("other table")]
    public void The_testbench_finds_units_of_another_configuration(string what)
    {
        var config = Config("fine");
        var other = what == "other table" ? config with { Fit = PiecewiseFit.Minimax } : config with { IntMaxRounding = IntMaxRounding.Floor };
        var (testbench, vectors) = SoftermaxTestbench.Emit(config, SoftermaxExperiments.RandomRows(config, 20, 40, 5));
        Assert.Contains("FAIL", HardwareTools.Simulate(new Dictionary<string, string> { ["units.v"] = SoftermaxRtl.Emit(other), ["testbench.v"] = testbench, ["softermax_vectors.hex"] = vectors }));
    }

    [VerilogTheory]
    [InlineData(1)]
    public void The_baseline_computes_a_softmax(int seed)
    {
        // No result falls below the least normal number, which would count as 0.
        var random = new Random(seed);
        var scores = Enumerable.Range(0, 16).Select(_ => (Half)((random.NextDouble() * 6) - 3)).ToArray();
        var packed = string.Concat(scores.Reverse().Select(score => BitConverter.HalfToUInt16Bits(score).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)));
        // Four slices of four lanes: the maximum, then exponentials and their sum, then the division.
        var testbench = $$"""
            module baseline_testbench;
                reg clk = 0, first = 0, summing = 0;
                reg [255:0] all = 256'h{{packed}};
                reg [63:0] scores = 0, kept [0:3];
                wire [63:0] exponentials, results;
                wire [15:0] maximum, sum;
                reg [63:0] later = 0;
                integer pass, i, k;
                {{BaselineRtl.UnnormalizedModule}} a (.clk(clk), .valid(1'b1), .first(first), .summing(summing), .scores(scores), .mask(4'b1111), .exponentials(exponentials), .maximum(maximum), .sum(sum));
                {{BaselineRtl.NormalizationModule}} b (.exponentials(later), .sum(sum), .results(results));
                initial begin
                    for (pass = 0; pass < 2; pass = pass + 1)
                        for (i = 0; i < 4; i = i + 1) begin
                            summing = pass; first = i == 0; scores = all[i*64 +: 64];
                            #1 kept[i] = exponentials;
                            clk = 1; #1 clk = 0; #1;
                        end
                    for (i = 0; i < 4; i = i + 1) begin
                        later = kept[i]; #1;
                        for (k = 0; k < 4; k = k + 1) $display("%h", results[k*16 +: 16]);
                    end
                    $finish;
                end
            endmodule
            """;
        var printed = HardwareTools.Simulate(new Dictionary<string, string> { ["baseline.v"] = BaselineRtl.Emit(4), ["testbench.v"] = testbench });
        var found = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => (double)BitConverter.UInt16BitsToHalf(Convert.ToUInt16(line, 16))).ToArray();
        var maximum = scores.Max(score => (double)score);
        var sum = scores.Sum(score => Math.Exp((double)score - maximum));
        Assert.Equal(16, found.Length);
        // Truncated sums of 16 numbers, an exponential of ten bits, a truncated quotient: well within 2%.
        for (var i = 0; i < 16; i++) Assert.InRange(found[i] / (Math.Exp((double)scores[i] - maximum) / sum), 0.98, 1.02);
    }

    [Fact]
    public void Softermax_takes_fewer_operations_and_less_energy_than_floating_point()
    {
        var report = SoftmaxCostModel.Default45nm.Compare(384, 12);
        Assert.Equal(384 * 12, report.Rows);
        Assert.True(report.ThreePass32.Picojoules > report.ThreePass16.Picojoules);
        // By hand: 384 x (8 + 2 x 16 + 8) bits and 24 slices x 2 x 8 bits of buffers at 10 pJ for 64.
        Assert.Equal(10.0 / 64 * ((384 * 48) + (24 * 16)), report.Softermax.BufferPicojoules, 6);
        Assert.Equal(10.0 / 64 * 384 * 5 * 16, report.ThreePass16.BufferPicojoules, 6);
        // By hand: three sums, an exponential of two products, two sums and a read, a product a number; a reciprocal a row.
        Assert.Equal((384 * ((3 * 0.4) + (2 * 1.1) + (2 * 0.4) + 0.06 + 1.1)) + 0.06 + (4 * 1.1) + (2 * 0.4), report.ThreePass16.ArithmeticPicojoules, 6);
        // A user's energies are used.
        var free = new SoftmaxCostModel(OperationEnergy.Published45nm with { Buffer64 = 0 }).Compare(384);
        Assert.Equal(0, free.Softermax.BufferPicojoules);
        Assert.Throws<ArgumentOutOfRangeException>(() => SoftmaxCostModel.Default45nm.Compare(0));
    }

    private static SoftermaxConfig Config(string name) => name switch
    {
        "floor" => SoftermaxConfig.Paper with { IntMaxRounding = IntMaxRounding.Floor, SliceWidth = 5 },
        "fine" => SoftermaxConfig.Paper with { InputFormat = FixedPointFormat.Signed(6, 6), SliceWidth = 8 },
        "minimax" => SoftermaxConfig.Paper with { InputFormat = FixedPointFormat.Signed(6, 6), Fit = PiecewiseFit.Minimax, LpwSegments = 8, SliceWidth = 8 },
        "half-up" => SoftermaxConfig.Paper with { ShiftRounding = FixedPointRounding.HalfUp, SliceWidth = 3 },
        "odd" => new()
        {
            InputFormat = FixedPointFormat.Signed(7, 0),
            UnnormalizedFormat = FixedPointFormat.Unsigned(1, 6),
            PowerSumFormat = FixedPointFormat.Unsigned(3, 9),
            ReciprocalFormat = FixedPointFormat.Unsigned(1, 3),
            OutputFormat = FixedPointFormat.Unsigned(0, 15),
            LpwSegments = 1,
            SliceWidth = 2,
        },
        _ => SoftermaxConfig.Paper,
    };

    private static string Simulated(SoftermaxConfig config, IReadOnlyList<(double[] Scores, bool[]? Mask)> rows)
    {
        var (testbench, vectors) = SoftermaxTestbench.Emit(config, rows);
        return HardwareTools.Simulate(new Dictionary<string, string> { ["units.v"] = SoftermaxRtl.Emit(config), ["testbench.v"] = testbench, ["softermax_vectors.hex"] = vectors });
    }
}
