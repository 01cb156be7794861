namespace Scorch.Reproductions.Tests;

public class VerdictRuleTests
{
    private static Claim Claim(Comparison comparison, Threshold threshold, bool isExact = false, Scale minimum = Scale.Smoke) => new()
    {
        Id = "C1",
        Statement = "s",
        Metric = "m",
        Comparison = comparison,
        Threshold = threshold,
        IsExact = isExact,
        MinimumScale = minimum,
    };

    private static IEnumerable<Measurement> Values(Arm arm, params double[] values) => values.Select((value, i) => new Measurement("C1", i, arm, value));

    private static IEnumerable<Measurement> Pairs(double[] method, double[] baseline) => [.. Values(Arm.Baseline, baseline), .. Values(Arm.Method, method)];

    [Fact]
    public void Intervals_equal_the_reference()
    {
        Assert.All(Repository.Numbers("frame/intervals.csv"), row =>
        {
            var result = VerdictRule.Judge(Claim(Comparison.Value, Threshold.AtLeast(0)), Values(Arm.Method, row[2..]), Scale.Laptop);
            // Relative to the values: at 1e6 +- 0.01 the sum of squares keeps about seven digits.
            var tolerance = 1e-12 * row.Max(Math.Abs);
            Assert.Equal(row[0], result.Interval!.Low, tolerance);
            Assert.Equal(row[1], result.Interval.High, tolerance);
        });
    }

    [Fact]
    public void Differences_are_paired_by_seed()
    {
        // Arms that vary widely between seeds, but differ by about one in each: differences 1.0, 1.1, 0.9.
        var result = VerdictRule.Judge(Claim(Comparison.Difference, Threshold.AtLeast(0.5)), Pairs([11, 101.1, 1000.9], [10, 100, 1000]), Scale.Laptop);

        // m = 1, s = 0.1, t(0.975, 2) = 4.302652729911275: 1 -+ 0.2484138
        Assert.Equal(1 - 0.24841376, result.Interval!.Low, 1e-7);
        Assert.Equal(1 + 0.24841376, result.Interval.High, 1e-7);
        Assert.Equal(Verdict.Confirmed, result.Verdict);
        Assert.Equal(3, result.Baseline!.Count);
    }

    [Fact]
    public void Ratios_are_taken_seed_by_seed()
    {
        var result = VerdictRule.Judge(Claim(Comparison.Ratio, Threshold.Within(1.9, 2.1)), Pairs([2, 20, 200], [1, 10, 100]), Scale.Laptop);

        Assert.Equal(new Interval(2, 2), result.Interval);
        Assert.Equal(Verdict.Confirmed, result.Verdict);
    }

    [Theory]
    [InlineData(0.7, Verdict.Confirmed)]
    [InlineData(0.75, Verdict.Confirmed)]
    [InlineData(0.76, Verdict.NotConfirmed)]
    [InlineData(1.3, Verdict.NotConfirmed)]
    public void Only_an_interval_wholly_beyond_the_threshold_confirms(double threshold, Verdict expected)
    {
        // Mean 1, interval [0.7516, 1.2484].
        Assert.Equal(expected, VerdictRule.Judge(Claim(Comparison.Value, Threshold.AtLeast(threshold)), Values(Arm.Method, 1, 1.1, 0.9), Scale.Laptop).Verdict);
        Assert.Equal(expected, VerdictRule.Judge(Claim(Comparison.Value, Threshold.AtMost(-threshold)), Values(Arm.Method, -1, -1.1, -0.9), Scale.Laptop).Verdict);
    }

    [Theory]
    [InlineData(0.75, 1.25, Verdict.Confirmed)]
    [InlineData(0.76, 1.25, Verdict.NotConfirmed)]
    [InlineData(0.75, 1.24, Verdict.NotConfirmed)]
    public void A_range_must_hold_both_ends_of_the_interval(double lower, double upper, Verdict expected)
    {
        Assert.Equal(expected, VerdictRule.Judge(Claim(Comparison.Value, Threshold.Within(lower, upper)), Values(Arm.Method, 1, 1.1, 0.9), Scale.Laptop).Verdict);
    }

    [Fact]
    public void Two_seeds_give_no_verdict_on_a_random_claim()
    {
        var result = VerdictRule.Judge(Claim(Comparison.Value, Threshold.AtLeast(0)), Values(Arm.Method, 5, 5), Scale.Laptop);

        Assert.Equal(Verdict.NotMeasurable, result.Verdict);
        Assert.Null(result.Interval);
        Assert.Contains("2 paired seeds", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void One_seed_is_enough_for_an_exact_claim()
    {
        Assert.Equal(Verdict.Confirmed, VerdictRule.Judge(Claim(Comparison.Value, Threshold.Within(12, 12), isExact: true), Values(Arm.Method, 12), Scale.Smoke).Verdict);
        Assert.Equal(Verdict.NotConfirmed, VerdictRule.Judge(Claim(Comparison.Value, Threshold.Within(12, 12), isExact: true), Values(Arm.Method, 13), Scale.Smoke).Verdict);
    }

    [Fact]
    public void An_exact_claim_that_varies_is_not_measurable()
    {
        Assert.Equal(Verdict.NotMeasurable, VerdictRule.Judge(Claim(Comparison.Value, Threshold.AtLeast(0), isExact: true), Values(Arm.Method, 12, 13), Scale.Smoke).Verdict);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_value_that_is_not_finite_is_never_confirmed(double bad)
    {
        var result = VerdictRule.Judge(Claim(Comparison.Value, Threshold.AtLeast(0)), Values(Arm.Method, 1, 1, bad), Scale.Laptop);

        Assert.Equal(Verdict.NotMeasurable, result.Verdict);
        Assert.Contains("not a finite number", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Arms_with_different_seeds_are_not_compared()
    {
        Measurement[] measurements = [.. Values(Arm.Method, 1, 1, 1, 1), .. Values(Arm.Baseline, 0, 0, 0)];

        Assert.Equal(Verdict.NotMeasurable, VerdictRule.Judge(Claim(Comparison.Difference, Threshold.AtLeast(0)), measurements, Scale.Laptop).Verdict);
    }

    [Fact]
    public void A_zero_baseline_has_no_ratio()
    {
        var result = VerdictRule.Judge(Claim(Comparison.Ratio, Threshold.AtLeast(0)), Pairs([1, 1, 1], [1, 0, 1]), Scale.Laptop);

        Assert.Contains("baseline is zero", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_not_measured_or_needs_a_larger_scale_says_so()
    {
        var claim = Claim(Comparison.Value, Threshold.AtLeast(0), minimum: Scale.Paper);
        Assert.Equal("not measured at this scale", VerdictRule.Judge(claim, [], Scale.Paper).Reason);
        Assert.Equal("needs --scale paper or larger", VerdictRule.Judge(claim, Values(Arm.Method, 1, 1, 1), Scale.Laptop).Reason);
        Assert.Equal("no raters", VerdictRule.Judge(claim, Values(Arm.Method, 1, 1, 1), Scale.Paper, "no raters").Reason);
    }

    [Fact]
    public void Measurements_of_other_claims_do_not_count()
    {
        Assert.Equal(0, VerdictRule.Judge(Claim(Comparison.Value, Threshold.AtLeast(0)), [new Measurement("C2", 1, Arm.Method, 1)], Scale.Laptop).Method.Count);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Thresholds_are_finite(double value)
    {
        Assert.Throws<ArgumentException>(() => Threshold.AtLeast(value));
        Assert.Throws<ArgumentException>(() => Threshold.AtMost(value));
        Assert.Throws<ArgumentException>(() => Threshold.Within(0, value));
        Assert.Throws<ArgumentException>(() => Threshold.Within(2, 1));
    }
}
