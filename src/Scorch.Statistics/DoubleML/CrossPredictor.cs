using System.Runtime.ExceptionServices;
using Scorch.Tabular;

namespace Scorch.Statistics.DoubleML;

/// <summary>Fits nuisance functions on training rows and predicts on test rows, for one treatment and repetition.</summary>
internal sealed class CrossPredictor(DmlRun run, int treatment, int repetition, CancellationToken cancellation)
{
    private readonly Dictionary<string, double[]> predictions = new(StringComparer.Ordinal);

    public IReadOnlyList<Fold> Folds => run.Splits.Repetitions[repetition];

    public int Treatment => treatment;

    public IReadOnlyDictionary<string, double[]> Predictions => predictions;

    public DenseMatrix Features(string nuisance, bool withInstruments = false) => run.Data.Features(treatment, run.ControlsOf(nuisance), withInstruments);

    /// <summary>The outside prediction of a nuisance, if the user gave one; it then counts as predicted.</summary>
    public double[]? Given(string nuisance)
    {
        if (run.GivenPredictions(nuisance, treatment, repetition) is not { } given)
            return null;
        predictions[nuisance] = given;
        return given;
    }

    public void Set(string nuisance, double[] values) => predictions[nuisance] = values;

    /// <summary>Predicts a target on every fold's test rows; NaN elsewhere.</summary>
    /// <param name="nuisance">The nuisance's name.</param>
    /// <param name="learner">What learns it.</param>
    /// <param name="features">One row an observation.</param>
    /// <param name="target">What is learned.</param>
    /// <param name="onlyRows">Learns only on training rows for which this holds.</param>
    /// <param name="condition">What <paramref name="onlyRows"/> asks for, in words.</param>
    public double[] Predict(string nuisance, ILearner? learner, DenseMatrix features, double[] target, Func<int, bool>? onlyRows = null, string condition = "")
    {
        if (Given(nuisance) is { } given)
            return given;
        var chosen = Tuned(nuisance, Needed(nuisance, learner), features, target, onlyRows);
        var result = new double[target.Length];
        Array.Fill(result, double.NaN);
        ForEachFold((k, fold) =>
        {
            var train = onlyRows is null ? fold.Train : Array.FindAll(fold.Train, row => onlyRows(row));
            if (train.Length == 0)
                throw new ArgumentException($"Fold {k} of repetition {repetition} has no training rows with {condition}, which {nuisance} is learned on; use stratified folds (StratifyFolds: true) or fewer folds.");
            var predictor = Fit(nuisance, k, chosen, features.SelectRows(train), Array.ConvertAll(train, row => target[row]));
            Scatter(predictor.Predict(features.SelectRows(fold.Test)), fold.Test, result);
        });
        return predictions[nuisance] = result;
    }

    /// <summary>Predicts D from X and Z, then that prediction (on each fold's own training rows) from X.</summary>
    public void PredictTwice(string first, ILearner? firstLearner, DenseMatrix firstFeatures, string second, ILearner? secondLearner, DenseMatrix secondFeatures, double[] target)
    {
        var hasFirst = Given(first) is not null;
        var hasSecond = Given(second) is not null;
        if (hasFirst && hasSecond)
            return;
        if (hasFirst != hasSecond)
            throw new ArgumentException($"Outside predictions were given for {(hasFirst ? first : second)} alone; {second} is learned from {first}'s training predictions, so give both or neither.");
        var chosenFirst = Tuned(first, Needed(first, firstLearner), firstFeatures, target, null);
        var (firstResult, secondResult) = (new double[target.Length], new double[target.Length]);
        Array.Fill(firstResult, double.NaN);
        Array.Fill(secondResult, double.NaN);
        ForEachFold((k, fold) =>
        {
            var trainFeatures = firstFeatures.SelectRows(fold.Train);
            var predictor = Fit(first, k, chosenFirst, trainFeatures, Array.ConvertAll(fold.Train, row => target[row]));
            Scatter(predictor.Predict(firstFeatures.SelectRows(fold.Test)), fold.Test, firstResult);
            var inTraining = predictor.Predict(trainFeatures);
            var again = Fit(second, k, Needed(second, secondLearner), secondFeatures.SelectRows(fold.Train), inTraining);
            Scatter(again.Predict(secondFeatures.SelectRows(fold.Test)), fold.Test, secondResult);
        });
        (predictions[first], predictions[second]) = (firstResult, secondResult);
    }

    // Folds write to their own test rows and draw from seeds of their own, so they may run side by side; of several failures the first fold's is thrown.
    private void ForEachFold(Action<int, Fold> work)
    {
        var failures = new ExceptionDispatchInfo?[Folds.Count];
        Parallel.For(0, Folds.Count, k =>
        {
            try
            {
                work(k, Folds[k]);
            }
            catch (Exception failure)
            {
                failures[k] = ExceptionDispatchInfo.Capture(failure);
            }
        });
        Array.Find(failures, failure => failure is not null)?.Throw();
    }

    private static ILearner Needed(string nuisance, ILearner? learner) => learner
        ?? throw new ArgumentException($"There is neither a learner nor a prediction of {nuisance}; give the model a learner, or add WithPredictions(\"{nuisance}\", ...) for every treatment and repetition.");

    private ILearner Tuned(string nuisance, ILearner learner, DenseMatrix features, double[] target, Func<int, bool>? onlyRows)
    {
        if (learner is not ITunedLearner tuned || run.Config.Tuning == TuningScope.OnFolds)
            return learner;
        return run.TunedOnce(nuisance, treatment, () =>
        {
            int[] rows = [.. Enumerable.Range(0, target.Length).Where(row => onlyRows is null || onlyRows(row))];
            var seed = RandomSource.Derive(run.Config.Seed, 4, treatment, Number(nuisance));
            return tuned.Choose(features.SelectRows(rows), Array.ConvertAll(rows, row => target[row]), new FitContext(seed, cancellation));
        });
    }

    private IPredictor Fit(string nuisance, int fold, ILearner learner, DenseMatrix features, double[] target)
    {
        cancellation.ThrowIfCancellationRequested();
        var context = new FitContext(RandomSource.Derive(run.Config.Seed, 3, repetition, treatment, Number(nuisance), fold), cancellation);
        return learner switch
        {
            IRegressor regressor => regressor.Fit(features, target, context),
            IProbabilisticClassifier classifier => classifier.FitProbability(features, target, context),
            _ => throw new ArgumentException($"The learner of {nuisance} ({learner.Name}) is neither a regressor nor a classifier."),
        };
    }

    private static void Scatter(double[] values, int[] rows, double[] target)
    {
        for (var i = 0; i < rows.Length; i++)
            target[rows[i]] = values[i];
    }

    // FNV-1a: the nuisance's name as a number, the same on every machine.
    private static long Number(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var character in name)
            hash = unchecked((hash ^ character) * 1099511628211UL);
        return unchecked((long)hash);
    }
}

/// <summary>What the folds of one fit share.</summary>
internal sealed class DmlRun(CausalData data, DmlConfig config, SampleSplits splits, NuisanceOptions options)
{
    private readonly Dictionary<(string, int), ILearner> tuned = [];

    public CausalData Data => data;

    public DmlConfig Config => config;

    public SampleSplits Splits => splits;

    public IReadOnlyList<string>? ControlsOf(string nuisance) => options.Controls.GetValueOrDefault(nuisance);

    public double[]? GivenPredictions(string nuisance, int treatment, int repetition) => options.Predictions.GetValueOrDefault((nuisance, treatment, repetition));

    public ILearner TunedOnce(string nuisance, int treatment, Func<ILearner> choose)
    {
        if (!tuned.TryGetValue((nuisance, treatment), out var learner))
            tuned.Add((nuisance, treatment), learner = choose());
        return learner;
    }
}

/// <summary>Outside predictions and restricted controls, by nuisance.</summary>
internal sealed record NuisanceOptions(
    IReadOnlyDictionary<(string Nuisance, int Treatment, int Repetition), double[]> Predictions,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Controls)
{
    public static NuisanceOptions None { get; } = new(new Dictionary<(string, int, int), double[]>(), new Dictionary<string, IReadOnlyList<string>>());
}
