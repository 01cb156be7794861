using System.Globalization;
using Scorch.Reproductions;
using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>What the reproduction measures.</summary>
internal static class DoubleMLExperiments
{
    private const double Truth = 0.5;

    // psi = D (Y - g - theta D): solves the outcome equation alone, so errors of g enter to first order.
    private static readonly DmlScore NonOrthogonal = DmlScore.Custom("non-orthogonal", inputs => new ScoreElements(
        [.. inputs.Treatment.Select(d => -d * d)],
        [.. inputs.Treatment.Select((d, i) => d * (inputs.Outcome[i] - inputs.Predictions["g"][i]))]));

    /// <summary>C1: Frisch-Waugh-Lovell, against the coefficient of a regression on treatment and controls.</summary>
    public static void MeasureIdentity(RunContext context)
    {
        foreach (var seed in context.Seeds)
        {
            var data = PlrSimulation.Draw(context.Settings.Integer("observations"), context.Settings.Integer("controls"), Truth, RandomSource.Derive(seed, 1));
            var all = DenseMatrix.FromColumns([data.Treatments[0], .. Enumerable.Range(0, data.Controls.Columns).Select(data.Controls.Column)]);
            var direct = ((LinearPredictor)Learners.Linear().Fit(all, data.Outcome)).Coefficients[0];
            context.Measure("C1", seed, Math.Abs(LeastSquaresEffect(data).Theta - direct));
        }
    }

    /// <summary>C2: three estimators on the same samples.</summary>
    public static void MeasureSimulation(RunContext context)
    {
        var samples = context.Settings.Integer("samples");
        var done = 0;
        var studentized = new List<double[]>();
        foreach (var seed in context.Seeds)
        {
            var results = new SimulatedEstimates[samples];
            Parallel.For(0, samples, new ParallelOptions { CancellationToken = context.CancellationToken }, sample =>
            {
                results[sample] = Estimate(context, RandomSource.Derive(seed, 2, sample));
                var count = Interlocked.Increment(ref done);
                context.Report($"simulated sample {count} of {samples * context.Seeds.Count}", 0.5 * count / (samples * context.Seeds.Count));
            });
            var bias = new double[3];
            var coverage = new double[3];
            for (var e = 0; e < 3; e++)
            {
                bias[e] = results.Average(result => result.Estimates[e].Theta) - Truth;
                coverage[e] = results.Average(result => result.Estimates[e].Interval() is var interval && interval.Lower <= Truth && Truth <= interval.Upper ? 1.0 : 0);
            }
            context.Measure("C2a", seed, Math.Abs(bias[0]), Math.Abs(bias[1]));
            context.Measure("C2b", seed, Math.Abs(bias[0]), Math.Abs(bias[2]));
            context.Measure("C2c", seed, coverage[0], coverage[1]);
            foreach (var result in results)
                studentized.Add([.. result.Estimates.Select(estimate => (estimate.Theta - Truth) / estimate.StandardError)]);
        }

        string[] names = ["orthogonal, cross-fitted", "non-orthogonal", "orthogonal, no splitting"];
        for (var e = 0; e < names.Length; e++)
        {
            double[] values = [.. studentized.Select(row => row[e])];
            var mean = values.Average();
            var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
            context.Note(string.Create(CultureInfo.InvariantCulture, $"Simulation, {names[e]}: studentised estimates have mean {mean:F2} and standard deviation {deviation:F2} over {values.Length} samples (a standard normal has 0 and 1)."));
            // A histogram with bins of a quarter: abscissa 100 times the bin's centre.
            for (var bin = -24; bin < 40; bin++)
                context.LogScalar($"histogram of studentised estimates/{names[e]}", 25 * bin + 12, values.Count(value => Math.Floor(4 * value) == bin));
        }
    }

    /// <summary>C3: 401(k) and the bonus.</summary>
    public static void MeasureRealData(RunContext context)
    {
        var settings = context.Settings;
        var eligibility = DoubleMLSamples.Eligibility(Retirement(context));
        var participation = DoubleMLSamples.Participation(Retirement(context));
        var bonus = DoubleMLSamples.BonusEffect(Bonus(context));
        var raw = Difference(eligibility);
        var leastSquares = LeastSquaresEffect(eligibility);
        var bonusLeastSquares = LeastSquaresEffect(bonus);
        context.Note(string.Create(CultureInfo.InvariantCulture, $"401(k): raw difference of means {raw:F0}; least squares {leastSquares.Theta:F0} (HC0 se {leastSquares.StandardError:F0})."));
        context.Note(string.Create(CultureInfo.InvariantCulture, $"Bonus: least squares {bonusLeastSquares.Theta:F4} (HC0 se {bonusLeastSquares.StandardError:F4})."));
        var partiallyLinear = new Dictionary<string, List<DmlEstimate>>();
        for (var s = 0; s < context.Seeds.Count; s++)
        {
            var seed = context.Seeds[s];
            var config = new DmlConfig(settings.Integer("folds"), settings.Integer("repetitions"), TrimAt: settings.Number("trim"), Seed: RandomSource.Derive(seed, 3), StratifyFolds: true);
            var errors = new List<double>();
            DmlEstimate? forestEffect = null;
            foreach (var (claim, name, outcome, propensity) in RealLearners(settings.Integer("trees")))
            {
                context.Report($"401(k) with {name}, seed {s + 1} of {context.Seeds.Count}", 0.5 + 0.5 * s / context.Seeds.Count);
                var effect = new InteractiveRegression(eligibility, outcome, propensity, config).Fit(cancellation: context.CancellationToken).Estimates[0];
                context.Measure(claim, seed, effect.Theta, raw);
                errors.Add(effect.StandardError);
                if (claim == "C3b")
                    forestEffect = effect;
                if (!partiallyLinear.TryGetValue(name, out var list))
                    partiallyLinear.Add(name, list = []);
                list.Add(new PartiallyLinearRegression(eligibility, outcome, propensity, config).Fit(cancellation: context.CancellationToken).Estimates[0]);
            }
            context.Measure("C3d", seed, errors.Min(), leastSquares.StandardError);
            context.Measure("C3e", seed, errors.Max(), leastSquares.StandardError);

            var (forest, forestClassifier) = Forests(settings.Integer("trees"));
            var late = new InteractiveIvRegression(participation, forest, forestClassifier, forestClassifier, config, hasAlwaysTakers: false).Fit(cancellation: context.CancellationToken).Estimates[0];
            context.Measure("C3f", seed, late.Theta, forestEffect!.Theta);
            context.Report($"bonus, seed {s + 1} of {context.Seeds.Count}", 0.5 + 0.5 * (s + 0.9) / context.Seeds.Count);
            var shorter = new PartiallyLinearRegression(bonus, Learners.RandomForest(settings.Integer("trees"), minLeaf: 7), Learners.RandomForestClassifier(settings.Integer("trees"), minLeaf: 5), config);
            context.Measure("C3g", seed, shorter.Fit(cancellation: context.CancellationToken).Estimates[0].Theta, bonusLeastSquares.Theta);
        }
        foreach (var (name, estimates) in partiallyLinear)
            context.Note(string.Create(CultureInfo.InvariantCulture, $"401(k), PLR with {name}: {estimates.Average(estimate => estimate.Theta):F0} (se {estimates.Average(estimate => estimate.StandardError):F0}), means over {estimates.Count} split seeds."));
    }

    /// <summary>The scale's configuration with one sample, and one repetition of the 401(k) forest.</summary>
    public static string OneStep(RunContext context)
    {
        var settings = context.Settings;
        var simulated = Estimate(context, RandomSource.Derive(context.Seeds[0], 2, 0)).Estimates[0];
        var lines = new List<string>
        {
            string.Create(CultureInfo.InvariantCulture, $"Simulation: {settings.Integer("samples")} samples a seed of {settings.Integer("observations")} rows and {settings.Integer("controls")} controls, forests of {settings.Integer("simulation-trees")} trees; one sample gives {simulated.Theta:F3} (se {simulated.StandardError:F3})."),
        };
        if (context.Scale != Scale.Smoke)
        {
            var (forest, classifier) = Forests(settings.Integer("trees"));
            var config = new DmlConfig(settings.Integer("folds"), 1, TrimAt: settings.Number("trim"), Seed: context.Seeds[0], StratifyFolds: true);
            var effect = new InteractiveRegression(DoubleMLSamples.Eligibility(Retirement(context)), forest, classifier, config).Fit(cancellation: context.CancellationToken).Estimates[0];
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"401(k): {settings.Integer("repetitions")} repetitions of {settings.Integer("folds")} folds, forests of {settings.Integer("trees")} trees; one repetition gives {effect.Theta:F0} (se {effect.StandardError:F0})."));
        }
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>Least squares of the outcome on treatment and controls, with the HC0 standard error.</summary>
    internal static DmlEstimate LeastSquaresEffect(CausalData data) =>
        new PartiallyLinearRegression(data, Learners.Linear(), Learners.Linear(), new DmlConfig(Folds: 1, CrossFit: false)).Fit().Estimates[0];

    private static SimulatedEstimates Estimate(RunContext context, long seed)
    {
        var settings = context.Settings;
        var data = PlrSimulation.Draw(settings.Integer("observations"), settings.Integer("controls"), Truth, RandomSource.Derive(seed, 1));
        var (p, trees) = (data.Controls.Columns, settings.Integer("simulation-trees"));
        // The same learners for all three estimators.
        var outcome = new RandomForest(trees, MinLeaf: 2, FeaturesPerSplit: Math.Max(1, 3 * p / 5), MaxDepth: 5);
        var treatment = new RandomForest(trees, MinLeaf: 6, FeaturesPerSplit: p, MaxDepth: 3);
        var config = new DmlConfig(settings.Integer("folds"), Seed: RandomSource.Derive(seed, 2));
        var orthogonal = new PartiallyLinearRegression(data, outcome, treatment, config).Fit(cancellation: context.CancellationToken);
        // The non-orthogonal score takes g, learned on Y - theta0 D, on the same folds; l and m are those just predicted.
        var plugIn = new PartiallyLinearRegression(data, outcome, treatment, config with { Score = NonOrthogonal, Splits = orthogonal.Splits }, outcome)
            .WithPredictions("l", orthogonal.Predictions[0][0]["l"])
            .WithPredictions("m", orthogonal.Predictions[0][0]["m"])
            .Fit(cancellation: context.CancellationToken);
        var unsplit = new PartiallyLinearRegression(data, outcome, treatment, config with { Folds = 1, CrossFit = false }).Fit(cancellation: context.CancellationToken);
        return new SimulatedEstimates([orthogonal.Estimates[0], plugIn.Estimates[0], unsplit.Estimates[0]]);
    }

    private static (IRegressor Outcome, IProbabilisticClassifier Propensity) Forests(int trees) =>
        (Learners.RandomForest(trees, minLeaf: 7, featuresPerSplit: 3), Learners.RandomForestClassifier(trees, minLeaf: 5, featuresPerSplit: 3));

    private static IEnumerable<(string Claim, string Name, IRegressor Outcome, IProbabilisticClassifier Propensity)> RealLearners(int trees)
    {
        yield return ("C3a", "lasso", Learners.OnPolynomials(Learners.Lasso()), Learners.OnPolynomials(new LogisticLasso(Folds: 5, PathSteps: 30)));
        yield return ("C3b", "forest", Forests(trees).Outcome, Forests(trees).Propensity);
        yield return ("C3c", "boosting", Learners.Boosting(trees, 0.05, 3), Learners.BoostingClassifier(trees, 0.05, 3));
    }

    private static double Difference(CausalData data)
    {
        var rows = Enumerable.Range(0, data.Rows);
        return rows.Where(row => data.Treatments[0][row] == 1).Average(row => data.Outcome[row]) - rows.Where(row => data.Treatments[0][row] == 0).Average(row => data.Outcome[row]);
    }

    private static Table Retirement(RunContext context) => Sample(context, "sipp1991.dta", "sipp1991.csv.gz", DoubleMLSamples.Retirement);

    private static Table Bonus(RunContext context) => Sample(context, "penn_jae.dat", "penn_jae.dat.gz", DoubleMLSamples.Bonus);

    // The file of the data folder where there is one, else the assembly's sample; either way its checksum goes into the evidence.
    private static Table Sample(RunContext context, string file, string sample, Func<DataLocator?, Table> read)
    {
        if (context.Data.TryFind("dml", file) is null)
            context.UseData("dml", sample, () => DoubleMLSamples.Open(sample));
        return read(context.Data);
    }

    private sealed record SimulatedEstimates(IReadOnlyList<DmlEstimate> Estimates);
}
