using System.Security.Cryptography;
using System.Text.Json;
using Scorch.Checkpoints;
using Scorch.Language.Softermax;
using Scorch.Language.Tests.SwitchTransformers;
using Scorch.Modules;
using BaseTwoSoftmax = Scorch.Language.Softermax.Softermax;

namespace Scorch.Language.Tests.BaseTwo;

/// <summary>The files of tests/oracles/softermax, whose README says what made them.</summary>
public class SoftermaxOracleTests
{
    [Fact]
    public void Exact_values_and_gradients_are_SciPys_and_PyTorchs()
    {
        var golden = Load("exact.npz");
        var x = new Parameter(golden["in.x"]);
        var y = BaseTwoSoftmax.Exact(x);
        SwitchGolden.AssertClose(golden["out.softermax"], y, 1e-12);
        SwitchGolden.AssertClose(golden["out.softmax_e"], BaseTwoSoftmax.Exact(golden["in.x"] / Math.Log(2)), 1e-12);
        (y * golden["in.upstream"]).Sum().Backward();
        SwitchGolden.AssertClose(golden["grad.x"], x.Gradient!, 1e-12);
    }

    [Fact]
    public void The_straight_through_gradient_is_that_of_the_exact_softmax_of_clamped_scores()
    {
        var golden = Load("exact.npz");
        var x = new Parameter(golden["in.x_saturating"]);
        (BaseTwoSoftmax.Apply(x) * golden["in.upstream"]).Sum().Backward();
        SwitchGolden.AssertClose(golden["grad.x_saturating"], x.Gradient!, 1e-12);
        SwitchGolden.AssertClose(golden["out.saturating_clipped_exact"], BaseTwoSoftmax.Exact(golden["in.x_saturating"].Clamp(-32, 31.75)), 1e-12);
        // In range the gradient is the unquantised softmax's.
        var inside = new Parameter(golden["in.x"]);
        (BaseTwoSoftmax.Apply(inside) * golden["in.upstream"]).Sum().Backward();
        SwitchGolden.AssertClose(golden["grad.x"], inside.Gradient!, 1e-12);
    }

    [Fact]
    public void The_online_pass_has_the_reference_maxima_sums_and_powers()
    {
        var golden = Load("online_float.npz");
        var online = BaseTwoSoftmax.Online(golden["in.x"].ToArray<double>());
        AssertClose(golden["out.m"], online.Maxima);
        AssertClose(golden["out.d"], online.Sums);
        AssertClose(golden["out.u"], online.Powers);
        AssertClose(golden["out.y"], online.Values);
    }

    [Fact]
    public void Tables_are_the_reference_integers_and_stay_within_the_known_error()
    {
        var golden = Load("tables.npz");
        var powers = LinearPiecewiseTable.PowerOfTwo(SoftermaxConfig.Paper);
        var ends = golden["lpw_intercepts_uq1_15"].ToArray<long>();
        Assert.Equal(ends[..4], powers.Starts.ToArray());
        Assert.Equal(ends.Skip(1).Zip(ends, (next, own) => next - own), powers.Rises.ToArray());
        var reciprocals = LinearPiecewiseTable.Reciprocal(SoftermaxConfig.Paper);
        var falls = golden["recip_table_uq1_7"].ToArray<long>();
        Assert.Equal(falls[..4], reciprocals.Starts.ToArray());
        Assert.Equal(falls.Skip(1).Zip(falls, (next, own) => next - own), reciprocals.Rises.ToArray());
        var (lines, exact) = (golden["pow2_endpoint4"].ToArray<double>(), golden["pow2_exact"].ToArray<double>());
        var greatest = new double[4];
        for (var k = 0; k < 1024; k++)
        {
            var value = powers.At(k, 10) * Math.ScaleB(1, -15);
            // Both ends rounded to half a step, the product truncated to one.
            Assert.InRange(value - lines[k], -1.5 * Math.ScaleB(1, -15), 0.5 * Math.ScaleB(1, -15));
            greatest[k / 256] = Math.Max(greatest[k / 256], (lines[k] / exact[k]) - 1);
        }
        var known = golden["endpoint4_max_relative_error"].ToArray<double>();
        for (var segment = 0; segment < 4; segment++) Assert.InRange(greatest[segment], known[segment] - 1e-6, known[segment] + 1e-12);
    }

    [Theory]
    [InlineData("fixed_q6_2_w16.npz")]
    [InlineData("fixed_q6_6_w8.npz")]
    [InlineData("fixed_floor_w16.npz")]
    [InlineData("fixed_edge.npz")]
    public void Every_integer_of_every_row_is_the_references(string file)
    {
        var golden = Load(file);
        var (x, mask, length) = (golden["in.x"], golden["in.mask"], golden["in.x"].Shape[1]);
        var config = SoftermaxConfig.Paper with
        {
            SliceWidth = (int)golden["in.slice_width"].ItemInt64(),
            InputFormat = FixedPointFormat.Signed(6, (int)golden["in.fraction_bits"].ItemInt64()),
            IntMaxRounding = golden["in.ceil"].To(DataType.Int64).ItemInt64() == 1 ? IntMaxRounding.Ceil : IntMaxRounding.Floor,
        };
        long[] Row(string name, int row) => golden[name].Select(0, row).To(DataType.Int64).ToArray<long>();
        long One(string name, int row) => golden[name].To(DataType.Int64).ToArray<long>()[row];
        for (var row = 0; row < x.Shape[0]; row++)
        {
            var own = mask.Select(0, row).ToArray<bool>();
            var trace = SoftermaxSimulator.Run(x.Select(0, row).ToArray<double>(), config, own);
            Assert.Equal(Row("out.x_int", row), trace.Inputs);
            Assert.Equal(Row("out.unnormalised_int", row), trace.Powers);
            Assert.Equal(Row("out.renormalised_int", row), trace.Renormalized);
            Assert.Equal(Row("out.trace_max", row), trace.Steps.Select(step => (long)(step.Maximum ?? -9999)));
            Assert.Equal(Row("out.trace_sum_int", row), trace.Steps.Select(step => step.Sum));
            Assert.Equal(One("out.power_sum_int", row), trace.Steps[^1].Sum);
            Assert.Equal(One("out.leading_one", row), trace.LeadingOne);
            if (!trace.IsFullyMasked) Assert.Equal(One("out.max", row), trace.Steps[^1].Maximum ?? long.MinValue);
            Assert.Equal(One("out.reciprocal_int", row), trace.Reciprocal);
            Assert.Equal(Row("out.y_int", row), trace.Outputs);
            Assert.Equal(One("out.saturated_inputs", row), trace.SaturatedInputs);
            Assert.Equal(One("out.saturated_sums", row), trace.SaturatedSums);
            Assert.Equal(!own.Contains(true), trace.IsFullyMasked);
        }
        // The tensors' way gives the same integers, and the exact values are the reference's.
        var y = BaseTwoSoftmax.Apply(x, mask, config);
        Assert.Equal(golden["out.y_int"].To(DataType.Float64).ToArray<double>(), (y * 128).ToArray<double>());
        // (The reference's exact values are of the scores as they are, saturating ones too.)
        SwitchGolden.AssertClose(golden["out.exact"], BaseTwoSoftmax.Exact(x, mask), 1e-12);
    }

    [Fact]
    public void A_hundred_thousand_rows_are_those_of_an_independent_statement_in_every_configuration()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(SwitchGolden.PathOf("softermax/restated.json")));
        var (rows, length) = (document.RootElement.GetProperty("rows").GetInt32(), document.RootElement.GetProperty("length").GetInt32());
        var (scores, masks) = Scores(rows, length);
        foreach (var stated in document.RootElement.GetProperty("configs").EnumerateArray())
        {
            var config = ConfigOf(stated);
            var slices = ((length - 1) / config.SliceWidth) + 1;
            var (maxima, sums) = (new long[slices * rows], new long[slices * rows]);
            var (powers, outputs) = (new long[rows * length], new long[rows * length]);
            Parallel.For(0, rows, row =>
            {
                var trace = SoftermaxSimulator.Run(scores.AsSpan(row * length, length), config, masks[(row * length)..((row + 1) * length)]);
                for (var slice = 0; slice < slices; slice++) (maxima[(slice * rows) + row], sums[(slice * rows) + row]) = (trace.Steps[slice].Maximum ?? -9999, trace.Steps[slice].Sum);
                for (var i = 0; i < length; i++) (powers[(row * length) + i], outputs[(row * length) + i]) = (trace.Powers[i], trace.Outputs[i]);
            });
            Assert.Equal(stated.GetProperty("output_total").GetInt64(), outputs.Sum());
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            void Add(ReadOnlySpan<long> values) => digest.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(values));
            for (var slice = 0; slice < slices; slice++)
            {
                Add(maxima.AsSpan(slice * rows, rows));
                Add(sums.AsSpan(slice * rows, rows));
            }
            Add(powers);
            Add(outputs);
            Assert.Equal(stated.GetProperty("sha256").GetString(), Convert.ToHexStringLower(digest.GetHashAndReset()));
        }
    }

    private static SoftermaxConfig ConfigOf(JsonElement stated)
    {
        FixedPointFormat Format(string name, bool isSigned = false)
        {
            var (whole, fraction) = (stated.GetProperty(name)[0].GetInt32(), stated.GetProperty(name)[1].GetInt32());
            return isSigned ? FixedPointFormat.Signed(whole, fraction) : FixedPointFormat.Unsigned(whole, fraction);
        }
        bool Is(string name) => stated.GetProperty(name).GetBoolean();
        return new()
        {
            SliceWidth = stated.GetProperty("slice_width").GetInt32(),
            LpwSegments = stated.GetProperty("segments").GetInt32(),
            InputFormat = Format("input", true),
            UnnormalizedFormat = Format("power"),
            PowerSumFormat = Format("total"),
            ReciprocalFormat = Format("reciprocal"),
            OutputFormat = Format("output"),
            IntMaxRounding = Is("ceil") ? IntMaxRounding.Ceil : IntMaxRounding.Floor,
            Fit = Is("minimax") ? PiecewiseFit.Minimax : PiecewiseFit.Endpoints,
            InputRounding = Is("input_half_up") ? FixedPointRounding.HalfUp : FixedPointRounding.Truncate,
            ShiftRounding = Is("half_up") ? FixedPointRounding.HalfUp : FixedPointRounding.Truncate,
        };
    }

    /// <summary>The generator of oracles/softermax.py.</summary>
    private static (double[] Scores, bool[] Masks) Scores(int rows, int length)
    {
        var (scores, masks) = (new double[rows * length], new bool[rows * length]);
        for (var i = 0; i < scores.Length; i++)
        {
            var z = unchecked((ulong)(i + 1) * 0x9E3779B97F4A7C15);
            z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
            z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
            z ^= z >> 31;
            var row = i / length;
            scores[i] = Math.Floor(((double)(z % 10241) - 5120) / ((row % 4) + 1)) / 128;
            masks[i] = (z >> 32) % 7 != 0 && row % 64 != 63;
        }
        return (scores, masks);
    }

    private static IReadOnlyDictionary<string, Tensor> Load(string file) => Npz.Load(SwitchGolden.PathOf("softermax/" + file));

    private static void AssertClose(Tensor expected, IReadOnlyList<double> actual)
    {
        var values = expected.ToArray<double>();
        Assert.Equal(values.Length, actual.Count);
        for (var i = 0; i < values.Length; i++) Assert.InRange(actual[i] - values[i], -1e-12 * (1 + Math.Abs(values[i])), 1e-12 * (1 + Math.Abs(values[i])));
    }
}
