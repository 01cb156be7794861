using Scorch.Statistics.DoubleML;
using Scorch.Tabular;
using Scorch.Testing;

namespace Scorch.Statistics.Tests;

/// <summary>Every array that the R package's own score, aggregation, cluster, bootstrap and adjustment code gave (tests/oracles/doubleml).</summary>
public sealed class DoubleMLGoldenTests
{
    // The golden values' own tolerances: exact least squares, and logistic nuisances.
    private const double Exact = 1e-10;
    private const double Logistic = 1e-7;
    private readonly OracleArchive golden = new("doubleml/scores.npz");

    [Theory]
    [InlineData("plr_po_dml2", "partialling out", DmlProcedure.Dml2)]
    [InlineData("plr_po_dml1", "partialling out", DmlProcedure.Dml1)]
    [InlineData("plr_iv_dml2", "IV-type", DmlProcedure.Dml2)]
    [InlineData("plr_iv_dml1", "IV-type", DmlProcedure.Dml1)]
    public void Partially_linear_regression_equals_the_reference_package(string name, string score, DmlProcedure procedure)
    {
        var config = new DmlConfig(Splits: Splits(), Procedure: procedure, Score: score == "IV-type" ? PlrScore.IvType : PlrScore.PartiallingOut);
        var fit = new PartiallyLinearRegression(Data("Y_plr", [D(0)]), Learners.Linear(), Learners.Linear(), config).Fit();
        AssertCase(name, fit, Exact);
    }

    [Theory]
    [InlineData("plr_multi", 3, DmlProcedure.Dml2)]
    [InlineData("plr_multi_bayes", 2, DmlProcedure.Dml1)]
    public void Several_treatments_equal_the_reference_package(string name, int treatments, DmlProcedure procedure)
    {
        var data = Data("Y_plr", [.. Enumerable.Range(0, treatments).Select(D)]);
        AssertCase(name, new PartiallyLinearRegression(data, Learners.Linear(), Learners.Linear(), new DmlConfig(Splits: Splits(), Procedure: procedure)).Fit(), Exact);
    }

    [Fact]
    public void One_split_without_cross_fitting_equals_the_reference_package()
    {
        int[] even = [.. Enumerable.Range(0, 45).Select(i => 2 * i)], odd = [.. even.Select(i => i + 1)];
        var splits = SampleSplits.FromFolds([[new Fold(even, odd)]], 90);
        foreach (var procedure in Enum.GetValues<DmlProcedure>())
        {
            var fit = new PartiallyLinearRegression(Data("Y_plr", [D(0)]), Learners.Linear(), Learners.Linear(), new DmlConfig(Splits: splits, Procedure: procedure)).Fit();
            AssertCase("plr_nocf", fit, Exact);
        }
    }

    [Theory]
    [InlineData("irm_ATE", "ATE", 1e-12)]
    [InlineData("irm_ATTE", "ATTE", 1e-12)]
    [InlineData("irm_ATE_trim20", "ATE", 0.2)]
    [InlineData("irm_ATTE_trim20", "ATTE", 0.2)]
    public void Interactive_regression_equals_the_reference_package(string name, string score, double trimAt)
    {
        var config = new DmlConfig(Splits: Splits(), TrimAt: trimAt, Score: score == "ATE" ? IrmScore.Ate : IrmScore.Atte);
        AssertCase(name, new InteractiveRegression(Data("Y_irm", [golden.Values("D_irm")]), Learners.Linear(), Learners.Logistic(), config).Fit(), Logistic);
    }

    [Theory]
    [InlineData("pliv_po", 1, Partialling.Controls, false)]
    [InlineData("pliv_iv", 1, Partialling.Controls, true)]
    [InlineData("pliv_two_instruments", 2, Partialling.Controls, false)]
    [InlineData("pliv_partialXZ", 2, Partialling.Both, false)]
    [InlineData("pliv_partialZ", 2, Partialling.Instruments, false)]
    public void Partially_linear_iv_regression_equals_the_reference_package(string name, int instruments, Partialling partialling, bool ivType)
    {
        var data = Data("Y_pliv", [golden.Values("D_pliv")], [.. Enumerable.Range(0, instruments).Select(j => golden.Column("Z", j))]);
        var config = new DmlConfig(Splits: Splits(), Score: ivType ? PlivScore.IvType : PlivScore.PartiallingOut);
        AssertCase(name, new PartiallyLinearIvRegression(data, Learners.Linear(), Learners.Linear(), Learners.Linear(), config, partialling: partialling).Fit(), Exact);
    }

    [Theory]
    [InlineData("iivm", true, true)]
    [InlineData("iivm_no_always", false, true)]
    [InlineData("iivm_no_never", true, false)]
    public void Interactive_iv_regression_equals_the_reference_package(string name, bool always, bool never)
    {
        var data = Data("Y_iivm", [golden.Values("D_iivm")], [golden.Values("Z_iivm")]);
        AssertCase(name, new InteractiveIvRegression(data, Learners.Linear(), Learners.Logistic(), Learners.Logistic(), new DmlConfig(Splits: Splits()), always, never).Fit(), Logistic);
    }

    [Theory]
    [InlineData("plr_cluster1", 1)]
    [InlineData("plr_cluster2", 2)]
    public void Clustered_regression_equals_the_reference_package(string name, int variables)
    {
        var data = Data("Y_cluster", [D(0)], clusters: variables);
        // Clusters in order of appearance, number modulo 3.
        var folds = data.Clusters.Select(codes => Enumerable.Range(0, codes.Max() + 1).Select(cluster => cluster % 3).ToArray()).ToArray();
        var splits = SampleSplits.FromClusterFolds(data.Clusters, [folds]);

        var foldOfRow = golden.Values(name + ".fold");
        var sizes = golden.Values(name + ".train_size");
        foreach (var fold in splits.Repetitions[0])
        {
            var number = (int)foldOfRow[fold.Test[0]];
            Assert.All(fold.Test, row => Assert.Equal(number, (int)foldOfRow[row]));
            Assert.Equal(sizes[number], fold.Train.Length);
        }
        AssertCase(name, new PartiallyLinearRegression(data, Learners.Linear(), Learners.Linear(), new DmlConfig(Splits: splits)).Fit(), Exact);
    }

    private double[] D(int index) => golden.Column("D_multi", index);

    private SampleSplits Splits() => SampleSplits.FromFoldNumbers([.. Enumerable.Range(0, 2).Select(r => Array.ConvertAll(golden.Column("fold", r), value => (int)value))]);

    private CausalData Data(string outcome, double[][] treatments, double[][]? instruments = null, int clusters = 0)
    {
        var columns = new List<Column> { Column.OfNumbers("y", golden.Values(outcome)) };
        columns.AddRange(treatments.Select((values, j) => Column.OfNumbers($"d{j}", values)));
        columns.AddRange((instruments ?? []).Select((values, j) => Column.OfNumbers($"z{j}", values)));
        columns.AddRange(Enumerable.Range(0, 3).Select(j => Column.OfNumbers($"x{j}", golden.Column("X", j))));
        columns.AddRange(Enumerable.Range(0, clusters).Select(j => Column.OfIntegers($"c{j}", golden.Column("cluster", j))));
        return CausalData.FromTable(
            new Table(columns), "y", [.. treatments.Select((_, j) => $"d{j}")],
            instruments: [.. (instruments ?? []).Select((_, j) => $"z{j}")],
            clusters: [.. Enumerable.Range(0, clusters).Select(j => $"c{j}")]);
    }

    private void AssertCase(string name, DmlFit fit, double tolerance)
    {
        var treatments = fit.Treatments.Count;
        var repetitions = fit.Splits.Repetitions.Count;
        Near($"{name}.coef", [.. fit.Estimates.Select(estimate => estimate.Theta)], tolerance);
        Near($"{name}.se", [.. fit.Estimates.Select(estimate => estimate.StandardError)], tolerance);
        // A p-value's relative error is |t| (about 10 here) times the statistic's.
        Near($"{name}.pval", [.. fit.Estimates.Select(estimate => estimate.PValue)], 100 * tolerance);
        Near($"{name}.all_coef", [.. fit.Treatments.SelectMany(treatment => treatment.Repetitions.Select(repetition => repetition.Theta))], tolerance);
        Near($"{name}.all_se", [.. fit.Treatments.SelectMany(treatment => treatment.Repetitions.Select(repetition => repetition.StandardError))], tolerance);
        Near($"{name}.confint90", Flat(fit.ConfidenceIntervals(0.9)), tolerance);
        Near($"{name}.psi", [.. Enumerable.Range(0, 90).SelectMany(row => Enumerable.Range(0, repetitions).SelectMany(r => Enumerable.Range(0, treatments).Select(t => fit.Psi[t][r][row])))], tolerance);
        if (!golden.Contains($"{name}.boot_weights"))
            return;

        var weights = golden.Values($"{name}.boot_weights");
        var draws = weights.Length / 90 / repetitions;
        var bootstrap = fit.Bootstrap([.. Enumerable.Range(0, repetitions).Select(r => (IReadOnlyList<double[]>)[.. Enumerable.Range(r * draws, draws).Select(draw => weights[(90 * draw)..(90 * (draw + 1))])])]);
        Near($"{name}.boot_t_stat", [.. bootstrap.TStatistics.SelectMany(values => values)], tolerance);
        Near($"{name}.boot_coef", [.. bootstrap.Coefficients.SelectMany(values => values)], tolerance);
        Near($"{name}.joint90", Flat(bootstrap.ConfidenceIntervals(0.9, joint: true)), tolerance);
        if (!golden.Contains($"{name}.romano_wolf"))
            return;
        // Counts of draws: equal to the last bit.
        Assert.Equal(golden.Values($"{name}.romano_wolf"), bootstrap.AdjustedPValues(PValueAdjustment.RomanoWolf));
        Near($"{name}.holm", [.. bootstrap.AdjustedPValues(PValueAdjustment.Holm)], 100 * tolerance);
        Near($"{name}.bonferroni", [.. fit.AdjustedPValues(PValueAdjustment.Bonferroni)], 100 * tolerance);
    }

    private static double[] Flat(IReadOnlyList<ConfidenceInterval> intervals) => [.. intervals.SelectMany(interval => new[] { interval.Lower, interval.Upper })];

    // |a - b| <= tolerance max(1, max |b|), and NaN exactly where the reference has it.
    private void Near(string name, double[] actual, double tolerance)
    {
        var expected = golden.Values(name);
        Assert.Equal(expected.Length, actual.Length);
        var scale = Math.Max(1, expected.Where(double.IsFinite).Max(Math.Abs));
        for (var i = 0; i < expected.Length; i++)
            Assert.True(double.IsNaN(expected[i]) ? double.IsNaN(actual[i]) : Math.Abs(actual[i] - expected[i]) <= tolerance * scale, $"{name}[{i}]: {actual[i]:R} is not {expected[i]:R}");
    }
}
