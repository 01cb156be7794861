using Scorch.Language.Softermax;
using Scorch.Modules;
using BaseTwoSoftmax = Scorch.Language.Softermax.Softermax;

namespace Scorch.Language.Tests.BaseTwo;

public class SoftermaxArithmeticTests
{
    [Fact]
    public void The_worked_example_of_the_online_pass_comes_out()
    {
        var online = BaseTwoSoftmax.Online([2.25, 1.0, 4.5]);
        Assert.Equal([3, 3, 5], online.Maxima);
        Assert.Equal([0.5946, 0.8446, 0.9183], online.Sums.Select(sum => Math.Round(sum, 4)));
        Assert.Equal([0.1619, 0.0681, 0.7701], online.Values.Select(value => Math.Round(value, 4)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(1000)]
    public void The_online_pass_equals_three_passes_for_any_width_and_order(int width)
    {
        var random = new Random(width);
        for (var trial = 0; trial < 50; trial++)
        {
            var row = Enumerable.Range(0, 1 + random.Next(60)).Select(_ => random.NextDouble() * 40).ToArray();
            foreach (var order in new[] { row, [.. row.Order()], [.. row.OrderDescending()] })
            {
                var (maximum, online) = (order.Max(), BaseTwoSoftmax.Online(order, width, trial % 2 == 0 ? IntMaxRounding.Ceil : IntMaxRounding.Floor).Values);
                var sum = order.Sum(score => Math.Pow(2, score - maximum));
                for (var i = 0; i < order.Length; i++) Assert.InRange(online[i] - (Math.Pow(2, order[i] - maximum) / sum), -1e-12, 1e-12);
            }
        }
    }

    [Fact]
    public void Fixed_point_results_stay_within_the_derived_bound_of_the_exact_ones()
    {
        var random = new RandomSource(3);
        var scores = (random.Normal([400, 20], 0, 4) * 4).Round() / 4;
        var distance = (BaseTwoSoftmax.Apply(scores) - BaseTwoSoftmax.Exact(scores)).Abs().Maximum().Item();
        // The reciprocal's lines lie above 1/x by at most 1.0% and are rounded to half of 2^-7 (1.6% of the least, 64); sums lose
        // 2^-6 a slice, at least 1/2 in all being left: 3.2% each of two slices. The result is truncated to 2^-7.
        Assert.InRange(distance, 0, (1.0 / 128) + 0.01 + 0.008 + 0.064);
    }

    [Fact]
    public void Rows_sum_to_one_up_to_truncated_results()
    {
        var scores = new RandomSource(4).Normal([200, 30], 0, 3);
        var sums = BaseTwoSoftmax.Apply(scores).Sum(1);
        // 30 results each lose less than 2^-7; the reciprocal errs by less than 2% and sums by 2^-6 a slice of at least 1/2.
        Assert.InRange(sums.Minimum().Item(), 1 - (30.0 / 128) - 0.09, 1.09);
        Assert.InRange(sums.Maximum().Item(), 0.6, 1.09);
    }

    [Fact]
    public void Masked_keys_take_no_part_whatever_they_hold()
    {
        double[] row = [1, double.NaN, 2, double.NegativeInfinity, -3];
        bool[] mask = [true, false, true, false, true];
        var trace = SoftermaxSimulator.Run(row, SoftermaxConfig.Paper, mask);
        var alone = SoftermaxSimulator.Run([1, 2, -3], SoftermaxConfig.Paper);
        Assert.Equal(alone.Outputs, [trace.Outputs[0], trace.Outputs[2], trace.Outputs[4]]);
        Assert.Equal([0L, 0L], [trace.Outputs[1], trace.Outputs[3]]);
    }

    [Fact]
    public void A_row_without_keys_is_zero_has_no_gradient_and_is_reported()
    {
        var scores = new Parameter(Tensor.From([1f, 2f, 3f, 4f], [2, 2]));
        var mask = Tensor.From([true, true, false, false], [2, 2]);
        var diagnostics = new SoftermaxDiagnostics();
        var y = BaseTwoSoftmax.Apply(scores, mask, null, diagnostics);
        Assert.Equal([0f, 0f], y.Select(0, 1).ToArray<float>());
        (y * Tensor.From([1f, 2f])).Sum().Backward();
        Assert.Equal([0f, 0f], scores.Gradient!.Select(0, 1).ToArray<float>());
        Assert.NotEqual(0f, scores.Gradient.ToArray<float>()[0]);
        Assert.Contains("1 of 2 rows have no key", diagnostics.Warning(SoftermaxConfig.Paper));
        Assert.Equal(0, BaseTwoSoftmax.Exact(scores, mask).Select(0, 1).Sum().Item());
    }

    [Fact]
    public void Saturation_is_reported_with_a_format_that_would_hold_the_scores()
    {
        var diagnostics = new SoftermaxDiagnostics();
        BaseTwoSoftmax.Apply(Tensor.From([100f, -3f, 0f, 1f], [1, 4]), null, null, diagnostics);
        Assert.Equal((1L, 4L, 1L, 100.0), (diagnostics.SaturatedInputs, diagnostics.Scores, diagnostics.Rows, diagnostics.Greatest));
        Assert.Contains("1 of 4 scores", diagnostics.Warning(SoftermaxConfig.Paper));
        Assert.Equal(FixedPointFormat.Signed(8, 2), diagnostics.Suggested(SoftermaxConfig.Paper));
        // 3,000 equal scores sum to 3,000, more than UQ(10,6) holds.
        var sums = new SoftermaxDiagnostics();
        BaseTwoSoftmax.Apply(Tensor.Zeros([1, 3000]), null, null, sums);
        Assert.True(sums.SaturatedSums > 0);
        Assert.Contains("more integer bits", sums.Warning(SoftermaxConfig.Paper));
    }

    [Fact]
    public void Results_are_the_same_bits_at_any_number_of_threads_and_in_float64()
    {
        var scores = new RandomSource(9).Normal([4, 3, 17, 33], 0, 3);
        var before = Parallelism.ThreadCount;
        try
        {
            var results = new[] { 1, 2, 7 }.Select(threads =>
            {
                Parallelism.ThreadCount = threads;
                return BaseTwoSoftmax.Apply(scores).ToArray<float>();
            }).ToArray();
            Assert.Equal(results[0], results[1]);
            Assert.Equal(results[0], results[2]);
            Assert.Equal(results[0], BaseTwoSoftmax.Apply(scores.To(DataType.Float64)).To(DataType.Float32).ToArray<float>());
        }
        finally
        {
            Parallelism.ThreadCount = before;
        }
    }

    [Theory]
    [InlineData(6, 2, true, "Q(6,2)", -32.0, 31.75)]
    [InlineData(1, 15, false, "UQ(1,15)", 0.0, 1.999969482421875)]
    [InlineData(0, 8, false, "UQ(0,8)", 0.0, 0.99609375)]
    public void Formats_are_written_read_and_bounded(int whole, int fraction, bool isSigned, string text, double least, double greatest)
    {
        var format = isSigned ? FixedPointFormat.Signed(whole, fraction) : FixedPointFormat.Unsigned(whole, fraction);
        Assert.Equal((text, least, greatest), (format.ToString(), format.Least, format.Greatest));
        Assert.Equal(format, FixedPointFormat.Parse(text));
        Assert.Equal(format.GreatestCode, format.CodeOf(1e300, FixedPointRounding.HalfUp, out var isOutside));
        Assert.True(isOutside);
        Assert.Equal(format.LeastCode, format.CodeOf(-1e300, FixedPointRounding.Truncate, out _));
    }

    [Fact]
    public void Impossible_formats_and_configurations_are_named()
    {
        Assert.Contains("1 to 62 bits", Assert.Throws<ArgumentException>(() => FixedPointFormat.Unsigned(40, 23)).Message);
        Assert.Contains("1 to 62 bits", Assert.Throws<ArgumentException>(() => FixedPointFormat.Unsigned(0, 0)).Message);
        Assert.Contains("1 to 62 bits", Assert.Throws<ArgumentException>(() => FixedPointFormat.Unsigned(int.MaxValue, int.MaxValue)).Message);
        Assert.Contains("neither may be negative", Assert.Throws<ArgumentException>(() => FixedPointFormat.Signed(6, -2)).Message);
        Assert.Throws<FormatException>(() => FixedPointFormat.Parse("Q6.2"));
        void Refuses(string part, SoftermaxConfig config) => Assert.Contains(part, Assert.Throws<ArgumentException>(config.Validate).Message);
        Refuses("SliceWidth is 0", SoftermaxConfig.Paper with { SliceWidth = 0 });
        Refuses("LpwSegments is 6", SoftermaxConfig.Paper with { LpwSegments = 6 });
        Refuses("InputFormat is UQ(6,2)", SoftermaxConfig.Paper with { InputFormat = FixedPointFormat.Unsigned(6, 2) });
        Refuses("OutputFormat is not set", SoftermaxConfig.Paper with { OutputFormat = default });
        Refuses("bits wide", SoftermaxConfig.Paper with { UnnormalizedFormat = FixedPointFormat.Unsigned(1, 60) });
        Refuses("must hold 1", SoftermaxConfig.Paper with { UnnormalizedFormat = FixedPointFormat.Unsigned(0, 15) });
    }

    [Fact]
    public void Bad_scores_are_named_with_their_place()
    {
        var scores = Tensor.Zeros([2, 1, 3, 4]);
        scores[1, 0, 2, 3].CopyFrom(Tensor.Full([], double.NaN));
        Assert.Contains("score not finite at [1,0,2,3]", Assert.ThrowsAny<Exception>(() => BaseTwoSoftmax.Apply(scores)).Message);
        Assert.Contains("score not finite at [1]", Assert.Throws<ArgumentException>(() => SoftermaxSimulator.Run([0, double.PositiveInfinity], SoftermaxConfig.Paper)).Message);
        Assert.Contains("the row is empty", Assert.Throws<ArgumentException>(() => SoftermaxSimulator.Run([], SoftermaxConfig.Paper)).Message);
        Assert.Contains("2 entries for 1 scores", Assert.Throws<ArgumentException>(() => SoftermaxSimulator.Run([1], SoftermaxConfig.Paper, [true, false])).Message);
        Assert.Contains("give floats", Assert.Throws<ArgumentException>(() => BaseTwoSoftmax.Apply(Tensor.Zeros([2], DataType.Int64))).Message);
        Assert.Contains("give floats", Assert.Throws<ArgumentException>(() => BaseTwoSoftmax.Apply(Tensor.Zeros([2, 0]))).Message);
        Assert.Contains("give bool", Assert.Throws<ArgumentException>(() => BaseTwoSoftmax.Apply(Tensor.Zeros([2, 2]), Tensor.Zeros([2, 2]))).Message);
    }
}
