using System.Globalization;
using Scorch.Statistics.DoubleML;
using Scorch.Tabular;

namespace Scorch.Statistics.Tests;

public class DoubleMLTests
{
    [Fact]
    public void Linear_learners_without_splitting_give_least_squares_with_HC0_errors()
    {
        var bonus = DoubleMLSamples.BonusEffect(DoubleMLSamples.Bonus());
        var effect = DoubleMLExperiments.LeastSquaresEffect(bonus);
        var all = DenseMatrix.FromColumns([bonus.Treatments[0], .. Enumerable.Range(0, bonus.Controls.Columns).Select(bonus.Controls.Column)]);
        Assert.Equal(((LinearPredictor)Learners.Linear().Fit(all, bonus.Outcome)).Coefficients[0], effect.Theta, 1e-9);
        Assert.Equal(5_099, bonus.Rows);
        // Published anchors of both data sets, to their printed digits.
        Assert.Equal(-0.0717, effect.Theta, 5e-5);
        Assert.Equal(0.0353, effect.StandardError, 6e-5);
        var eligibility = DoubleMLExperiments.LeastSquaresEffect(DoubleMLSamples.Eligibility(DoubleMLSamples.Retirement()));
        Assert.Equal(5_896, eligibility.Theta, 0.6);
        Assert.Equal(1_523, eligibility.StandardError, 0.6);
    }

    [Fact]
    public void The_interval_covers_the_truth_at_about_its_nominal_rate()
    {
        var estimates = new DmlEstimate[120];
        Parallel.For(0, estimates.Length, i =>
            estimates[i] = new PartiallyLinearRegression(PlrSimulation.Draw(300, 6, 0.5, (long)i), Learners.Linear(), Learners.Linear(), new DmlConfig(Seed: (long)i)).Fit().Estimates[0]);
        // se of the mean is 0.06 / sqrt(120) = 0.005; of the coverage 0.02: four of each.
        Assert.InRange(estimates.Average(estimate => estimate.Theta), 0.48, 0.52);
        Assert.InRange(estimates.Average(estimate => Math.Abs(estimate.Theta - 0.5) < 1.96 * estimate.StandardError ? 1.0 : 0), 0.87, 1);
    }

    [Fact]
    public void A_seed_fixes_every_bit_and_another_seed_changes_them()
    {
        var data = PlrSimulation.Draw(150, 5);
        DmlFit Fit(long seed) => new PartiallyLinearRegression(data, Learners.RandomForest(30), Learners.RandomForest(30), new DmlConfig(Repetitions: 3, Seed: seed)).Fit();
        Assert.Equal(Fit(1).Estimates[0], Fit(1).Estimates[0]);
        Assert.NotEqual(Fit(1).Estimates[0], Fit(2).Estimates[0]);
        Assert.Equal(Fit(1).Bootstrap(BootstrapKind.Wild, 50).TStatistics[0], Fit(1).Bootstrap(BootstrapKind.Wild, 50).TStatistics[0]);
    }

    [Theory]
    [InlineData(BootstrapKind.Normal)]
    [InlineData(BootstrapKind.Bayes)]
    [InlineData(BootstrapKind.Wild)]
    public void Bootstrap_statistics_have_mean_0_and_variance_1(BootstrapKind kind)
    {
        var statistics = new PartiallyLinearRegression(PlrSimulation.Draw(400, 5), Learners.Linear(), Learners.Linear()).Fit().Bootstrap(kind, 4_000).TStatistics[0];
        Assert.InRange(statistics.Average(), -0.08, 0.08);
        Assert.InRange(statistics.Average(value => value * value), 0.88, 1.12);
    }

    [Fact]
    public void Outside_predictions_and_a_custom_score_give_the_fit_they_were_taken_from()
    {
        var data = PlrSimulation.Draw(200, 4);
        var fit = new PartiallyLinearRegression(data, Learners.Linear(), Learners.Linear()).Fit();
        var config = new DmlConfig(Splits: fit.Splits, Score: DmlScore.Custom("own", inputs => new ScoreElements(
            [.. inputs.Treatment.Select((d, i) => -Math.Pow(d - inputs.Predictions["m"][i], 2))],
            [.. inputs.Treatment.Select((d, i) => (d - inputs.Predictions["m"][i]) * (inputs.Outcome[i] - inputs.Predictions["l"][i]))])));
        var again = new PartiallyLinearRegression(data, null, null, config).WithPredictions("l", fit.Predictions[0][0]["l"]).WithPredictions("m", fit.Predictions[0][0]["m"]).Fit();
        Assert.Equal(fit.Estimates[0].Theta, again.Estimates[0].Theta, 1e-12);
        Assert.Equal(fit.Estimates[0].StandardError, again.Estimates[0].StandardError, 1e-12);
    }

    [Theory]
    [InlineData(TuningScope.Global)]
    [InlineData(TuningScope.OnFolds)]
    public void Tuning_finds_the_better_candidate(TuningScope scope)
    {
        var data = PlrSimulation.Draw(200, 4);
        var grid = Learners.GridSearch([Learners.Ridge(1e9), Learners.Linear()]);
        var tuned = new PartiallyLinearRegression(data, grid, grid, new DmlConfig(Tuning: scope)).Fit();
        Assert.Equal(new PartiallyLinearRegression(data, Learners.Linear(), Learners.Linear()).Fit().Estimates[0], tuned.Estimates[0]);
    }

    [Fact]
    public void A_saved_fit_is_verified_without_refitting_and_a_changed_one_is_not()
    {
        var path = Path.Combine(Path.GetTempPath(), $"scorch-{Guid.NewGuid():N}.json");
        try
        {
            var fit = new InteractiveRegression(Binary(), Learners.Linear(), Learners.Logistic(), new DmlConfig(Repetitions: 2, TrimAt: 0.3)).Fit();
            fit.Save(path);
            var file = FitFile.Load(path);
            var result = file.Verify();
            Assert.True(result.IsValid, string.Join("; ", result.Problems));
            Assert.Equal(fit.Estimates, file.Estimates);
            Assert.Equal(0, result.LargestDifference);

            var text = File.ReadAllText(path);
            var theta = fit.Estimates[0].Theta.ToString("R", CultureInfo.InvariantCulture);
            File.WriteAllText(path, text.Replace($"\"theta\":{theta},", "\"theta\":99,", StringComparison.Ordinal));
            Assert.Contains("99", Assert.Single(FitFile.Load(path).Verify().Problems));
            File.WriteAllText(path, text[..(text.Length / 2)]);
            Assert.Throws<FormatException>(() => FitFile.Load(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Bad_input_is_refused_with_the_remedy()
    {
        var table = new Table([
            Column.OfNumbers("y", [1, 2, 3, 4, 5, 6]), Column.OfNumbers("d", [0, 1, 0, 1, 0, 2]), Column.OfNumbers("flat", [1, 1, 1, 1, 1, 1]),
            Column.OfNumbers("hole", [1, double.NaN, 3, 4, 5, 6]), Column.OfNumbers("b", [0, 0, 0, 0, 0, 1]), Column.OfTexts("c", ["a", "a", "b", "b", "c", "c"])]);
        CausalData From(string d, string[] controls, string[]? clusters = null) => CausalData.FromTable(table, "y", [d], controls, clusters: clusters);
        Refused("one role", () => From("d", ["d"]));
        Refused("did you mean 'hole'", () => From("d", ["hole1"]));
        Refused("'hole' (1 rows)", () => From("d", ["hole"]));
        Refused("variation", () => From("flat", []));
        Refused("must be 0 or 1", () => new InteractiveRegression(From("d", []), Learners.Linear(), Learners.Logistic(), new DmlConfig(2)));
        Refused("StratifyFolds", () => new InteractiveRegression(From("b", []), Learners.Linear(), Learners.Logistic(), new DmlConfig(2)).Fit());
        Refused("at most as many folds", () => new PartiallyLinearRegression(From("d", []), Learners.Linear(), Learners.Linear(), new DmlConfig(7)));
        Refused("not a partition", () => SampleSplits.FromFolds([[new Fold([0, 1], [2, 3]), new Fold([2, 3], [0])]], 4));
        Refused("does not belong", () => new PartiallyLinearRegression(From("d", []), Learners.Linear(), Learners.Linear(), new DmlConfig(2, Score: IrmScore.Ate)));
        var clustered = new PartiallyLinearRegression(From("d", [], ["c"]), Learners.Linear(), Learners.Linear(), new DmlConfig(3)).Fit();
        Assert.Contains("clustered", Assert.Throws<InvalidOperationException>(() => clustered.Bootstrap()).Message);
        Assert.Contains("Bootstrap", Assert.Throws<InvalidOperationException>(() => clustered.AdjustedPValues(PValueAdjustment.RomanoWolf)).Message);
    }

    private static void Refused(string part, Func<object> action) => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(action).Message);

    private static CausalData Binary()
    {
        var random = new RandomSource(3);
        var x = Enumerable.Range(0, 200).Select(_ => random.NextNormal()).ToArray();
        var d = x.Select(value => random.NextDouble() < 1 / (1 + Math.Exp(-value)) ? 1.0 : 0).ToArray();
        return CausalData.FromTable(new Table([Column.OfNumbers("y", [.. x.Zip(d, (a, b) => a + b + random.NextNormal())]), Column.OfIntegers("d", d), Column.OfNumbers("x", x)]), "y", ["d"]);
    }
}
