using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>A double-machine-learning model: data, learners of the nuisance functions and settings. Immutable; fitting gives a <see cref="DmlFit"/>.</summary>
/// <remarks>Bach, Chernozhukov, Kurz, Spindler, Klaassen: DoubleML, arXiv 2103.09603; Chernozhukov et al.: Double/debiased machine learning, 2018.</remarks>
public abstract class DmlModel
{
    private NuisanceOptions options = NuisanceOptions.None;

    private protected DmlModel(CausalData data, DmlConfig? config, DmlScore defaultScore, params IReadOnlyList<DmlScore> scores)
    {
        ArgumentNullException.ThrowIfNull(data);
        Data = data;
        Config = config ?? new DmlConfig();
        Config.Check(data.Rows);
        Score = Config.Score ?? defaultScore;
        if (Score.Function is null && !scores.Any(known => known.Name == Score.Name))
            throw new ArgumentException($"The score '{Score}' does not belong to this model; it has {string.Join(" and ", scores.Select(known => $"'{known}'"))}, and DmlScore.Custom for your own.", nameof(config));
    }

    /// <summary>The observations.</summary>
    public CausalData Data { get; }

    /// <summary>The settings.</summary>
    public DmlConfig Config { get; }

    /// <summary>The score in use.</summary>
    public DmlScore Score { get; }

    /// <summary>Which model this is.</summary>
    public abstract DmlModelKind Kind { get; }

    /// <summary>The nuisance functions' names, for <see cref="WithPredictions"/> and <see cref="WithControls"/>.</summary>
    public abstract IReadOnlyList<string> Nuisances { get; }

    /// <summary>The learners' names by nuisance.</summary>
    public abstract IReadOnlyDictionary<string, string> LearnerNames { get; }

    private protected virtual Partialling Partialled => Partialling.Controls;

    /// <summary>This model with outside predictions in place of a learner's.</summary>
    /// <param name="nuisance">The nuisance's name.</param>
    /// <param name="predictions">One prediction a row, each made without the row's own fold.</param>
    /// <param name="treatment">The treatment's index.</param>
    /// <param name="repetition">The repetition's index; use <see cref="DmlConfig.Splits"/> so that the splits are those of the predictions.</param>
    /// <returns>A new model.</returns>
    /// <exception cref="ArgumentException">The nuisance is unknown, or the length is not the number of rows.</exception>
    public DmlModel WithPredictions(string nuisance, double[] predictions, int treatment = 0, int repetition = 0)
    {
        CheckNuisance(nuisance);
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Length != Data.Rows)
            throw new ArgumentException($"{predictions.Length} predictions of {nuisance} were given for {Data.Rows} rows.", nameof(predictions));
        var all = new Dictionary<(string, int, int), double[]>(options.Predictions.Select(pair => KeyValuePair.Create(pair.Key, pair.Value)))
        {
            [(nuisance, treatment, repetition)] = (double[])predictions.Clone(),
        };
        return WithOptions(options with { Predictions = all });
    }

    /// <summary>This model with one nuisance function learned from some of the controls only.</summary>
    /// <param name="nuisance">The nuisance's name.</param>
    /// <param name="controls">The controls that it sees.</param>
    /// <returns>A new model.</returns>
    /// <exception cref="ArgumentException">The nuisance or a control is unknown.</exception>
    public DmlModel WithControls(string nuisance, params IReadOnlyList<string> controls)
    {
        CheckNuisance(nuisance);
        foreach (var control in controls)
            if (!Data.Roles.Controls.Contains(control, StringComparer.Ordinal))
                throw new ArgumentException($"'{control}' is not a control of the data, which are: {string.Join(", ", Data.Roles.Controls)}.", nameof(controls));
        return WithOptions(options with { Controls = new Dictionary<string, IReadOnlyList<string>>(options.Controls.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))) { [nuisance] = [.. controls] } });
    }

    /// <summary>Splits, learns, predicts and solves.</summary>
    /// <param name="progress">Told the share that is done, in [0, 1].</param>
    /// <param name="cancellation">Stops the fit.</param>
    /// <returns>Estimates, with the splits and predictions that they follow from.</returns>
    /// <exception cref="ArgumentException">The splits do not suit the data: names fold and repetition.</exception>
    /// <exception cref="ArithmeticException">The score is not finite.</exception>
    public DmlFit Fit(IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        var splits = Config.Splits ?? SplitDrawing.Draw(Config, Data, Strata());
        if (splits.Repetitions[0].Max(fold => Math.Max(fold.Test.Max(), fold.Train.Max())) >= Data.Rows
            || (splits.IsCrossFit && splits.Repetitions[0].Sum(fold => fold.Test.Length) != Data.Rows))
            throw new ArgumentException($"DmlConfig.Splits were made for another number of rows; the data has {Data.Rows}.");
        if (Data.Clusters.Count > 0 && splits.Repetitions.Any(folds => folds.Any(fold => fold.TestClusters?.Count != Data.Clusters.Count)))
            throw new ArgumentException("Clustered data needs splits over clusters; make them with SampleSplits.FromClusterFolds.");

        var run = new DmlRun(Data, Config, splits, options);
        var treatments = new List<TreatmentFit>();
        for (var t = 0; t < Data.Treatments.Count; t++)
        {
            var repetitions = new List<RepetitionFit>();
            for (var r = 0; r < splits.Repetitions.Count; r++)
            {
                CheckFolds(splits.Repetitions[r], r, t);
                var cross = new CrossPredictor(run, t, r, cancellation);
                Learn(cross);
                repetitions.Add(RepetitionFit.Solve(Kind, Partialled, Score, Config, Data, t, splits.Repetitions[r], splits.IsCrossFit, cross.Predictions));
                progress?.Report((t * splits.Repetitions.Count + r + 1.0) / (Data.Treatments.Count * splits.Repetitions.Count));
            }
            treatments.Add(new TreatmentFit(Data.Roles.Treatments[t], repetitions));
        }
        return new DmlFit(Data, Kind, Partialled, Score, Config, splits, treatments, LearnerNames);
    }

    private protected abstract void Learn(CrossPredictor cross);

    private protected virtual IReadOnlyList<int>? Strata() => null;

    private protected virtual void CheckFolds(IReadOnlyList<Fold> folds, int repetition, int treatment)
    {
    }

    // Names the first fold whose training or test rows lack one of the two values.
    private protected void CheckBothValues(IReadOnlyList<Fold> folds, int repetition, double[] values, string column, bool testToo)
    {
        for (var k = 0; k < folds.Count; k++)
        {
            foreach (var (part, rows) in new[] { ("training", folds[k].Train), ("test", testToo ? folds[k].Test : folds[k].Train) })
            {
                foreach (var value in new[] { 0.0, 1.0 })
                    if (!Array.Exists(rows, row => values[row] == value))
                        throw new ArgumentException($"Fold {k} of repetition {repetition} has no {part} rows with '{column}' = {value}; use stratified folds (StratifyFolds: true) or fewer folds.");
            }
        }
    }

    private protected static void CheckBinary(string column, string role, double[] values)
    {
        var bad = Array.FindIndex(values, value => value is not (0 or 1));
        if (bad >= 0)
            throw new ArgumentException($"The {role} '{column}' must be 0 or 1 in this model, but is {values[bad]} in row {bad}; recode it, or use a partially linear model.");
        if (values.Min() == values.Max())
            throw new ArgumentException($"The {role} '{column}' is {values[0]} in every row; both values are needed.");
    }

    // theta0 = -mean(psi_b) / mean(psi_a) over the test rows, of the partialling-out score.
    private protected static double PreliminaryTheta(double[] psiA, double[] psiB)
    {
        double a = 0, b = 0;
        for (var i = 0; i < psiA.Length; i++)
        {
            if (double.IsNaN(psiA[i]) || double.IsNaN(psiB[i]))
                continue;
            a += psiA[i];
            b += psiB[i];
        }
        return -b / a;
    }

    private protected static Dictionary<string, string> NamesOf(params IEnumerable<(string Nuisance, ILearner? Learner)> learners) =>
        learners.ToDictionary(pair => pair.Nuisance, pair => pair.Learner?.Name ?? "outside predictions", StringComparer.Ordinal);

    private DmlModel WithOptions(NuisanceOptions changed)
    {
        var copy = (DmlModel)MemberwiseClone();
        copy.options = changed;
        return copy;
    }

    private void CheckNuisance(string nuisance)
    {
        if (!Nuisances.Contains(nuisance, StringComparer.Ordinal))
            throw new ArgumentException($"This model has no nuisance function '{nuisance}'; it has {string.Join(", ", Nuisances)}.", nameof(nuisance));
    }
}
